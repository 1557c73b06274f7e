"""``amends up``: all that Amends needs, on this machine, in one process group."""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from sqlalchemy import Engine

import worker
from amends.connectors.shop import Shop
from amends.connectors.shop.sample import sample
from amends.embedded import EmbeddedServer
from amends.journal import Journal, upgrade
from amends.journal import connect as connect_journal
from amends.server_process import free_port
from amends.settings import Settings
from amends.temporal import DEFAULT_TARGET, connect
from cli import logs
from cli.output import columns, say
from cli.records import answering, shown

PORT: Final = 7233
UI_PORT: Final = 8233
"""Temporal's own defaults: its tools find it without being told."""


async def up(
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
) -> None:
    """Run everything on this machine: a Temporal server, the journal, the reference shop and a worker.

    For example:

      amends up --port 0 --ui-port 0

    State is kept in the folder .amends (AMENDS_STATE_DIR names another): the
    next `amends up` finds everything as it was. Ctrl-C or SIGTERM stops it in
    order: what is running finishes first; a second one does not wait for that.
    """
    logs.to_stderr(level=logging.WARNING)
    settings = Settings()
    stop = worker.stop_on_signals()
    server = EmbeddedServer(
        settings.state_dir / "temporal.db", port=port, ui_port=ui_port or free_port(), program=settings.temporal_bin
    )
    async with server:  # first: it claims the folder, so that two cannot run on it
        engine = connect_journal(settings.database_url)
        shop = Shop(settings.shop_url)
        try:
            journal = _ready(settings, engine)
            if shop_orders:
                shop.seed(at=datetime.now(UTC))
            async with worker.serving(await connect(server.address), journal=journal, connectors=shop):
                print("\n".join(_screen(settings, server, journal, shop)), flush=True)
                await stop.wait()
                say("stopping: what is running finishes first")
        finally:
            shop.dispose()
            engine.dispose()
    say(f"stopped; everything is kept in {_folder(settings)}")


def _ready(settings: Settings, engine: Engine) -> Journal:
    with answering(shown(settings.database_url)):
        upgrade(engine)
        return Journal(engine)


def _screen(settings: Settings, server: EmbeddedServer, journal: Journal, shop: Shop) -> list[str]:
    """Where everything is, and what to type next."""
    still_open = len(journal.incidents(open_only=True, limit=1000))
    places = [
        ("Temporal", server.address),
        ("its pages", f"http://{server.ui_address}"),
        ("journal", f"{shown(settings.database_url)}  ({still_open} incidents open)"),
        ("shop", shown(settings.shop_url)),
    ]
    elsewhere = server.address.rpartition(":")[2] != DEFAULT_TARGET.rpartition(":")[2]
    orders = _orders(shop)
    return [
        f"Amends is up. State is kept in {_folder(settings)}; Ctrl-C stops it.",
        "",
        *columns(places, indent="  "),
        "",
        *(
            ["Sample orders, and what an incident about each shows:", *columns(orders, indent="  "), ""]
            if orders
            else []
        ),
        "Try, in another terminal in this folder:",
        *([f"  export TEMPORAL_ADDRESS={server.address}"] if elsewhere else []),
        *([f"  amends open lost_parcel order_id={orders[0][0]} parcel_id={orders[0][1]}"] if orders else []),
        "  amends list",
        "  amends show <the beginning of an incident's id>",
    ]


def _orders(shop: Shop) -> list[tuple[str, str, str]]:
    known = sample().orders
    return [
        (order_id, shop.parcel_ids(order_id)[-1], known[order_id].shows)
        for order_id in shop.order_ids()
        if order_id in known
    ]


def _folder(settings: Settings) -> Path:
    return settings.state_dir.absolute()
