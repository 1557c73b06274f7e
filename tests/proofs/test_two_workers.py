"""Two workers on PostgreSQL carry 200 incidents that are open at once; one is killed again and again.

Every incident goes the way that it would have gone undisturbed, and nothing is done twice or left out.
"""

import asyncio
import contextlib
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

import starter
from amends.connectors.shop import Shop
from amends.connectors.shop.engine import connect as connect_shop
from amends.embedded import EmbeddedServer
from amends.journal import IncidentRow, Journal, verify
from amends.models import Outcome, Status
from amends.temporal import connect
from runbooks.bundle import Bundle
from runbooks.library import load
from tests.proofs import bulk
from tests.proofs.rig import OPS, told

pytestmark = [
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
    pytest.mark.timeout(600),
]

INCIDENTS = 200

DEATHS = 4

LIVES = (1.0, 5.0)
"""Seconds that a worker lives, once it serves: so short that each death takes work along."""

AMENDS = Path(sys.executable).with_name("amends")


@pytest.fixture
def shop_engine(tmp_path: Path) -> Iterator[Engine]:
    engine = connect_shop(f"sqlite:///{tmp_path / 'shop.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    file = tmp_path / "lost_in_bulk.yaml"
    file.write_text(bulk.RUNBOOK, encoding="utf-8")
    return load(file)


async def test_two_hundred_incidents_survive_a_worker_that_is_killed_again_and_again(
    journal: Journal, database_url: str, shop_engine: Engine, bundle: Bundle, tmp_path: Path
) -> None:
    orders = bulk.plant_orders(shop_engine, INCIDENTS + 2)
    shop, settings = Shop(shop_engine), {"AMENDS_SHOP_URL": str(shop_engine.url), "AMENDS_DATABASE_URL": database_url}
    async with EmbeddedServer() as server:
        settings["TEMPORAL_ADDRESS"] = server.address
        async with _worker(settings, tmp_path / "undisturbed.log"):
            await _open_all(server.address, bundle, orders[:2])
            await _until_all_ended(journal, 2)
        examples = {bulk.has_capacity(order_id): _of(journal, order_id) for order_id in orders[:2]}

        opening = asyncio.create_task(_open_all(server.address, bundle, orders[2:]))
        async with _worker(settings, tmp_path / "steady.log"):
            ending = asyncio.create_task(_until_all_ended(journal, INCIDENTS + 2))
            deaths = await _die_again_and_again(settings, tmp_path / "dying.log", ending)
            await asyncio.gather(opening, ending)

    assert deaths == DEATHS
    assert {row.status for row in journal.incidents(limit=INCIDENTS + 3)} == {Status.CLOSED}
    for order_id in orders[2:]:
        row, example = _of(journal, order_id), examples[bulk.has_capacity(order_id)]
        assert row.outcome == ("reship" if bulk.has_capacity(order_id) else "refund")
        assert _story(journal, row) == _story(journal, example)
        assert _effects(journal, row) == _effects(journal, example)
        assert verify(journal, row.incident_id).problems == ()
        _assert_books(shop, order_id)


def _assert_books(shop: Shop, order_id: str) -> None:
    """The customer got the goods once, or the money once; the claim was filed once; nothing is left reserved."""
    books, sent = shop.money(order_id), len(shop.shipments(order_id))
    if bulk.has_capacity(order_id):
        assert (books.refunds, sent) == (0, 1)
        assert [held.status for held in shop.reservations(order_id)] == ["sent"]
    else:
        assert (books.refunds, sent) == (1, 0)
        assert books.refunded == books.captured
        assert [held.status for held in shop.reservations(order_id)] == ["released"]
    assert len(shop.claims(order_id)) == 1


async def _die_again_and_again(settings: dict[str, str], log: Path, ending: asyncio.Task[None]) -> int:
    """Workers that die by SIGKILL at random moments, one after the other; the last one lives until all incidents have
    ended. Returns how many died with work left."""
    deaths, moments = 0, random.Random(20261122)  # noqa: S311 - moments, not secrets
    while deaths < DEATHS and not ending.done():
        async with _worker(settings, log):
            await asyncio.wait({ending}, timeout=moments.uniform(*LIVES))
            deaths += not ending.done()
    async with _worker(settings, log):
        await ending
    return deaths


@contextlib.asynccontextmanager
async def _worker(settings: dict[str, str], log: Path) -> AsyncIterator[None]:
    """A real `amends worker` in a process of its own, once it serves; at the end it is killed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AMENDS_", "TEMPORAL_", "OTEL_"))}
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(AMENDS, "worker"), cwd=log.parent, env=kept | settings, stdout=output, stderr=output
        )
    try:
        while '"serving"' not in log.read_text():
            assert process.returncode is None, log.read_text()
            await asyncio.sleep(0.05)
        yield
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def _open_all(address: str, bundle: Bundle, orders: list[str]) -> None:
    """Reports on all of them at once."""
    client = await connect(address)

    async def report(order_id: str) -> None:
        parcel_id = order_id.replace("SO", "PC") + "-1"
        await starter.open_incident(
            client,
            bundle.exception_type,
            {"order_id": order_id, "parcel_id": parcel_id},
            key=f"bulk-{order_id}",
            actor=OPS,
            bundle=bundle,
            patience=starter.PATIENCE * 5,
        )

    await asyncio.gather(*map(report, orders))


async def _until_all_ended(journal: Journal, number: int) -> None:
    while True:
        rows = await asyncio.to_thread(journal.incidents, limit=INCIDENTS + 3)
        if len(rows) == number and all(row.status.final for row in rows):
            return
        await asyncio.sleep(0.3)


def _of(journal: Journal, order_id: str) -> IncidentRow:
    (row,) = journal.incidents(order_id=order_id)
    return row


def _story(journal: Journal, row: IncidentRow) -> list[tuple[str, ...]]:
    return [told(each) for each in journal.timeline(row.incident_id)]


def _effects(journal: Journal, row: IncidentRow) -> list[tuple[str, str, int, Outcome | None]]:
    return [(each.step, each.activity, each.attempt, each.outcome) for each in journal.effects_of(row.incident_id)]
