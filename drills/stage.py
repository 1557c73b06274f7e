"""The stage on which scenarios are played: one Temporal server for all, and a world for each."""

import asyncio
import contextlib
import tempfile
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

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


@dataclass(frozen=True)
class World:
    """What a scenario has to itself: a task queue, a journal and a shop, seeded now, with the scenario's faults on.

    ``skipper`` moves the time of the incidents that are opened through ``skipper.client``, and of nothing else.
    ``heard`` is what the shop is asked. ``door`` vouches for whoever acts.
    """

    skipper: TimeSkipper
    queue: str
    journal: Journal
    shop: Shop
    heard: Overhearing
    door: DoorKey


@dataclass(frozen=True)
class Stage:
    """A real Temporal server in memory, whose incidents stand still in time until they are moved."""

    client: Client
    _folder: Path
    _door: DoorKey = field(default_factory=lambda: DoorKey.new("drill"))
    _one_at_a_time: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    @contextlib.asynccontextmanager
    async def world(self, scenario: Scenario) -> AsyncIterator[World]:
        """A world with workers of its own, as long as the block runs.

        A server knows one incident on a subject at a time, so scenarios on the same subject wait for each other.
        """
        async with self._one_at_a_time[scenario.bundle.workflow_id(scenario.report)]:
            name = f"drill-{uuid.uuid4()}"
            with _databases(self._folder / name) as (journal, shop):
                await asyncio.to_thread(_prepare, shop, scenario)
                skipper = TimeSkipper(self.client, config=TimeSkippingConfig(enabled=False))
                heard, doors = Overhearing(), Trusted.of(self._door)
                async with worker.serving(
                    skipper.client, journal=journal, connectors=heard.of(shop), doors=doors, queue=name
                ):
                    yield World(skipper, name, journal, shop, heard, self._door)


@contextlib.asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """A stage, as long as the block runs; nothing of it stays. Raises ``ConfigurationError`` without a server."""
    with tempfile.TemporaryDirectory(prefix="amends-drill-") as folder:
        async with EmbeddedServer() as server:
            yield Stage(client=await connect_temporal(server.address), _folder=Path(folder))


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
    shop.seed(at=datetime.now(UTC))
    for fault in scenario.faults:
        shop.fault(call=fault.call, kind=fault.kind, times=fault.times, reason=fault.reason)
