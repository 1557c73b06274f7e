"""From what the clocks of a place show to the moment that it is. Pure functions."""

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
