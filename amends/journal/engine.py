"""Connections to the journal's database, and the two kinds of transactions on it."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DataError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from amends.errors import ConfigurationError, JournalError

_FORMS = "write sqlite:///<file> or postgresql+psycopg://<user>@<host>/<database>"

_BUSY_SECONDS = 30
"""How long a writer queues for SQLite's one lock: many times what the longest append takes."""

_READS_ONLY = "amends_reads_only"


def connect(url: str | URL, *, threads: int = 8) -> Engine:
    """An engine for at most ``threads`` connections at once; a further thread waits for one.

    SQLite's folder is made if it is missing. Nothing is connected yet. Raises ``ConfigurationError`` for a database
    that cannot hold a journal.
    """
    checked = journal_url(url)
    if checked.get_backend_name() == "sqlite":
        _make_folder(Path(str(checked.database)))
        engine = create_engine(
            checked,
            poolclass=QueuePool,
            pool_size=threads,
            max_overflow=0,
            connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(checked, pool_size=threads, max_overflow=0, pool_pre_ping=True)


def journal_url(url: str | URL) -> URL:
    """The URL with its driver, or ``ConfigurationError``; the text never shows a password."""
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError) as error:
        raise ConfigurationError(f"the journal's URL cannot be read; {_FORMS}") from error
    shown = parsed.render_as_string(hide_password=True)
    match backend:
        case "sqlite":
            if not parsed.database or parsed.database == ":memory:":
                raise ConfigurationError(f"{shown!r} keeps nothing: a journal needs a file; {_FORMS}")
            return parsed.set(drivername="sqlite+pysqlite")
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+psycopg")
        case _:
            raise ConfigurationError(f"{shown!r} is neither SQLite nor PostgreSQL; {_FORMS}")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that may write: committed at the end, rolled back by any error.

    A value that the database cannot hold (a NUL character, say) is a ``JournalError``; when the database is away or
    locked its own error comes through, and trying again can help.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except DataError as error:
        raise JournalError(f"the journal cannot hold this: {error.orig}; nothing was written") from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that only reads: every statement sees the same moment, and no writer is held up."""
    options: dict[str, Any] = {_READS_ONLY: True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect() as connection:
        yield connection.execution_options(**options)


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"the folder {str(file.parent)!r} for the journal cannot be made ({error.strerror}); "
            "make it, or name another one in AMENDS_DATABASE_URL"
        ) from error


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    # Transactions begin where SQLAlchemy says so (below), not where the driver guesses.
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        _switch_to_wal(cursor)
        # What was acknowledged survives a power cut: entries are acknowledged to people.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        # Without it INSERT OR REPLACE would delete past the trigger that guards the timeline.
        cursor.execute("PRAGMA recursive_triggers = ON")
    finally:
        cursor.close()


def _switch_to_wal(cursor: sqlite3.Cursor) -> None:
    """Of several that open a new file at once, SQLite refuses some instead of letting them queue."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that turns to writing fails at once when another has written meanwhile; it cannot queue.
    reads = connection.get_execution_options().get(_READS_ONLY, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
