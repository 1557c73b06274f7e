"""A feed is asked for what is new, from where it was read to, and by one at a time."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from amends.journal import Journal
from intake.feeds import FeedLog
from intake.polling import Poller
from intake.quarantine import Quarantine
from intake.receiving import Receiving
from intake.rulebook import Rulebook
from tests.intake.kept import cloud_event, expected, publish

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Shop(ThreadingHTTPServer):
    """Answers with its events behind ``after``, two at a time; with ``answers`` instead, if that is set."""

    daemon_threads = True

    def __init__(self, events: list[Any]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.events = [{**each, "sequence": str(n)} for n, each in enumerate(events, start=1)]
        self.answers: tuple[int, str] | None = None
        self.asked: list[tuple[int, Mapping[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/events?limit=2"


class _Handler(BaseHTTPRequestHandler):
    server: Shop

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        after = int(query["after"][0])
        self.server.asked.append((after, dict(self.headers)))
        batch = json.dumps(self.server.events[after : after + int(query["limit"][0])])
        status, body = self.server.answers or (200, batch)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def answering(*events: Any) -> Iterator[Shop]:
    shop = Shop(list(events))
    thread = threading.Thread(target=shop.serve_forever, daemon=True)
    thread.start()
    try:
        yield shop
    finally:
        shop.shutdown()
        thread.join()
        shop.server_close()


def poller(journal: Journal, **headers: str) -> Poller:
    receiving = Receiving(journal.engine, Rulebook(journal.revisions))
    return Poller(receiving, FeedLog(journal.engine), headers=lambda _: headers)


async def test_a_feed_is_read_batch_by_batch_from_where_it_was_read_to(journal: Journal) -> None:
    publish(journal)
    with answering(*(cloud_event("shipment.handed_over", n, order=f"O-{n}") for n in range(3))) as shop:
        found = [await poller(journal).poll(shop.url) for _ in range(3)]

    assert found == [2, 1, 0]
    assert [after for after, _ in shop.asked] == [0, 2, 3]
    assert [len(expected(journal, f"O-{n}")) for n in range(3)] == [1, 1, 1]
    (feed,) = FeedLog(journal.engine).all()
    assert (feed.cursor, feed.trouble) == ("3", None)


@on_sqlite
async def test_what_is_malformed_is_kept_apart_and_the_feed_goes_on(journal: Journal) -> None:
    publish(journal)
    with answering(
        {**cloud_event("shipment.handed_over"), "time": "soon"}, cloud_event("shipment.handed_over")
    ) as shop:
        await poller(journal).poll(shop.url)

    assert len(expected(journal)) == 1
    (kept,) = Quarantine(journal.engine).listed()
    assert kept.via == shop.url


async def test_a_feed_that_somebody_reads_is_left_to_them(journal: Journal) -> None:
    with answering(cloud_event("shipment.handed_over")) as shop:
        FeedLog(journal.engine).claim(shop.url, at=datetime.now(UTC), lease=timedelta(minutes=1))

        assert await poller(journal).poll(shop.url) == 0

    assert shop.asked == []


@on_sqlite
@pytest.mark.parametrize(
    ("status", "body", "trouble"),
    [
        (503, "", "it answers 503, and should answer 200 with a batch of CloudEvents"),
        (401, "", "it answers 401; let AMENDS_CONNECTORS_SECRET be the same on both sides"),
        (200, "{}", "it answers no batch"),
        (200, "<html>", "JSON"),
        (200, json.dumps([cloud_event("shipment.handed_over")]), "its last event has no `sequence`"),
    ],
)
async def test_a_feed_that_cannot_be_read_is_left_alone_for_a_while_with_the_reason(
    journal: Journal, status: int, body: str, trouble: str
) -> None:
    with answering() as shop:
        shop.answers = (status, body)
        assert await poller(journal).poll(shop.url) == 0
        assert await poller(journal).poll(shop.url) == 0

    assert len(shop.asked) == 1
    (feed,) = FeedLog(journal.engine).all()
    assert trouble in (feed.trouble or "")
    assert feed.cursor == "0"


@on_sqlite
async def test_a_feed_where_nobody_answers_is_told_as_trouble(journal: Journal) -> None:
    with answering() as shop:
        url = shop.url

    assert await poller(journal).poll(url) == 0

    (feed,) = FeedLog(journal.engine).all()
    assert feed.trouble


@on_sqlite
async def test_requests_bear_what_they_are_to_bear(journal: Journal) -> None:
    with answering() as shop:
        await poller(journal, **{"webhook-id": "events"}).poll(shop.url)

    ((_, headers),) = shop.asked
    assert headers["webhook-id"] == "events"
