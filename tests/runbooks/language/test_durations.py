from datetime import timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from amends.models import Severity
from runbooks.language.durations import EachDuration, parse_duration

EACH = TypeAdapter(EachDuration)


@pytest.mark.parametrize(
    ("text", "duration"),
    [("15m", timedelta(minutes=15)), ("4h", timedelta(hours=4)), ("30d", timedelta(days=30))],
)
def test_minutes_hours_and_days_are_read(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize("value", ["-4h", "4", 4, "4s", "1.5h", "4 h", "1w", "123456d", None, ""])
def test_anything_else_is_refused_with_the_mend(value: object) -> None:
    with pytest.raises(ValueError, match="is not a duration; write minutes, hours or days"):
        parse_duration(value)


@pytest.mark.parametrize("value", ["0h", "00m", "0d"])
def test_a_time_is_longer_than_nothing(value: str) -> None:
    with pytest.raises(ValueError, match="is no time at all; it must be longer than nothing, such as 15m, 4h or 3d"):
        parse_duration(value)


def test_one_duration_stands_for_every_severity() -> None:
    by_severity = EACH.validate_python("48h").by_severity()

    assert {by_severity.of(severity) for severity in Severity} == {timedelta(hours=48)}


def test_each_severity_may_have_its_own() -> None:
    by_severity = EACH.validate_python({"critical": "1h", "high": "2h", "medium": "3h", "low": "4h"}).by_severity()

    assert by_severity.of(Severity.CRITICAL) == timedelta(hours=1)
    assert by_severity.of(Severity.LOW) == timedelta(hours=4)


def test_no_severity_may_be_left_out() -> None:
    with pytest.raises(ValidationError, match="low"):
        EACH.validate_python({"critical": "1h", "high": "2h", "medium": "3h"})
