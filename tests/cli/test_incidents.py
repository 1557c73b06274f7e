"""Telling an incident's story and acting on it, from a journal, with no server at hand."""

import json
from pathlib import Path

import pytest

from amends.timeline import EntryKind
from cli.main import main
from tests.cli import stories
from tests.cli.builders import write_incidents


def test_show_as_json_is_one_document(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, closed = write_incidents(state_dir)

    code = main(["show", closed.incident_id, "--format", "json"])

    shown = json.loads(capsys.readouterr().out)
    assert code == 0
    assert shown["incident"] == closed.model_dump(mode="json")
    assert [entry["seq"] for entry in shown["timeline"]] == [1, 2, 3, 4]
    assert len(shown["effects"]) == 3
    assert (shown["view"], shown["view_missing"]) == (None, "it has ended")


def test_an_id_that_is_unknown_is_told_with_where_to_look(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_incidents(state_dir)

    code = main(["show", "cccc"])

    assert code == 2
    assert capsys.readouterr().err == "error: no incident 'cccc' in this journal; `amends list` shows the ids\n"


@pytest.mark.parametrize(
    "act",
    [
        ["answer", "aaaa", "refund"],
        ["approve", "aaaa"],
        ["reject", "aaaa", "--note", "too dear"],
        ["retry", "aaaa"],
        ["choose", "aaaa", "refund"],
        ["settle", "aaaa", "--how", "by hand", "--evidence", "receipt 12"],
        ["waive", "aaaa", "--reason", "too small"],
        ["cancel", "aaaa", "--reason", "a mistake"],
    ],
)
def test_nothing_can_be_done_to_an_incident_that_has_ended(
    act: list[str], state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, closed = write_incidents(state_dir)

    code = main(act)

    err = capsys.readouterr().err
    assert code == 2
    assert f"incident {closed.incident_id} is closed; nothing can be done to it any more" in err


def test_an_answer_without_a_server_is_told_what_to_start(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_incidents(state_dir)

    code = main(["answer", "bbbb", "refund"])

    assert code == 2
    assert "no Temporal server answers at" in capsys.readouterr().err


def test_where_nothing_is_left_to_a_person_nothing_is_tried_again(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_incidents(state_dir)

    code = main(["retry", "bbbb"])

    assert code == 2
    assert "nothing is left to a person in this incident; `amends show` tells what it waits for" in (
        capsys.readouterr().err
    )


def test_of_several_tasks_one_has_to_be_named(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stories.write(
        state_dir,
        stories.reported(),
        stories.handed_over("refused", stories.LOOKING, f"refused:{stories.LOOKING}/1"),
        stories.handed_over("undo_failed", stories.RESERVE, f"undo:{stories.RESERVE}/1"),
    )

    code = main(["retry", "5d3a1c88"])

    assert code == 2
    assert f"several tasks are open; name one: refused:{stories.LOOKING}/1, undo:{stories.RESERVE}/1" in (
        capsys.readouterr().err
    )


def test_the_same_words_settle_another_task_only_if_it_is_named(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = ["settle", "5d3a1c88", "--how", "paid in cash", "--evidence", "receipt 12", "--actor", "mei"]
    message = f"refused:{stories.LOOKING}/1"
    before = (
        stories.reported(),
        stories.handed_over("refused", stories.LOOKING, message),
        stories.settled(message),
    )
    first = [list(part) for part in before]
    stories.write(state_dir, *first)
    repeated = main(typed)
    told_first = capsys.readouterr().out
    stories.write(state_dir, *first, stories.handed_over("no_plan_left", "action", "no_plan_left"))

    code = main(typed)

    assert (repeated, code) == (0, 2)
    assert told_first.startswith(f"repeated: {message} of incident ")
    assert (
        f"mei has settled {message} with the same words already; to settle no_plan_left too, name it: "
        "amends settle 5d3a1c88 no_plan_left\n"
    ) in capsys.readouterr().err


def test_the_same_words_without_a_name_are_no_repetition_where_another_task_could_be_let_be(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    undo = f"undo:{stories.RESERVE}/1"
    wanted = {"key": "w-1", "task": undo, "reason": "too small"}
    stories.write(
        state_dir,
        stories.reported(),
        stories.handed_over("undo_failed", stories.RESERVE, undo),
        [(stories.DAY, EntryKind.WAIVER_REQUESTED, stories.MEI, {**wanted})],
        stories.handed_over("books_differ", "close", "books_differ"),
    )

    code = main(["waive", "5d3a1c88", "--reason", "too small", "--actor", "mei"])
    unnamed = capsys.readouterr().err
    named = main(["waive", "5d3a1c88", undo, "--reason", "too small", "--actor", "mei"])

    assert (code, named) == (2, 0)
    assert f"several tasks are open; name one: {undo}, books_differ" in unnamed
    assert capsys.readouterr().out.startswith(f"repeated: a second person is asked to let {undo} of incident ")


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (["settle", "--how", " ", "--evidence", "x"], "--how: say what you have done or found out"),
        (
            ["settle", "--how", "x", "--evidence", "x", "--happened", "--did-not-happen"],
            "--happened and --did-not-happen cannot both be so",
        ),
        (["settle", "--how", "x", "--evidence", "x"], "nobody knows whether it happened: unknown:"),
        (
            ["settle", "--how", "x", "--evidence", "x", "--happened", "--result", "refund=1"],
            "--result 'refund=1': payments.refund gives refund_id=<text>, amount=<an amount",
        ),
        (
            ["settle", "--how", "x", "--evidence", "x", "--happened", "--result", "amount=1"],
            "amount='1': it must be an amount",
        ),
        (["waive", "--reason", " "], "--reason: say why it may be let be"),
        (["waive", "--reason", "x"], "no task fits; open are unknown:"),
        (["reject"], "--note"),
    ],
)
def test_what_is_missing_is_told_before_anything_is_done(
    act: list[str], told: str, state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stories.write(
        state_dir,
        stories.reported(),
        stories.done(stories.REFUND, "payments.refund", {}, stories.DAY),
        stories.handed_over("outcome_unknown", stories.REFUND, f"unknown:{stories.REFUND}/1"),
    )

    code = main([act[0], "5d3a1c88", *act[1:]])

    assert code == 2
    assert told in capsys.readouterr().err


def test_an_incident_is_not_called_off_without_a_reason(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_incidents(state_dir)

    code = main(["cancel", "bbbb", "--reason", " "])

    assert code == 2
    assert "--reason: say why" in capsys.readouterr().err
