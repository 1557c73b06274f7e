"""What does not hold in the shop's books is said, whoever has done it."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from amends.connectors.ports import Call
from amends.connectors.shop import Shop
from amends.models import Head
from tests.amends.connectors.cases import cny
from tests.amends.connectors.worlds import SEEDED, at
from tests.shops import seeded_engine

LOST, PARCEL = "SO-1001", "PC-1001-1"


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = seeded_engine(SEEDED)
    yield engine
    engine.dispose()


@pytest.fixture
def shop(engine: Engine) -> Shop:
    return Shop(engine)


def call(hours: float) -> Call:
    """One of its own, that has not come before."""
    return at(hours, key=str(uuid4()))


def unsound(shop: Shop, order_id: str = LOST, *, over: bool = True) -> list[str]:
    return shop.unsound(order_id, at=at(200).at, finished=over, settled=over)


def refund(shop: Shop) -> None:
    shop.payments.refund(call(1), order_id=LOST, parcel_id=PARCEL, amount=cny(39800))


def send_again(shop: Shop) -> None:
    shop.inventory.reserve(call(1), parcel_id=PARCEL)
    shop.shipping.create_shipment(call(1), parcel_id=PARCEL)


def test_a_shop_in_which_nothing_has_gone_wrong_is_sound(shop: Shop) -> None:
    assert [each for order_id in shop.order_ids() for each in unsound(shop, order_id, over=False)] == []
    assert unsound(shop) == []


@pytest.mark.parametrize("made_good", [refund, send_again])
def test_what_is_made_good_once_leaves_the_books_sound(shop: Shop, made_good: Callable[[Shop], None]) -> None:
    made_good(shop)

    assert unsound(shop) == []


def test_what_comes_on_top_is_in_the_books_and_owed_by_nobody(shop: Shop) -> None:
    shop.payments.credit(call(1), order_id=LOST, head=Head.GOODWILL, amount=cny(2000))

    assert unsound(shop) == []


def test_goods_that_were_paid_back_and_sent_again_were_given_twice(shop: Shop) -> None:
    refund(shop)
    send_again(shop)

    assert unsound(shop) == ["the goods of 'PC-1001-1' were paid back, and sent again as 'PC-1001-2'"]


def test_goods_that_were_sent_again_twice_were_given_twice_but_where_the_first_was_called_off(shop: Shop) -> None:
    send_again(shop)
    shop.shipping.cancel_shipment(call(2), tracking_no="TN-1001-2")
    shop.shipping.create_shipment(call(2), parcel_id=PARCEL)
    once = unsound(shop)
    send_again(shop)

    assert once == []
    assert unsound(shop) == ["the goods of 'PC-1001-1' were sent again 2 times, and none of them came back"]


def test_what_was_to_be_for_a_while_is_looked_for_when_all_is_over(shop: Shop) -> None:
    shop.orders.hold(call(1), order_id=LOST)
    shop.inventory.reserve(call(1), parcel_id=PARCEL)
    shop.inventory.stop_selling(call(1), sku="LAMP-OAK")

    assert unsound(shop, over=False) == []
    assert unsound(shop) == [
        "order 'SO-1001' is still held, by 'HD-1001-1'",
        "LAMP-OAK is still not sold, by 'ST-LAMP-OAK-1'",
        "2 of LAMP-OAK still stand aside, as 'RS-1001-1-1', for nothing that is to be sent",
    ]


@pytest.mark.parametrize(
    ("order_id", "told"),
    [("SO-1503", "the customer owes 8000 CNY"), ("SO-1505", "the customer has not got back 62000 CNY")],
)
def test_what_is_owed_when_all_is_over_is_told(shop: Shop, order_id: str, told: str) -> None:
    assert unsound(shop, order_id) == [f"{told} of order {order_id!r}, by the books"]
    assert shop.unsound(order_id, at=at(200).at, finished=True) == []


@pytest.mark.parametrize(
    ("meddled", "told"),
    [
        (
            "UPDATE payments SET refunded = 100 WHERE order_id = 'SO-1001'",
            ["100 of order 'SO-1001' counts as refunded, and its refunds are 0"],
        ),
        (
            "DELETE FROM entries WHERE order_id = 'SO-1001' AND kind = 'capture'",
            ["the books have 0 in cash of order 'SO-1001', and the payments come to 39800"],
        ),
        (
            "UPDATE stock SET reserved = 1 WHERE sku = 'LAMP-OAK'",
            ["1 of LAMP-OAK are reserved, and 0 stand aside for somebody"],
        ),
        (
            "UPDATE inbound SET promised = 1 WHERE inbound_id = 'IN-BREWER-5-1'",
            ["1 of IN-BREWER-5-1 are promised, and 0 of them to somebody"],
        ),
    ],
)
def test_what_somebody_has_meddled_with_is_told(shop: Shop, engine: Engine, meddled: str, told: list[str]) -> None:
    with engine.begin() as connection:
        connection.execute(text(meddled))

    found = unsound(shop, over=False)

    assert found[: len(told)] == told
