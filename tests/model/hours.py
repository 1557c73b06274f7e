"""Working time, shifts and quiet hours, told a second time: slowly, by looking minute after minute at a clock on the
wall."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from amends.models import Severity
from runbooks.policy import Calendar, Role

_MINUTE, _DAY, _WEEK = timedelta(minutes=1), timedelta(days=1), timedelta(weeks=1)
_WORST_FIRST = ("critical", "high", "medium", "low")


@lru_cache(maxsize=100_000)
def first_shown(zone: str, day: date, minutes: int) -> datetime:
    """The first minute, in UTC, at which a clock in the zone shows that time of the day, or has gone past it."""
    wanted = datetime.combine(day, time()) + timedelta(minutes=minutes)
    at = wanted.replace(tzinfo=UTC)
    at -= 2 * timedelta(hours=1) + (_shown(at - _DAY, zone) - (at - _DAY).replace(tzinfo=None))
    while _shown(at, zone) < wanted:
        at += _MINUTE
    return at


def worked(calendar: Calendar | None, start: datetime, end: datetime) -> timedelta:
    """How much of the time between two moments is worked; all of it if there is no calendar."""
    if calendar is None:
        return max(end - start, timedelta(0))
    total = timedelta(0)
    day = start.date() - _DAY
    while day <= end.date() + _DAY:
        for begin, finish in _spans(calendar.zone, day, calendar.hours, _worked_on(calendar, day)):
            total += max(min(finish, end) - max(begin, start), timedelta(0))
        day += _DAY
    return total


def confirmed(calendar: Calendar | None, at: datetime) -> bool:
    return calendar is None or _shown(at, calendar.zone).date() <= calendar.confirmed_until


def on_duty(role: Role, at: datetime) -> tuple[str, ...]:
    """Who of a role is on: everybody, if no roster says otherwise."""
    if not role.duty:
        return role.team
    return tuple(dict.fromkeys(who for who, begin, end in _turns(role, at) if begin <= at < end))


def goes_at(role: Role, who: str, at: datetime) -> datetime | None:
    """When somebody who is on now hands over; ``None`` for who is not on, or stays."""
    if not role.duty or who not in on_duty(role, at):
        return None
    ends = sorted({end for _, _, end in _turns(role, at) if end > at})
    return next((end for end in ends if who not in on_duty(role, end)), None)


def quiet_until(role: Role, severity: Severity, at: datetime) -> datetime | None:
    """When a role may be paged that is left in peace now; ``None`` if it is not."""
    quiet = role.quiet
    if quiet is None or _WORST_FIRST.index(severity) <= _WORST_FIRST.index(quiet.above):
        return None
    past_midnight = quiet.ends < quiet.begins
    today = _shown(at, role.zone).date()
    for day in (today - _DAY, today, today + _DAY):
        begin = first_shown(role.zone, day, quiet.begins)
        end = first_shown(role.zone, day + _DAY if past_midnight else day, quiet.ends)
        if begin <= at < end:
            return end
    return None


def _turns(role: Role, at: datetime) -> Iterator[tuple[str, datetime, datetime]]:
    today = _shown(at, role.zone).date()
    monday = today - today.weekday() * _DAY
    for shift in role.duty:
        for week in (monday - _WEEK, monday, monday + _WEEK, monday + 2 * _WEEK):
            yield shift.who, first_shown(role.zone, week, shift.begins), first_shown(role.zone, week, shift.ends)


def _worked_on(calendar: Calendar, day: date) -> bool:
    return day in calendar.workdays or (day.weekday() in calendar.week and day not in calendar.holidays)


@lru_cache(maxsize=100_000)
def _spans(
    zone: str, day: date, hours: tuple[tuple[int, int], ...], is_worked: bool
) -> tuple[tuple[datetime, datetime], ...]:
    if not is_worked:
        return ()
    return tuple((first_shown(zone, day, begin), first_shown(zone, day, end)) for begin, end in hours)


def _shown(at: datetime, zone: str) -> datetime:
    """What a clock in the zone shows."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
