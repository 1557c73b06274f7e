"""Statements that SQLite and PostgreSQL share but SQLAlchemy spells per dialect."""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Inserts a row unless its key is taken; whether it was inserted.

    Waits for a transaction that is inserting the same key; afterwards the winner's row can be read.
    """
    statement = _insert(connection, table).values(**values).on_conflict_do_nothing().returning(*table.primary_key)
    return connection.execute(statement).first() is not None  # a driver may not count the rows of an insert


def upsert(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    """Writes a whole row under its primary key."""
    statement = _insert(connection, table).values(**values)
    keys = [column.name for column in table.primary_key]
    changed = {name: value for name, value in values.items() if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))


def _insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
