"""What the sample orders show, each the way that its file says."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from amends.connectors import ports
from amends.connectors.shop import Shop
from amends.connectors.shop.sample import sample
from amends.errors import Refused
from amends.models import Head, Money
from tests.amends.connectors.cases import cny
from tests.amends.connectors.worlds import SEEDED, at
from tests.shops import seeded


@pytest.fixture(scope="module")
def untouched() -> Iterator[Shop]:
    """For tests that only look."""
    with seeded(SEEDED) as shop:
        yield shop


@pytest.mark.parametrize(
    ("order_id", "cause", "due", "missing", "over"),
    [
        ("SO-1501", "fee_withheld", 120000, 1200, 0),
        ("SO-1502", "exchange_rate", 120000, 840, 0),
        ("SO-1503", "duplicate", 8000, 0, 8000),
        ("SO-1504", "wrong_amount", 8000, 0, 3000),
        ("SO-1505", "partial", 122000, 62000, 0),
        ("SO-1506", "missing", 16000, 16000, 0),
        ("SO-1507", "account_closed", 120000, 120000, 0),
        ("SO-1508", "books_only", 8000, 0, 0),
        ("SO-1509", "partial", 104100, 14100, 0),
        ("SO-1510", "wrong_amount", 8000, 0, 400),
        ("SO-1513", "partial", 620000, 600000, 0),
        ("SO-1514", "missing", 8000, 8000, 0),
        ("SO-1515", "wrong_amount", 0, 0, 3000),
        ("SO-1516", "missing", 8000, 8000, 0),
        ("SO-1101", "none", 0, 0, 0),
    ],
)
def test_what_is_due_is_reckoned_anew_and_its_difference_has_a_cause(
    untouched: Shop, order_id: str, cause: str, due: int, missing: int, over: int
) -> None:
    found = untouched.ledger.reconcile(at(0), order_id=order_id)

    assert (found.cause, found.due, found.missing, found.over) == (cause, cny(due), cny(missing), cny(over))


def test_what_goes_back_is_apportioned_to_the_lines_as_they_were_paid(untouched: Shop) -> None:
    whole = untouched.ledger.reconcile(at(0), order_id="SO-1509")

    assert (whole.freight, whole.duty, whole.instalment_fee) == (cny(3000), cny(9600), cny(1500))
    assert whole.in_coupons == cny(20000)
    assert whole.due == cny(120000 - 10000 + 3000 + 9600 + 1500 - 20000)


@pytest.mark.parametrize(
    ("order_id", "hours", "status"),
    [
        ("SO-1201", 0, "pending"),
        ("SO-1202", 0, "pending"),
        ("SO-1202", 0.5, "captured"),
        ("SO-1203", 0, "authorised"),
        ("SO-1204", 0, "failed"),
        ("SO-1205", 0, "underpaid"),
        ("SO-1206", 0, "risk_review"),
        ("SO-1206", 4, "captured"),
        ("SO-1207", 0, "unknown"),
        ("SO-1207", 3, "failed"),
        ("SO-1208", 0, "overpaid"),
        ("SO-1213", 19, "unknown"),
        ("SO-1213", 20, "failed"),
        ("SO-1214", 0, "pending"),
        ("SO-1214", 0.4, "captured"),
        ("SO-1215", 0, "overpaid"),
        ("SO-1216", 0, "captured"),
        ("SO-1216", 60, "overpaid"),
    ],
)
def test_the_provider_says_where_a_payment_stands(untouched: Shop, order_id: str, hours: float, status: str) -> None:
    assert untouched.payments.query(at(hours), order_id=order_id).status == status


def test_a_payment_that_was_closed_takes_nothing_more_but_what_nothing_stops(shop: Shop) -> None:
    for order_id in ("SO-1201", "SO-1209"):
        shop.payments.close(at(0, key=order_id), order_id=order_id)
        shop.orders.cancel(at(0, key=f"{order_id}/cancel"), order_id=order_id)

    late = shop.payments.query(at(1), order_id="SO-1209")

    assert shop.payments.query(at(1), order_id="SO-1201").status == "closed"
    assert (late.status, late.over) == ("overpaid", cny(25900))
    assert shop.ledger.balance(at(1), order_id="SO-1209").over == cny(25900)


def test_money_for_a_cancelled_order_goes_back_and_leaves_the_books_in_balance(shop: Shop) -> None:
    shop.payments.close(at(0, key="a"), order_id="SO-1209")
    shop.orders.cancel(at(0, key="b"), order_id="SO-1209")

    shop.payments.refund_excess(at(1, key="c"), order_id="SO-1209", amount=cny(25900))

    assert shop.ledger.balance(at(1), order_id="SO-1209").balanced
    with pytest.raises(Refused, match="0 came in beyond"):
        shop.payments.refund_excess(at(1, key="d"), order_id="SO-1209", amount=cny(1))


def test_of_a_cancelled_order_no_more_is_due_back_than_came_in(shop: Shop) -> None:
    for order_id in ("SO-1201", "SO-1209"):
        shop.payments.close(at(0, key=order_id), order_id=order_id)
        shop.orders.cancel(at(0, key=f"{order_id}/cancel"), order_id=order_id)
    asked_early = shop.ledger.reconcile(at(1), order_id="SO-1209")
    shop.payments.refund_excess(at(1, key="c"), order_id="SO-1209", amount=cny(25900))

    never_paid = shop.ledger.reconcile(at(48), order_id="SO-1201")
    paid_too_late = shop.ledger.reconcile(at(48), order_id="SO-1209")

    assert (asked_early.due, asked_early.missing) == (cny(25900), cny(25900))
    assert (never_paid.cause, never_paid.due) == ("none", cny(0))
    assert (paid_too_late.cause, paid_too_late.due, paid_too_late.settled) == ("none", cny(25900), cny(25900))


def test_an_order_that_is_reinstated_in_time_is_paid_and_leaves(shop: Shop) -> None:
    shop.payments.close(at(0, key="a"), order_id="SO-1209")
    shop.orders.cancel(at(0, key="b"), order_id="SO-1209")
    before = shop.orders.read(at(0.4), order_id="SO-1209")

    shop.orders.reinstate(at(0.4, key="c"), order_id="SO-1209")

    after = shop.orders.read(at(0.4), order_id="SO-1209")
    assert (before.status, before.reinstatable, after.status) == ("cancelled", True, "paid")
    assert shop.shipping.read_parcel(at(0.4), parcel_id="PC-1209-1").arrives_at == SEEDED + timedelta(hours=12.4 + 48)
    assert shop.ledger.balance(at(1), order_id="SO-1209").balanced


def test_an_order_whose_goods_were_given_back_is_reinstated_with_them_while_they_are_to_be_had(shop: Shop) -> None:
    reserved = shop.stock("RADIO-FM").reserved
    shop.payments.close(at(0, key="a"), order_id="SO-1209")
    shop.inventory.free_order(at(0, key="b"), order_id="SO-1209")
    shop.orders.cancel(at(0, key="c"), order_id="SO-1209")

    reinstatable = shop.orders.read(at(0.4), order_id="SO-1209").reinstatable
    shop.orders.reinstate(at(0.4, key="d"), order_id="SO-1209")

    assert reinstatable
    assert shop.stock("RADIO-FM").reserved == reserved
    assert shop.shipping.read_parcel(at(0.4), parcel_id="PC-1209-1").arrives_at == SEEDED + timedelta(hours=12.4 + 48)


def test_the_goods_of_one_parcel_are_given_back_and_kept_again_without_those_of_the_others(shop: Shop) -> None:
    def reserved() -> tuple[int, int]:
        return shop.stock("INHALER-01").reserved, shop.stock("SPACER-02").reserved

    before = reserved()
    freed = shop.inventory.free_parcel(at(0, key="a"), parcel_id="PC-1131-2")
    between = reserved()
    kept = shop.inventory.keep_parcel(at(1, key="b"), parcel_id="PC-1131-2")

    assert (freed.units, between) == (0, (before[0] - 1, before[1]))
    assert (kept.units, reserved()) == (1, before)


def test_a_link_that_is_paid_brings_money_in(shop: Shop) -> None:
    link = shop.payments.send_link(at(0, key="a"), order_id="SO-1204", amount=cny(25900))

    assert [shop.payments.read_link(at(h), link_id=link.link_id).status for h in (0, 1.9, 2)] == [
        "open",
        "open",
        "paid",
    ]
    assert shop.payments.query(at(2), order_id="SO-1204").status == "captured"
    shop.orders.confirm(at(3, key="b"), order_id="SO-1204")
    assert shop.money("SO-1204").captured == cny(25900)


def test_a_payment_method_that_is_not_well_says_so_for_a_while(untouched: Shop) -> None:
    wallet, later = (untouched.payments.check_channel(at(h), order_id="SO-1202") for h in (0, 3))
    card = untouched.payments.check_channel(at(0), order_id="SO-1203")

    assert [(each.method, each.healthy) for each in (wallet, later, card)] == [
        ("wallet", False),
        ("wallet", True),
        ("card", True),
    ]


def test_another_warehouse_sends_only_what_the_first_has_stopped(shop: Shop) -> None:
    found = shop.inventory.find_elsewhere(at(0), parcel_id="PC-1102-1")
    pick = shop.shipping.cancel_pick(at(0, key="a"), parcel_id="PC-1102-1")
    held = shop.inventory.reserve(at(0, key="b"), parcel_id="PC-1102-1", warehouse="suzhou")

    with pytest.raises(Refused) as early:
        shop.shipping.create_shipment(at(0.5, key="c"), parcel_id="PC-1102-1", reservation_id=held.reservation_id)
    sent = shop.shipping.create_shipment(at(1, key="d"), parcel_id="PC-1102-1", reservation_id=held.reservation_id)

    assert (found.warehouse, pick.status, early.value.reason) == ("suzhou", "open", "PickNotCancelled")
    assert shop.shipping.read_pick(at(1), pick_id=pick.pick_id).status == "applied"
    assert shop.shipping.read_parcel(at(8), parcel_id=sent.parcel_id).warehouse == "suzhou"


def test_a_pick_that_is_too_late_to_be_stopped_leaves_the_parcel_as_it_was(shop: Shop) -> None:
    planned = shop.shipping.read_parcel(at(0), parcel_id="PC-1103-1").arrives_at
    pick = shop.shipping.cancel_pick(at(0, key="a"), parcel_id="PC-1103-1")

    assert shop.shipping.read_pick(at(1), pick_id=pick.pick_id).status == "too_late"
    assert shop.shipping.read_parcel(at(0), parcel_id="PC-1103-1").arrives_at == planned


def test_priority_brings_a_parcel_forward_and_its_undo_puts_it_back(shop: Shop) -> None:
    def arrives() -> object:
        return shop.shipping.read_parcel(at(1), parcel_id="PC-1101-1").arrives_at

    before = arrives()
    first = shop.shipping.prioritise(at(0, key="a"), parcel_id="PC-1101-1")
    sooner = arrives()
    shop.shipping.drop_priority(at(1, key="b"), priority_id=first.priority_id)

    assert first.leaves_at == SEEDED + timedelta(hours=6)
    assert sooner == SEEDED + timedelta(hours=54)
    assert arrives() == before


def test_a_parcel_that_is_called_back_is_not_delivered_and_one_that_is_not_is(shop: Shop) -> None:
    comes = shop.shipping.intercept(at(0, key="a"), parcel_id="PC-1106-1")
    fails = shop.shipping.intercept(at(0, key="b"), parcel_id="PC-1107-1")

    statuses = [
        shop.shipping.read_parcel(at(24 * 5), parcel_id=parcel_id).status for parcel_id in ("PC-1106-1", "PC-1107-1")
    ]

    assert statuses == ["returned", "delivered"]
    assert shop.shipping.read_intercept(at(24), intercept_id=comes.intercept_id).status == "returned"
    assert shop.shipping.read_intercept(at(24), intercept_id=fails.intercept_id).status == "failed"


def test_a_parcel_that_the_carrier_searched_for_comes_back_only_if_it_is_said_to(shop: Shop) -> None:
    asked = {}
    for parcel_id in ("PC-1001-1", "PC-1106-1"):
        shop.shipping.open_trace(at(0, key=f"{parcel_id}/trace"), parcel_id=parcel_id)
        asked[parcel_id] = shop.shipping.intercept(at(30, key=f"{parcel_id}/recall"), parcel_id=parcel_id)

    ended = {
        parcel_id: shop.shipping.read_intercept(at(24 * 30), intercept_id=each.intercept_id).status
        for parcel_id, each in asked.items()
    }

    assert ended == {"PC-1001-1": "open", "PC-1106-1": "returned"}


def test_a_parcel_that_was_sent_for_another_says_which_and_is_worth_the_same(untouched: Shop) -> None:
    first, second = (untouched.shipping.read_parcel(at(0), parcel_id=f"PC-1604-{n}") for n in (1, 2))

    assert (first.replaces, second.replaces) == (None, "PC-1604-1")
    assert second.value == first.value == cny(26900)


def test_a_parcel_that_was_left_elsewhere_is_told_so(shop: Shop) -> None:
    shop.pass_time(at=SEEDED + timedelta(days=7))

    told = {each.id: each.data for each in shop.events() if each.type == "shipment.delivered"}

    assert told["shipment.delivered/PC-1601-1"]["delivered_to"] == "customer"
    assert told["shipment.delivered/PC-1602-1"]["delivered_to"] == "station"
    assert told["shipment.delivered/PC-1602-1"]["parcel"] == {"status": "delivered", "delivered_to": "station"}


def test_a_substitute_that_is_cheaper_leaves_something_to_refund_and_a_dearer_one_something_to_pay(shop: Shop) -> None:
    cheaper = shop.orders.substitute(at(0, key="a"), line_id="SO-1104/1", sku="MUG-GREEN")
    dearer = shop.orders.substitute(at(0, key="b"), line_id="SO-1105/1", sku="VASE-WIDE")

    assert (cheaper.refund_due, cheaper.to_pay) == (cny(2000), cny(0))
    assert (dearer.refund_due, dearer.to_pay) == (cny(0), cny(2000))
    assert shop.ledger.balance(at(0), order_id="SO-1104").over == cny(2000)
    assert shop.ledger.balance(at(0), order_id="SO-1105").owed == cny(2000)
    shop.orders.withdraw_substitute(at(1, key="c"), substitution_id=cheaper.substitution_id)
    assert shop.ledger.balance(at(1), order_id="SO-1104").balanced


def test_a_line_that_waits_by_itself_lets_the_rest_leave(shop: Shop) -> None:
    split = shop.orders.split(at(0, key="a"), line_id="SO-1402/1")
    waiting = shop.inventory.backorder(at(0, key="c"), line_id="SO-1402/1")

    rest = shop.shipping.read_parcel(at(12), parcel_id="PC-1402-1")
    later = shop.shipping.read_parcel(at(24 * 3 + 13), parcel_id=split.parcel_id)

    assert (rest.status, later.status) == ("in_transit", "in_transit")
    assert waiting.arrives_at == SEEDED + timedelta(days=3)
    assert later.handed_over_at == SEEDED + timedelta(days=3, hours=12)


def test_a_line_that_waits_by_itself_stays_so_when_the_rest_has_left(shop: Shop) -> None:
    split = shop.orders.split(at(0, key="a"), line_id="SO-1402/1")
    before = shop.orders.read_line(at(0), line_id="SO-1402/1")
    shop.orders.join(at(13, key="b"), parcel_id=split.parcel_id, line_id="SO-1402/1")

    after = shop.orders.read_line(at(13), line_id="SO-1402/1")

    assert (before.alone, before.last) == (after.alone, after.last) == (True, False)
    assert after.parcel_id == split.parcel_id
    assert shop.orders.read_line(at(0), line_id="SO-1415/1").last


def test_nothing_is_packed_before_its_goods_have_come_in(shop: Shop) -> None:
    shop.inventory.backorder(at(0, key="a"), line_id="SO-1415/1")
    with pytest.raises(Refused) as early:
        shop.shipping.prioritise(at(71, key="b"), parcel_id="PC-1415-1")
    first = shop.shipping.prioritise(at(73, key="c"), parcel_id="PC-1415-1")

    assert early.value.reason == "NothingToPack"
    assert first.leaves_at == SEEDED + timedelta(hours=79)


def test_supply_is_told_in_words_that_customers_read(shop: Shop) -> None:
    pan, grinder = (shop.inventory.read_supply(at(0), line_id=line_id) for line_id in ("SO-1403/1", "SO-1402/1"))

    assert (pan.title, pan.substitute_title, pan.bundle_title) == ("Pan 24 cm", "Pan 26 cm", "Two pans")
    assert (pan.inbound_on, grinder.inbound_on) == ("", (SEEDED + timedelta(days=3)).date().isoformat())
    assert grinder.as_of == SEEDED


def test_a_line_that_is_dropped_can_be_refunded_at_what_was_paid_and_the_rest_keeps_its_discount(shop: Shop) -> None:
    shop.orders.drop_line(at(0, key="a"), line_id="SO-1404/1")
    line = shop.orders.read_line(at(0), line_id="SO-1404/1")
    shop.payments.refund_line(at(0, key="b"), order_id="SO-1404", line_id="SO-1404/1", amount=line.refundable)

    assert (line.status, line.refundable) == ("dropped", cny(17010))
    assert shop.orders.read_line(at(0), line_id="SO-1404/2").price == cny(1710)
    assert shop.ledger.balance(at(0), order_id="SO-1404").balanced
    assert shop.ledger.reconcile(at(30), order_id="SO-1404").cause == "none"


def test_a_line_that_is_put_back_is_owed_for_again_though_it_is_all_of_the_order(shop: Shop) -> None:
    shop.orders.drop_line(at(0, key="a"), line_id="SO-1403/1")
    dropped = shop.ledger.balance(at(0), order_id="SO-1403")
    shop.orders.restore_line(at(0, key="b"), line_id="SO-1403/1")

    assert (dropped.balanced, dropped.over) == (False, cny(21900))
    assert shop.ledger.balance(at(0), order_id="SO-1403").balanced


def test_a_count_puts_a_record_right(shop: Shop) -> None:
    before = shop.inventory.read_supply(at(0), line_id="SO-1405/1")
    task = shop.inventory.count(at(0, key="a"), sku="SCALE-K")
    counted = shop.inventory.read_count(at(4), task_id=task.task_id)

    assert (before.doubtful, before.short, counted.status, counted.found) == (True, 1, "corrected", 4)
    assert shop.inventory.read_supply(at(4), line_id="SO-1405/1").free == 4
    shop.inventory.reserve_line(at(4, key="b"), line_id="SO-1405/1")
    assert shop.stock("SCALE-K").reserved == 1


def test_the_last_unit_goes_to_a_gift_with_a_date_before_who_has_paid_first(shop: Shop) -> None:
    with pytest.raises(Refused) as refused:
        shop.inventory.reserve_line(at(0, key="a"), line_id="SO-1408/1")
    shop.inventory.reserve_line(at(0, key="b"), line_id="SO-1409/1")

    assert refused.value.reason == "OthersFirst"


def test_a_return_arrives_as_it_does_and_what_was_paid_for_it_is_due(shop: Shop) -> None:
    opened = shop.orders.open_return(at(0, key="a"), order_id="SO-1302", parcel_id="PC-1302-1")

    waiting, back = (shop.orders.read_return(at(24 * days), return_id=opened.return_id) for days in (3, 4))

    assert (waiting.status, waiting.condition) == ("open", "unknown")
    assert (back.status, back.condition, back.arrived_at) == ("arrived", "damaged", SEEDED + timedelta(days=4))
    assert shop.ledger.reconcile(at(24 * 4), order_id="SO-1302").due == cny(73800)


def test_the_times_to_send_goods_back_count_from_their_delivery(untouched: Shop) -> None:
    def open_of(parcel_id: str, days: int) -> tuple[bool, bool]:
        goods = untouched.inventory.read_goods(at(24 * days), parcel_id=parcel_id)
        return goods.withdrawal_open, goods.quality_open

    phone, under_way, paint = "PC-1308-1", "PC-1301-1", "PC-1305-1"

    assert [open_of(phone, days) for days in (4, 5, 12, 13)] == [
        (True, True),
        (False, True),
        (False, True),
        (False, False),
    ]
    assert (open_of(under_way, 0), open_of(paint, 0)) == ((True, True), (False, True))


def test_a_refund_that_the_provider_does_not_find_may_be_paid_again(shop: Shop) -> None:
    case = shop.payments.open_case(at(0, key="a"), refund_id="RF-1512-1")
    found = shop.payments.open_case(at(0, key="b"), refund_id="RF-1506-1")
    later = at(24 * 3, key="c")

    again = shop.payments.refund_order(later, order_id="SO-1512", amount=cny(8000))

    assert shop.payments.read_case(later, case_id=case.case_id).status == "rejected"
    assert shop.payments.read_refund(later, refund_id="RF-1512-1").status == "failed"
    assert again.amount == cny(8000)
    assert [line.stands for line in shop.ledger.given(later, order_id="SO-1512").lines] == [False, True]
    assert shop.payments.read_case(later, case_id=found.case_id).status == "settled"
    assert shop.payments.read_refund(later, refund_id="RF-1506-1").settled == cny(16000)


def test_a_refund_that_was_looked_for_in_vain_is_missing_and_not_sent_back(shop: Shop) -> None:
    shop.payments.open_case(at(0, key="a"), refund_id="RF-1512-1")

    assert shop.ledger.reconcile(at(24 * 3), order_id="SO-1512").cause == "missing"


def test_what_was_withheld_is_made_good_on_top_and_nothing_is_missing_any_more(shop: Shop) -> None:
    shop.payments.credit(at(1, key="a"), order_id="SO-1501", head=Head.COMPENSATION, amount=cny(1200))

    found = shop.ledger.reconcile(at(2), order_id="SO-1501")

    assert (found.cause, found.settled, found.missing) == ("none", cny(120000), cny(0))


def test_what_was_refunded_too_much_is_over_until_it_is_recovered_or_given_up(shop: Shop) -> None:
    shop.ledger.write_off(at(1, key="a"), order_id="SO-1510", amount=cny(400))
    netting = shop.payments.net(at(1, key="b"), order_id="SO-1511", amount=cny(20000))
    assert shop.ledger.reconcile(at(1), order_id="SO-1510").cause == "none"
    assert shop.ledger.reconcile(at(1), order_id="SO-1511").cause == "none"

    shop.payments.drop_netting(at(2, key="c"), netting_id=netting.netting_id)
    shop.payments.send_link(at(2, key="d"), order_id="SO-1511", amount=cny(20000))

    assert shop.ledger.reconcile(at(2), order_id="SO-1511").over == cny(20000)
    assert shop.ledger.reconcile(at(8), order_id="SO-1511").cause == "none"


def test_contracts_say_who_pays_and_how_much(untouched: Shop) -> None:
    at_sea = untouched.quality.read_contract(at(0), parcel_id="PC-1110-1")
    made_badly = untouched.quality.read_contract(at(0), parcel_id="PC-1303-1")

    assert (at_sea.loss_paid_by, at_sea.delay_paid_by, at_sea.limit) == (
        "carrier",
        "supplier",
        Money(amount=80000, currency="CNY"),
    )
    assert (made_badly.carrier, made_badly.supplier, made_badly.claim_days) == ("swift_line", "jingwei_textiles", 30)


@pytest.mark.parametrize(
    ("parcel_id", "cause", "liable", "proven"),
    [
        ("PC-1301-1", "transit", "carrier", True),
        ("PC-1302-1", "packing", "warehouse", False),
        ("PC-1303-1", "product", "supplier", False),
        ("PC-1304-1", "customer", "customer", True),
        ("PC-1001-1", "unknown", "nobody", False),
    ],
)
def test_whose_doing_damage_is(untouched: Shop, parcel_id: str, cause: str, liable: str, proven: bool) -> None:
    found = untouched.quality.read_damage(at(0), parcel_id=parcel_id)

    assert (found.cause, found.liable, found.proven) == (cause, liable, proven)


def test_an_observation_stands_on_the_scorecard_of_whoever_it_was(untouched: Shop) -> None:
    def partner(party: ports.Liable) -> str:
        call = at(0, key=f"observed {party}")
        return untouched.quality.observe(call, order_id="SO-1101", party=party, cause="late").partner

    assert partner("carrier") == "swift_line"
    assert partner("supplier") == "jingwei_textiles"
    assert partner("warehouse") == "main"
    assert partner("payment_provider") == "card"
    assert partner("nobody") == "nobody"


def test_why_an_order_is_late_and_by_how_much(untouched: Shop) -> None:
    waiting = untouched.orders.explain_delay(at(0), order_id="SO-1101")
    under_way = untouched.orders.explain_delay(at(0), order_id="SO-1106")

    assert (waiting.cause, waiting.liable, waiting.dispatched, waiting.days_late) == (
        "warehouse_backlog",
        "warehouse",
        False,
        5,
    )
    assert (under_way.cause, under_way.liable, under_way.dispatched, under_way.days_late) == (
        "carrier_delay",
        "carrier",
        True,
        6,
    )


def test_a_shop_around_an_order_has_all_that_can_matter_to_it() -> None:
    whole, part = Shop("sqlite://"), Shop("sqlite://")
    whole.seed(at=SEEDED)

    seeded = part.seed(at=SEEDED, around="SO-1402")

    others = {order_id for order_id, each in sample().orders.items() if each.skus & sample().orders["SO-1402"].skus}
    assert {"SO-1402"} < others <= {*seeded} < {*sample().orders}
    for shop in (whole, part):
        shop.pass_time(at=at(2).at)
    for read in ("orders.read_line", "inventory.read_supply"):
        system, method = read.split(".")
        said = [getattr(getattr(shop, system), method)(at(2), line_id="SO-1402/1") for shop in (whole, part)]
        assert said[0] == said[1]
    for sku in sample().orders["SO-1402"].skus:
        assert part.stock(sku) == whole.stock(sku)
    whole.dispose()
    part.dispose()


@pytest.mark.parametrize(
    ("parcel_id", "allocated", "line_id"),
    [("PC-1101-1", True, "SO-1101/1"), ("PC-1102-1", False, "SO-1102/1"), ("PC-1128-1", False, None)],
)
def test_a_parcel_says_whether_its_goods_are_there_and_which_line_is_alone_in_it(
    untouched: Shop, parcel_id: str, allocated: bool, line_id: str | None
) -> None:
    parcel = untouched.shipping.read_parcel(at(0), parcel_id=parcel_id)

    assert (parcel.allocated, parcel.line_id) == (allocated, line_id)


def test_what_was_promised_before_is_a_slip(untouched: Shop) -> None:
    assert [untouched.orders.read(at(0), order_id=each).slips for each in ("SO-1126", "SO-1121")] == [1, 0]


def test_what_is_packed_first_and_what_is_sent_again_say_when_they_arrive(shop: Shop) -> None:
    first = shop.shipping.prioritise(at(0, key="a"), parcel_id="PC-1101-1")
    shop.shipping.cancel_pick(at(0, key="b"), parcel_id="PC-1102-1")
    held = shop.inventory.reserve(at(2, key="c"), parcel_id="PC-1102-1", warehouse="suzhou")
    sent = shop.shipping.create_shipment(at(2, key="d"), parcel_id="PC-1102-1", reservation_id=held.reservation_id)

    assert first.arrives_at == SEEDED + timedelta(hours=6 + 48)
    assert sent.arrives_at == SEEDED + timedelta(hours=2 + 6 + 48)
