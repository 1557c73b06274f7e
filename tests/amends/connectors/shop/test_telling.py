"""What the shop tells of its changes."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from amends.connectors.shop import Shop
from amends.connectors.shop.outbox import TYPES
from amends.errors import Refused
from tests.amends.connectors.cases import cny
from tests.amends.connectors.worlds import SEEDED, World, at
from tests.shops import seeded

ROOT = Path(__file__).parents[4]


def test_a_change_is_told_with_the_call_that_makes_it_and_a_refused_call_tells_nothing(shop: Shop) -> None:
    last = shop.events()[-1].seq
    shop.payments.refund_order(at(1, key="a"), order_id="SO-1101", amount=cny(52900))
    shop.payments.refund_order(at(1, key="a"), order_id="SO-1101", amount=cny(52900))
    with pytest.raises(Refused):
        shop.payments.refund_order(at(1, key="b"), order_id="SO-1101", amount=cny(1))

    (told,) = shop.events(after=last)

    assert (told.seq, told.id, told.type) == (last + 1, "refund.requested/RF-1101-1", "refund.requested")
    assert (told.subject, told.time, told.data) == ("SO-1101", SEEDED + timedelta(hours=1), {"amount": 52900})


def test_what_comes_to_pass_by_itself_is_told_once_when_its_time_has_passed(shop: Shop) -> None:
    shop.pass_time(at=SEEDED)
    last = shop.events()[-1].seq

    for _ in range(2):
        shop.pass_time(at=SEEDED + timedelta(hours=8))

    told = [(each.type, each.subject, each.time - SEEDED) for each in shop.events(after=last)]
    assert told == [
        ("payment.captured", "SO-1209", timedelta(minutes=20)),
        ("payment.captured", "SO-1210", timedelta(minutes=20)),
        ("payment.captured", "SO-1212", timedelta(minutes=20)),
        ("payment.captured", "SO-1214", timedelta(minutes=20)),
        ("payment.captured", "SO-1202", timedelta(minutes=30)),
        ("payment.failed", "SO-1207", timedelta(hours=2, minutes=25)),
        ("payment.captured", "SO-1206", timedelta(hours=3, minutes=25)),
        ("shipment.handed_over", "SO-1103", timedelta(hours=8)),
    ]


def test_each_parcel_that_is_to_leave_is_told_with_its_order_and_the_days_that_were_promised(shop: Shop) -> None:
    shop.pass_time(at=SEEDED)

    planned = [each for each in shop.events() if each.type == "shipment.planned" and each.subject == "SO-1113"]

    assert [(each.time - SEEDED, each.data) for each in planned] == [
        (
            timedelta(days=-4),
            {
                "parcel_id": parcel_id,
                "carrier": "swift_line",
                "ship_by": (SEEDED - timedelta(days=1)).isoformat(),
                "promised_by": (SEEDED + timedelta(hours=6)).isoformat(),
            },
        )
        for parcel_id in ("PC-1113-1", "PC-1113-2")
    ]


def test_the_reckoning_of_the_day_after_a_refund_is_told_with_what_is_due_and_what_arrived(shop: Shop) -> None:
    shop.pass_time(at=SEEDED)

    (told,) = [each for each in shop.events() if each.type == "ledger.reconciled" and each.subject == "SO-1505"]

    assert (told.time - SEEDED, told.data) == (timedelta(days=-3), {"due": 122000, "settled": 60000})


def test_a_part_of_the_price_is_told_as_no_payment_whether_it_is_noticed_or_taken_in(shop: Shop) -> None:
    shop.orders.cancel(at(0, key="a"), order_id="SO-1205")
    shop.pass_time(at=SEEDED + timedelta(hours=1))

    told = [(each.type, each.data) for each in shop.events() if each.type.startswith("payment.") and "1205" in each.id]
    assert told == [("payment.underpaid", {"amount": 20000})]


def test_a_payment_that_is_taken_in_by_a_call_and_noticed_as_well_is_told_once(shop: Shop) -> None:
    shop.orders.confirm(at(1, key="a"), order_id="SO-1202")
    shop.pass_time(at=SEEDED + timedelta(hours=2))

    assert Counter(each.type for each in shop.events() if each.subject == "SO-1202") == {
        "order.created": 1,
        "shipment.planned": 1,
        "payment.captured": 1,
        "order.confirmed": 1,
    }


def test_a_shop_with_a_clock_lets_time_pass_when_it_is_asked() -> None:
    now = [SEEDED]
    with seeded(SEEDED, clock=lambda: now[0]) as shop:
        last = shop.events()[-1].seq

        now[0] = SEEDED + timedelta(days=2)
        told = {each.id for each in shop.events(after=last)}

    assert "shipment.delivered/PC-1301-1" in told
    shop.dispose()


def test_the_numbers_rise_by_one_and_every_type_is_one_of_those_that_are_named(shop: Shop) -> None:
    shop.pass_time(at=SEEDED)
    told = shop.events()

    assert [each.seq for each in told] == list(range(1, len(told) + 1))
    assert {each.type for each in told} <= set(TYPES)
    assert len({each.id for each in told}) == len(told)


def test_the_guide_names_every_type() -> None:
    guide = (ROOT / "docs" / "integrating.md").read_text(encoding="utf-8")

    assert [each for each in TYPES if f"`{each}`" not in guide] == []


def test_changes_are_told_the_same_on_every_database(world: World) -> None:
    world.shop.pass_time(at=SEEDED)
    first = world.shop.events()
    world.call("orders.cancel", key="a", order_id="SO-1101")

    assert [each.id for each in world.shop.events(after=first[-1].seq)] == ["order.cancelled/SO-1101/a"]
