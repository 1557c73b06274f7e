"""Comparing what is due with what the timeline makes of it."""

from sqlalchemy import Connection, select

from amends.errors import JournalError
from amends.journal import schema
from amends.journal.due import Key, fold_clocks
from amends.journal.rows import ClockRow, TimelineRow
from amends.journal.verify_rows import kept_rows, row_differences

_clocks = schema.clocks


def clock_problems(connection: Connection, *, incident_id: str, entries: list[TimelineRow]) -> list[str]:
    """In what the rows of an incident are not what its entries make of them, in plain words that name each."""
    try:
        told = fold_clocks(entries)
    except JournalError as error:
        return [f"the entries do not say what is due: {error}"]
    mine = select(_clocks).where(_clocks.c.incident_id == incident_id).order_by(_clocks.c.kind, _clocks.c.name)
    kept, problems = kept_rows(
        connection,
        mine,
        ClockRow,
        key=lambda columns: (columns["kind"], columns["name"]),
        named=lambda key: f"what is due as {_named(key)}",
    )
    keys = dict.fromkeys((*told, *kept))
    return [*problems, *row_differences(keys, kept, told, named=_named, kept_as="due", says="its entries say")]


def _named(key: Key) -> str:
    return f"the {key[0]} {key[1]!r}"
