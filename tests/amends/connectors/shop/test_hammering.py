"""Two workers at one shop: whatever they do at once, no unit and no money is made or lost."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from amends.connectors.shop import Shop
from amends.connectors.shop.tables import (
    BranchRow,
    CreditRow,
    EntryRow,
    InboundRow,
    PaymentRow,
    RefundRow,
    ReservationRow,
    StockRow,
)
from amends.errors import Refused, Trouble
from tests.amends.connectors.cases import cny
from tests.amends.connectors.worlds import World

WORKERS, STEPS, HOURS = 2, 80, 1.2
"""In the hours between its first and its last step, a worker sees goods come in and parcels leave."""

pytestmark = pytest.mark.parametrize("shop_engine", ["sqlite", "postgresql"], indirect=True)
"""The shop itself, on each database; what is between it and a caller makes no difference here."""

_ORDERS = ("SO-1101", "SO-1203", "SO-1208", "SO-1401", "SO-1402", "SO-1404", "SO-1406", "SO-1407")
_LINES = ("SO-1101/1", "SO-1401/1", "SO-1402/1", "SO-1402/2", "SO-1404/2", "SO-1406/1", "SO-1407/1")
_PARCELS = ("PC-1001-1", "PC-1005-1", "PC-1101-1", "PC-1302-1")


def _does(chance: random.Random, held: list[str]) -> tuple[str, dict[str, Any]]:
    """What one worker does next, at random."""
    order, line, parcel = chance.choice(_ORDERS), chance.choice(_LINES), chance.choice(_PARCELS)
    amount = cny(chance.choice((900, 5000, 60000)))
    return chance.choice(
        (
            ("inventory.reserve", {"parcel_id": parcel}),
            ("inventory.reserve_line", {"line_id": line}),
            ("inventory.transfer", {"line_id": line, "warehouse": "suzhou"}),
            ("inventory.backorder", {"line_id": line}),
            ("inventory.keep_order", {"order_id": order}),
            ("inventory.free_order", {"order_id": order}),
            ("inventory.keep_parcel", {"parcel_id": parcel}),
            ("inventory.free_parcel", {"parcel_id": parcel}),
            ("inventory.release", {"reservation_id": chance.choice(held or ["none"])}),
            ("shipping.create_shipment", {"parcel_id": parcel}),
            ("shipping.cancel_shipment", {"tracking_no": f"TN-{parcel[3:7]}-{chance.randint(2, 4)}"}),
            ("orders.drop_line", {"line_id": line}),
            ("orders.restore_line", {"line_id": line}),
            ("orders.cancel", {"order_id": order}),
            ("orders.reinstate", {"order_id": order}),
            ("payments.capture", {"order_id": order}),
            ("payments.refund_order", {"order_id": order, "amount": amount}),
            ("payments.refund_excess", {"order_id": order, "amount": amount}),
            ("payments.give_goodwill", {"order_id": order, "amount": amount}),
            ("ledger.write_off", {"order_id": order, "amount": amount, "daily_cap": cny(200_000)}),
        )
    )


def _hammer(engine: Engine, worker: int) -> Counter[str]:
    shop = Shop(engine)
    own = World(connectors=shop, shop=shop, engine=engine)
    chance, held, did = random.Random(worker), list[str](), Counter[str]()  # noqa: S311 - as good as any other
    for n in range(STEPS):
        name, args = _does(chance, held)
        try:
            answer = own.call(name, key=f"{worker}/{n}", hours=n * HOURS, **args)
        except (Refused, Trouble):
            did["refused"] += 1
            continue
        did[name] += 1
        if name.startswith("inventory.reserve"):
            held.append(answer.reservation_id)
    return did


def test_units_and_money_are_kept_by_two_workers_at_once(world: World) -> None:
    with ThreadPoolExecutor(WORKERS) as pool:
        did = sum(pool.map(lambda worker: _hammer(world.engine, worker), range(WORKERS)), Counter[str]())

    with Session(world.engine) as db:
        _units_must_be_kept(db)
        _money_must_be_kept(db)
    assert did["refused"] < WORKERS * STEPS * 0.8
    assert {"inventory.reserve", "inventory.keep_order", "payments.refund_order", "orders.cancel"} <= set(did)


def test_what_was_set_aside_of_a_parcel_with_nothing_in_it_stays_nothing(world: World) -> None:
    world.call("orders.drop_line", key="drop", line_id="SO-1101/1")
    world.call("inventory.reserve", key="reserve", parcel_id="PC-1101-1")
    world.call("orders.restore_line", key="restore", line_id="SO-1101/1")
    world.call("shipping.create_shipment", key="ship", hours=200, parcel_id="PC-1101-1")

    with Session(world.engine) as db:
        _units_must_be_kept(db)


def _units_must_be_kept(db: Session) -> None:
    aside: Counter[tuple[str, str]] = Counter()
    sent: Counter[tuple[str, str]] = Counter()
    promised: Counter[str] = Counter()
    for row in db.scalars(select(ReservationRow).where(ReservationRow.status != "released")):
        units = row.units or ({row.sku: row.quantity or 0} if row.sku else {})
        for sku, quantity in units.items():
            if row.inbound_id is not None:
                promised[row.inbound_id] += quantity
            else:
                (aside if row.status == "held" else sent)[sku, row.warehouse or "main"] += quantity
    for stock in db.scalars(select(StockRow)):
        assert stock.received == stock.on_hand + stock.sold + stock.sent, stock.sku
        assert (stock.reserved, stock.sent) == (aside[stock.sku, "main"], sent[stock.sku, "main"]), stock.sku
    for branch in db.scalars(select(BranchRow)):
        there = branch.sku, branch.warehouse
        assert (branch.reserved, branch.sent) == (aside[there], sent[there]), there
    for coming in db.scalars(select(InboundRow)):
        assert coming.landed or coming.promised == promised[coming.inbound_id], coming.inbound_id


def _money_must_be_kept(db: Session) -> None:
    accounts: Counter[str] = Counter()
    for entry in db.scalars(select(EntryRow)):
        accounts[entry.debit] -= entry.amount
        accounts[entry.credit] += entry.amount
    payments = list(db.scalars(select(PaymentRow)))
    on_top = sum(row.amount for row in db.scalars(select(CreditRow)))
    stands = [row for row in db.scalars(select(RefundRow)) if not row.fails]

    assert -accounts["cash"] == sum(row.captured - row.refunded for row in payments) - on_top
    for payment in payments:
        assert payment.refunded == sum(row.amount for row in stands if row.order_id == payment.order_id)
        assert 0 <= payment.refunded <= payment.captured


def test_a_unit_that_two_ask_for_at_once_is_set_aside_for_one(world: World) -> None:
    def ask(n: int) -> str:
        try:
            world.call("inventory.reserve_line", key=str(n), line_id="SO-1406/1")
        except Refused as refused:
            return refused.reason
        return "done"

    with ThreadPoolExecutor(4) as pool:
        came = Counter(pool.map(ask, range(4)))

    assert came == {"done": 1, "OutOfStock": 3}
    assert world.shop.stock("TEAPOT-1").reserved == 1


def test_write_offs_of_several_orders_at_once_stay_below_the_cap_of_the_day(world: World) -> None:
    def write_off(order_id: str) -> bool:
        try:
            world.call("ledger.write_off", key=order_id, order_id=order_id, amount=cny(400), daily_cap=cny(800))
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(write_off, ("SO-1503", "SO-1504", "SO-1510", "SO-1511")))

    assert sorted(done) == [False, False, True, True]
