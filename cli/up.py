"""``amends up``: all that Amends needs, on this machine, in one process group."""

import asyncio
import logging
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

import worker
from amends import disk
from amends.settings import Settings
from cli import logs
from cli.codes import ExitCode
from cli.output import say
from cli.stack import background, folder, places
from cli.stack.running import StackFailed, running

PORT: Final = 7233
UI_PORT: Final = 8233
"""Temporal's own defaults: its tools find it without being told."""


def up(
    *,
    port: Annotated[
        int, Parameter(name=("--port", "--temporal-port"), help="Port of the Temporal server; 0 for a free one.")
    ] = PORT,
    ui_port: Annotated[
        int, Parameter(name=("--ui-port", "--temporal-ui-port"), help="Port of Temporal's web pages; 0 for a free one.")
    ] = UI_PORT,
    shop_orders: Annotated[
        bool, Parameter(negative="--no-shop-orders", help="Put sample orders into a shop that has none.")
    ] = True,
    detach: Annotated[bool, Parameter(help="Run in the background, and return when everything is ready.")] = False,
) -> int:
    """Run everything on this machine: a Temporal server, the journal, the reference shop, a worker and a watchdog.

    For example:

      amends up --port 0 --ui-port 0
      amends up --detach

    State is kept in the folder .amends (AMENDS_STATE_DIR names another): the
    next `amends up` finds everything as it was. Ctrl-C or SIGTERM stops it in
    order: what is running finishes first; a second one does not wait for that.

    Its parts live and end together: if the Temporal server or the worker fails,
    the others stop in order too, and it says why. `amends status` tells how it
    stands, `amends doctor` what is wrong, `amends down` stops one in the
    background.

    Exit codes: 0, it was stopped; 1, a part of it failed; 2, it cannot start.
    """
    settings = Settings()
    folder.require_down(settings)
    disk.require_room(settings.state_dir)
    log = background.log_of(settings) if detach else None
    if log is not None:
        code = background.detach(settings, log)
        if code is not None:
            return code
    return asyncio.run(_up(settings, port=port, ui_port=ui_port, shop_orders=shop_orders, log=log))


async def _up(settings: Settings, *, port: int, ui_port: int, shop_orders: bool, log: Path | None) -> int:
    logs.to_stderr(level=logging.WARNING)
    stop = worker.stop_on_signals()
    await folder.until_nothing_is_left(settings)
    here = settings.state_dir.absolute()
    try:
        stack = running(settings, port=port, ui_port=ui_port, shop_orders=shop_orders, log=log)
        async with stack as it:
            print("\n".join(places.screen(here, it.told, it.journal, it.shop)), flush=True)
            await it.until(stop)
    except StackFailed as error:
        say(f"error: {error}; everything is kept in {here}, `amends up` goes on from there")
        return ExitCode.NOT_AS_WANTED
    say(f"stopped; everything is kept in {here}")
    return ExitCode.DONE
