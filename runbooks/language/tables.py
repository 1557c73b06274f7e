"""Dated tables: what law, platforms and carriers set, with the day from which it holds and where it comes from."""

from collections.abc import Collection
from typing import Any

from pydantic import Field, JsonValue, TypeAdapter

from amends.errors import DefinitionError
from amends.models import Written
from runbooks.amounts import parse_amount
from runbooks.language.durations import parse_duration
from runbooks.language.problems import Problem, RunbookErrors
from runbooks.language.rates import unrated
from runbooks.language.reading import read_as
from runbooks.language.source import Source
from runbooks.language.written_times import Day
from runbooks.policy import Table, TableKind, TableRow


class WrittenRow(Written):
    since: Day
    jurisdiction: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    marketplace: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9_]*$")
    value: JsonValue
    source: str = Field(min_length=1)


class WrittenTable(Written):
    about: str = Field(min_length=1)
    kind: TableKind
    rows: tuple[WrittenRow, ...] = Field(min_length=1)


def read_table(file: str, text: str, *, currencies: Collection[str] | None = None) -> Table:
    """The table in a file. ``currencies``: those that have a rate. Raises ``RunbookErrors``."""
    source = Source(file, text)
    written = read_as(_TABLE, source, shapes={"": WrittenTable, "rows": WrittenRow})
    problems: list[Problem] = []
    rows: list[TableRow] = []
    for index, row in enumerate(written.rows):
        same = [other for other in rows if _place(other) == _place(row)]
        if same:
            message = "there is a row for the same day, jurisdiction and marketplace; keep one"
            problems.append(source.problem(("rows", index), message))
        try:
            value = _value(written.kind, row.value, currencies)
        except ValueError as error:
            problems.append(source.problem(("rows", index, "value"), str(error)))
            continue
        rows.append(TableRow(**{**row.model_dump(), "value": value}))
    if problems:
        raise RunbookErrors(problems)
    return Table(kind=written.kind, rows=tuple(rows))


_TABLE = TypeAdapter(WrittenTable)


def _place(row: WrittenRow | TableRow) -> tuple[Any, ...]:
    return row.since, row.jurisdiction, row.marketplace


def _value(kind: TableKind, value: JsonValue, currencies: Collection[str] | None) -> JsonValue:
    if kind is TableKind.DURATION:
        return int(parse_duration(value).total_seconds())
    if kind is TableKind.MONEY and isinstance(value, str):
        try:
            currency = parse_amount(value).currency
        except DefinitionError as error:
            raise ValueError(str(error)) from error
        if currencies is not None and currency not in currencies:
            raise ValueError(unrated(currency, currencies))
        return value
    if kind is TableKind.STRING and isinstance(value, str) and value:
        return value
    if (
        kind in (TableKind.DAYS, TableKind.INT)
        and isinstance(value, int)
        and not isinstance(value, bool)
        and value >= 0
    ):
        return value
    raise ValueError(f"{value!r} is not of this table's kind, {kind.value}")
