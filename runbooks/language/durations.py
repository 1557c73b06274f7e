"""Durations as people write them: ``15m``, ``4h``, ``3d``; one for all, or one for each severity."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

from amends.models import Severity, Written
from runbooks.program import BySeverity

_WRITTEN = re.compile(r"([1-9]\d{0,4})([mhd])")
_NOTHING = re.compile(r"0+[mhd]")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def parse_duration(value: Any) -> timedelta:
    """``15m``, ``4h`` or ``3d``. Raises ``ValueError`` for anything else."""
    if isinstance(value, timedelta):
        return value
    written = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    if isinstance(value, str) and _NOTHING.fullmatch(value):
        raise ValueError(f"{value!r} is no time at all; it must be longer than nothing, such as 15m, 4h or 3d")
    if written is None:
        raise ValueError(f"{value!r} is not a duration; write minutes, hours or days, such as 15m, 4h or 3d")
    return timedelta(**{_UNITS[written[2]]: int(written[1])})


def in_words(duration: timedelta) -> str:
    """A duration as it would be written: ``90m``, ``36h``, ``3d``."""
    minutes = int(duration.total_seconds()) // 60
    if minutes % (24 * 60) == 0 and minutes > 2 * 24 * 60:
        return f"{minutes // (24 * 60)}d"
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]


class Durations(Written):
    """A duration for each severity; one alone stands for all four."""

    critical: Duration
    high: Duration
    medium: Duration
    low: Duration

    def by_severity(self) -> BySeverity:
        return BySeverity(**{severity.value: getattr(self, severity.value) for severity in Severity})


def for_all(value: Any) -> Any:
    """One duration stands for all severities."""
    if isinstance(value, dict | Durations):
        return value
    duration = parse_duration(value)
    return dict.fromkeys((severity.value for severity in Severity), duration)


EachDuration = Annotated[Durations, BeforeValidator(for_all)]
