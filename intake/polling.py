"""Feeds that are asked for what is new: ``GET <url>?after=<sequence>`` answers with a batch of CloudEvents.

Events are taken in before it is noted how far the feed was read. Whoever dies in between reads them again, and they are
repeats.
"""

import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx2
import structlog
from pydantic import JsonValue
from sqlalchemy.exc import SQLAlchemyError

from amends.alongside import about, going_on, in_thread
from amends.errors import InputError, Trouble
from intake.feeds import Feed, FeedLog
from intake.json_text import read_json
from intake.receiving import Receiving

EVERY: Final = timedelta(seconds=1)
"""How long a feed with nothing new is left alone."""

AGAIN: Final = timedelta(seconds=10)
"""How long one is left alone that could not be read."""

_LEASE: Final = timedelta(seconds=10)
"""How long a feed is held by one that may have died. Two that read it at once do no harm: one finds repeats."""

_UNSIGNED: Final = {httpx2.codes.UNAUTHORIZED, httpx2.codes.FORBIDDEN}

_PATIENCE: Final = httpx2.Timeout(20.0, connect=5.0)

_LARGEST: Final = 32 * 1024 * 1024
"""Bytes of an answer, which is held in memory."""

Headers = Callable[[str], Mapping[str, str]]
"""What a request for a URL bears, such as a signature."""

_log = structlog.get_logger("amends.intake")


class Poller:
    """Reads feeds. ``headers``: what each request bears."""

    def __init__(self, receiving: Receiving, feeds: FeedLog, *, headers: Headers = lambda _: {}) -> None:
        self._receiving = receiving
        self._feeds = feeds
        self._headers = headers
        for name in ("httpx2", "httpcore2"):  # below warnings they tell every request
            logging.getLogger(name).setLevel(logging.WARNING)

    async def poll(self, url: str) -> int:
        """Takes in what is new, one batch; how many events it was. None if somebody else reads this feed just now, or
        if it cannot be read: then it is noted why.

        Raises SQLAlchemy's errors when the journal does not answer; nothing is lost then.
        """
        now = datetime.now(UTC)
        feed = await in_thread(lambda: self._feeds.claim(url, at=now, lease=_LEASE))
        if feed is None:
            return 0
        try:
            batch, cursor = await self._new(feed)
        except (InputError, Trouble, httpx2.HTTPError, httpx2.InvalidURL) as error:
            trouble = str(error) or type(error).__name__
            _log.warning("feed_not_read", url=url, error=trouble)
            until = datetime.now(UTC) + AGAIN
            await in_thread(lambda: self._feeds.note_trouble(url, trouble=trouble, until=until))
            return 0
        if batch:
            await in_thread(lambda: self._receiving.receive(batch, via=url, at=datetime.now(UTC)))
        await in_thread(lambda: self._feeds.note_read(url, cursor=cursor, at=datetime.now(UTC)))
        return len(batch)

    async def _new(self, feed: Feed) -> tuple[Sequence[JsonValue], str]:
        """What is behind the cursor, and the sequence of its last event."""
        url = str(httpx2.URL(feed.url).copy_merge_params({"after": feed.cursor}))
        async with (
            httpx2.AsyncClient(timeout=_PATIENCE, follow_redirects=False) as http,
            http.stream("GET", url, headers=dict(self._headers(url))) as answer,
        ):
            body = await _whole(answer)
        if answer.status_code in _UNSIGNED:
            mend = "let AMENDS_CONNECTORS_SECRET be the same on both sides, and their clocks agree"
            raise Trouble(f"it answers {answer.status_code}; {mend}")
        if answer.status_code != httpx2.codes.OK:
            raise Trouble(f"it answers {answer.status_code}, and should answer 200 with a batch of CloudEvents")
        batch = read_json(body)
        if not isinstance(batch, list):
            raise InputError("it answers no batch: that is a JSON list of CloudEvents, empty if there is nothing new")
        return batch, _sequence(batch[-1]) if batch else feed.cursor


@contextlib.asynccontextmanager
async def polling(poller: Poller, urls: Sequence[str], *, every: timedelta = EVERY) -> AsyncIterator[None]:
    """Polls each feed as long as the block runs."""
    async with going_on(*(_poll(poller, url, every) for url in urls)):
        yield


async def _poll(poller: Poller, url: str, every: timedelta) -> None:
    while True:
        try:
            found = await poller.poll(url)
        except SQLAlchemyError as error:
            _log.warning("journal_does_not_answer", error=str(error))
            found = 0
        if not found:  # where there was something there may be more
            await about(every)


async def _whole(answer: httpx2.Response) -> bytes:
    heard = bytearray()
    async for part in answer.aiter_bytes():
        heard += part
        if len(heard) > _LARGEST:
            raise InputError(f"it answers more than {_LARGEST} bytes; let it answer fewer events at a time")
    return bytes(heard)


def _sequence(event: JsonValue) -> str:
    said = event.get("sequence") if isinstance(event, dict) else None
    if not isinstance(said, str | int) or isinstance(said, bool) or not str(said):
        raise InputError("its last event has no `sequence`; give each the number to ask behind, rising, as text")
    return str(said)
