"""Clocks read once a minute, the slow way: what the arithmetic of working time and rosters is held against."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


def readings(zone: str, start: datetime, minutes: int) -> Iterator[tuple[datetime, datetime]]:
    """Each minute from a moment on, and the latest time that the clocks of a zone have shown by then: what they show,
    unless they have just been put back."""
    latest = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - timedelta(days=7)
    for minute in range(-2 * 24 * 60, minutes):
        at = start + minute * MINUTE
        latest = max(latest, at.astimezone(ZoneInfo(zone)).replace(tzinfo=None))
        if minute >= 0:
            yield at, latest


def minute_of_day(shown: datetime) -> int:
    """Minutes since midnight."""
    return shown.hour * 60 + shown.minute


def minute_of_week(shown: datetime) -> int:
    """Minutes since Monday 00:00."""
    return shown.weekday() * 24 * 60 + minute_of_day(shown)


def day_before(shown: datetime) -> date:
    """Yesterday's date."""
    return shown.date() - timedelta(days=1)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment in UTC."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC)
