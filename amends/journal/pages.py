"""Whom we have paged: one page for a person and a cause, however many incidents have it, and none twice for one key.

::

    begin ─┬─► a channel to page over: its row is under way ── settle ─┬─► the next channel, if this one took nothing
           ├─► nothing to do: it was sent under this key, or it joins   └─► nothing more to do
           │   a page of another incident that was sent
           └─► a page of another incident is under way: wait for what comes of it
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Engine, Table, select, update

from amends.journal import schema
from amends.journal.engine import reading, writing
from amends.journal.locks import hold_person
from amends.journal.rows import PageRecord
from amends.journal.statements import upsert
from amends.models import Model, PageResult, Severity

UNDER_WAY: Final = timedelta(minutes=2)
"""How long a page counts as under way: longer than a try of it can take, so that one whose worker died holds nobody
up for long."""

_pages: Table = schema.pages
_REACHED: Final = frozenset({PageResult.SENT, PageResult.JOINED})


class Begun(Model):
    """How it stands with paging a person under a key: ``records`` is what is known, in the order of asking.

    ``channel``: page over this one now. ``waits_for``: the key of another incident's page about the same that is under
    way: what becomes of it decides. Neither: there is nothing to do.
    """

    records: tuple[PageRecord, ...] = ()
    channel: str | None = None
    waits_for: str | None = None


class PageLog:
    """The pages of all incidents. Safe to use from several threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(
        self,
        *,
        key: str,
        person: str,
        incident_id: str,
        cause: str,
        severity: Severity,
        level: int,
        channels: Sequence[str],
        join_within: timedelta,
        at: datetime,
    ) -> Begun:
        """Decides, under a lock on the person, whether to page, and over which of the person's ``channels`` first.

        A channel that took the page under this key, or refused it, is not asked again; one that failed is. The page
        joins another incident's about the same cause, if that is of the same severity or a worse one, and was sent less
        than ``join_within`` ago.
        """
        asked = PageRecord(
            key=key,
            person=person,
            incident_id=incident_id,
            cause=cause,
            severity=severity,
            level=level,
            requested_at=at,
        )
        with writing(self._engine) as connection:
            hold_person(connection, person)
            _cut_off(connection, key, person, at)
            records = _of_key(connection, key, person, channels)
            if any(record.result in _REACHED for record in records):
                return Begun(records=records)
            same = _about_the_same(connection, asked, since=at - join_within)
            if same is not None and same.result is None:
                return Begun(records=records, waits_for=same.key)
            if same is not None:
                settled = {"result": PageResult.JOINED, "joined_to": same.key, "detail": same.key, "settled_at": at}
                _write(connection, asked.model_copy(update=settled))
            elif not channels and not records:
                settled = {"result": PageResult.NO_CHANNEL, "settled_at": at}
                _write(connection, asked.model_copy(update=settled))
            else:
                return _next(connection, asked, records, channels)
            return Begun(records=_of_key(connection, key, person, channels))

    def settle(
        self,
        *,
        key: str,
        person: str,
        channel: str,
        result: PageResult,
        detail: str,
        channels: Sequence[str],
        at: datetime,
    ) -> Begun:
        """Keeps what a channel said, and begins the next of ``channels`` in the same moment, if this one took nothing.

        What is known to be sent stays so, whatever a try that overlapped it says later.
        """
        this = (_pages.c.key == key) & (_pages.c.person == person)
        open_ = this & (_pages.c.channel == channel) & _pages.c.result.is_distinct_from(PageResult.SENT.value)
        with writing(self._engine) as connection:
            hold_person(connection, person)
            connection.execute(update(_pages).where(open_).values(result=result.value, detail=detail, settled_at=at))
            records = _of_key(connection, key, person, channels)
            if channel not in channels or any(record.result in _REACHED for record in records):
                return Begun(records=records)
            begun = next(record for record in records if record.channel == channel)
            begun = begun.model_copy(update={"requested_at": at})
            return _next(connection, begun, records, channels, behind=channel)

    def of_incident(self, incident_id: str) -> list[PageRecord]:
        """The pages of an incident, in the order of asking."""
        with reading(self._engine) as connection:
            return [*_read(connection, _pages.c.incident_id == incident_id)]

    def joined_to(self, key: str) -> list[PageRecord]:
        """The pages of other incidents that joined the one with this key, in the order of asking."""
        with reading(self._engine) as connection:
            return [*_read(connection, _pages.c.joined_to == key)]


def _next(
    connection: Connection,
    asked: PageRecord,
    records: tuple[PageRecord, ...],
    channels: Sequence[str],
    *,
    behind: str | None = None,
) -> Begun:
    """Begins the first channel, ``behind`` another if that is named, that has not refused; there may be none."""
    left = channels if behind is None else channels[channels.index(behind) + 1 :]
    refused = {record.channel for record in records if record.result is PageResult.REFUSED}
    channel = next((each for each in left if each not in refused), None)
    if channel is not None:
        under_way = {"channel": channel, "result": None, "detail": "", "settled_at": None}
        _write(connection, asked.model_copy(update=under_way))
    return Begun(records=_of_key(connection, asked.key, asked.person, channels), channel=channel)


def _about_the_same(connection: Connection, asked: PageRecord, *, since: datetime) -> PageRecord | None:
    """The newest page that ``asked`` joins, or one that is under way and may turn out to be it."""
    severities = [*Severity][: [*Severity].index(asked.severity) + 1]
    alike = (
        (_pages.c.person == asked.person)
        & (_pages.c.cause == asked.cause)
        & (_pages.c.incident_id != asked.incident_id)
        & _pages.c.severity.in_([each.value for each in severities])
    )
    sent = (_pages.c.result == PageResult.SENT.value) & (_pages.c.requested_at > since)
    under_way = _pages.c.result.is_(None) & (_pages.c.requested_at > max(since, asked.requested_at - UNDER_WAY))
    found = _read(connection, alike & (sent | under_way))
    return next(
        (record for record in reversed(found) if record.result is PageResult.SENT), found[-1] if found else None
    )


def _cut_off(connection: Connection, key: str, person: str, at: datetime) -> None:
    """An earlier try under this key that did not live to say what came of it; should it yet, its word holds."""
    open_ = (_pages.c.key == key) & (_pages.c.person == person) & _pages.c.result.is_(None)
    lost = {"result": PageResult.FAILED.value, "detail": "cut off before it answered", "settled_at": at}
    connection.execute(update(_pages).where(open_).values(**lost))


def _of_key(connection: Connection, key: str, person: str, channels: Sequence[str]) -> tuple[PageRecord, ...]:
    """In the order of the person's channels: a try asks them all at what is one moment to it."""
    found = _read(connection, (_pages.c.key == key) & (_pages.c.person == person))
    places = {channel: place for place, channel in enumerate(channels)}
    return tuple(sorted(found, key=lambda record: places.get(record.channel, -1)))


def _read(connection: Connection, which: object) -> tuple[PageRecord, ...]:
    wanted = select(_pages).where(which).order_by(_pages.c.requested_at, _pages.c.key, _pages.c.person)  # type: ignore[arg-type]
    return tuple(PageRecord.model_validate(dict(row)) for row in connection.execute(wanted).mappings())


def _write(connection: Connection, record: PageRecord) -> None:
    names = [column.name for column in _pages.columns]
    upsert(connection, _pages, {name: getattr(record, name) for name in names})
