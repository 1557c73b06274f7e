from datetime import timedelta

import pytest

from drills.moments import since


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        (timedelta(), "+0d 00:00"),
        (timedelta(days=1, hours=6), "+1d 06:00"),
        (timedelta(hours=24, seconds=-5), "+1d 00:00"),
        (timedelta(days=-4), "-4d 00:00"),
        (timedelta(days=37, minutes=30, seconds=3), "+37d 00:30"),
    ],
)
def test_a_moment_is_told_in_days_hours_and_minutes(span: timedelta, shown: str) -> None:
    assert since(span) == shown
