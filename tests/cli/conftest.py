"""A folder of state for commands, and nothing of this machine's own settings."""

import logging
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from temporalio.client import Client

from amends.embedded import EmbeddedServer
from amends.server_process import free_port
from tests.cli.acted import Acted, acted


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """A command sends the logs of its process to stderr; here that is the process of all tests."""
    loggers = [logging.getLogger(name) for name in ("amends", "temporalio", "temporalio.activity")]
    before, handlers = structlog.get_config(), [*logging.getLogger().handlers]
    levels = [each.level for each in loggers]
    yield
    structlog.configure(**before)
    logging.getLogger().handlers = handlers
    for each, level in zip(loggers, levels, strict=True):
        each.setLevel(level)


@pytest.fixture
def state_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands of a test find their journal. No Temporal server answers them."""
    for name in list(os.environ):
        if name.startswith(("AMENDS_", "TEMPORAL_")) and name != "AMENDS_TEMPORAL_BIN":
            monkeypatch.delenv(name)
    state_dir = tmp_path / ".amends"
    state_dir.mkdir()
    monkeypatch.setenv("AMENDS_STATE_DIR", str(state_dir))
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    return state_dir


@pytest.fixture
async def running(
    client: Client,
    temporal_server: EmbeddedServer,
    state_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> AsyncIterator[Acted]:
    """Workers that commands find, for an incident that a test opens."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal_server.address)
    async with acted(client, state_dir, capsys) as it:
        yield it


@pytest.fixture(autouse=True)
def _terminals_say_their_own_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """Test runners set ``COLUMNS``, which would go before what a test's own terminal says."""
    monkeypatch.delenv("COLUMNS", raising=False)
