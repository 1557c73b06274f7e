"""Comparing what is due with what the timeline makes of it."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from amends.errors import JournalError
from amends.journal import schema
from amends.journal.due import Clocks, Key, fold_clocks
from amends.journal.rows import ClockRow, TimelineRow

_clocks = schema.clocks


def clock_problems(connection: Connection, *, incident_id: str, entries: list[TimelineRow]) -> list[str]:
    """In what the rows of an incident are not what its entries make of them, in plain words that name each."""
    try:
        told = fold_clocks(entries)
    except JournalError as error:
        return [f"the entries do not say what is due: {error}"]
    kept, problems = _kept(connection, incident_id)
    for key in dict.fromkeys((*told, *kept)):
        problems += _differences(key, kept.get(key), told.get(key))
    return problems


def _kept(connection: Connection, incident_id: str) -> tuple[Clocks, list[str]]:
    kept: Clocks = {}
    problems: list[str] = []
    mine = select(_clocks).where(_clocks.c.incident_id == incident_id).order_by(_clocks.c.kind, _clocks.c.name)
    for columns in connection.execute(mine).mappings():
        try:
            row = ClockRow.model_validate(dict(columns))
        except ValueError as error:
            problems.append(f"what is due as the {columns['kind']} {columns['name']!r} cannot be read: {error}")
        else:
            kept[row.kind, row.name] = row
    return kept, problems


def _differences(key: Key, kept: ClockRow | None, told: ClockRow | None) -> Iterator[str]:
    what = f"the {key[0]} {key[1]!r}"
    if told is None:
        yield f"{what} is kept as due, and no entry tells of it"
    elif kept is None:
        yield f"{what} is told by the entries, and is not kept as due; rebuild the projection"
    else:
        for name in ClockRow.model_fields:
            if getattr(kept, name) != getattr(told, name):
                yield f"{what}: its {name} is {getattr(kept, name)!r}, its entries say {getattr(told, name)!r}"
