"""Telling an incident's story and acting on it, from a journal, with no server at hand."""

import json
from pathlib import Path

import pytest

from cli.main import main
from tests.cli.builders import write_incidents


def test_show_tells_the_story_and_that_no_server_answers(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waiting, _ = write_incidents(state_dir)

    code = main(["show", "bbbb"])

    told = capsys.readouterr().out
    assert code == 0
    assert told.startswith(f"Lost parcel, incident {waiting.incident_id}\n")
    assert "waiting for  the carrier" in told
    assert "mei reported a lost parcel: order id SO-1002, parcel id PC-1." in told
    assert "not known: no Temporal server answers at" in told
    assert waiting.head_hash not in told


def test_show_tells_which_effects_were_refused_and_which_were_taken_back(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_incidents(state_dir)

    main(["show", "aaaa1111"])

    told = capsys.readouterr().out
    assert "  done, taken back  reserve the goods\n" in told
    assert "  refused           send the goods again (NoCapacity: the van is full)\n" in told
    assert "  done              give the reserved goods back to stock\n" in told
    assert "nothing: it has ended" in told


def test_show_with_entries_gives_what_each_entry_holds_and_its_hash(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    waiting, _ = write_incidents(state_dir)

    main(["show", "bbbb", "--entries"])

    told = capsys.readouterr().out
    assert f"3 status_changed by system amends, hash {waiting.head_hash}" in told
    assert '{"status":"waiting","waiting_for":["carrier"]}' in told


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


@pytest.mark.parametrize("act", [["answer", "aaaa", "refund"], ["cancel", "aaaa", "--reason", "a mistake"]])
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


def test_an_incident_is_not_called_off_without_a_reason(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_incidents(state_dir)

    code = main(["cancel", "bbbb", "--reason", " "])

    assert code == 2
    assert "--reason: say why" in capsys.readouterr().err
