"""What each port promises of its own, whichever implementation stands behind it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from amends.connectors import ports
from amends.connectors.shop import Shop
from amends.errors import Refused, Trouble
from amends.models import Head, Money, Party
from tests.amends.connectors.cases import cny
from tests.amends.connectors.worlds import LETTER, NOTICE, SEEDED, World, at


def test_an_order_shows_what_it_cost_and_what_went_back(world: World) -> None:
    before = world.call("orders.read", key="r", order_id="SO-1001")
    world.call("payments.refund", key="k", order_id="SO-1001", parcel_id="PC-1001-1", amount=cny(10000))

    after = world.call("orders.read", key="r", order_id="SO-1001")

    paid = ports.Order(
        order_id="SO-1001",
        status="shipped",
        currency="CNY",
        total=cny(39800),
        refunded=cny(0),
        zone="Asia/Shanghai",
        captured=cny(39800),
        placed_at=SEEDED - timedelta(days=6),
        paid_at=SEEDED - timedelta(days=6),
        dispatched=True,
    )
    assert before == paid
    assert after == paid.model_copy(update={"refunded": cny(10000)})


def test_a_parcel_shows_its_own_value_and_what_of_it_can_be_refunded(world: World) -> None:
    world.call("payments.refund", key="k", order_id="SO-1010", parcel_id="PC-1010-2", amount=cny(8900))

    parcel = world.call("shipping.read_parcel", key="r", parcel_id="PC-1010-2")

    assert parcel.order_id == "SO-1010"
    assert parcel.status == "in_transit"
    assert parcel.value == cny(28900)
    assert parcel.lines_refundable == cny(20000)
    assert parcel.last_scan_at == SEEDED - timedelta(days=40)


def test_a_replacement_parcel_can_not_be_refunded_beyond_what_was_paid_for_the_first(world: World) -> None:
    world.call("inventory.reserve", key="a", parcel_id="PC-1001-1")
    sent = world.call("shipping.create_shipment", key="b", parcel_id="PC-1001-1")
    world.call("payments.refund", key="c", order_id="SO-1001", parcel_id="PC-1001-1", amount=cny(30000))

    again = world.call("shipping.read_parcel", key="r", parcel_id=sent.parcel_id)

    assert again.value == cny(39800)
    assert again.lines_refundable == cny(9800)


def test_replacement_orders_of_one_parcel_are_separate_and_dropping_twice_is_harmless(world: World) -> None:
    args: dict[str, Any] = {"order_id": "SO-1001", "parcel_id": "PC-1001-1"}
    first = world.call("orders.add_replacement", key="a", **args)
    second = world.call("orders.add_replacement", key="b", **args)

    world.call("orders.drop_replacement", key="c", hours=1, replacement_id=first.replacement_id)
    world.call("orders.drop_replacement", key="d", hours=2, replacement_id=first.replacement_id)

    dropped, kept = world.shop.replacements("SO-1001")
    assert dropped.dropped_at == SEEDED + timedelta(hours=1)
    assert (kept.replacement_id, kept.dropped_at) == (second.replacement_id, None)


def test_goods_are_reservable_until_the_hour_they_sell_out(world: World) -> None:
    def reservable(hours: float) -> bool:
        found: ports.Availability = world.call("inventory.check", key="r", hours=hours, parcel_id="PC-1003-1")
        return found.reservable

    assert [reservable(0), reservable(25.9), reservable(26), reservable(300)] == [True, True, False, False]


def test_reserved_units_survive_the_sale_and_released_ones_can_be_reserved_again(world: World) -> None:
    held = world.call("inventory.reserve", key="a", hours=1, parcel_id="PC-1003-1")
    world.call("inventory.release", key="b", hours=30, reservation_id=held.reservation_id)

    world.call("inventory.reserve", key="c", hours=31, parcel_id="PC-1003-1")

    stock = world.shop.stock("SCARF-SILK")
    assert (stock.received, stock.sold, stock.on_hand, stock.reserved) == (6, 5, 1, 1)


def test_a_reservation_takes_all_lines_of_a_parcel_or_none(world: World) -> None:
    for n in range(39):  # of 40 lamps, each of these parcels holds one
        world.call("inventory.reserve", key=f"k{n}", parcel_id="PC-1009-1")
    tea = world.shop.stock("TEA-TIEGUANYIN")

    with pytest.raises(Refused, match="LAMP-OAK"):
        world.call("inventory.reserve", key="both", parcel_id="PC-1001-1")
    world.call("inventory.reserve", key="last", parcel_id="PC-1005-1")

    assert world.shop.stock("LAMP-OAK").reserved == 40
    assert world.shop.stock("TEA-TIEGUANYIN").reserved == tea.reserved + 1
    with pytest.raises(Refused, match="LAMP-OAK"):
        world.call("inventory.reserve", key="more", parcel_id="PC-1005-1")
    assert world.shop.stock("TEA-TIEGUANYIN").reserved == tea.reserved + 1


def test_releasing_twice_gives_the_units_back_once(world: World) -> None:
    held = world.call("inventory.reserve", key="a", parcel_id="PC-1001-1")

    for key in ("b", "c"):
        world.call("inventory.release", key=key, reservation_id=held.reservation_id)

    assert world.shop.stock("LAMP-OAK").reserved == 0


@pytest.mark.parametrize(
    ("parcel_id", "seen"),
    [
        ("PC-1001-1", ["open", "lost", "lost"]),
        ("PC-1002-1", ["open", "open", "open"]),
        ("PC-1005-1", ["open", "open", "found"]),
    ],
    ids=["gives up after 20 h", "stays silent", "finds it after 30 h"],
)
def test_a_search_ends_as_the_carrier_does(world: World, parcel_id: str, seen: list[str]) -> None:
    trace = world.call("shipping.open_trace", key="a", parcel_id=parcel_id)

    found = [
        world.call("shipping.read_trace", key="r", hours=hours, trace_id=trace.trace_id).status
        for hours in (19.9, 20, 30)
    ]

    assert trace.status == "open"
    assert found == seen


def test_a_parcel_is_lost_once_the_search_says_so(world: World) -> None:
    world.call("shipping.open_trace", key="a", parcel_id="PC-1001-1")

    statuses = [
        world.call("shipping.read_parcel", key="r", hours=hours, parcel_id="PC-1001-1").status for hours in (19, 21)
    ]

    assert statuses == ["in_transit", "lost"]


def test_a_closed_search_finds_nothing_and_closing_an_ended_one_is_harmless(world: World) -> None:
    early = world.call("shipping.open_trace", key="a", parcel_id="PC-1001-1")
    late = world.call("shipping.open_trace", key="b", parcel_id="PC-1007-1")

    for key in ("c", "d"):
        world.call("shipping.close_trace", key=key, hours=1, trace_id=early.trace_id)
    world.call("shipping.close_trace", key="e", hours=25, trace_id=late.trace_id)

    assert world.call("shipping.read_trace", key="r", hours=30, trace_id=early.trace_id).status == "closed"
    assert world.call("shipping.read_trace", key="r", hours=30, trace_id=late.trace_id).status == "lost"


def test_a_shipment_leaves_after_six_hours_and_arrives_two_days_later(world: World) -> None:
    world.call("inventory.reserve", key="a", parcel_id="PC-1001-1")

    sent = world.call("shipping.create_shipment", key="b", parcel_id="PC-1001-1")

    statuses = [
        world.call("shipping.read_parcel", key="r", hours=hours, parcel_id=sent.parcel_id).status
        for hours in (5, 6, 53, 54)
    ]
    assert sent == ports.Shipment(
        parcel_id="PC-1001-2", carrier="kite_express", tracking_no="TN-1001-2", arrives_at=at(54).at
    )
    assert statuses == ["not_dispatched", "in_transit", "in_transit", "delivered"]


def test_a_cancelled_shipment_gives_its_goods_back_to_the_reservation(world: World) -> None:
    held = world.call("inventory.reserve", key="a", parcel_id="PC-1001-1")
    sent = world.call("shipping.create_shipment", key="b", parcel_id="PC-1001-1")
    shipped = world.shop.stock("LAMP-OAK")

    for key in ("c", "d"):
        world.call("shipping.cancel_shipment", key=key, hours=5, tracking_no=sent.tracking_no)
    cancelled = world.shop.stock("LAMP-OAK")
    world.call("inventory.release", key="e", hours=5, reservation_id=held.reservation_id)

    released = world.shop.stock("LAMP-OAK")
    assert (shipped.on_hand, shipped.reserved, shipped.sent) == (38, 0, 2)
    assert (cancelled.on_hand, cancelled.reserved, cancelled.sent) == (40, 2, 0)
    assert (released.on_hand, released.reserved, released.sent) == (40, 0, 0)
    assert world.call("shipping.read_parcel", key="r", hours=90, parcel_id=sent.parcel_id).status == "not_dispatched"


def test_a_found_parcel_is_delivered_when_the_carrier_is_told_to(world: World) -> None:
    world.call("shipping.open_trace", key="a", parcel_id="PC-1005-1")

    world.call("shipping.resume_delivery", key="b", hours=31, parcel_id="PC-1005-1")

    parcels = [
        world.call("shipping.read_parcel", key="r", hours=hours, parcel_id="PC-1005-1").status for hours in (78, 79)
    ]
    assert parcels == ["in_transit", "delivered"]
    assert world.call("orders.read", key="r", hours=79, order_id="SO-1005").status == "delivered"


@pytest.mark.parametrize(
    ("parcel_id", "days", "seen"),
    [
        ("PC-1001-1", (3.9, 4), ["open", "paid"]),
        ("PC-1004-1", (5.9, 6), ["open", "rejected"]),
        ("PC-1006-1", (1, 365), ["open", "open"]),
    ],
    ids=["pays", "rejects", "stays silent"],
)
def test_a_claim_is_decided_as_the_carrier_does(
    world: World, parcel_id: str, days: tuple[float, ...], seen: list[str]
) -> None:
    claim = world.call("shipping.file_claim", key="a", parcel_id=parcel_id)

    found = [world.call("shipping.read_claim", key="r", hours=24 * day, claim_id=claim.claim_id).status for day in days]

    assert claim.status == "open"
    assert found == seen


def test_a_parcel_has_one_claim_and_one_running_search_however_often_they_are_asked_for(world: World) -> None:
    for call in ("shipping.file_claim", "shipping.open_trace"):
        first = world.call(call, key=f"{call} 1", parcel_id="PC-1002-1")
        assert world.call(call, key=f"{call} 2", hours=9, parcel_id="PC-1002-1") == first

    assert len(world.shop.claims("SO-1002")) == len(world.shop.traces("SO-1002")) == 1


def test_refunds_racing_for_an_order_never_exceed_what_was_captured(world: World) -> None:
    def refund(n: int) -> str:
        args: dict[str, Any] = {"order_id": "SO-1001", "parcel_id": "PC-1001-1", "amount": cny(15000)}
        try:
            world.call("payments.refund", key=f"k{n}", **args)
        except Refused as refused:
            return refused.reason
        return "refunded"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(refund, range(8)))

    books = world.shop.money("SO-1001")
    assert outcomes == ["RefundTooHigh"] * 6 + ["refunded"] * 2
    assert sum(refund.amount.amount for refund in world.shop.refunds("SO-1001")) == books.refunded.amount == 30000
    assert books.kept == 9800


def test_reservations_racing_for_the_last_units_never_take_more_than_there_are(world: World) -> None:
    def reserve(n: int) -> str:
        try:
            world.call("inventory.reserve", key=f"k{n}", parcel_id="PC-1006-1")
        except Refused as refused:
            return refused.reason
        return "reserved"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(reserve, range(8)))

    stock = world.shop.stock("CAMERA-X2")
    assert outcomes == ["OutOfStock"] * 5 + ["reserved"] * 3
    assert (stock.on_hand, stock.reserved) == (3, 3)


def test_a_shipment_is_sent_from_the_reservation_that_is_named(world: World) -> None:
    first = world.call("inventory.reserve", key="a", parcel_id="PC-1001-1")
    second = world.call("inventory.reserve", key="b", parcel_id="PC-1001-1")

    wanted = {"parcel_id": "PC-1001-1", "reservation_id": second.reservation_id}
    world.call("shipping.create_shipment", key="c", **wanted)

    held = {each.reservation_id: each.status for each in world.shop.reservations("SO-1001")}
    assert held == {first.reservation_id: "held", second.reservation_id: "sent"}
    with pytest.raises(Refused, match=f"nothing is reserved as '{second.reservation_id}'"):
        world.call("shipping.create_shipment", key="d", **wanted)


def test_a_refund_says_what_was_paid_back(world: World) -> None:
    refund = world.call("payments.refund", key="a", order_id="SO-1002", parcel_id="PC-1002-1", amount=cny(28900))

    (kept,) = world.shop.refunds("SO-1002")
    assert refund == ports.Refund(refund_id=kept.refund_id, amount=Money(amount=28900, currency="CNY"))
    assert kept.paid_at == SEEDED


@pytest.mark.parametrize(
    ("order_id", "texts", "language", "subject"),
    [
        ("SO-1001", LETTER, "zh", "您的包裹 PC-7"),
        ("SO-1002", LETTER, "en", "Your parcel PC-7"),
        ("SO-1001", {"en": LETTER["en"]}, "en", "Your parcel PC-7"),
        ("SO-1002", {"zh": LETTER["zh"]}, "zh", "您的包裹 PC-7"),
    ],
    ids=["Chinese", "English", "English for want of Chinese", "Chinese for want of English"],
)
def test_a_customer_is_written_to_in_their_language_if_there_is_a_text_in_it(
    world: World, order_id: str, texts: dict[str, dict[str, str]], language: str, subject: str
) -> None:
    sent = world.call("customers.tell", key="a", order_id=order_id, texts=texts, values={"report.parcel_id": "PC-7"})

    (letter,) = world.shop.messages(order_id)
    assert sent == ports.Delivery(message_id=letter.message_id, channel="email", language=language)
    assert letter.subject == subject


def test_the_customers_name_is_filled_in_by_the_shop_and_values_are_not_read_as_placeholders(world: World) -> None:
    texts = {"zh": {"subject": "{note}", "body": "{customer.name}，您好！"}}

    sent = world.call("customers.tell", key="a", order_id="SO-1001", texts=texts, values={"note": "{customer.name}"})

    (letter,) = world.shop.messages("SO-1001")
    assert (letter.subject, letter.body) == ("{customer.name}", "林晓梅，您好！")
    assert "林" not in sent.model_dump_json()


def test_a_merchant_is_written_to_by_name_over_the_channel_that_is_theirs(world: World) -> None:
    sent = world.call("merchants.tell", key="a", order_id="SO-1002", texts=NOTICE, values={}, bounced=1)

    (letter,) = world.shop.messages("SO-1002")
    assert (letter.party, letter.body) == (Party.MERCHANT, "Larch & Line: a parcel of yours is lost.")
    assert sent == ports.Delivery(message_id=letter.message_id, channel="sms", language="en")


def test_an_order_is_held_while_any_of_its_holds_stands_and_releasing_twice_is_harmless(world: World) -> None:
    first = world.call("orders.hold", key="a", order_id="SO-1001")
    second = world.call("orders.hold", key="b", order_id="SO-1001")

    world.call("orders.release", key="c", hours=1, hold_id=first.hold_id)
    world.call("orders.release", key="d", hours=2, hold_id=first.hold_id)
    still = [hold.hold_id for hold in world.shop.holds("SO-1001") if hold.released_at is None]
    world.call("orders.release", key="e", hours=3, hold_id=second.hold_id)

    assert still == [second.hold_id]
    assert [hold.released_at for hold in world.shop.holds("SO-1001")] == [
        SEEDED + timedelta(hours=1),
        SEEDED + timedelta(hours=3),
    ]


def test_a_hold_does_not_hold_up_what_is_sent_again(world: World) -> None:
    world.call("orders.hold", key="a", order_id="SO-1001")
    world.call("inventory.reserve", key="b", parcel_id="PC-1001-1")

    sent = world.call("shipping.create_shipment", key="c", parcel_id="PC-1001-1")

    assert sent.parcel_id == "PC-1001-2"


def test_what_comes_on_top_does_not_count_against_what_was_captured(world: World) -> None:
    credit = world.call("payments.compensate", key="a", order_id="SO-1001", amount=cny(50000))
    world.call("payments.refund", key="b", order_id="SO-1001", parcel_id="PC-1001-1", amount=cny(39800))

    assert credit == ports.Credit(credit_id="CR-1001-1", amount=cny(50000))
    assert world.shop.money("SO-1001").kept == 0
    assert [(each.head, each.amount) for each in world.shop.credits("SO-1001")] == [(Head.COMPENSATION, cny(50000))]


def test_goods_and_refunds_do_not_come_on_top(world: World) -> None:
    with pytest.raises(Refused) as refused:
        world.connectors.payments.credit(at(0), order_id="SO-1001", head=Head.REFUND, amount=cny(1))

    assert refused.value.reason == "PaymentDeclined"
    assert world.shop.credits("SO-1001") == []


def test_an_order_is_worth_what_was_paid_for_each_piece_in_it(world: World) -> None:
    worth = world.call("orders.worth", key="r", order_id="SO-1001")

    assert worth == ports.OrderWorth(
        order_id="SO-1001",
        currency="CNY",
        captured=cny(39800),
        units=tuple(
            ports.Unit(unit=f"SO-1001/1#{piece}", parcel_id="PC-1001-1", value=cny(19900), line_id="SO-1001/1")
            for piece in (1, 2)
        ),
        carries={"PC-1001-1": "PC-1001-1"},
    )


def test_a_parcel_that_replaces_another_carries_what_was_paid_for_that(world: World) -> None:
    world.call("inventory.reserve", key="a", parcel_id="PC-1010-2")
    world.call("shipping.create_shipment", key="b", parcel_id="PC-1010-2")

    worth = world.call("orders.worth", key="r", order_id="SO-1010")

    assert worth.carries == {"PC-1010-1": "PC-1010-1", "PC-1010-2": "PC-1010-2", "PC-1010-3": "PC-1010-2"}
    assert {unit.parcel_id for unit in worth.units} == {"PC-1010-1", "PC-1010-2"}
    assert sum(unit.value.amount for unit in worth.units) == worth.captured.amount


def test_the_books_have_each_thing_that_was_given_under_the_key_of_its_call(world: World) -> None:
    nothing = world.call("ledger.given", key="r", order_id="SO-1005")
    world.call("shipping.open_trace", key="t", parcel_id="PC-1005-1")
    world.call("payments.refund", key="a", order_id="SO-1005", parcel_id="PC-1005-1", amount=cny(10000))
    world.call("payments.give_goodwill", key="b", order_id="SO-1005", amount=cny(2000))
    world.call("inventory.reserve", key="c", parcel_id="PC-1005-1")
    sent = world.call("shipping.create_shipment", key="d", parcel_id="PC-1005-1")
    world.call("shipping.cancel_shipment", key="e", hours=1, tracking_no=sent.tracking_no)
    world.call("shipping.resume_delivery", key="f", hours=31, parcel_id="PC-1005-1")

    given = world.call("ledger.given", key="r", order_id="SO-1005")

    assert (nothing.captured, nothing.refunded, nothing.lines) == (cny(32700), cny(0), ())
    assert (given.captured, given.refunded) == (cny(32700), cny(10000))
    assert given.lines == (
        ports.GivenLine(key="a", head=Head.REFUND, amount=cny(10000), parcel_id="PC-1005-1"),
        ports.GivenLine(key="b", head=Head.GOODWILL, amount=cny(2000)),
        ports.GivenLine(key="d", head=Head.GOODS, parcel_id=sent.parcel_id, stands=False),
        ports.GivenLine(key="f", head=Head.GOODS, parcel_id="PC-1005-1"),
    )


@pytest.mark.parametrize("read", ["orders.worth", "ledger.given"])
def test_worth_and_books_of_an_order_that_is_not_there_are_refused_and_may_meet_trouble(
    world: World, read: str
) -> None:
    with pytest.raises(Refused) as refused:
        world.call(read, key="r", order_id="SO-9999")
    world.shop.fault(call=read, kind="trouble")
    with pytest.raises(Trouble):
        world.call(read, key="r", order_id="SO-1001")

    assert refused.value.reason == "OrderNotFound"


def test_a_shop_from_before_there_were_books_opens_with_all_that_it_knows(world: World) -> None:
    world.call("payments.refund", key="a", order_id="SO-1001", parcel_id="PC-1001-1", amount=cny(10000))
    with world.engine.begin() as connection:
        for table in ("credits", "deliveries", "holds", "pages"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        for table in ("refunds", "shipments"):
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN key")

    again = Shop(world.engine)

    again.payments.refund(at(1, key="b"), order_id="SO-1001", parcel_id="PC-1001-1", amount=cny(5000))
    assert [(line.key, line.amount) for line in again.ledger.given(at(1), order_id="SO-1001").lines] == [
        ("", cny(10000)),
        ("b", cny(5000)),
    ]
    assert again.orders.hold(at(1, key="c"), order_id="SO-1001").hold_id == "HD-1001-1"
