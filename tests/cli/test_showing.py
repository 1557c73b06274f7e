"""An incident's story, as a person reads it: in a pipe, and on terminals that are wide and narrow."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from rich.cells import cell_len

from amends.models import Data
from amends.timeline import EntryKind
from cli.main import main
from runbooks import library
from tests.cli import stories
from tests.cli.owners import make_journal
from tests.cli.terminals import typed
from tests.cli.zones import zone

COURSE = """\
Report
  Sun 2026-11-22
    23:04  mei reported a lost parcel: order id SO-1004, parcel id PC-1004-1.
    23:04  Done: write to the customer, lost_parcel.looking (channel email).
Analysis
  Sun 2026-11-22
    23:04  Waiting for the carrier until trace.status != "open", at most until 2026-11-25 23:04 CET; then we take it \
that trace.status is presumed_lost.
  Mon 2026-11-23
    05:04  Checked: ask the carrier what the search has found (status open, trace id TR-1). The same 2 more times, \
last at 17:04.
    23:04  Checked: ask the carrier what the search has found (status lost).
    23:04  It has come: the wait for trace is over.
    23:04  Asked the customer: lost_parcel.reship_or_refund (reship, refund); answer by 2026-11-25 23:04 CET; \
silence means refund.
  Tue 2026-11-24
    01:04  customer answered the question lost_parcel.reship_or_refund: reship.
Action
  Tue 2026-11-24
    01:04  Plan: reship.
    01:04  Done: reserve the goods (reservation id RS-1).
    01:04  Refused: send the goods again (NoCapacity: heron_post takes no more parcels).
    01:04  The plan failed: reship. What it has done is undone.
"""


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")


def shown(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert main(["show", "5d3a", *options]) == 0
    return capsys.readouterr().out


def test_a_story_that_has_ended_is_told_whole_in_the_reader_s_time(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stories.write(
        state_dir,
        stories.reported(),
        stories.searched(),
        stories.asked(),
        stories.reship_failed(),
        stories.refunded(),
    )

    with zone("Europe/Berlin"):
        told = shown(capsys)

    assert told == (
        f"Lost parcel, incident {stories.INCIDENT}\n"
        "\n"
        "  about     order SO-1004, parcel PC-1004-1\n"
        "  status    closed\n"
        "  stage     Action (3 of 4)\n"
        "  severity  medium\n"
        "  outcome   refund\n"
        "  opened    2026-11-22 23:04 CET, by mei\n"
        "  follows   lost_parcel as of its opening, sha256:00\n"
        "  ended     2026-11-24 01:04 CET\n"
        "\n"
        f"{COURSE}"
        "    01:04  Undone: give the reserved goods back to stock.\n"
        "    01:04  The plan is undone: reship.\n"
        "    01:04  Done: refund the customer (amount CNY 384.00, refund id RF-1).\n"
        "    01:04  Put right for the customer: refund.\n"
        "    01:04  Ended: closed (refund).\n"
        "\n"
        "What was done to the world\n"
        "  done        write to the customer, lost_parcel.looking\n"
        "  done        write to the customer, lost_parcel.reship_or_refund\n"
        "  taken back  reserve the goods (reservation id RS-1)\n"
        "  refused     send the goods again (NoCapacity: heron_post takes no more parcels)\n"
        "  done        refund the customer (amount CNY 384.00, refund id RF-1)\n"
    )


def test_an_incident_that_follows_a_published_text_says_which(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = library.load("lost_parcel")
    make_journal(state_dir, bundle)
    stories.write(state_dir, stories.reported(digest=bundle.digest))

    told = shown(capsys)

    assert "  follows   lost_parcel, revision 1\n" in told


def test_an_open_question_is_told_with_the_commands_that_answer_it_though_no_server_answers(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stories.write(state_dir, stories.reported(), stories.searched(), stories.asked())

    told = shown(capsys, "--utc", "--address", "127.0.0.1:1")

    assert "\n  status       waiting\n" in told
    assert "\n  waiting for  the customer, until 2026-11-25 22:04 UTC (" in told
    assert "): an answer to the question lost_parcel.reship_or_refund\n" in told
    assert "\n    amends answer 5d3a1c88 reship --address 127.0.0.1:1\n" in told
    assert "\n    amends answer 5d3a1c88 refund --address 127.0.0.1:1\n" in told
    assert told.splitlines()[-1].startswith(
        "As the journal has it; the running incident could not be asked: no Temporal server answers at '127.0.0.1:1'"
    )


def test_a_wait_and_a_call_under_way_are_told_with_their_time(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stories.write(state_dir, stories.reported(), stories.searched())
    waiting = shown(capsys, "--utc")
    stories.write(state_dir, stories.reported(), stories.searched(), stories.asked(), stories.reship_failed())
    undoing = shown(capsys, "--utc")

    assert "  waiting for  the carrier, at most until 2026-11-25 22:04 UTC (" in waiting
    assert "): the wait for trace\n" in waiting
    assert "  waiting for  a system, since 2026-11-24 00:04 UTC: give the reserved goods back to stock\n" in undoing
    assert "    00:04  Undoing: give the reserved goods back to stock.\n" in undoing
    assert "  done, being taken back  reserve the goods (reservation id RS-1)\n" in undoing


@pytest.mark.parametrize(
    ("task", "told"),
    [
        (
            ("no_plan_left", "action", "no_plan_left"),
            "A person is needed (since 2026-11-24 01:04 UTC)\n"
            "  No plan is left that could put it right: every plan that fits has failed and is undone.\n"
            "  When what stood against the plans is gone, have them tried once more, or choose one. Or put it right "
            "with the customer by hand, and settle it with evidence. Or call it off:\n"
            "    amends retry 5d3a1c88 no_plan_left\n"
            "    amends choose 5d3a1c88 PLAN\n"
            '    amends settle 5d3a1c88 no_plan_left --how "…" --evidence "…"\n'
            '    amends cancel 5d3a1c88 --reason "…"\n',
        ),
        (
            ("refused", stories.LOOKING, f"refused:{stories.LOOKING}/1"),
            "  Refused, and nothing else is planned for that: the message lost_parcel.looking.\n"
            "  When what stood against it is gone, have it tried again. Or do it by hand, and settle it with evidence. "
            "Or call the incident off:\n"
            f"    amends retry 5d3a1c88 refused:{stories.LOOKING}/1\n",
        ),
        (
            ("outcome_unknown", stories.REFUND, f"unknown:{stories.REFUND}/1"),
            "  Nobody can say whether it happened: refund the customer.\n"
            "  When its system answers again, have it asked once more what became of it (its key is "
            f"{stories.INCIDENT}/{stories.REFUND}/1). Or find out yourself, and say what you found, with evidence. "
            "Until that is known nothing more is undone here, and the incident stays open:\n"
            f"    amends retry 5d3a1c88 unknown:{stories.REFUND}/1\n"
            f'    amends settle 5d3a1c88 unknown:{stories.REFUND}/1 --how "…" --evidence "…" --happened\n'
            f'    amends settle 5d3a1c88 unknown:{stories.REFUND}/1 --how "…" --evidence "…" --did-not-happen\n\n',
        ),
        (
            ("outcome_unknown", stories.LOOKING, f"unknown:{stories.LOOKING}/1"),
            "  When the channel answers again, have it asked whether it arrived (its key is "
            f"{stories.INCIDENT}/{stories.LOOKING}/1). Or find out yourself",
        ),
        (
            ("undo_failed", stories.RESERVE, f"undo:{stories.RESERVE}/1"),
            "  It could not be taken back: reserve the goods.\n"
            "  When what stood against it is gone, have it tried again (its key is "
            f"{stories.INCIDENT}/{stories.RESERVE}/1). Or take it back by hand, and settle it with evidence. Or ask "
            "that it be let be, which a second person has to approve. Until then nothing more is undone here, and the "
            "incident stays open:\n"
            f"    amends retry 5d3a1c88 undo:{stories.RESERVE}/1\n"
            f'    amends settle 5d3a1c88 undo:{stories.RESERVE}/1 --how "…" --evidence "…"\n'
            f'    amends waive 5d3a1c88 undo:{stories.RESERVE}/1 --reason "…"\n',
        ),
        (
            ("rejected", "report.approve.finance", "rejected:report.approve.finance"),
            "  Rejected, and nothing else is planned for that: the approval of finance.\n"
            "  When there is something new to say for it, have it asked for again. Or call the incident off:\n"
            "    amends retry 5d3a1c88 rejected:report.approve.finance\n"
            '    amends cancel 5d3a1c88 --reason "…"\n',
        ),
        (
            ("undecided", stories.APPROVE, f"undecided:{stories.APPROVE}"),
            "  Nobody has decided in time: the approval of logistics lead.\n"
            "  Whoever could decide still can, and now those of a higher authority too:\n"
            f"    amends approve 5d3a1c88 {stories.APPROVE}\n"
            f'    amends reject 5d3a1c88 {stories.APPROVE} --note "…"\n',
        ),
        (
            ("books_differ", "close", "books_differ"),
            "  Put right what is wrong, and have them compared again. Or ask that they be let be, which a second "
            "person has to approve. Until then the incident stays open:\n"
            "    amends retry 5d3a1c88 books_differ\n"
            '    amends waive 5d3a1c88 books_differ --reason "…"\n',
        ),
        (
            ("taken_over", "incident", "taken_over"),
            "  When that is over, hand it back, and it goes on from where it stands. Or put it right with the customer "
            "by hand, and settle it with evidence; what a plan has half done is undone then. Or call it off:\n"
            "    amends retry 5d3a1c88 taken_over\n"
            '    amends settle 5d3a1c88 taken_over --how "…" --evidence "…"\n'
            '    amends cancel 5d3a1c88 --reason "…"\n',
        ),
        (("of_a_later_release", stories.REFUND, "x:1"), "  Refund the customer: of_a_later_release.\n"),
    ],
)
def test_a_person_s_task_is_told_with_what_to_do(
    task: tuple[str, str, str], told: str, state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    why, step, name = task
    stories.write(state_dir, stories.reported(), stories.handed_over(why, step, name))

    assert told in shown(capsys, "--utc")


def test_a_step_that_somebody_had_skipped_is_told_once(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wish = stories.acted(EntryKind.SKIP_REQUESTED, "mei", step=stories.WAIT, reason="they never answer")
    done = stories.ended(EntryKind.STEP_SKIPPED, step=stories.WAIT, by="mei")
    stories.write(state_dir, stories.reported(), stories.searched(), wish, done)

    told = shown(capsys, "--utc")

    assert "mei had it skipped: the wait for trace: they never answer." in told
    assert "Skipped:" not in told


def test_what_was_shown_is_listed_with_who_showed_it_and_how_a_file_is_known(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stories.write(state_dir, stories.reported(), stories.showed())

    told = shown(capsys, "--utc")
    document = json.loads(shown(capsys, "--format", "json"))

    assert (
        "What was shown\n"
        f"  2026-11-24 02:04 UTC, mei  slip.pdf (application/pdf, 1,300 bytes, sha256 {'ab' * 32})\n"
        "  2026-11-24 02:04 UTC, mei  mail 4711\n"
    ) in told
    assert [(each["what"], each["by"], each["size"]) for each in document["evidence"]] == [
        ("slip.pdf", "mei", 1300),
        ("mail 4711", "mei", None),
    ]


def test_where_nothing_was_shown_nothing_is_said_of_it(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stories.write(state_dir, stories.reported())

    assert "What was shown" not in shown(capsys, "--utc")


def test_a_task_that_is_being_tried_again_is_nobody_s_any_more(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    task = ("no_plan_left", "action", "no_plan_left")
    stories.write(state_dir, stories.reported(), stories.handed_over(*task), stories.had_it_tried_again("no_plan_left"))

    told = shown(capsys, "--utc")

    assert "A person is needed (since" not in told
    assert "mei had it tried again: no_plan_left (stock is back)." in told


@pytest.mark.parametrize("ended", [stories.settled, stories.chosen])
def test_a_task_that_a_person_has_dealt_with_is_nobody_s_any_more(
    ended: Callable[[str], Iterable[stories.Told]], state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    task = ("no_plan_left", "action", "no_plan_left")
    stories.write(state_dir, stories.reported(), stories.handed_over(*task), ended("no_plan_left"))

    told = shown(capsys, "--utc")

    assert "A person is needed (since" not in told


def test_the_plans_that_can_be_chosen_are_named_where_the_text_is_at_hand(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = library.load("lost_parcel")
    task = ("no_plan_left", "action", "no_plan_left")
    stories.write(state_dir, stories.reported(digest=bundle.digest), stories.handed_over(*task))

    told = shown(capsys)

    plans = [plan.name for plan in bundle.program.action]
    assert [line.split()[-1] for line in told.splitlines() if "amends choose" in line] == plans


def test_a_task_says_whose_it_is_and_that_it_is_overdue(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    task = ("no_plan_left", "action", "no_plan_left")
    stories.write(state_dir, stories.reported(), stories.handed_over(*task, owner="operations_manager"))

    told = shown(capsys, "--utc")

    assert "  Overdue: operations manager has to see to it until 2020-01-01 00:00 UTC (" in told


def test_an_approval_says_who_is_asked_for_what_by_when_and_who_cannot(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stories.write(state_dir, stories.reported(), stories.approval_asked(), stories.decided("chen"))

    told = shown(capsys, "--utc")

    assert (
        "To be approved\n"
        "  The approval of logistics lead: CNY 1,200.00 in the plan reship.\n"
        "  Logistics lead decides by 2036-11-22 22:04 UTC (in "
    ) in told
    assert (
        "); silence makes it a person's task.\n"
        "  Not mei or bo, who brought it here.\n"
        "  Approved so far by chen: 1 of 2.\n"
        '    amends approve 5d3a1c88 --amount "CNY 1200.00"\n'
        '    amends reject 5d3a1c88 --note "…"\n'
    ) in told
    assert "  waiting for  logistics lead, until 2036-11-22 22:04 UTC (in " in told
    assert "): a decision about CNY 1,200.00 in the plan reship\n" in told


def test_an_approval_beyond_somebody_s_authority_is_not_one_of_those_given(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stories.write(
        state_dir, stories.reported(), stories.approval_asked(), stories.decided("chen"), stories.refused("chen")
    )

    told = shown(capsys)

    assert "  Approved so far: 0 of 2.\n" in told


def test_a_waiver_says_why_and_that_a_second_person_is_asked(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stories.write(state_dir, stories.reported(), stories.waiver_asked("books_differ"))

    told = shown(capsys)

    assert (
        "  A second person's word to let books_differ be: the bank's rounding.\n"
        "  A second person decides.\n"
        "  Not mei, who brought it here.\n"
        "    amends approve 5d3a1c88 waive:books_differ\n"
    ) in told


@pytest.mark.parametrize("kind", [EntryKind.APPROVAL_GIVEN, EntryKind.APPROVAL_REJECTED, EntryKind.APPROVAL_WITHDRAWN])
def test_what_was_decided_is_not_asked_any_more(
    kind: EntryKind, state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stories.write(state_dir, stories.reported(), stories.approval_asked(), stories.ended(kind))

    assert "To be approved" not in shown(capsys)


@pytest.mark.parametrize(("then", "open_still"), [("reject", False), ("escalate", True)])
def test_silence_ends_an_approval_only_if_it_rejects(
    then: str, open_still: bool, state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expired = stories.ended(EntryKind.APPROVAL_EXPIRED, then=then)
    stories.write(state_dir, stories.reported(), stories.approval_asked(), expired)

    assert ("To be approved" in shown(capsys)) is open_still


def test_every_entry_is_there_whole_for_whoever_asks(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = stories.write(state_dir, stories.reported(), stories.searched())

    told = shown(capsys, "--entries", "--utc")

    assert "     2  The journal has it.\n" in told
    assert (
        "        time_came, 2026-11-23 04:04:30 UTC, by timer clock, run run-1 number 8\n"
        '        {"due":["check analysis.wait.trace"]}\n'
    ) in told
    assert f"        hash {row.head_hash}\n" in told
    assert told.count("        hash ") == row.entries


@pytest.mark.parametrize("width", [40, 80])
def test_a_terminal_s_lines_are_wrapped_under_their_beginning_but_never_a_command(state_dir: Path, width: int) -> None:
    subject: Data = {"order_id": "SO-1004", "parcel_id": "包裹" * 30}
    stories.write(state_dir, stories.reported(subject), stories.searched(), stories.asked())

    told = typed("show", "5d3a", width=width).splitlines()

    too_long = [line for line in told if cell_len(line) > width and not line.startswith("    amends ")]
    assert too_long == []
    at = next(at for at, line in enumerate(told) if "Asked the customer" in line)
    assert told[at + 1].startswith(" " * 11)
    assert told[at + 1][11] != " "
    assert "".join(told).replace(" ", "").count("包裹" * 30) == 2


def test_what_people_typed_cannot_steer_the_terminal(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nasty = "PC\x1b[2J\u202e\n1"
    stories.write(state_dir, stories.reported({"order_id": "SO-1004", "parcel_id": nasty}))

    told = shown(capsys)

    assert "parcel PC\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER} 1\n" in told
    assert "\x1b" not in told


def test_colours_tell_trouble_from_what_goes_its_way(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR")
    stories.write(state_dir, stories.reported(), stories.handed_over("no_plan_left", "action", "no_plan_left"))

    told = typed("show", "5d3a")

    assert "\x1b[1;31mtaken over\x1b[0m" in told
    assert "\x1b[1;31mA person is needed (since " in told
    assert "    Done" not in told.replace("\x1b[0m", "")
