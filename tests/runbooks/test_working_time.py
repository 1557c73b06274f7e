"""Clocks by a calendar: when a budget is used up, and how much of it has passed; held against counted minutes."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.errors import DefinitionError
from runbooks import library
from runbooks.policy import Calendar
from runbooks.working_time import confirmed, due, elapsed, works_on
from tests.runbooks.minute_by_minute import MINUTE, day_before, minute_of_day, readings, utc

CALENDARS = library.shelf_here().reference.calendars
CN, US = CALENDARS["cn_office"], CALENDARS["us_office"]
WINDOW = 16 * 24 * 60
"""Minutes that are counted of each stretch of time below."""


def of(zone: str, *hours: tuple[int, int], week: tuple[int, ...] = tuple(range(7))) -> Calendar:
    return Calendar(version="1", zone=zone, hours=hours, week=week, confirmed_until=date(2026, 12, 31))


class Stretch(NamedTuple):
    """A stretch of time in a calendar."""

    calendar: Calendar
    start: datetime


THROUGH_THE_NIGHT = ((0, 135), (150, 165), (1290, 1440))
PAST_MIDNIGHT = ((600, 720), (1320, 1860))
STRETCHES = {
    "the Spring Festival": Stretch(CN, utc(2026, 2, 11)),
    "the National Day": Stretch(CN, utc(2026, 9, 24)),
    "a spring in New York": Stretch(US, utc(2026, 3, 1)),
    "an autumn in New York": Stretch(US, utc(2026, 10, 25)),
    "nights of New York in spring": Stretch(of("America/New_York", *THROUGH_THE_NIGHT), utc(2026, 3, 1)),
    "nights of New York in autumn": Stretch(of("America/New_York", *THROUGH_THE_NIGHT), utc(2026, 10, 25)),
    "nights of Berlin in spring": Stretch(of("Europe/Berlin", *PAST_MIDNIGHT), utc(2026, 3, 20)),
    "nights of Berlin in autumn": Stretch(of("Europe/Berlin", *PAST_MIDNIGHT, week=(5, 6)), utc(2026, 10, 17)),
    "half an hour on": Stretch(of("Australia/Lord_Howe", *THROUGH_THE_NIGHT), utc(2026, 9, 26)),
    "half an hour back": Stretch(of("Australia/Lord_Howe", *PAST_MIDNIGHT), utc(2026, 3, 28)),
    "back over midnight": Stretch(of("America/St_Johns", (0, 15), (1380, 1425)), utc(2010, 10, 30)),
}


@cache
def counted(name: str) -> list[int]:
    """The minutes of work before each minute of a stretch."""
    calendar, start = STRETCHES[name]

    def works(shown: datetime) -> bool:
        minute = minute_of_day(shown)
        today, past = works_on(calendar, shown.date()), works_on(calendar, day_before(shown))
        return any(
            (today and begin <= minute < end) or (past and begin <= minute + 1440 < end)
            for begin, end in calendar.hours
        )

    return list(accumulate((int(works(shown)) for _, shown in readings(calendar.zone, start, WINDOW)), initial=0))


names = st.sampled_from(sorted(STRETCHES))
minutes = st.integers(0, WINDOW)


@given(names, minutes, minutes)
@settings(max_examples=400, deadline=None)
def test_elapsed_is_the_number_of_working_minutes(name: str, first: int, second: int) -> None:
    (calendar, start), passed = STRETCHES[name], counted(name)

    assert elapsed(calendar, start + first * MINUTE, start + second * MINUTE) == MINUTE * max(
        passed[second] - passed[first], 0
    )


@given(names, minutes, st.integers(0, 60 * 60))
@settings(max_examples=400, deadline=None)
def test_due_is_the_first_moment_at_which_so_many_working_minutes_have_passed(
    name: str, first: int, budget: int
) -> None:
    (calendar, start), passed = STRETCHES[name], counted(name)
    begin = start + first * MINUTE
    expected = next((at for at in range(first, WINDOW + 1) if passed[at] - passed[first] >= budget), None)

    found = due(calendar, begin, budget * MINUTE)

    assert found.tzinfo is UTC
    assert elapsed(calendar, begin, found) == budget * MINUTE
    assert found == (start + expected * MINUTE) if expected is not None else found > start + WINDOW * MINUTE


@given(names, minutes, st.timedeltas(timedelta(0), timedelta(days=40)), st.timedeltas(timedelta(0), timedelta(days=9)))
@settings(max_examples=50, deadline=None)
def test_budgets_add_up_and_more_of_one_is_never_due_earlier(
    name: str, first: int, budget: timedelta, more: timedelta
) -> None:
    calendar, start = STRETCHES[name]
    begin = start + first * MINUTE
    earlier, later = due(calendar, begin, budget), due(calendar, begin, budget + more)

    assert begin <= earlier <= later
    assert due(calendar, earlier, more) == later
    assert elapsed(calendar, begin, earlier) == budget
    assert elapsed(calendar, begin, later) == elapsed(calendar, begin, earlier) + elapsed(calendar, earlier, later)


def test_a_budget_that_fills_a_day_is_due_at_its_end_and_not_at_the_next_morning() -> None:
    friday_at_nine, friday_at_six = utc(2026, 4, 24, 1), utc(2026, 4, 24, 10)

    assert due(CN, friday_at_nine, timedelta(hours=8)) == friday_at_six
    assert due(CN, friday_at_nine, timedelta(hours=8, minutes=1)) == utc(2026, 4, 27, 1, 1)
    assert due(CN, friday_at_nine, timedelta(hours=3)) == utc(2026, 4, 24, 4)


def test_without_a_budget_the_start_itself_is_due_also_by_night() -> None:
    midnight = utc(2026, 4, 24, 16)

    assert due(CN, midnight, timedelta(0)) == midnight
    assert due(CN, midnight, -timedelta(hours=1)) == midnight
    assert due(None, midnight, timedelta(0)) == midnight


def test_a_make_up_saturday_counts_and_a_holiday_does_not() -> None:
    before_the_festival = utc(2026, 2, 13, 9)  # Friday, 17:00

    assert due(CN, before_the_festival, timedelta(hours=9)) == utc(2026, 2, 14, 10)
    assert due(CN, before_the_festival, timedelta(hours=10)) == utc(2026, 2, 24, 2)


@pytest.mark.parametrize(("day", "length"), [(8, timedelta(hours=23)), (7, timedelta(hours=24))])
def test_round_the_clock_hours_are_true_hours_in_any_zone(day: int, length: timedelta) -> None:
    zone = ZoneInfo("America/New_York")
    begin, end = datetime(2026, 3, day, tzinfo=zone), datetime(2026, 3, day + 1, tzinfo=zone)

    assert elapsed(None, begin, end) == length
    assert due(None, begin, length) == end
    assert elapsed(None, end, begin) == timedelta(0)


def test_a_calendar_that_never_fills_the_budget_is_told_and_not_waited_for() -> None:
    idle = Calendar(
        version="7", zone="UTC", hours=((540, 600),), week=(), workdays=(date(2026, 5, 9),), confirmed_until=date.max
    )

    assert due(idle, utc(2026, 5, 1), timedelta(hours=1)) == utc(2026, 5, 9, 10)
    with pytest.raises(DefinitionError, match=r"version '7'.* has no 1:01:00 of working time in ten years"):
        due(idle, utc(2026, 5, 1), timedelta(minutes=61))


def test_a_due_time_behind_the_announced_holidays_is_not_confirmed() -> None:
    assert confirmed(CN, utc(2026, 12, 31, 15, 59))
    assert not confirmed(CN, utc(2026, 12, 31, 16))
    assert confirmed(None, utc(2030, 1, 1))
