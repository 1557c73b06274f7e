"""Days and times of day as people write them: ``2026-01-31``, ``09:00``, ``mon``."""

import re
from datetime import date
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator

from runbooks.suggestions import meant

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")


def parse_day(value: Any) -> date:
    """``2026-01-31``. Raises ``ValueError`` for anything else."""
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise ValueError(f"{value!r} is not a day; write it like 2026-01-31") from error


def parse_time(value: Any) -> int:
    """Minutes since midnight of ``09:00`` up to ``24:00``. Raises ``ValueError`` for anything else."""
    written = _TIME.fullmatch(value) if isinstance(value, str) else None
    minutes = int(written[1]) * 60 + int(written[2]) if written else -1
    if not 0 <= minutes <= 24 * 60:
        raise ValueError(f"{value!r} is not a time of day; write it like 09:00")
    return minutes


def _weekday(value: Any) -> int:
    if value not in WEEKDAYS:
        raise ValueError(f"{value!r} is not one of {', '.join(WEEKDAYS)}{meant(str(value), WEEKDAYS)}")
    return WEEKDAYS.index(value)


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(f"{value!r} is not a time zone{meant(value, available_timezones())}")
    return value


Day = Annotated[date, BeforeValidator(parse_day)]
TimeOfDay = Annotated[int, BeforeValidator(parse_time)]
Weekday = Annotated[int, BeforeValidator(_weekday)]
Zone = Annotated[str, AfterValidator(_zone)]
