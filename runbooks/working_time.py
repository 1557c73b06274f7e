"""Working time by a calendar. Pure functions; nothing here knows what time it is.

Where the calendar is ``None``, time passes round the clock. Moments are aware, in any zone; results are in UTC.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from amends.errors import DefinitionError
from runbooks.local_time import DAY, moment
from runbooks.policy import Calendar

FARTHEST = timedelta(days=3660)
"""How far ahead a due time may lie: a budget that ten years of working time do not fill is a mistake."""


def works_on(calendar: Calendar, day: date) -> bool:
    """Whether a day is worked: a make-up workday is, a holiday is not, any other as its weekday says."""
    if day in calendar.workdays:
        return True
    return day.weekday() in calendar.week and day not in calendar.holidays


def spans(calendar: Calendar, day: date) -> list[tuple[datetime, datetime]]:
    """The spans of working time that begin on a day, in UTC, in order."""
    if not works_on(calendar, day):
        return []
    zone = ZoneInfo(calendar.zone)
    return [(moment(zone, day, begin), moment(zone, day, end)) for begin, end in calendar.hours]


def worked(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """The working time between two moments."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    total = timedelta(0)
    for day in _days(calendar, start, end):
        for begin, finish in spans(calendar, day):
            total += max(min(finish, end) - max(begin, start), timedelta(0))
    return total


def elapsed(calendar: Calendar | None, start: datetime, end: datetime) -> timedelta:
    """How much time of a clock has passed between two moments; none if the second is not the later one."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if end <= start:
        return timedelta(0)
    return end - start if calendar is None else worked(calendar, start, end)


def due(calendar: Calendar | None, start: datetime, budget: timedelta) -> datetime:
    """The first moment, not before ``start``, at which ``budget`` of a clock's time has passed.

    So it is ``start`` itself if there is no budget (or less than none), also outside of working time; and the end of a
    span, not the beginning of the next, if the budget just fills that span. Raises ``DefinitionError`` if the calendar
    has too little working time for it in the next ten years.
    """
    start = start.astimezone(UTC)
    if budget <= timedelta(0):
        return start
    if calendar is None:
        return start + budget
    left = budget
    for day in _days(calendar, start, start + FARTHEST):
        for begin, finish in spans(calendar, day):
            begin = max(begin, start)
            if left <= finish - begin:
                return begin + left
            left -= max(finish - begin, timedelta(0))
    raise DefinitionError(
        f"the calendar (version {calendar.version!r}) has no {budget} of working time in ten years; give it more"
    )


def confirmed(calendar: Calendar | None, at: datetime) -> bool:
    """Whether the holidays of a moment's day have been announced: it is not behind the calendar's ``confirmed_until``.
    Round the clock there is nothing to announce."""
    return calendar is None or at.astimezone(ZoneInfo(calendar.zone)).date() <= calendar.confirmed_until


def _days(calendar: Calendar, start: datetime, end: datetime) -> Iterator[date]:
    """The days on which spans begin that may lie between two moments: also the day before if spans pass midnight, and
    the day after, which has begun already where clocks are put back over midnight."""
    zone = ZoneInfo(calendar.zone)
    past_midnight = max((finish - 1 for _, finish in calendar.hours), default=0) // DAY
    day, last = start.astimezone(zone).date() - timedelta(days=past_midnight), end.astimezone(zone).date()
    while day <= last + timedelta(days=1):
        yield day
        day += timedelta(days=1)
