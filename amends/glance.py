"""A glance into the journal for shell completion, which asks at every TAB: a tenth of a second, or nothing.

SQLAlchemy and the settings' library alone take several times that to import, so this reads the two variables and the
one table by itself. It never writes and never raises: who cannot be told something at a TAB is told nothing.
"""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

_AT_MOST: Final = 50
_SECONDS: Final = 2
"""How long a database may take to answer; libpq knows nothing shorter."""

_COLUMNS: Final = "SELECT incident_id, exception_type, order_id, status FROM incidents"
_NEWEST: Final = f"ORDER BY opened_at DESC, incident_id LIMIT {_AT_MOST}"
_OPEN: Final = f"{_COLUMNS} WHERE closed_at IS NULL {_NEWEST}"
_ALL: Final = f"{_COLUMNS} {_NEWEST}"


class Glimpse(NamedTuple):
    incident_id: str
    exception_type: str
    order_id: str | None
    status: str


def incidents(*, open_only: bool) -> list[Glimpse]:
    """The newest incidents of the journal that the settings name, at most 50; none if it cannot be read."""
    query = _OPEN if open_only else _ALL
    url = os.environ.get("AMENDS_DATABASE_URL", "")
    try:
        if url.startswith(("postgresql:", "postgresql+", "postgres:")):
            return _from_postgresql("postgresql:" + url.partition(":")[2], query)
        return _from_sqlite(_file(url), query)
    except Exception:  # noqa: BLE001 - two drivers' errors, and nobody who could be told
        return []


def _file(url: str) -> Path:
    if url:
        return Path(url.partition("///")[2])
    return Path(os.environ.get("AMENDS_STATE_DIR") or ".amends") / "journal.db"


def _from_sqlite(file: Path, query: str) -> list[Glimpse]:
    address = f"{file.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=_SECONDS)) as connection:
        return _glimpses(connection.execute(query).fetchall())


def _from_postgresql(url: str, query: str) -> list[Glimpse]:
    import psycopg  # only where the journal is there

    with psycopg.connect(url, connect_timeout=_SECONDS) as connection:
        return _glimpses(connection.execute(query).fetchall())


def _glimpses(rows: Sequence[Sequence[str]]) -> list[Glimpse]:
    return [Glimpse(*row) for row in rows]
