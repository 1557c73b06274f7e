"""Looking up what law, platforms and carriers have set. Pure functions over a bundle's tables."""

from datetime import date

from amends.errors import DefinitionError
from runbooks.policy import Table, TableRow


def row_for(table: Table, *, on: date, jurisdiction: str | None = None, marketplace: str | None = None) -> TableRow:
    """The row that holds on a day: the one that says most about the place (a marketplace says more than a
    jurisdiction), and of these the newest. Raises ``DefinitionError`` if no row holds."""
    holding = [row for row in _of_place(table, jurisdiction, marketplace) if row.since <= on]
    if not holding:
        where = ", ".join(place for place in (jurisdiction, marketplace) if place) or "everywhere"
        raise DefinitionError(f"the table has no row for {where} on {on.isoformat()}; add one")
    return _best(holding)


def row_in_force(
    table: Table, *, on: date | None, jurisdiction: str | None = None, marketplace: str | None = None
) -> TableRow:
    """The row that holds on a day, or if the day is not known the newest; before the first day of any, the oldest.
    The table must have a row for everywhere, so that there always is one."""
    fitting = _of_place(table, jurisdiction, marketplace)
    holding = [row for row in fitting if on is None or row.since <= on]
    return _best(holding) if holding else min(fitting, key=lambda row: row.since)


def holds_everywhere(table: Table) -> bool:
    """Whether a table says something of every place."""
    return any(row.jurisdiction is None and row.marketplace is None for row in table.rows)


def _of_place(table: Table, jurisdiction: str | None, marketplace: str | None) -> list[TableRow]:
    """The rows of a place and of everywhere. Tables write jurisdictions in capitals, whatever the orders do."""
    capital = jurisdiction and jurisdiction.upper()
    return [row for row in table.rows if row.jurisdiction in (None, capital) and row.marketplace in (None, marketplace)]


def _best(holding: list[TableRow]) -> TableRow:
    return max(holding, key=lambda row: (row.marketplace is not None, row.jurisdiction is not None, row.since))
