"""Working time by a calendar. Pure functions; nothing here knows what time it is."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from runbooks.policy import Calendar


def works_on(calendar: Calendar, day: date) -> bool:
    """Whether a day is worked: a make-up workday is, a holiday is not, any other as its weekday says."""
    if day in calendar.workdays:
        return True
    return day.weekday() in calendar.week and day not in calendar.holidays


def spans(calendar: Calendar, day: date) -> list[tuple[datetime, datetime]]:
    """The spans of working time on a day, aware, in order."""
    if not works_on(calendar, day):
        return []
    return [(_at(calendar, day, begin), _at(calendar, day, end)) for begin, end in calendar.hours]


def worked(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """The working time between two aware moments."""
    total = timedelta(0)
    for day in _days(calendar, start, end):
        for begin, finish in spans(calendar, day):
            total += max(min(finish, end) - max(begin, start), timedelta(0))
    return total


def _days(calendar: Calendar, start: datetime, end: datetime) -> Iterator[date]:
    zone = ZoneInfo(calendar.zone)
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _at(calendar: Calendar, day: date, minutes: int) -> datetime:
    """A time of day in UTC, so that differences are true across a change of the clocks."""
    whole, rest = divmod(minutes, 24 * 60)
    local = datetime.combine(day + timedelta(days=whole), time(rest // 60, rest % 60), tzinfo=ZoneInfo(calendar.zone))
    return local.astimezone(ZoneInfo("UTC"))
