"""A month over two holidays: every warning, breach, page and word of it at its minute, on the real server."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from amends.connectors.shop import Shop
from amends.journal.rows import TimelineRow
from amends.journal.verify import verify
from amends.models import Actor, ActorKind, Data, Model, Severity
from amends.timeline import EntryKind
from drills.pace import SHORT_OF, skip_to
from runbooks import library
from runbooks.bundle import Bundle
from runbooks.language.compiler import compile_runbook
from runbooks.policy import Calendar, GoalName, Quiet, Role, Shift
from tests.proofs import reckoned
from tests.proofs.reckoned import DAY, HOUR, MINUTE, Act, Place, Told
from tests.proofs.rig import Rig
from workflows.contract import (
    ACKNOWLEDGE,
    ANSWER,
    DECIDE,
    ESCALATE,
    SNOOZE,
    AcknowledgeRequest,
    AnswerRequest,
    DecideRequest,
    EscalateRequest,
    SnoozeRequest,
    Verdict,
)

ASKED = "analysis.ask.satisfaction"


@pytest.mark.parametrize(
    ("database_url", "zone", "order_id"),
    [("sqlite", "Asia/Shanghai", "SO-1006"), ("postgresql", "America/New_York", "SO-1002")],
    indirect=["database_url"],
)
async def test_a_month_over_two_holidays_keeps_every_minute(
    rig_on: Callable[[str], Rig], zone: str, order_id: str
) -> None:
    place = _place(zone, datetime.now(UTC))
    rig = rig_on(order_id)
    rig.bundle = _bundle(place)
    last_seen_at = datetime.now(UTC).replace(second=0, microsecond=0) - DAY + 20 * MINUTE
    rig.says = {"last_seen_at": last_seen_at.isoformat()}

    async with rig.serving():
        await rig.open()
        begun = asyncio.get_running_loop().time()
        opened_at = rig.rows()[0].occurred_at
        month = reckoned.reckon(place, opened_at=opened_at, last_seen_at=last_seen_at)
        for act in month.acts:
            await _let_pass(rig, act.at)
            await _do(rig, act)
        await rig.to_the_end()
        spent = timedelta(seconds=asyncio.get_running_loop().time() - begun)

    rows = rig.rows()
    assert rows[-1].occurred_at - opened_at > 30 * DAY
    assert _missed(month.told, list(_told(rows)), by=spent) == []
    _assert_everything_came_about(place, month.told)
    assert _pages_of(rig.shop) == _paged_in(rows)
    checked = verify(rig.journal, rig.incident_id)
    assert checked.ok, checked.problems


def _place(zone: str, now: datetime) -> Place:
    """An office at which two working days of the month to come are off, and one at a weekend is worked.

    Nothing of it begins or ends within half an hour of a whole number of hours from now: so it makes no difference
    that calls take their seconds.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    return Place(
        zone=zone,
        later=(now.minute + 30) % 60,
        holidays=(_first_behind(today, 2, at_weekend=False), _first_behind(today, 18, at_weekend=False)),
        workdays=(_first_behind(today, 2, at_weekend=True),),
    )


def _first_behind(today: date, days: int, *, at_weekend: bool) -> date:
    week = (today + (days + more) * DAY for more in range(7))
    return next(day for day in week if (day.weekday() >= 5) is at_weekend)


def _bundle(place: Place) -> Bundle:
    """The month's runbook, with the office and the people of a place."""
    file = Path(__file__).with_name("lost_for_a_month.yaml")
    shelf = library.shelf_here()
    bundle = compile_runbook(
        file=file.name,
        text=file.read_text(encoding="utf-8"),
        texts=shelf.texts,
        rates=shelf.rates,
        reference=shelf.reference,
    )
    office = Calendar(
        version="of the month",
        zone=place.zone,
        hours=tuple((begin + place.later, end + place.later) for begin, end in reckoned.OFFICE),
        week=(0, 1, 2, 3, 4),
        holidays=place.holidays,
        workdays=place.workdays,
        confirmed_until=place.holidays[-1] + 60 * DAY,
    )
    return bundle.model_copy(
        update={"calendars": {"cn_office": office}, "roles": {role: _role(role, place) for role in reckoned.DUTY}}
    )


def _role(role: str, place: Place) -> Role:
    begin, end = (minutes + place.later for minutes in reckoned.QUIET)
    a_day = 24 * 60
    return Role(
        team=tuple(sorted(set(reckoned.DUTY[role]))),
        duty=tuple(
            Shift(who=who, begins=day * a_day + place.later, ends=(day + 1) * a_day + place.later)
            for day, who in enumerate(reckoned.DUTY[role])
        ),
        zone=place.zone,
        quiet=Quiet(begins=begin, ends=end, above=Severity.CRITICAL) if role != reckoned.LEVELS[-1] else None,
    )


async def _let_pass(rig: Rig, moment: datetime) -> None:
    """Let time pass, from due moment to due moment, until a moment has come."""
    while await rig.skipper.get_current_time(rig.handle) < moment:
        view = await rig.quiet()
        await skip_to(rig.skipper, rig.handle, min(view.due_at or moment, moment))
        await asyncio.sleep(SHORT_OF.total_seconds())


async def _do(rig: Rig, act: Act) -> None:
    who, key = Actor(kind=ActorKind.HUMAN, id=act.who), rig.key(f"{act.name}-{act.at.isoformat()}")
    match act.name:
        case "report":
            await rig.open("again")
        case "acknowledge":
            await _update(rig, ACKNOWLEDGE, AcknowledgeRequest(key=key, actor=who))
        case "snooze":
            assert act.other is not None
            await _update(rig, SNOOZE, SnoozeRequest(key=key, until=act.other, reason="the carrier looks", actor=who))
        case "escalate":
            await _update(rig, ESCALATE, EscalateRequest(key=key, reason="nobody moves", actor=who))
        case "answer":
            await _update(rig, ANSWER, AnswerRequest(key=key, ask=ASKED, choice="refund", actor=who, at=act.other))
        case "approve":
            (asked,) = (await rig.view()).approvals
            seen = {"approval": asked.approval, "amount": asked.amount, "plan": asked.plan}
            await _update(rig, DECIDE, DecideRequest(key=key, verdict=Verdict.APPROVE, actor=who, **seen))
        case _:
            raise AssertionError(act.name)


async def _update(rig: Rig, name: str, request: Model) -> None:
    await rig.act(name, request)


def _told(rows: list[TimelineRow]) -> Iterator[Told]:
    """Of a timeline, what the reckoning tells of, in its words."""
    for row in rows:
        what = _what(row.kind, row.data)
        if what is not None:
            yield Told(row.occurred_at, what)


def _what(kind: EntryKind, data: Data) -> tuple[str, ...] | None:
    match kind:
        case EntryKind.CLOCK_STARTED | EntryKind.CLOCK_RESET:
            return (kind, str(data["goal"]), f"{timedelta(seconds=int(str(data['within']))) // HOUR} h")
        case EntryKind.CLOCK_PAUSED | EntryKind.CLOCK_RESUMED:
            goals = data["goals"]
            assert isinstance(goals, list | dict)
            return (kind, *sorted(map(str, goals)))
        case EntryKind.CLOCK_WARNED:
            return (kind, str(data["goal"]), f"{data['percent']}%")
        case EntryKind.CLOCK_BREACHED:
            return (kind, str(data["goal"]))
        case EntryKind.CLOCK_STOPPED:
            return (kind, str(data["goal"]), "kept" if data["kept"] else "not kept")
        case EntryKind.DEADLINE_PROTECTED:
            return (kind, str(data["by"]))
        case EntryKind.PAGE_REQUESTED:
            people, owed = data["people"], data["owed"]
            assert isinstance(people, list)
            assert isinstance(owed, list)
            moves = ", ".join(sorted(_of_month(str(move)) for move in owed))
            return (
                kind,
                *(str(data[name]) for name in ("page", "level", "role")),
                *map(str, people),
                str(data["why"]),
                moves,
            )
        case EntryKind.PAGE_HELD:
            assert data["why"] == "quiet"
            return (kind, str(data["role"]), str(data["until"]))
        case EntryKind.LADDER_RAISED:
            return (kind, *(str(data[name]) for name in ("level", "why", "what")))
        case EntryKind.LADDER_EXHAUSTED:
            return (kind, str(data["level"]))
        case EntryKind.EFFECT_REQUESTED if "message" in data:
            return ("word", str(data["message"]))
        case kind if kind in _OTHERS:
            return (kind,)
        case _:
            return None


_OTHERS = {
    EntryKind.APPROVAL_EXPIRED,
    EntryKind.BREACH_REASSESSED,
    EntryKind.DEADLINE_LET_GO,
    EntryKind.DEADLINE_MISSED,
    EntryKind.DEADLINE_SET,
    EntryKind.LADDER_STOPPED,
    EntryKind.PAGE_FAILED,
    EntryKind.TASK_OVERDUE,
}


def _of_month(move: str) -> str:
    """A move by the reckoning's name: there is one task, and one approval."""
    kind = move.partition(":")[0]
    return kind if kind in ("task", "approval") else move


def _missed(wanted: list[Told], found: list[Told], *, by: timedelta) -> list[str]:
    """What is missing, too much, or not at its moment. Calls take time, ``by`` in all: so much an entry may be later,
    and earlier only if working time was spent for them."""
    problems = []
    for what in sorted({each.what for each in (*wanted, *found)}):
        moments, ours = ([each.at for each in told if each.what == what] for told in (wanted, found))
        if len(moments) != len(ours) or any(abs(at - our) > by for at, our in zip(moments, ours, strict=True)):
            problems.append(f"{' '.join(what)}: wanted {_shown(moments)}, found {_shown(ours)}")
    return problems


def _shown(moments: list[datetime]) -> str:
    return ", ".join(f"{moment:%d %b %H:%M:%S}" for moment in moments) or "never"


def _assert_everything_came_about(place: Place, told: list[Told]) -> None:
    """The month has what it is there to show, on whatever day it begins."""
    whats = [each.what for each in told]
    kinds = {what[0] for what in whats}
    goals = {what[1] for what in whats if what[0] == "clock_started"}
    breached = {what[1] for what in whats if what[0] == "clock_breached"}
    assert goals == set(GoalName)
    assert {"analysis", "action"} <= breached
    assert {what[2] for what in whats if what[0] == "page_requested"} == {"1", "2", "3"}
    assert {"page_held", "ladder_raised", "ladder_exhausted", "ladder_stopped", "clock_resumed"} <= kinds
    assert whats.count(("word", "lost_parcel.still_looking")) >= 3
    resolving, acting = (_first(told, "clock_started", goal) for goal in ("resolve", "action"))
    asked, over = _first(told, "clock_paused", "resolve"), _first(told, "clock_breached", "action")
    for day in (*place.holidays, *place.workdays):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(place.zone))
        assert resolving < noon < asked or acting < noon < over, f"no clock of the office ran on {day}"


def _first(told: list[Told], kind: str, goal: str) -> datetime:
    return next(each.at for each in told if each.what[0] == kind and goal in each.what)


def _paged_in(rows: list[TimelineRow]) -> list[tuple[str, ...]]:
    """The pages of a timeline: under which key who was paged, at which level and in which role, and over what."""
    found = []
    for row in rows:
        if row.kind is EntryKind.PAGE_REQUESTED:
            page, level, role, why = (str(row.data[name]) for name in ("page", "level", "role", "why"))
            people = row.data["people"]
            assert isinstance(people, list)
            found += [(f"{row.incident_id}/page/{page}/{who}/shop", str(who), level, role, why) for who in people]
    return sorted(found)


def _pages_of(shop: Shop) -> list[tuple[str, ...]]:
    """What came to the people, in the same words."""
    return sorted((page.key, page.person, str(page.level), page.role, page.why) for page in shop.pages())
