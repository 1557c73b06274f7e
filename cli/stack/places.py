"""What `amends up` says when everything runs: where it is, how it stands, and what to type next."""

from collections.abc import Iterator
from pathlib import Path

from amends.connectors.shop import Shop
from amends.connectors.shop.sample import sample
from amends.journal import AlertLog, Journal
from amends.temporal import DEFAULT_TARGET
from amends.upfile import UpFile
from cli.output import columns


def places(told: UpFile) -> list[tuple[str, str]]:
    """Where each part is."""
    return [
        ("Temporal", told.temporal),
        *([("its pages", f"http://{told.pages}")] if told.pages else []),
        ("journal", told.journal),
        ("systems" if told.shop.startswith("http") else "shop", told.shop),
        *([("log", told.log)] if told.log else []),
    ]


def screen(folder: Path, told: UpFile, journal: Journal, shop: Shop | None) -> Iterator[str]:
    """The lines of the one screen."""
    orders = [] if shop is None else _orders(shop)
    elsewhere = told.temporal.rpartition(":")[2] != DEFAULT_TARGET.rpartition(":")[2]
    how_to_stop = "`amends down`" if told.log else "Ctrl-C"
    yield f"Amends is up. State is kept in {folder}; {how_to_stop} stops it."
    yield ""
    yield from columns([*places(told), ("worker", "serves incidents, journal and effects")], indent="  ")
    yield ""
    yield from _standing(journal)
    yield ""
    if orders:
        yield "Sample orders, and what an incident about each shows:"
        yield from columns(orders, indent="  ")
        yield ""
    yield "Try, in another terminal in this folder:"
    if elsewhere:
        yield f"  export TEMPORAL_ADDRESS={told.temporal}  # for `temporal`; `amends` finds it here without"
    if orders:
        yield f"  amends open lost_parcel order_id={orders[0][0]} parcel_id={orders[0][1]}"
    yield "  amends list"
    yield "  amends status"
    yield "  amends show <the beginning of an incident's id>"


def _standing(journal: Journal) -> Iterator[str]:
    alerts = AlertLog(journal.engine).standing()
    yield f"open incidents: {journal.count(open_only=True)}"
    if alerts:
        yield f"alerts: {len(alerts)}; `amends status` tells"


def _orders(shop: Shop) -> list[tuple[str, str, str]]:
    known = sample().orders
    return [
        (order_id, shop.parcel_ids(order_id)[-1], known[order_id].shows)
        for order_id in shop.order_ids()
        if order_id in known
    ]
