"""Who of a role is on, until when, and when a role is left in peace. Pure functions over a bundle's roles.

A shift begins and ends when the clocks of the role's zone show its times for the first time. So nobody who has handed
over is on again for the hour that the clocks show twice, and a night on which they jump leaves nobody alone.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from amends.models import Severity
from runbooks.local_time import moment, span_around
from runbooks.policy import Role

_AHEAD = 2
"""Weeks to look ahead: a roster is the same every week, but for what a change of the clocks swallows."""


def on_duty(role: Role, at: datetime) -> tuple[str, ...]:
    """The people of a role who are on at an aware moment, in the roster's order; the whole team if it has no roster."""
    if not role.duty:
        return role.team
    at = at.astimezone(UTC)
    return tuple(dict.fromkeys(who for who, begin, end in _turns(role, at) if begin <= at < end))


def next_change(role: Role, at: datetime) -> tuple[datetime, tuple[str, ...]] | None:
    """The next moment, in UTC, at which others are on than at ``at``, and who they are; ``None`` if there is none."""
    now = on_duty(role, at)
    for change, people in _changes(role, at):
        if people != now:
            return change, people
    return None


def leaves_at(role: Role, person: str, at: datetime) -> datetime | None:
    """The next moment, in UTC, at which a person who is on now is not on any more; ``None`` if they are not on now, or
    always are."""
    if person not in on_duty(role, at):
        return None
    return next((change for change, people in _changes(role, at) if person not in people), None)


def quiet_until(role: Role, severity: Severity, at: datetime) -> datetime | None:
    """When the quiet hours end, in UTC, that hold back a page of this severity; ``None`` if it is not held back."""
    quiet = role.quiet
    if quiet is None or not _milder(severity, than=quiet.above):
        return None
    begins, ends = timedelta(minutes=quiet.begins), timedelta(minutes=quiet.ends)
    span = span_around(ZoneInfo(role.zone), begins, ends, at)
    return span[1] if span is not None else None


def _milder(severity: Severity, *, than: Severity) -> bool:
    worst_first = tuple(Severity)
    return worst_first.index(severity) > worst_first.index(than)


def _changes(role: Role, at: datetime) -> Iterator[tuple[datetime, tuple[str, ...]]]:
    """The moments after ``at`` at which a shift begins or ends, and who is on from then."""
    at = at.astimezone(UTC)
    turns = list(_turns(role, at))
    for change in sorted({edge for _, *edges in turns for edge in edges if at < edge < at + timedelta(weeks=_AHEAD)}):
        yield change, tuple(dict.fromkeys(who for who, begin, end in turns if begin <= change < end))


def _turns(role: Role, at: datetime) -> Iterator[tuple[str, datetime, datetime]]:
    """Who is on from when to when, in the roster's order: from the week before a moment's own."""
    zone = ZoneInfo(role.zone)
    today = at.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    for shift in role.duty:
        for week in range(-1, _AHEAD + 2):
            begins_at = monday + timedelta(weeks=week)
            yield shift.who, moment(zone, begins_at, shift.begins), moment(zone, begins_at, shift.ends)
