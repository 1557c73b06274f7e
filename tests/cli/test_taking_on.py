"""Acknowledging, escalating and putting off: each counts once however often it is typed, or it is said why not."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from amends.errors import InputError
from amends.journal import Journal, TimelineRow
from amends.models import PageResult, Severity
from amends.timeline import EntryKind
from cli.joined import joined_to
from cli.main import main
from cli.times import Times
from tests.amends.journal.builders import entry, opened, told
from tests.cli import stories
from tests.cli.acted import Acted

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
async def it(running: Acted) -> Acted:
    await running.open("SO-1001")
    await written(running, EntryKind.PAGE_REQUESTED)
    return running


async def written(it: Acted, kind: EntryKind, *, times: int = 1) -> list[TimelineRow]:
    """The entries of a kind, once there are so many."""
    async with asyncio.timeout(60):
        while len(it.entries(kind)) < times:
            await asyncio.sleep(0.02)
    return it.entries(kind)


async def test_who_is_paged_takes_it_on_once_and_nobody_else_is_paged(it: Acted) -> None:
    told, _ = await it.amends("ack", "--note", "on it", by="chen")
    again, _ = await it.amends("ack", "--note", "on it", by="chen")
    shown, _ = await it.amends("show")

    assert told == f"recorded: chen has acknowledged incident {it.incident}\n"
    assert again.startswith("repeated: chen has acknowledged")
    (entry,) = it.entries(EntryKind.ACKNOWLEDGED)
    assert (entry.actor.id, entry.data["note"]) == ("chen", "on it")
    assert "chen has acknowledged it; people are paged again" in shown


async def test_who_has_no_role_cannot_take_it_on(it: Acted) -> None:
    _, why = await it.amends("ack", by="cook", expect=2)

    assert "'cook' has no role here, and cannot acknowledge; " in why
    assert it.entries(EntryKind.ACKNOWLEDGED) == []


async def test_escalating_needs_a_reason_and_counts_until_somebody_acknowledges(it: Acted) -> None:
    _, no_reason = await it.amends("escalate", "--reason", " ", expect=2)
    told = await it.json("escalate", "--reason", "he is in hospital")
    again = await it.json("escalate", "--reason", "he is in hospital")
    await it.amends("ack", by="dai")
    anew = await it.json("escalate", "--reason", "he is in hospital")

    assert "--reason: say why, for those who are paged" in no_reason
    assert [each["result"] for each in (told, again, anew)] == ["recorded", "repeated", "recorded"]
    assert len(it.entries(EntryKind.ESCALATION_REQUESTED)) == 2
    assert (await written(it, EntryKind.LADDER_RAISED))[0].data["why"] == "escalate"


async def test_paging_is_put_off_for_at_most_a_day_and_once_for_the_same_length(it: Acted) -> None:
    _, too_long = await it.amends("snooze", "--for", "3d", "--reason", "x", expect=2)
    told = await it.json("snooze", "--for", "4h", "--reason", "the depot opens at six")
    again = await it.json("snooze", "--for", "4h", "--reason", "the depot opens at six")

    assert "nobody puts it off for more than a day" in too_long
    assert (told["result"], again["result"]) == ("recorded", "repeated")
    assert told["until"] == again["until"]
    (entry,) = it.entries(EntryKind.SNOOZE_REQUESTED)
    assert datetime.fromisoformat(str(entry.data["until"])) - entry.occurred_at > timedelta(hours=3, minutes=55)


def test_a_page_that_came_since_may_be_acknowledged_anew(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = stories.acted(EntryKind.ACKNOWLEDGED, "an", note="")
    stories.write(state_dir, stories.reported(), stories.paged("an"), taken)
    repeated = main(["ack", "5d3a", "--actor", "an", "--address", "127.0.0.1:1"])
    capsys.readouterr()
    taken = stories.acted(EntryKind.ACKNOWLEDGED, "an", note="")
    again = stories.paged("an", at=stories.DAY * 2)
    stories.write(state_dir, stories.reported(), stories.paged("an"), taken, again)

    anew = main(["ack", "5d3a", "--actor", "an", "--address", "127.0.0.1:1"])

    assert (repeated, anew) == (0, 2)
    assert "no Temporal server answers at '127.0.0.1:1'" in capsys.readouterr().err


def test_what_another_has_taken_on_since_is_another_act(state_dir: Path) -> None:
    acts = [stories.acted(EntryKind.ACKNOWLEDGED, who, note="") for who in ("an", "bo")]
    stories.write(state_dir, stories.reported(), stories.paged("an"), *acts)

    by_bo = main(["ack", "5d3a", "--actor", "bo", "--address", "127.0.0.1:1"])
    by_an = main(["ack", "5d3a", "--actor", "an", "--address", "127.0.0.1:1"])

    assert (by_bo, by_an) == (0, 2)


def test_a_snooze_that_stands_is_repeated_and_another_end_is_another(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    until = "2036-11-23T10:04:30+00:00"
    put_off = stories.acted(EntryKind.SNOOZE_REQUESTED, "an", until=until, reason="it may wait")
    stories.write(state_dir, stories.reported(), stories.paged("an"), put_off)
    typed = ["snooze", "5d3a", "--actor", "an", "--reason", "it may wait", "--address", "127.0.0.1:1"]

    same = main([*typed, "--until", until, "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    other = main([*typed, "--until", "2036-11-23T11:00:00+00:00"])

    assert (same, other) == (0, 2)
    assert told["result"] == "repeated"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ((), "say for how long (--for 4h) or until when (--until 18:30)"),
        (("--for", "4h", "--until", "18:30"), "--for and --until cannot both be given"),
        (("--for", "soon"), "--for: 'soon' is not a duration"),
        (("--until", "soon"), "--until 'soon' is no time to come; write a time of day (18:30)"),
    ],
)
def test_a_snooze_says_until_when_in_one_way(
    state_dir: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], why: str
) -> None:
    stories.write(state_dir, stories.reported(), stories.paged("an"))

    assert main(["snooze", "5d3a", "--reason", "x", "--actor", "an", *options]) == 2

    assert why in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("18:30", NOON.replace(hour=18, minute=30)),
        ("06:00", NOON.replace(day=23, hour=6)),
        ("2026-11-22T18:30", NOON.replace(hour=18, minute=30)),
        ("2026-11-22T18:30:00+08:00", NOON.replace(hour=10, minute=30)),
    ],
)
def test_a_time_of_day_is_its_next_one(typed: str, at: datetime) -> None:
    assert Times(utc=True).coming(typed, now=NOON, option="--until") == at


def test_no_time_of_day_is_told() -> None:
    with pytest.raises(InputError, match="--until '25:00' is no time to come"):
        Times(utc=True).coming("25:00", now=NOON, option="--until")


def test_incidents_whose_page_joined_are_taken_on_too_while_theirs_waits(journal: Journal) -> None:
    def paged(incident_id: str) -> None:
        parcel = f"PC-{incident_id}"
        page = entry(1, EntryKind.PAGE_REQUESTED, page=1, level=1, levels=3, role="logistics", people=["an"])
        told(journal, opened(incident_id, parcel=parcel), page, incident_id=incident_id, parcel=parcel, run_id=parcel)
        key = f"{incident_id}/page/1"
        cause: dict[str, Any] = {"cause": "refused:payments.refund", "severity": Severity.HIGH, "level": 1}
        again: dict[str, Any] = {"join_within": timedelta(hours=1), "at": NOON, "channels": ["mail"]}
        begun = journal.pages.begin(key=key, person="an", incident_id=incident_id, **cause, **again)
        if begun.channel is not None:
            sent: dict[str, Any] = {"result": PageResult.SENT, "detail": "", "channels": ["mail"], "at": NOON}
            journal.pages.settle(key=key, person="an", channel=begun.channel, **sent)

    for each in ("first", "second", "third"):
        paged(each)
    taken = entry(2, EntryKind.ACKNOWLEDGED, key="k", note="")
    told(journal, taken, incident_id="third", parcel="PC-third", run_id="PC-third")

    assert joined_to(journal, "first") == ("second",)
    assert joined_to(journal, "second") == ()
