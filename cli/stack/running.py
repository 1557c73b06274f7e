"""The stack itself: a Temporal server, journal, shop, worker and watchdog that live and end together."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import worker
from amends import __version__, disk
from amends.connectors.chosen import connectors_of, place_of
from amends.connectors.shop import Shop
from amends.embedded import EmbeddedServer
from amends.errors import AmendsError, ConfigurationError
from amends.journal import Journal, upgrade
from amends.journal import connect as connect_journal
from amends.paging.reaching import reaching
from amends.server_process import free_port
from amends.settings import Settings
from amends.temporal import cause, connect
from amends.upfile import Announcement, UpFile, UpState
from amends.watchdog import watching
from cli import signing
from cli.output import say
from cli.records import answering, shown
from cli.stack.underway import Underway
from cli.taking_in import taking_in

_SPACE_EACH: Final = 30.0
"""Seconds between two looks at the room on the disk."""


class StackFailed(AmendsError):
    """A part of the stack ended by itself. The others were stopped in order; what was acknowledged is kept."""

    code = "stack_failed"


@dataclass(frozen=True)
class Stack:
    """What runs. ``told`` is what the folder's file says of it; ``shop`` is there unless other systems are called."""

    told: UpFile
    journal: Journal
    shop: Shop | None
    _server: EmbeddedServer
    _announcement: Announcement
    _underway: Underway

    async def until(self, stop: asyncio.Event) -> None:
        """Returns when ``stop`` is set. Raises ``StackFailed`` when the Temporal server ends before."""
        stopped, ended = asyncio.ensure_future(stop.wait()), asyncio.ensure_future(self._server.ended())
        try:
            await asyncio.wait({stopped, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not stopped.done():
                raise StackFailed(f"the Temporal server has ended by itself, {ended.result()}")
        finally:
            stopped.cancel()
            ended.cancel()
            self._stopping()

    def _stopping(self) -> None:
        waits_for = self._underway.names()
        update = {"state": UpState.STOPPING, "waits_for": waits_for}
        with contextlib.suppress(ConfigurationError):  # a full disk is no reason not to stop
            self._announcement.say(self.told.model_copy(update=update))
        say("stopping" + (f": waits for {', '.join(waits_for)}" if waits_for else ": no call is under way"))


@contextlib.asynccontextmanager
async def running(
    settings: Settings, *, port: int, ui_port: int, shop_orders: bool, log: Path | None
) -> AsyncIterator[Stack]:
    """Runs everything as long as the block runs; on leaving, what is under way finishes first.

    Raises ``ConfigurationError`` when something cannot be used; nothing is left running then. Raises ``StackFailed``
    when the worker fails: the block is cancelled by that.
    """
    server = EmbeddedServer(
        settings.state_dir / "temporal.db", port=port, ui_port=ui_port or free_port(), program=settings.temporal_bin
    )
    announcement, underway = Announcement(settings.state_dir), Underway()
    async with contextlib.AsyncExitStack() as parts:
        await parts.enter_async_context(server)  # first: it claims the folder, so that two cannot run on it
        parts.callback(announcement.withdraw)
        told = _told(settings, server, log)
        announcement.say(told)
        signing.make_own(settings)
        doors = signing.trusted(settings)
        engine = connect_journal(settings.database_url)
        parts.callback(engine.dispose)
        systems = parts.enter_context(connectors_of(settings))
        shop = systems if isinstance(systems, Shop) else None
        connectors = parts.enter_context(reaching(systems, settings))
        with answering(shown(settings.database_url)):
            upgrade(engine)
            journal = Journal(engine)
        if shop is not None and shop_orders:
            with answering(shown(settings.shop_url)):
                shop.seed(at=datetime.now(UTC))
        client = await connect(server.address)
        await parts.enter_async_context(_heeding_space(settings))
        await parts.enter_async_context(watching(client, journal))
        await parts.enter_async_context(failing_aloud())
        serving = worker.serving(client, journal=journal, connectors=connectors, doors=doors, interceptors=[underway])
        await parts.enter_async_context(serving)
        await parts.enter_async_context(taking_in(client, journal, settings))
        told = told.model_copy(update={"state": UpState.UP})
        announcement.say(told)
        yield Stack(told, journal, shop, server, announcement, underway)


def _told(settings: Settings, server: EmbeddedServer, log: Path | None) -> UpFile:
    return UpFile(
        pid=os.getpid(),
        server_pid=server.pid,
        state=UpState.STARTING,
        started_at=datetime.now(UTC),
        version=__version__,
        temporal=server.address,
        pages=server.ui_address,
        journal=shown(settings.database_url),
        shop=place_of(settings),
        log=None if log is None else str(log),
    )


@contextlib.asynccontextmanager
async def failing_aloud() -> AsyncIterator[None]:
    """Makes a ``StackFailed`` of the failure of a worker that runs in the block, and of whatever else cancels it."""
    try:
        yield
    except RuntimeError as error:  # what the SDK makes of whatever ends a worker
        raise StackFailed(f"the worker has failed: {cause(error.__cause__ or error)}") from error
    except asyncio.CancelledError as error:
        # each part that fails cancels the block, and the second one hides the reason of the first
        raise StackFailed("the worker has failed in several parts at once; the lines above say why") from error


@contextlib.asynccontextmanager
async def _heeding_space(settings: Settings) -> AsyncIterator[None]:
    """Says when the disk gets full, and when there is room again."""
    task = asyncio.create_task(_heed_space(settings.state_dir))
    try:
        yield
    finally:
        task.cancel()


async def _heed_space(folder: Path) -> None:
    low = False
    while True:
        left = disk.free(folder)
        if (left < disk.LOW) is not low:
            low = not low
            say(disk.told(folder) if low else f"there is room again: {disk.megabytes(left)} in {str(folder)!r}")
        await asyncio.sleep(_SPACE_EACH)
