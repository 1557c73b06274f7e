"""How far each feed of events has been read: for all who poll it, kept in the journal's database."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select, update

from amends.journal import schema
from amends.journal.engine import reading, writing
from amends.journal.statements import insert_once
from amends.models import Model, Utc

_feeds = schema.intake_feeds


class Feed(Model):
    """``cursor``: the sequence of the last event that was taken in, ``0`` before the first. ``read_at``: when it
    answered last; ``trouble``: why it did not since."""

    url: str
    cursor: str = "0"
    read_at: Utc | None = None
    trouble: str | None = None


class FeedLog:
    """The feeds. Any number may poll: each is held by one at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[Feed]:
        with reading(self._engine) as connection:
            rows = connection.execute(select(_feeds).order_by(_feeds.c.url)).mappings()
            return [Feed.model_validate(dict(row)) for row in rows]

    def claim(self, url: str, *, at: datetime, lease: timedelta) -> Feed | None:
        """Holds a feed for so long; ``None`` if somebody else does."""
        free = _feeds.c.claimed_until.is_(None) | (_feeds.c.claimed_until <= at)
        held = update(_feeds).where(_feeds.c.url == url, free).values(claimed_until=at + lease).returning(_feeds)
        with writing(self._engine) as connection:
            insert_once(connection, _feeds, {"url": url, "cursor": "0"})
            row = connection.execute(held).mappings().first()
        return None if row is None else Feed.model_validate(dict(row))

    def note_read(self, url: str, *, cursor: str, at: datetime) -> None:
        """All is taken in up to ``cursor``, and the feed is free again."""
        self._write(url, {"cursor": cursor, "read_at": at, "trouble": None, "claimed_until": None})

    def note_trouble(self, url: str, *, trouble: str, until: datetime) -> None:
        """It cannot be read, and is left alone until then."""
        self._write(url, {"trouble": trouble, "claimed_until": until})

    def _write(self, url: str, values: Mapping[str, Any]) -> None:
        with writing(self._engine) as connection:
            connection.execute(update(_feeds).where(_feeds.c.url == url).values(**values))
