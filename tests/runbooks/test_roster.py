"""Who is on, until when, and when a role is left in peace; held against a roster that is read once a minute."""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.models import Severity
from runbooks.policy import Quiet, Role, Shift
from runbooks.roster import leaves_at, next_change, on_duty, quiet_until
from tests.runbooks.minute_by_minute import MINUTE, minute_of_day, minute_of_week, readings, utc

WEEK = 7 * 24 * 60
WINDOW = 9 * 24 * 60
CHANGES = {
    "America/New_York": (utc(2026, 3, 4), utc(2026, 10, 28)),
    "Europe/Berlin": (utc(2026, 3, 25), utc(2026, 10, 21)),
    "Australia/Lord_Howe": (utc(2026, 4, 1), utc(2026, 9, 30)),
    "America/St_Johns": (utc(2010, 3, 10), utc(2010, 11, 3)),
    "Asia/Shanghai": (utc(2026, 11, 20),),
}
WEEKENDS = [24 * 60 * 5, 24 * 60 * 6, 24 * 60 * 6 + 60, 24 * 60 * 6 + 90, 24 * 60 * 6 + 135, 24 * 60 * 6 + 150]


@st.composite
def rosters(draw: st.DrawFn) -> tuple[Role, datetime]:
    """A role with a roster without gaps, whose shifts like to change on the nights on which clocks do."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    edges = st.one_of(st.sampled_from(WEEKENDS), st.integers(1, WEEK - 1))
    cuts = sorted({0, WEEK, *draw(st.lists(edges, max_size=8))})
    people = st.sampled_from(["an", "bo", "chen"])
    shifts = [Shift(who=draw(people), begins=begin, ends=end) for begin, end in pairwise(cuts)]
    both = [Shift(who="dai", begins=cuts[0], ends=cuts[1])] if draw(st.booleans()) else []
    role = Role(team=("an", "bo", "chen", "dai"), duty=tuple(both + shifts), zone=zone)
    return role, draw(st.sampled_from(CHANGES[zone]))


@cache
def read(zone: str, start: datetime) -> list[tuple[datetime, datetime]]:
    return list(readings(zone, start, WINDOW))


def on_at(role: Role, shown: datetime) -> tuple[str, ...]:
    minute = minute_of_week(shown)
    return tuple(dict.fromkeys(each.who for each in role.duty if each.begins <= minute < each.ends))


@given(rosters(), st.integers(0, 6 * 24 * 60))
@settings(max_examples=60, deadline=None)
def test_who_is_on_and_until_when_is_as_the_roster_reads_each_minute(drawn: tuple[Role, datetime], first: int) -> None:
    role, start = drawn
    (at, shown), *after = read(role.zone, start)[first:]
    now = on_at(role, shown)

    assert on_duty(role, at) == now
    change = next(((later, on_at(role, then)) for later, then in after if on_at(role, then) != now), None)
    assert _within(next_change(role, at), after[-1][0]) == change
    for person in role.team:
        left = next((later for later, then in after if person not in on_at(role, then)), None)
        leaves = leaves_at(role, person, at)
        assert (leaves if leaves and leaves <= after[-1][0] else None) == (left if person in now else None)


def _within(change: tuple[datetime, tuple[str, ...]] | None, last: datetime) -> tuple[datetime, tuple[str, ...]] | None:
    return change if change and change[0] <= last else None


@given(
    st.sampled_from(sorted(CHANGES)),
    st.integers(0, 1439),
    st.integers(1, 1440),
    st.integers(0, WINDOW - 3000),
    st.data(),
)
@settings(max_examples=150, deadline=None)
def test_quiet_hours_end_when_the_roles_clocks_say_so(
    zone: str, begins: int, ends: int, first: int, data: st.DataObject
) -> None:
    start = data.draw(st.sampled_from(CHANGES[zone]))
    role = Role(team=("an",), zone=zone, quiet=Quiet(begins=begins, ends=ends, above=Severity.HIGH))
    stretch = read(zone, start)[first:]

    def is_quiet(shown: datetime) -> bool:
        minute = minute_of_day(shown)
        return begins <= minute < ends if begins <= ends else minute >= begins or minute < ends

    if all(is_quiet(shown) for _, shown in stretch):
        return
    expected = next(at for at, shown in stretch if not is_quiet(shown)) if is_quiet(stretch[0][1]) else None
    assert quiet_until(role, Severity.LOW, stretch[0][0]) == expected


@pytest.mark.parametrize(
    ("severity", "held"),
    [(Severity.CRITICAL, False), (Severity.HIGH, False), (Severity.MEDIUM, True), (Severity.LOW, True)],
)
def test_quiet_hours_hold_back_only_what_is_milder(severity: Severity, held: bool) -> None:
    role = Role(team=("an",), zone="Asia/Shanghai", quiet=Quiet(begins=22 * 60, ends=7 * 60, above=Severity.HIGH))
    at_eleven, at_seven = utc(2026, 11, 20, 15), utc(2026, 11, 20, 23)

    assert quiet_until(role, severity, at_eleven) == (at_seven if held else None)
    assert quiet_until(role, severity, at_seven) is None
    assert quiet_until(role.model_copy(update={"quiet": None}), severity, at_eleven) is None


def test_a_shift_that_is_split_at_midnight_is_left_at_its_true_end() -> None:
    nights = [Shift(who="an", begins=0, ends=6 * 60), Shift(who="bo", begins=6 * 60, ends=22 * 60)]
    nights += [Shift(who="an", begins=22 * 60, ends=30 * 60), Shift(who="bo", begins=30 * 60, ends=WEEK)]
    role = Role(team=("an", "bo"), duty=tuple(nights))

    assert leaves_at(role, "an", utc(2026, 11, 23, 23)) == utc(2026, 11, 24, 6)
    assert next_change(role, utc(2026, 11, 23, 23)) == (utc(2026, 11, 24, 6), ("bo",))
    assert leaves_at(role, "bo", utc(2026, 11, 23, 23)) is None


def test_nobody_ever_leaves_a_role_without_a_roster_or_with_one_person() -> None:
    everybody = Role(team=("an", "bo"))
    alone = Role(team=("an",), duty=(Shift(who="an", begins=0, ends=WEEK),), zone="Europe/Berlin")

    for role in (everybody, alone):
        assert leaves_at(role, "an", datetime(2026, 3, 28, tzinfo=UTC)) is None
        assert next_change(role, datetime(2026, 3, 28, tzinfo=UTC)) is None


def test_who_hands_over_in_the_hour_that_is_shown_twice_is_not_on_again() -> None:
    sunday_at_half_past_one = 6 * 24 * 60 + 90
    duty = (
        Shift(who="an", begins=0, ends=sunday_at_half_past_one),
        Shift(who="bo", begins=sunday_at_half_past_one, ends=WEEK),
    )
    role = Role(team=("an", "bo"), duty=duty, zone="America/New_York")
    handed_over = utc(2026, 11, 1, 5, 30)

    assert leaves_at(role, "an", handed_over - timedelta(hours=1)) == handed_over
    assert {on_duty(role, handed_over + each * MINUTE) for each in range(120)} == {("bo",)}
