"""The same walks, a few of them, through the real workflow, activities, journal and shop."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from temporalio.testing import TimeSkipper

from amends.connectors.shop import FaultKind, Shop
from amends.connectors.shop.sample import sample
from amends.journal import Journal, verify
from amends.timeline import Entry
from runbooks.library import load
from tests.model.keeping import Keeping, turns
from tests.model.mirror import Mirror
from tests.model.people import People
from tests.model.shop import Shop as Model
from tests.proofs.rig import Rig, new_rig, set_aside

_ORDERS = ("SO-1001", "SO-1003", "SO-1004", "SO-1008", "SO-1011", "SO-1012", "SO-1006")
_CALLS = (
    *("orders.hold", "orders.release", "shipping.open_trace", "shipping.close_trace", "orders.add_replacement"),
    *("orders.drop_replacement", "inventory.reserve", "inventory.release", "shipping.create_shipment"),
    *("shipping.cancel_shipment", "payments.refund", "customers.tell"),
)
_PAST_THE_TRIES = 12


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(f"sqlite:///{tmp_path / 'shop.db'}")
    yield shop
    shop.dispose()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(len(_ORDERS)))
async def test_what_happens_on_the_server_keeps_the_same_promises(
    seed: int, skipper: TimeSkipper, journal: Journal, shop: Shop
) -> None:
    chance = Random(seed)  # noqa: S311  # not for secrets: a seed always means the same walk
    rig = new_rig(skipper, journal, shop, _ORDERS[seed])
    _break(shop, chance)
    aside = set_aside(shop)
    people = People(rig, chance)

    async with rig.serving():
        await rig.open()
        await people.walk(moves=25)
        await people.finish()

    _the_timeline_keeps_to_the_mirror(rig)
    _the_shop_is_right(rig, aside=aside)
    assert verify(journal, rig.incident_id).problems == ()


def _break(shop: Shop, chance: Random) -> None:
    """Some calls meet a fault, so often that the retries mend it, or not."""
    for call in chance.sample(_CALLS, 4):
        kind = chance.choice([FaultKind.REFUSE, FaultKind.TROUBLE, FaultKind.TROUBLE_AFTER])
        times = chance.choice([1, 2] if kind is FaultKind.REFUSE else [1, _PAST_THE_TRIES])
        shop.fault(call=call, kind=kind, times=times, reason="NotNow" if kind is FaultKind.REFUSE else "")


def _the_timeline_keeps_to_the_mirror(rig: Rig) -> None:
    bundle = load("lost_parcel")
    mirror = Mirror(
        program=bundle.program,
        roles=bundle.roles,
        shop=Model(),
        incident=rig.incident_id,
        honest=False,  # what really happened is asked of the real shop
    )
    told = [
        Entry(n=row.n, kind=row.kind, occurred_at=row.occurred_at, actor=row.actor, data=row.data) for row in rig.rows()
    ]
    for entry in told:
        mirror.follow([entry], [], outstanding={})
    keeping = Keeping(bundle=bundle)
    for turn in turns(told):
        keeping.follow(turn, None, outstanding=None)


def _the_shop_is_right(rig: Rig, *, aside: int) -> None:
    """``aside``: units that stood aside before."""
    shop, order = rig.shop, rig.order_id
    sent = [shipment for shipment in shop.shipments(order) if shipment.cancelled_at is None]
    stocks = [shop.stock(sku) for sku in sample().stock]
    waived = any(row.kind == "undo_waived" for row in rig.rows())
    assert len(shop.refunds(order)) + len(sent) <= 1, "refunded or on its way again"
    assert shop.money(order).kept >= 0
    assert all(stock.received == stock.on_hand + stock.sold + stock.sent for stock in stocks)
    assert waived or not any(hold.released_at is None for hold in shop.holds(order))
    assert waived or set_aside(shop) == aside
