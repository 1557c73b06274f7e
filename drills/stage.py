"""The stage on which scenarios are played: one Temporal server for all, and a world for each."""

import asyncio
import contextlib
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig

import worker
from amends.connectors.shop import Shop
from amends.doors.keys import DoorKey
from amends.doors.trusted import Trusted
from amends.embedded import EmbeddedServer
from amends.journal import Journal, connect, upgrade
from amends.temporal import connect as connect_temporal
from drills.overhearing import Overhearing
from drills.scenario import Scenario
from drills.stirring import Stirring

AT_ONCE: Final = 6
"""Scenarios that share a server and this process, if nothing else is said. Each waits most of its time, so more are
faster on two cores; but when there are many, each is served late, and an act may come behind what it has to come
before."""


@dataclass(frozen=True)
class World:
    """What a scenario has to itself: a namespace, a task queue, a journal and a shop, seeded now around its order,
    with its faults on.

    ``skipper`` moves the time of the incidents that are opened through ``skipper.client``, and of nothing else.
    ``heard`` is what the shop is asked. ``door`` vouches for whoever acts. ``stirring`` knows of all calls.
    """

    skipper: TimeSkipper
    queue: str
    journal: Journal
    shop: Shop
    heard: Overhearing
    door: DoorKey
    stirring: Stirring


@dataclass(frozen=True)
class Stage:
    """A real Temporal server in memory, whose incidents stand still in time until they are moved."""

    clients: Mapping[str, Client]
    """By the namespaces in which it is played. Each knows one incident on a subject at a time, and scenarios may well
    be about the same."""
    _free: asyncio.Queue[Client]
    _folder: Path
    _door: DoorKey = field(default_factory=lambda: DoorKey.new("drill"))

    @contextlib.asynccontextmanager
    async def world(self, scenario: Scenario) -> AsyncIterator[World]:
        """A world with workers of its own, as long as the block runs. Waits until there is room for it."""
        client = await self._free.get()
        try:
            name = f"drill-{uuid.uuid4()}"
            with _databases(self._folder / name) as (journal, shop):
                await asyncio.to_thread(_prepare, shop, scenario)
                skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
                heard, doors, stirring = Overhearing(), Trusted.of(self._door), Stirring()
                async with worker.serving(
                    skipper.client,
                    journal=journal,
                    connectors=heard.of(shop),
                    doors=doors,
                    queue=name,
                    interceptors=[stirring],
                ):
                    yield World(skipper, name, journal, shop, heard, self._door, stirring)
        finally:
            self._free.put_nowait(client)


@contextlib.asynccontextmanager
async def stage(at_once: int = AT_ONCE) -> AsyncIterator[Stage]:
    """A stage with room for so many scenarios at once, as long as the block runs; nothing of it stays. Raises
    ``ConfigurationError`` without a server."""
    names = [f"room-{number}" for number in range(1, at_once + 1)]
    with tempfile.TemporaryDirectory(prefix="amends-drill-") as folder:
        async with EmbeddedServer(namespaces=names) as server:
            clients = {name: await connect_temporal(server.address, namespace=name) for name in names}
            free: asyncio.Queue[Client] = asyncio.Queue()
            for each in clients.values():
                free.put_nowait(each)
            yield Stage(clients=clients, _free=free, _folder=Path(folder))


@contextlib.contextmanager
def _databases(folder: Path) -> Iterator[tuple[Journal, Shop]]:
    engine = connect(f"sqlite:///{folder / 'journal.db'}")
    try:
        upgrade(engine)
        shop = Shop(f"sqlite:///{folder / 'shop.db'}")
        try:
            yield Journal(engine), shop
        finally:
            shop.dispose()
    finally:
        engine.dispose()


def _prepare(shop: Shop, scenario: Scenario) -> None:
    shop.seed(at=datetime.now(UTC), around=scenario.order_id)
    for fault in scenario.faults:
        shop.fault(call=fault.call, kind=fault.kind, times=fault.times, reason=fault.reason)
