"""The connection to the shop's own database."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, inspect, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from amends.connectors.shop.tables import Base
from amends.errors import ConfigurationError

READING = "shop_reading"
"""Execution option of a connection that only reads: on SQLite it does not queue behind the writers."""


def connect(url: str) -> Engine:
    """An engine for any SQLAlchemy URL. A SQLite file's folder is made, and several threads may use even ``sqlite://``.

    Raises ``ConfigurationError`` for a URL that cannot be used.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return create_engine(parsed, hide_parameters=True, pool_pre_ping=True)
        options: dict[str, Any] = {"connect_args": {"timeout": 30, "check_same_thread": False}}
        if parsed.database in (None, "", ":memory:"):
            options |= {"poolclass": QueuePool, "pool_size": 1, "max_overflow": 0}  # one connection holds the database
        else:
            Path(str(parsed.database)).absolute().parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, hide_parameters=True, **options)
    except (ArgumentError, SQLAlchemyError, ImportError, OSError) as error:
        raise ConfigurationError(f"the shop's database cannot be used: {error}; check AMENDS_SHOP_URL") from error
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def create_tables(engine: Engine) -> None:
    """Makes the tables that are not there yet, and in those of an older shop the columns. Raises ``ConfigurationError``
    when the database cannot be opened."""
    try:
        with engine.begin() as connection:
            Base.metadata.create_all(connection)
            _add_columns(connection)
    except SQLAlchemyError as error:
        where = engine.url.render_as_string(hide_password=True)
        cause = getattr(error, "orig", None) or error
        raise ConfigurationError(
            f"the shop's database {where!r} cannot be opened: {cause}; check AMENDS_SHOP_URL and the rights on it"
        ) from error


def _add_columns(connection: Connection) -> None:
    """What was added since is nullable, so that what an older shop knows needs nothing said of it."""
    there, dialect = inspect(connection), connection.dialect
    once = "IF NOT EXISTS " if dialect.name == "postgresql" else ""  # two may open an older shop at once
    for table in Base.metadata.sorted_tables:
        known = {column["name"] for column in there.get_columns(table.name)}
        for column in table.columns:
            if column.name not in known:
                shape = f"{column.name} {column.type.compile(dialect)}"
                connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {once}{shape}")


def _set_up(connection: DBAPIConnection, _record: object) -> None:
    # sqlite3 would begin transactions late and by itself; _begin does it in its place
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=wal", "synchronous=normal", "foreign_keys=on"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
