"""``amends shop``: the reference shop over HTTP, and what a company's own systems are to answer in its place."""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Final, assert_never

from cyclopts import Parameter

import worker
from amends.addresses import Address
from amends.connectors.chosen import secrets_of
from amends.connectors.serving import application, description, served
from amends.connectors.shop import Shop
from amends.connectors.signing import new_secret
from amends.settings import Settings
from cli import logs
from cli.options import OutputFormat
from cli.output import Format, print_json, say

PORT: Final = 8070


class ShopAction(StrEnum):
    SERVE = "serve"
    OPENAPI = "openapi"
    SECRET = "secret"  # noqa: S105 - what it makes


def shop(
    action: Annotated[
        ShopAction,
        Parameter(help="serve: serve it. openapi: print what it answers. secret: make a secret for both sides."),
    ] = ShopAction.SERVE,
    /,
    *,
    host: Annotated[str, Parameter(help="The address of this machine to listen on.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="The port; 0 for a free one.")] = PORT,
    database: Annotated[str | None, Parameter(help="The shop's database; without it AMENDS_SHOP_URL.")] = None,
    shop_orders: Annotated[
        bool, Parameter(negative="--no-shop-orders", help="Put sample orders into a shop that has none.")
    ] = True,
    format: OutputFormat = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Serve the reference shop over HTTP, as your own systems would answer, until Ctrl-C or SIGTERM.

    For example, the shop here and a worker that calls it, in two terminals:

      export AMENDS_CONNECTORS_SECRET=$(amends shop secret)
      amends shop --port 8070
      AMENDS_CONNECTORS=http AMENDS_CONNECTORS_URL=http://127.0.0.1:8070 amends up

    Every call is signed with AMENDS_CONNECTORS_SECRET, which both sides need;
    what is not is answered with 401. openapi prints the OpenAPI document of all
    calls: what a company implements for its own systems. How the two sides
    speak is told in docs/integrating.md.
    """
    match action:
        case ShopAction.SERVE:
            asyncio.run(_serve(Settings(), Address(host, port), database, format, shop_orders=shop_orders))
        case ShopAction.OPENAPI:
            print_json(description())
        case ShopAction.SECRET:
            _secret(format)
        case _:
            assert_never(action)


async def _serve(settings: Settings, on: Address, database: str | None, format: Format, *, shop_orders: bool) -> None:  # noqa: A002
    logs.to_stderr()
    stop, secrets = worker.stop_on_signals(), secrets_of(settings)
    with _shop(database or settings.shop_url) as shop:
        if shop_orders:
            shop.seed(at=datetime.now(UTC))
        with served(application(shop, secrets), on, named="--host and --port") as url:
            if format is Format.JSON:
                print_json({"url": url, "orders": len(shop.order_ids())})
            else:
                print(f"the shop answers at {url}, with {len(shop.order_ids())} orders; Ctrl-C stops it", flush=True)
            await stop.wait()
    say("stopped")


@contextlib.contextmanager
def _shop(url: str) -> Iterator[Shop]:
    shop = Shop(url, clock=lambda: datetime.now(UTC))
    try:
        yield shop
    finally:
        shop.dispose()


def _secret(format: Format) -> None:  # noqa: A002
    secret = new_secret()
    if format is Format.JSON:
        print_json({"secret": secret})
        return
    print(secret)
    say("set it as AMENDS_CONNECTORS_SECRET where workers are, and where your systems check what they are asked")
