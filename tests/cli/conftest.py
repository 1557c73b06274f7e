"""A folder of state for commands, and nothing of this machine's own settings."""

import os
from pathlib import Path

import pytest

from amends.server_process import free_port


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
