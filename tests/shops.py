"""Seeded shops: the sample world is planted once for each moment, and copied, which is a hundred times quicker."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from amends.connectors.shop import Shop
from amends.connectors.shop.engine import connect


@contextmanager
def seeded(at: datetime, *, clock: Callable[[], datetime] | None = None) -> Iterator[Shop]:
    """A shop in memory, seeded as of a moment."""
    engine = seeded_engine(at)
    yield Shop(engine, clock=clock)
    engine.dispose()


def seeded_engine(at: datetime) -> Engine:
    """The database in memory of a shop that was seeded as of a moment."""
    engine = connect("sqlite://")
    connection = engine.raw_connection()
    connection.driver_connection.deserialize(_content(at))  # type: ignore[union-attr]  # it is sqlite3's
    connection.close()
    return engine


def seeded_file(file: Path, at: datetime) -> str:
    """Makes the database's file of a shop that was seeded as of a moment, and gives its URL."""
    file.write_bytes(_content(at))
    return f"sqlite:///{file}"


@cache
def _content(at: datetime) -> bytes:
    engine = connect("sqlite://")
    Shop(engine).seed(at=at)
    connection = engine.raw_connection()
    content = bytes(connection.driver_connection.serialize())  # type: ignore[union-attr]  # it is sqlite3's
    connection.close()
    engine.dispose()
    return content
