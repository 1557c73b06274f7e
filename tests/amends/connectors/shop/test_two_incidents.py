"""Two who are at work on one order, each with calls of their own: what one takes back, the other still has."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from amends.connectors.ports import Call
from amends.connectors.shop import Shop
from amends.connectors.shop.engine import connect
from amends.connectors.shop.tables import FateRow
from amends.errors import Refused
from tests.amends.connectors.cases import cny
from tests.amends.connectors.worlds import SEEDED, at

LOST, LATE, CHANGED, SHORT, PAID_TWICE = "PC-1001-1", "SO-1101", "SO-1104", "SO-1402", "SO-1215"


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = connect("sqlite://")
    yield engine
    engine.dispose()


@pytest.fixture
def shop(engine: Engine) -> Shop:
    shop = Shop(engine)
    shop.seed(at=SEEDED)
    return shop


def call(hours: float = 0) -> Call:
    """One of its own, that has not come before."""
    return at(hours, key=str(uuid4()))


def test_a_search_goes_on_until_both_who_wanted_it_have_closed_it(shop: Shop) -> None:
    one, other = (shop.shipping.open_trace(call(), parcel_id=LOST) for _ in range(2))
    assert one == other

    shop.shipping.close_trace(call(1), trace_id=other.trace_id)
    assert shop.shipping.read_trace(call(1), trace_id=one.trace_id).status == "open"

    shop.shipping.close_trace(call(1), trace_id=one.trace_id)
    assert shop.shipping.read_trace(call(1), trace_id=one.trace_id).status == "closed"


def test_what_the_warehouse_was_asked_twice_holds_until_both_have_taken_it_back(shop: Shop) -> None:
    one, other = (shop.shipping.cancel_pick(call(), parcel_id="PC-1101-1") for _ in range(2))
    assert one == other

    shop.shipping.resume_pick(call(2), pick_id=other.pick_id)
    assert shop.shipping.read_pick(call(2), pick_id=one.pick_id).status == "applied"

    shop.shipping.resume_pick(call(2), pick_id=one.pick_id)
    assert shop.shipping.read_pick(call(2), pick_id=one.pick_id).status == "closed"
    assert shop.shipping.read_parcel(call(2), parcel_id="PC-1101-1").arrives_at is not None


def test_an_order_that_two_have_cancelled_is_taken_up_when_both_take_that_back(shop: Shop) -> None:
    one, other = (shop.orders.cancel(call(), order_id=LATE) for _ in range(2))
    assert (one.first, other.first) == (True, False)

    shop.orders.reinstate(call(0.1), order_id=LATE)
    assert shop.orders.read(call(0.1), order_id=LATE).status == "cancelled"

    shop.orders.reinstate(call(0.2), order_id=LATE)
    assert shop.orders.read(call(0.2), order_id=LATE).status == "paid"
    assert shop.orders.cancel(call(0.3), order_id=LATE).first


def test_an_order_that_one_has_paid_back_stays_cancelled_whoever_takes_that_back(shop: Shop) -> None:
    for _ in range(2):
        shop.orders.cancel(call(), order_id=LATE)
    shop.payments.refund_order(call(0.1), order_id=LATE, amount=cny(52900))

    shop.orders.reinstate(call(0.2), order_id=LATE)
    with pytest.raises(Refused, match="has gone back since it was cancelled"):
        shop.orders.reinstate(call(0.2), order_id=LATE)

    assert shop.orders.read(call(0.2), order_id=LATE).status == "cancelled"


def test_a_parcel_that_is_not_to_leave_does_not_whatever_else_is_asked_of_it(shop: Shop) -> None:
    pick = shop.shipping.cancel_pick(call(), parcel_id="PC-1101-1")

    with pytest.raises(Refused, match="or it is not to leave"):
        shop.shipping.prioritise(call(2), parcel_id="PC-1101-1")
    shop.orders.drop_line(call(2), line_id=f"{LATE}/1")
    shop.orders.restore_line(call(3), line_id=f"{LATE}/1")

    assert shop.shipping.read_parcel(call(100), parcel_id="PC-1101-1").status == "not_dispatched"
    shop.shipping.resume_pick(call(101), pick_id=pick.pick_id)
    assert shop.shipping.read_parcel(call(130), parcel_id="PC-1101-1").status == "in_transit"


def test_a_promise_that_is_withdrawn_leaves_the_one_that_was_made_after_it(shop: Shop) -> None:
    before = shop.orders.read(call(), order_id=LATE).promised_by
    first, second = (
        shop.orders.promise(call(days), order_id=LATE, by=SEEDED + timedelta(days=7 + days)) for days in (1, 2)
    )

    shop.orders.withdraw_promise(call(3), promise_id=first.promise_id)
    assert shop.orders.read(call(3), order_id=LATE).promised_by == second.promised_by

    shop.orders.withdraw_promise(call(4), promise_id=second.promise_id)
    assert shop.orders.read(call(4), order_id=LATE).promised_by == before


def test_a_substitution_that_is_withdrawn_leaves_the_one_that_came_after_it(shop: Shop) -> None:
    before = shop.orders.read_line(call(), line_id=f"{CHANGED}/1")
    first, second = (shop.orders.substitute(call(), line_id=f"{CHANGED}/1", sku=sku) for sku in ("VASE-WIDE", "PAN-26"))

    shop.orders.withdraw_substitute(call(1), substitution_id=first.substitution_id)
    assert shop.orders.read_line(call(1), line_id=f"{CHANGED}/1").sku == "PAN-26"

    shop.orders.withdraw_substitute(call(2), substitution_id=second.substitution_id)
    assert shop.orders.read_line(call(2), line_id=f"{CHANGED}/1") == before
    assert shop.ledger.balance(call(2), order_id=CHANGED).balanced


def test_what_has_come_in_is_promised_to_nobody_any_more(shop: Shop) -> None:
    """Somebody has looked at the shelf after it came, and another one hears of a moment before that."""
    shop.inventory.reserve_line(call(80), line_id=f"{SHORT}/1")

    with pytest.raises(Refused, match="are to come in"):
        shop.inventory.backorder(call(70), line_id=f"{SHORT}/1")


def test_what_was_paid_too_much_and_got_lost_on_its_way_back_goes_back_once_more(shop: Shop, engine: Engine) -> None:
    over = shop.payments.query(call(1), order_id=PAID_TWICE).over
    refund = shop.payments.refund_excess(call(1), order_id=PAID_TWICE, amount=over)
    with Session(engine) as db, db.begin():
        db.add(FateRow(subject=refund.refund_id, kind="case", after=timedelta(hours=1), ends="rejected"))
    shop.payments.open_case(call(2), refund_id=refund.refund_id)

    again = shop.payments.refund_excess(call(30), order_id=PAID_TWICE, amount=over)

    assert again.refund_id != refund.refund_id
    assert shop.payments.query(call(31), order_id=PAID_TWICE).over == cny(0)
    assert shop.unsound(PAID_TWICE, at=at(31).at, finished=False, settled=False) == []
