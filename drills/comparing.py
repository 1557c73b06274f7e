"""In what a played scenario differs from what was expected, in plain words."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import zip_longest

from pydantic import JsonValue

from amends.journal import TimelineRow
from amends.models import Data, Money
from amends.timeline import EntryKind
from drills.moments import since_in_both
from drills.observed import Observed, outcome_of
from drills.player import EARLY
from drills.written import WrittenExpect, WrittenMoment, WrittenPage, WrittenShop
from runbooks.amounts import decimals_of


def differences(
    expect: WrittenExpect,
    observed: Observed,
    timeline: Sequence[TimelineRow],
    *,
    slack: timedelta,
    begun_at: datetime | None = None,
) -> list[str]:
    """Everything that is not as expected, as ``… expected …, got …``; empty if all is.

    ``slack``: by how much moments may be late. The real time that the play took has passed for the incident too.
    ``begun_at``: when the scenario has begun, from which moments count; with the incident if nothing is said.
    """
    begun_at = begun_at or timeline[0].occurred_at
    effects = [f"{name}: {outcome}" for line in expect.effects for name, outcome in line.items()]
    return [
        *_plain("status", expect.status, observed.status),
        *(_plain("outcome", expect.outcome, observed.outcome) if expect.outcome is not None else ()),
        *(_plain("severity", expect.severity, observed.severity) if expect.severity is not None else ()),
        *_list("effect", effects, [f"{effect.activity}: {outcome_of(effect)}" for effect in observed.effects]),
        *_list("message", expect.messages, observed.messages),
        *_list("task", expect.tasks, observed.tasks),
        *_approvals(expect, observed),
        *(_pages(expect.pages, observed, slack) if expect.pages is not None else ()),
        *(_list("breach", expect.breaches, observed.breaches) if expect.breaches is not None else ()),
        *(each for path, value in expect.facts.items() for each in _plain(path, value, _fact(observed.facts, path))),
        *_moments(expect.moments, timeline, begun_at, slack),
        *(_end(expect.ends, timeline[-1], begun_at, slack) if expect.ends is not None else ()),
        *_shop(expect.shop, observed),
    ]


def _plain(what: str, expected: JsonValue, got: JsonValue) -> Iterator[str]:
    if expected != got:
        yield f"{what}: expected {_text(expected)}, got {_text(got)}"


def _list(what: str, expected: Sequence[str], got: Sequence[str]) -> Iterator[str]:
    """The first place where two lists part: what follows from it would only hide it."""
    for number, (wanted, found) in enumerate(zip_longest(expected, got), start=1):
        if wanted != found:
            yield f"{what} {number}: expected {_text(wanted)}, got {_text(found)}"
            return


def _approvals(expect: WrittenExpect, observed: Observed) -> Iterator[str]:
    """An approval is named by its role or by its id; who names it one way sees it so where it is not as expected."""
    if expect.approvals is None:
        return
    expected = [(name, verdict) for line in expect.approvals for name, verdict in line.items()]
    names = {name for name, _ in expected}
    got = [
        (each.approval if each.approval in names or not each.role else each.role, each) for each in observed.approvals
    ]
    yield from _list(
        "approval",
        [f"{name}: {verdict}" for name, verdict in expected],
        [f"{name}: {each.verdict}" for name, each in got],
    )


def _pages(expected: Sequence[WrittenPage], observed: Observed, slack: timedelta) -> Iterator[str]:
    """The first place where they part. A page to a role that is named as such is one, to however many people."""
    roles = {page.to for page in expected}
    got = [
        WrittenPage(at=page.at, to=to, level=page.level)
        for page in observed.pages
        for to in ([page.role] if page.role in roles else page.people)
    ]
    for number, (wanted, found) in enumerate(zip_longest(expected, got), start=1):
        if wanted is None or found is None or not _is_as_expected(wanted, found, slack):
            yield f"page {number}: expected {_page(wanted)}, got {_page(found)}"
            return


def _is_as_expected(wanted: WrittenPage, found: WrittenPage, slack: timedelta) -> bool:
    in_time = wanted.at - 2 * EARLY <= found.at <= wanted.at + slack
    return in_time and (wanted.to, wanted.level) == (found.to, found.level)


def _page(page: WrittenPage | None) -> str:
    return "none" if page is None else f"{page.to} at level {page.level}, {since_in_both(page.at)}"


def _fact(facts: Data, path: str) -> JsonValue:
    value: JsonValue = facts
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def in_conversation(expected: Sequence[str], got: Sequence[str]) -> list[str]:
    """In what all that the customer heard of several incidents is not as expected."""
    return [*_list("message of the conversation", expected, got)]


def _moments(
    expected: Sequence[WrittenMoment], timeline: Sequence[TimelineRow], begun_at: datetime, slack: timedelta
) -> Iterator[str]:
    left = list(timeline)
    for moment in expected:
        what = moment.entry + (f" of {moment.of}" if moment.of else "")
        row = next((row for row in left if _fits(row, moment)), None)
        if row is None:
            yield f"{what}: expected at {since_in_both(moment.at)}, got none"
            continue
        left.remove(row)
        yield from _in_time(what, moment.at, row.occurred_at - begun_at, slack)


def _end(expected: timedelta, last: TimelineRow, begun_at: datetime, slack: timedelta) -> Iterator[str]:
    return _in_time(f"the last entry, {last.kind}", expected, last.occurred_at - begun_at, slack)


def _in_time(what: str, expected: timedelta, at: timedelta, slack: timedelta) -> Iterator[str]:
    if not expected - 2 * EARLY <= at <= expected + slack:
        yield f"{what}: expected at {since_in_both(expected)}, got {since_in_both(at)}"


def _fits(row: TimelineRow, moment: WrittenMoment) -> bool:
    return row.kind is moment.entry and (moment.of is None or moment.of in _about(row))


def _about(row: TimelineRow) -> Iterator[JsonValue]:
    for value in row.data.values():
        yield from value if isinstance(value, list) else (value,)
    yield from _beside(row)


def _beside(row: TimelineRow) -> Iterator[JsonValue]:
    """What entries about promises and pages are about, and no field of theirs says alone."""
    match row.kind:
        case EntryKind.CLOCK_WARNED:
            yield f"{row.data.get('goal')} at {row.data.get('percent')}%"
        case EntryKind.CLOCK_RESUMED:
            goals = row.data.get("goals")
            yield from goals if isinstance(goals, dict) else ()
        case EntryKind.PAGE_REQUESTED | EntryKind.LADDER_RAISED | EntryKind.LADDER_EXHAUSTED:
            yield f"level {row.data.get('level')}"
        case EntryKind.PAGE_SENT | EntryKind.PAGE_FAILED:
            result = row.data.get("result")
            pages = result.get("pages") if isinstance(result, dict) else None
            for page in pages if isinstance(pages, list) else ():
                yield from page.values() if isinstance(page, dict) else ()
        case EntryKind.ACKNOWLEDGED | EntryKind.ESCALATION_REQUESTED | EntryKind.SNOOZE_REQUESTED:
            yield row.actor.id
        case EntryKind.NOTE_ADDED | EntryKind.EVIDENCE_ADDED | EntryKind.ASSIGNED | EntryKind.SKIP_REQUESTED:
            yield row.actor.id
        case EntryKind.SUSPENSION_REQUESTED | EntryKind.RESUMPTION_REQUESTED:
            yield row.actor.id
        case EntryKind.SEVERITY_CHOSEN | EntryKind.TAKEN_OVER:
            yield row.actor.id
        case _:
            return


def _shop(expect: WrittenShop, observed: Observed) -> Iterator[str]:
    books = observed.books
    if expect.refunded is not None:
        yield from _plain("refunded by the shop", _money(expect.refunded), _money(books.refunded))
    for sku, reserved in expect.reserved.items():
        yield from _plain(f"{sku} reserved in the shop", reserved, books.reserved.get(sku, 0))
    if expect.shipments is not None:
        yield from _plain("shipments of the shop", expect.shipments, books.shipments)
    if expect.replacements is not None:
        yield from _plain("replacements of the shop", expect.replacements, books.replacements)
    if expect.holds is not None:
        yield from _plain("holds of the shop", expect.holds, books.holds)


def _text(value: JsonValue) -> str:
    return "nothing" if value is None else str(value)


def _money(money: Money) -> str:
    decimals = decimals_of(money.currency)
    return f"{money.currency} {Decimal(money.amount).scaleb(-decimals):.{decimals}f}"
