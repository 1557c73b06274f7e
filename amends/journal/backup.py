"""A copy of a journal on SQLite, taken while it is written."""

import os
import sqlite3
from pathlib import Path

from sqlalchemy import Engine

from amends.errors import ConfigurationError


def back_up(engine: Engine, target: Path) -> None:
    """Copies the journal as it is at one moment into one file, which is there whole or not at all.

    Writers go on meanwhile. Raises ``ConfigurationError`` when ``target`` is there already or cannot be written, and
    for a journal that is not on SQLite.
    """
    if engine.dialect.name != "sqlite":
        raise ConfigurationError(
            "this journal is not on SQLite; PostgreSQL has its own tool: "
            "pg_dump --format=custom --file=journal.dump <database>"
        )
    if target.exists():
        raise ConfigurationError(f"{str(target)!r} is there already; name another file, or move it away")
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        _copy(engine, unfinished)
        unfinished.replace(target)
    except (OSError, sqlite3.OperationalError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigurationError(f"the backup {str(target)!r} cannot be written: {why}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _copy(engine: Engine, target: Path) -> None:
    copy = sqlite3.connect(target)
    try:
        with engine.connect() as connection:
            original = connection.connection.driver_connection
            assert isinstance(original, sqlite3.Connection)
            # all pages in one step: in several, each that is written meanwhile would begin the copy anew
            original.backup(copy, pages=-1)
        # one file to carry away, without a log beside it
        copy.execute("PRAGMA journal_mode = DELETE")
    finally:
        copy.close()
    with target.open("rb") as written:
        os.fsync(written.fileno())
