"""The journal of the settings, opened for one command."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import DatabaseError, OperationalError

from amends.errors import ConfigurationError
from amends.journal import Journal, connect
from amends.settings import Settings


@contextmanager
def journal() -> Iterator[Journal]:
    """The journal that ``AMENDS_DATABASE_URL`` or ``AMENDS_STATE_DIR`` names.

    Raises ``ConfigurationError`` when there is none, when it is not at this release's tables, or when its database does
    not answer. No journal is made here.
    """
    url = make_url(Settings().database_url)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
        raise ConfigurationError(
            f"there is no journal at {url.database!r}; `amends up` or `amends db upgrade` makes one there; if there is "
            "one elsewhere, say where with AMENDS_STATE_DIR or AMENDS_DATABASE_URL"
        )
    engine = connect(url)
    try:
        with answering(shown(url)):
            yield Journal(engine)
    finally:
        engine.dispose()


@contextmanager
def answering(database: str) -> Iterator[None]:
    """Turns the failure of a database that does not answer, is full or broken into a ``ConfigurationError``."""
    try:
        yield
    except DatabaseError as error:
        why = _why_unusable(database, error)
        if why is None:
            raise
        raise ConfigurationError(why) from error


def _why_unusable(database: str, error: DatabaseError) -> str | None:
    """What is wrong with the database itself, if it is not what was asked of it."""
    why = str(error.orig).strip().partition("\n")[0]
    match getattr(error.orig, "sqlite_errorcode", None):
        case sqlite3.SQLITE_FULL:
            return f"the disk of the database {database!r} is full; make room, nothing was written"
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return f"the database {database!r} cannot be read: {why}; put a backup in its place, it was left as it is"
        case _ if isinstance(error, OperationalError):
            return f"the database {database!r} does not answer: {why}; see that it runs, or mend AMENDS_DATABASE_URL"
        case _:
            return None


def shown(url: str | URL) -> str:
    """A database's URL without its password."""
    return make_url(url).render_as_string(hide_password=True)
