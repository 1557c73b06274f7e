"""From what the clocks of a place show to the moment that it is, and spans of every day. Pure functions."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = 24 * 60
"""Minutes of a day."""


@lru_cache(maxsize=4096)  # a turn of an incident asks for the same weeks several times
def moment(zone: ZoneInfo, day: date, minutes: int) -> datetime:
    """The first moment, in UTC, at which the clocks show that time of a day, or a later one.

    So a time that they skip when they are put forward is the moment of the jump, and one that they show twice is the
    first of both: what stands in order on the clocks is in order in time. ``minutes`` may reach into the days after.
    """
    whole, rest = divmod(minutes, DAY)
    local = datetime.combine(day + timedelta(days=whole), time(rest // 60, rest % 60))
    first, second = _utc(local.replace(tzinfo=zone)), _utc(local.replace(tzinfo=zone, fold=1))
    return first if first <= second else _jump(zone, local, second, first)


def span_around(zone: ZoneInfo, begins: timedelta, ends: timedelta, at: datetime) -> tuple[datetime, datetime] | None:
    """The span of a day, from when to when in UTC, that an aware moment lies in; ``None`` if it lies in none.

    ``begins`` and ``ends`` are what the clocks show, as times since midnight; it passes midnight if it ends before it
    begins.
    """
    at = at.astimezone(UTC)
    today = at.astimezone(zone).date()
    ends = ends if begins <= ends else ends + timedelta(days=1)
    for day in (today - timedelta(days=1), today, today + timedelta(days=1)):
        begin, end = (moment(zone, day, each // _MINUTE) + each % _MINUTE for each in (begins, ends))
        if begin <= at < end:
            return begin, end
    return None


def time_of_day(minutes: int) -> str:
    """Minutes since midnight as a clock shows them: ``07:00``."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


_MINUTE = timedelta(minutes=1)


def _utc(local: datetime) -> datetime:
    offset = local.utcoffset() or timedelta(0)
    return (local - offset).replace(tzinfo=UTC, fold=0)


def _jump(zone: ZoneInfo, skipped: datetime, before: datetime, after: datetime) -> datetime:
    """The first second between two moments at which the clocks are past a time that they skip."""
    low, high = 0, int((after - before).total_seconds())
    while low < high:
        middle = (low + high) // 2
        shown = (before + timedelta(seconds=middle)).astimezone(zone).replace(tzinfo=None)
        low, high = (low, middle) if shown >= skipped else (middle + 1, high)
    return before + timedelta(seconds=low)
