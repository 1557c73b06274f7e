"""The journal of the settings, opened for one command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import OperationalError

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
            f"there is no journal at {url.database!r}; run this where `amends up` runs (it makes one), or say where it "
            "is with AMENDS_STATE_DIR or AMENDS_DATABASE_URL"
        )
    engine = connect(url)
    try:
        with answering(shown(url)):
            yield Journal(engine)
    finally:
        engine.dispose()


@contextmanager
def answering(database: str) -> Iterator[None]:
    """Turns the failure of a database that does not answer into a ``ConfigurationError`` that names it."""
    try:
        yield
    except OperationalError as error:
        why = str(error.orig).strip().partition("\n")[0]
        raise ConfigurationError(
            f"the database {database!r} does not answer: {why}; see that it runs, or mend AMENDS_DATABASE_URL"
        ) from error


def shown(url: str | URL) -> str:
    """A database's URL without its password."""
    return make_url(url).render_as_string(hide_password=True)
