"""Fixtures of a real Temporal server: one in memory for each test process, with its client and its clock."""

from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from amends.embedded import EmbeddedServer
from amends.temporal import connect


@pytest.fixture(scope="session")
async def temporal_server() -> AsyncIterator[EmbeddedServer]:
    """The server. Tests share it: take workflow ids and task queues of your own."""
    async with EmbeddedServer() as server:
        yield server


@pytest.fixture(scope="session")
async def client(temporal_server: EmbeddedServer) -> Client:
    """A client in real time."""
    return await connect(temporal_server.address)


@pytest.fixture
def skipper(client: Client) -> TimeSkipper:
    """Moves the time of workflows that were started through ``skipper.client``.

    Time stands still for them but for real seconds, until ``await skipper.fast_forward(handle, duration)``; it waits
    for running activities, so that nothing is skipped past an answer.
    """
    return TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
