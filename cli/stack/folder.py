"""The state folder before anything is started in it: nobody may be up there, and nothing be left over."""

import asyncio
from datetime import UTC, datetime
from typing import Final

from amends import upfile
from amends.errors import ConfigurationError
from amends.server_process import is_claimed
from amends.settings import Settings
from cli.output import local, say

_LEFT_OVER_WITHIN: Final = 20.0
"""Seconds in which the server of a killed `amends up` ends: it is told so at once, and has ten to obey."""


def require_down(settings: Settings) -> None:
    """Raises ``ConfigurationError`` when an `amends up` runs on the folder."""
    found = upfile.find(settings.state_dir)
    if found is not None and found.alive:
        told = found.written
        raise ConfigurationError(
            f"`amends up` runs on {str(settings.state_dir)!r} already: process {told.pid}, since "
            f"{local(told.started_at)}, Temporal at {told.temporal}; `amends status` tells how it stands, "
            "`amends down` stops it"
        )


async def until_nothing_is_left(settings: Settings) -> None:
    """Waits until the server of an `amends up` that was killed has ended as well. Raises ``ConfigurationError`` when it
    does not."""
    found = upfile.find(settings.state_dir)
    if found is None or found.alive or not is_claimed(settings.state_dir / "temporal.db"):
        return
    say(f"the last `amends up` (process {found.written.pid}) was killed; waiting for its Temporal server to end")
    deadline = datetime.now(UTC).timestamp() + _LEFT_OVER_WITHIN
    while is_claimed(settings.state_dir / "temporal.db"):
        if datetime.now(UTC).timestamp() > deadline:
            raise ConfigurationError(
                f"the Temporal server of an `amends up` that was killed still runs on {str(settings.state_dir)!r}, as "
                f"process {found.written.server_pid}; end it with `kill {found.written.server_pid}`"
            )
        await asyncio.sleep(0.05)
