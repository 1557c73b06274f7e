"""The stage on which scenarios are played: one Temporal server for all, and a world for each."""

import asyncio
import contextlib
import tempfile
import uuid
from collections.abc import AsyncIterator, Mapping
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
from amends.journal import Journal
from amends.temporal import connect as connect_temporal
from drills.overhearing import Overhearing
from drills.rooms import Room, make_blank
from drills.scenario import Scenario
from drills.stirring import Stirring

AT_ONCE: Final = 12
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
    _free: asyncio.Queue[Room]
    _door: DoorKey = field(default_factory=lambda: DoorKey.new("drill"))

    @contextlib.asynccontextmanager
    async def world(self, scenario: Scenario) -> AsyncIterator[World]:
        """A world with workers of its own, as long as the block runs. Waits until there is room for it."""
        room = await self._free.get()
        try:
            await asyncio.to_thread(_prepare, room, scenario)
            name = f"drill-{uuid.uuid4()}"
            skipper = TimeSkipper(room.client, config=TimeSkippingConfig(enabled=False))
            heard, doors, stirring = Overhearing(), Trusted.of(self._door), Stirring()
            async with worker.serving(
                skipper.client,
                journal=room.journal,
                connectors=heard.of(room.shop),
                doors=doors,
                queue=name,
                interceptors=[stirring],
            ):
                yield World(skipper, name, room.journal, room.shop, heard, self._door, stirring)
        finally:
            self._free.put_nowait(room)


@contextlib.asynccontextmanager
async def stage(at_once: int = AT_ONCE) -> AsyncIterator[Stage]:
    """A stage with room for so many scenarios at once, as long as the block runs; nothing of it stays. Raises
    ``ConfigurationError`` without a server."""
    names = [f"room-{number}" for number in range(1, at_once + 1)]
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="amends-drill-")))
        make_blank(folder / "blank")
        server = await stack.enter_async_context(EmbeddedServer(namespaces=names))
        free: asyncio.Queue[Room] = asyncio.Queue()
        clients = {name: await connect_temporal(server.address, namespace=name) for name in names}
        for name, client in clients.items():
            room = Room(client, folder / name, folder / "blank")
            stack.callback(room.close)
            free.put_nowait(room)
        yield Stage(clients=clients, _free=free)


def _prepare(room: Room, scenario: Scenario) -> None:
    room.renew()
    room.shop.seed(at=datetime.now(UTC), around=scenario.order_id)
    for fault in scenario.faults:
        room.shop.fault(call=fault.call, kind=fault.kind, times=fault.times, reason=fault.reason)
