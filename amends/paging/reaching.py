"""Whether real people are reached: by the channels file of the settings, or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from amends.connectors.ports import (
    Connectors,
    Customers,
    Inventory,
    Ledger,
    Merchants,
    Orders,
    Pager,
    Payments,
    Quality,
    Shipping,
)
from amends.errors import ConfigurationError
from amends.paging.addresses import Kind
from amends.paging.channels import Channels
from amends.paging.directory import Directory, load_directory
from amends.paging.server import MailServer
from amends.settings import Settings


def directory_of(settings: Settings) -> Directory | None:
    """Who is reached how, by the settings; ``None`` where nobody has said. Raises ``ConfigurationError`` for a file of
    no use, and for mail without a server that takes it."""
    if settings.channels is None:
        return None
    directory = load_directory(settings.channels)
    if settings.smtp_url is None and Kind.MAIL in directory.kinds():
        raise ConfigurationError(
            f"{directory.file}: people are reached by mail, and AMENDS_SMTP_URL names no server that takes it; set it "
            "to smtp://<user>:<password>@<host>:587?from=<address>&tls=starttls"
        )
    return directory


@contextmanager
def channels_of(settings: Settings) -> Iterator[Channels | None]:
    """The channels of the settings, as long as the block runs; ``None`` where nobody has said. Raises as
    ``directory_of`` does."""
    directory = directory_of(settings)
    if directory is None:
        yield None
        return
    server = None if settings.smtp_url is None else MailServer.parse(settings.smtp_url, named="AMENDS_SMTP_URL")
    channels = Channels(directory, server)
    try:
        yield channels
    finally:
        channels.dispose()


@contextmanager
def reaching(connectors: Connectors, settings: Settings) -> Iterator[Connectors]:
    """The same systems, and the people of the settings' channels; where nobody has said how people are reached, pages
    go where ``connectors`` have them go."""
    with channels_of(settings) as channels:
        yield connectors if channels is None else _with_people(connectors, channels)


@dataclass(frozen=True)
class _Systems:
    orders: Orders
    inventory: Inventory
    shipping: Shipping
    payments: Payments
    customers: Customers
    merchants: Merchants
    ledger: Ledger
    quality: Quality
    people: Pager


def _with_people(connectors: Connectors, people: Pager) -> Connectors:
    return _Systems(
        orders=connectors.orders,
        inventory=connectors.inventory,
        shipping=connectors.shipping,
        payments=connectors.payments,
        customers=connectors.customers,
        merchants=connectors.merchants,
        ledger=connectors.ledger,
        quality=connectors.quality,
        people=people,
    )
