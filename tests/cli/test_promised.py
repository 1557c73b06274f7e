"""How promises, deadlines of others and paging stand, on an incident's page."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from amends.models import ENGINE, Party, Severity, Stage, Status
from amends.timeline import EntryKind
from cli.main import main
from cli.paging import paging
from cli.promised import promised
from cli.times import Times
from runbooks.policy import GoalName
from tests.cli import stories
from workflows.contract import LadderView, OpenDeadline, RunningClock, View

NOW = stories.OPENED_AT + stories.DAY
HOUR = timedelta(hours=1)
UTC = Times(utc=True)
LADDER = LadderView(level=2, levels=3, role="logistics_lead", owed=("task:no_plan_left",), next_page_at=NOW + HOUR)


def view(*, clocks: tuple[RunningClock, ...] = (), ladder: LadderView | None = None) -> View:
    """An incident that can be asked."""
    deadline = OpenDeadline(deadline="carrier_claim", due_at=NOW + 4 * HOUR, protect_at=NOW + HOUR)
    return View(
        incident_id=stories.INCIDENT,
        now=NOW,
        stage=Stage.ACTION,
        status=Status.WAITING,
        severity=Severity.HIGH,
        waiting_for=(),
        asks=(),
        due_at=None,
        due=None,
        clocks=clocks,
        deadlines=(deadline,),
        ladder=ladder,
        busy=False,
    )


def closed() -> Iterator[stories.Told]:
    """The incident ends."""
    yield 2 * stories.DAY, EntryKind.INCIDENT_CLOSED, ENGINE, {"status": "closed", "outcome": "refund"}


def stopped() -> Iterator[stories.Told]:
    """No person owes anything any more."""
    yield stories.DAY + 4 * HOUR, EntryKind.LADDER_STOPPED, ENGINE, {"why": "nothing_owed"}


def shown(capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["show", "5d3a", "--utc", "--address", "127.0.0.1:1"]) == 0
    return capsys.readouterr().out


def test_the_page_has_the_promises_as_the_journal_has_them(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stories.write(state_dir, stories.reported(), stories.promised(), stories.asked(), stories.broken())

    told = shown(capsys)

    assert "\nWhat was promised\n  carrier claim  by 2036-11-23 10:04 UTC (in " in told
    assert "), a deadline of others\n  resolve        breached, due 2026-11-22 22:04 UTC (" in told
    assert "\n  update         the clock stands still for the customer\n" in told
    assert "first response" not in told
    assert "    00:04  Breached: resolve, due 2026-11-22 22:04 UTC.\n" in told


def test_what_was_not_kept_stays_on_the_page_of_an_ended_incident(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stories.write(state_dir, stories.reported(), stories.promised(), stories.broken(), closed())

    told = shown(capsys)

    assert "\nWhat was promised\n  resolve  not kept, was due 2026-11-22 22:04 UTC\n" in told


def test_the_incident_itself_says_when_we_act_on_a_deadline() -> None:
    clocks = (
        RunningClock(goal=GoalName.RESOLVE, due_at=NOW + HOUR),
        RunningClock(goal=GoalName.UPDATE, charged_to=Party.CUSTOMER),
        RunningClock(goal=GoalName.ACTION, charged_to=Party.CUSTOMER, breached=True),
    )

    told = [(each.name, each.said) for each in promised((), view(clocks=clocks), now=NOW, times=UTC)]

    assert told == [
        ("resolve", "by 2026-11-23 23:04 UTC (in 1 h)"),
        ("update", "the clock stands still for the customer"),
        ("action", "breached; the clock stands still for the customer"),
        ("carrier claim", "by 2026-11-24 02:04 UTC (in 4 h), a deadline of others; we act by 2026-11-23 23:04 UTC"),
    ]


def test_the_page_says_who_was_paged_for_what_with_the_commands_that_answer(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lower = stories.paged("an", at=timedelta(hours=20))
    stories.write(state_dir, stories.reported(), lower, stories.paged("chen", level=2, role="logistics_lead"))

    told = shown(capsys)

    assert (
        "\nPaging\n"
        "  Level 2 of 3 is paged, chen at 2026-11-23 22:04 UTC: the task no_plan_left.\n"
        "    amends ack 5d3a1c88 --address 127.0.0.1:1\n"
        '    amends snooze 5d3a1c88 --for 1h --reason "…" --address 127.0.0.1:1\n'
        '    amends escalate 5d3a1c88 --reason "…" --address 127.0.0.1:1\n'
    ) in told
    assert "    22:04  Paged chen (logistics lead, level 2 of 3): the task no_plan_left.\n" in told
    assert "The page is out" not in told


def test_what_somebody_has_put_off_or_taken_on_is_told(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    until = "2036-11-23T10:04:30+00:00"
    put_off = [*stories.acted(EntryKind.SNOOZE_REQUESTED, "an", until=until, reason="the depot opens at six")]
    stories.write(state_dir, stories.reported(), stories.paged("an"), put_off)
    later = shown(capsys)
    acknowledged = stories.acted(EntryKind.ACKNOWLEDGED, "an", note="on it")
    stories.write(state_dir, stories.reported(), stories.paged("an"), put_off, acknowledged)
    taken = shown(capsys)

    assert "\n  an has acknowledged it.\n    amends escalate 5d3a1c88" in taken
    assert "amends ack" not in taken
    assert "\n  Put off until 2036-11-23 10:04 UTC (in " in later
    assert "amends ack 5d3a1c88" in later


def test_paging_that_has_stopped_is_not_told(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stories.write(state_dir, stories.reported(), stories.paged("an"), stopped())

    assert "\nPaging\n" not in shown(capsys)


def test_the_incident_itself_says_who_is_next_and_when() -> None:
    waits = paging((), view(ladder=LADDER), now=NOW, times=UTC)
    taken = paging((), view(ladder=LADDER.model_copy(update={"acknowledged_by": "chen"})), now=NOW, times=UTC)

    assert waits is not None
    assert waits.lines == (
        "Level 2 of 3 is paged, nobody yet: the task no_plan_left.",
        "Without an acknowledgement the next page goes out 2026-11-23 23:04 UTC (in 1 h).",
    )
    assert taken is not None
    assert taken.lines[1] == (
        "chen has acknowledged it; people are paged again 2026-11-23 23:04 UTC (in 1 h) if it is still to be done."
    )


def test_a_ladder_that_nobody_answers_is_told_wherever_alerts_are(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stories.write(state_dir, stories.reported(), stories.paged("dai", level=3), stories.exhausted())
    on_the_page = shown(capsys)
    main(["list"])
    listed = capsys.readouterr().err
    main(["status", "--address", "127.0.0.1:1"])
    status = capsys.readouterr().out
    main(["doctor", "--address", "127.0.0.1:1"])
    doctor = capsys.readouterr().out

    says = "verybody up to the top of the ladder was paged 3 times, and nobody has acknowledged"
    assert f"  E{says}.\n" in on_the_page
    assert "settle it by hand" not in on_the_page
    for told in (listed, status, doctor):
        assert f"e{says}" in told
    assert "take it on: `amends ack 5d3a1c88`" in doctor
