"""How the values of a bundle are written for people: times, amounts, conditions, names."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from enum import Enum
from typing import Any

from amends.models import Money
from runbooks.amounts import amount_in_words
from runbooks.local_time import time_of_day
from runbooks.policy import Table, TableKind
from runbooks.program import BySeverity, Value

NOTHING = "none"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = 24 * 60


def plain(value: Any) -> str:
    """A value as it would be written in a runbook, as far as there is a way to write it."""
    match value:
        case None:
            return NOTHING
        case Enum():
            return str(value.value)
        case timedelta():
            return duration(value)
        case BySeverity():
            return by_severity(value)
        case Value():
            return given(value)
        case Money():
            return amount_in_words(value.amount, value.currency)
        case date():
            return value.isoformat()
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ", ".join(map(plain, value)) or NOTHING
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def code(value: Any) -> str:
    """A name or an expression, set apart from the words around it."""
    if isinstance(value, tuple):
        return ", ".join(map(code, value)) or NOTHING
    return NOTHING if value is None else f"`{plain(value)}`"


def prose(value: Any) -> str:
    """A text that people read; one of several lines stands as it is."""
    text = str(value)
    return text if "\n" in text else f"“{text}”"


def percents(value: tuple[int, ...]) -> str:
    return ", ".join(f"{part}%" for part in value) or NOTHING


def duration(value: timedelta) -> str:
    """Exact to the second, and in hours up to three days, as runbooks write it: ``15m``, ``48h``, ``30d``."""
    seconds = int(value.total_seconds())
    units = (("d", _DAY * 60), ("h", 3600), ("m", 60), ("s", 1))[int(seconds <= 3 * _DAY * 60) :]
    parts = []
    for unit, size in units:
        count, seconds = divmod(seconds, size)
        parts += [f"{count}{unit}"] if count else []
    return " ".join(parts) or "0m"


def by_severity(value: BySeverity) -> str:
    """One duration, where it is the same for every severity, or all four."""
    times = {name: duration(time) for name, time in value}
    if len(set(times.values())) == 1:
        return times["critical"]
    return ", ".join(f"{name} {time}" for name, time in times.items())


def given(value: Value) -> str:
    """An input: ``=parcel.value``, or what is written there."""
    text = json.dumps(value.literal, ensure_ascii=False) if value.expr is None else f"={value.expr}"
    return f"`{text}`{' (an amount of money)' if value.money else ''}"


def spans(value: Iterable[tuple[int, int]]) -> str:
    """Spans of a day in minutes since midnight: ``09:00-12:00``."""
    return ", ".join(f"{time_of_day(begin)}-{time_of_day(end)}" for begin, end in value)


def clock_time(since_midnight: timedelta) -> str:
    """What a clock shows so long after midnight: ``22:00``."""
    return time_of_day(since_midnight // timedelta(minutes=1))


def weekdays(value: Iterable[int]) -> str:
    return ", ".join(_DAYS[day] for day in value)


def minute_of_week(value: int) -> str:
    """Minutes since Monday 00:00: ``tue 09:30``; the end of a week is the end of its Sunday."""
    day = min(value // _DAY, 6)
    return f"{_DAYS[day]} {time_of_day(value - day * _DAY)}"


def with_rows_in_words(tables: dict[str, Table]) -> dict[str, Table]:
    """Tables whose durations are written as durations and not as seconds."""
    return {name: _in_words(table) if table.kind is TableKind.DURATION else table for name, table in tables.items()}


def _in_words(table: Table) -> Table:
    rows = [row.model_copy(update={"value": _duration_of(row.value)}) for row in table.rows]
    return table.model_copy(update={"rows": tuple(rows)})


def _duration_of(value: Any) -> Any:
    return duration(timedelta(seconds=value)) if isinstance(value, int) else value
