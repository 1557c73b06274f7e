"""What the stack makes of a worker that fails."""

import asyncio
from pathlib import Path

import pytest

import worker
from amends.connectors.shop import Shop
from amends.embedded import EmbeddedServer
from amends.journal import Journal
from amends.temporal import connect
from cli.stack.running import StackFailed, failing_aloud


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_worker_that_fails_ends_the_stack_with_its_reason(
    temporal_server: EmbeddedServer, journal: Journal, tmp_path: Path
) -> None:
    shop = Shop(f"sqlite:///{tmp_path / 'shop.db'}")
    nowhere = await connect(temporal_server.address, namespace="nowhere")  # so that every poll is refused
    try:
        # its three parts fail one after the other, or at once
        with pytest.raises(StackFailed, match=r"the worker has failed: .*nowhere.* not found|in several parts at once"):
            async with failing_aloud(), worker.serving(nowhere, journal=journal, connectors=shop):
                await asyncio.Event().wait()
    finally:
        shop.dispose()
