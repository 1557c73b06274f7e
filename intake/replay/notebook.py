"""What a replay has taken in so far, on disk: so that a file of any length needs no more memory than one order, and a
replay that was killed goes on where it was."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import NamedTuple, Self

from amends.errors import InputError
from intake.events import OrderEvent
from intake.replay.rehearsing import Arrival, Opening


class Refused(NamedTuple):
    """A line that cannot be taken, with the reason and the mend."""

    line: int
    why: str


class Progress(NamedTuple):
    """How far a file has been read: its lines, what the clock shows, and how many events came again."""

    lines: int = 0
    clock: datetime | None = None
    repeated: int = 0


class Notebook:
    """A file of SQLite. ``take`` keeps a batch of lines whole, or nothing of it."""

    def __init__(self, file: Path) -> None:
        """Raises ``InputError`` for a file that another replay writes in, and for one that is no notebook."""
        self._connection = sqlite3.connect(file, isolation_level=None, timeout=1)
        try:
            self._connection.executescript(_TABLES)
            self._connection.execute("BEGIN EXCLUSIVE")
            self._connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._connection.close()
            raise InputError(f"{file}: another replay is at work here ({error}); wait for it") from error
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise InputError(f"{file}: this is not what a replay left ({error}); remove it") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def progress(self) -> Progress:
        """How far it has come."""
        row = self._connection.execute("SELECT lines, clock, repeated FROM progress").fetchone()
        return Progress() if row is None else Progress(row[0], row[1] and datetime.fromisoformat(row[1]), row[2])

    def take(self, arrivals: Iterable[tuple[int, Arrival]], refused: Iterable[Refused], progress: Progress) -> None:
        """Keeps events with their lines, lines that are none, and how far this is; all of it or nothing. An event that
        is there already is counted as repeated if it says the same, and refused if it does not."""
        cursor = self._connection.cursor()
        cursor.execute("BEGIN")
        repeated = progress.repeated
        for line, (event, clock) in arrivals:
            said = event.model_dump_json(exclude={"received_at"})
            row = (event.source, event.id, event.order_id, clock.isoformat(), said)
            if cursor.execute("INSERT OR IGNORE INTO events VALUES (NULL, ?, ?, ?, ?, ?)", row).rowcount:
                continue
            (before,) = cursor.execute("SELECT said FROM events WHERE source = ? AND id = ?", row[:2]).fetchone()
            repeated += before == said
            if before != said:
                cursor.execute("INSERT OR IGNORE INTO refused VALUES (?, ?)", (line, _OTHERWISE.format(event.id)))
        cursor.executemany("INSERT OR IGNORE INTO refused VALUES (?, ?)", refused)
        clock_now = progress.clock.isoformat() if progress.clock else None
        cursor.execute("INSERT OR REPLACE INTO progress VALUES (0, ?, ?, ?)", (progress.lines, clock_now, repeated))
        cursor.execute("COMMIT")

    def orders(self) -> Iterator[tuple[Arrival, ...]]:
        """The arrivals of each order, one order after the other."""
        rows = self._connection.execute("SELECT order_id, clock, said FROM events ORDER BY order_id, n")
        for _, group in groupby(rows, key=lambda row: row[0]):
            yield tuple(
                Arrival(OrderEvent.model_validate_json(said), datetime.fromisoformat(clock)) for _, clock, said in group
            )

    def counts(self) -> tuple[int, int]:
        """How many events there are, and of how many orders."""
        events, orders = self._connection.execute("SELECT count(*), count(DISTINCT order_id) FROM events").fetchone()
        return events, orders

    def refused(self) -> Iterator[Refused]:
        """The lines that could not be taken, in their order."""
        return map(Refused._make, self._connection.execute("SELECT line, why FROM refused ORDER BY line"))

    def conclude(self, openings: Iterable[Opening]) -> None:
        """Keeps what opens, in the place of what was concluded before."""
        self._connection.execute("BEGIN")
        self._connection.execute("DELETE FROM openings")
        self._connection.executemany(
            "INSERT INTO openings VALUES (?, ?, ?)",
            ((each.opened_at.isoformat(), each.standing.key, each.model_dump_json()) for each in openings),
        )
        self._connection.execute("COMMIT")

    def openings(self) -> Iterator[Opening]:
        """What opens, in the order in which it does."""
        rows = self._connection.execute("SELECT said FROM openings ORDER BY opened_at, key")
        return (Opening.model_validate_json(said) for (said,) in rows)


_OTHERWISE = "the event {!r} came before and said something else; a correction has an id of its own, and `corrects`"
_TABLES = """
PRAGMA locking_mode = exclusive;
PRAGMA journal_mode = wal;
PRAGMA synchronous = normal;
CREATE TABLE IF NOT EXISTS progress (
    id INTEGER PRIMARY KEY CHECK (id = 0), lines INTEGER NOT NULL, clock TEXT, repeated INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS events (
    n INTEGER PRIMARY KEY, source TEXT NOT NULL, id TEXT NOT NULL, order_id TEXT NOT NULL, clock TEXT NOT NULL,
    said TEXT NOT NULL, UNIQUE (source, id)
);
CREATE INDEX IF NOT EXISTS events_of_order ON events (order_id, n);
CREATE TABLE IF NOT EXISTS refused (line INTEGER NOT NULL, why TEXT NOT NULL, PRIMARY KEY (line, why));
CREATE TABLE IF NOT EXISTS openings (opened_at TEXT NOT NULL, key TEXT PRIMARY KEY, said TEXT NOT NULL);
"""
