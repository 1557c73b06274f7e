"""Statements that SQLite and PostgreSQL share but SQLAlchemy spells per dialect.

Each is built once and then only executed: building one costs several times what the database takes to carry it out.
"""

from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Inserts a row unless its key is taken; whether it was inserted.

    Waits for a transaction that is inserting the same key; afterwards the winner's row can be read.
    """
    statement = _inserting_once(connection.dialect.name, table)
    return connection.execute(statement, values).first() is not None  # a driver may not count the rows of an insert


def upsert(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    """Writes a whole row under its primary key."""
    connection.execute(_upserting(connection.dialect.name, table, tuple(values)), values)


@cache
def _inserting_once(dialect: str, table: Table) -> Executable:
    return _insert(dialect, table).on_conflict_do_nothing().returning(*table.primary_key)


@cache
def _upserting(dialect: str, table: Table, names: tuple[str, ...]) -> Executable:
    statement = _insert(dialect, table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


def _insert(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
