"""Working calendars: versioned data, one file each, written once for a year and never computed at run time."""

from pydantic import Field, TypeAdapter

from amends.models import Written
from runbooks.language.problems import Problem, RunbookErrors
from runbooks.language.reading import read_as
from runbooks.language.source import Source
from runbooks.language.words import Name
from runbooks.language.written_times import Day, TimeOfDay, Weekday, Zone
from runbooks.policy import Calendar


class WrittenSpan(Written):
    from_: TimeOfDay = Field(alias="from")
    to: TimeOfDay


class WrittenCalendar(Written):
    calendar: Name
    version: str = Field(min_length=1)
    source: str = Field(min_length=1)
    zone: Zone
    working_hours: WrittenSpan
    lunch: WrittenSpan | None = None
    week: tuple[Weekday, ...] = Field(min_length=1)
    holidays: tuple[Day, ...] = ()
    workdays: tuple[Day, ...] = ()
    confirmed_until: Day


def read_calendar(file: str, text: str) -> tuple[str, Calendar]:
    """The name and the calendar in a file. Raises ``RunbookErrors``."""
    source = Source(file, text)
    written = read_as(
        _CALENDAR, source, shapes={"": WrittenCalendar, "working_hours": WrittenSpan, "lunch": WrittenSpan}
    )
    problems = _problems(written, source)
    if problems:
        raise RunbookErrors(problems)
    return written.calendar, Calendar(
        version=written.version,
        zone=written.zone,
        hours=_hours(written),
        week=tuple(sorted(set(written.week))),
        holidays=tuple(sorted(set(written.holidays))),
        workdays=tuple(sorted(set(written.workdays))),
        confirmed_until=written.confirmed_until,
    )


_CALENDAR = TypeAdapter(WrittenCalendar)


def _hours(written: WrittenCalendar) -> tuple[tuple[int, int], ...]:
    begin, end, lunch = written.working_hours.from_, written.working_hours.to, written.lunch
    return ((begin, end),) if lunch is None else ((begin, lunch.from_), (lunch.to, end))


def _problems(written: WrittenCalendar, source: Source) -> list[Problem]:
    found = []
    hours, lunch = written.working_hours, written.lunch
    if hours.from_ >= hours.to:
        found.append(source.problem(("working_hours",), "the working hours must begin before they end"))
    if lunch is not None and not hours.from_ < lunch.from_ < lunch.to < hours.to:
        found.append(source.problem(("lunch",), "lunch must lie within the working hours"))
    for index, day in enumerate(written.workdays):
        if day in written.holidays:
            message = f"{day.isoformat()} is a holiday and a workday; keep one"
            found.append(source.problem(("workdays", index), message))
        elif day.weekday() in written.week:
            message = f"{day.isoformat()} is a working day of the week already; leave it out"
            found.append(source.problem(("workdays", index), message))
    for key, days in (("holidays", written.holidays), ("workdays", written.workdays)):
        for index, day in enumerate(days):
            if day > written.confirmed_until:
                message = f"{day.isoformat()} is behind `confirmed_until`; move that day, or leave this one out"
                found.append(source.problem((key, index), message))
    return found
