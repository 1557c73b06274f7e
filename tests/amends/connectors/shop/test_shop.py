from datetime import timedelta
from pathlib import Path

import pytest

from amends.connectors import shop as shop_package
from amends.connectors.shop import FaultKind, Shop
from amends.connectors.shop.engine import connect
from amends.connectors.shop.sample import SampleStock, sample
from amends.errors import ConfigurationError, InputError, NoAnswer, Refused, Trouble
from tests.amends.connectors.worlds import SEEDED, at


def test_seeding_gives_the_sample_orders_and_a_second_seeding_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'folder' / 'shop.db'}"
    first, second = Shop(url), Shop(url)

    seeded = first.seed(at=SEEDED)
    again = second.seed(at=SEEDED + timedelta(days=3))

    assert sorted(seeded) == second.order_ids()
    assert second.order_ids()[:12] == [f"SO-{n}" for n in range(1001, 1013)]
    assert again == ()
    assert second.shipping.read_parcel(at(0), parcel_id="PC-1001-1").last_scan_at == SEEDED - timedelta(days=4)
    first.dispose()
    second.dispose()


def test_the_table_in_the_documentation_names_every_order_with_a_lost_parcel_and_its_value(shop: Shop) -> None:
    rows = [line.split() for line in str(shop_package.__doc__).splitlines() if line.startswith("SO-")]

    documented = {row[0]: int(row[2].replace(",", "")) * 100 for row in rows}

    assert documented == {order_id: shop.money(order_id).captured.amount for order_id in shop.order_ids()[:12]}


def test_every_order_costs_what_its_parcels_are_worth_and_what_comes_on_top(shop: Shop) -> None:
    for order_id, written in sample().orders.items():
        parcels = [shop.shipping.read_parcel(at(0), parcel_id=each) for each in shop.parcel_ids(order_id)]
        assert sum(parcel.value.amount for parcel in parcels if parcel.replaces is None) == written.goods
        assert shop.orders.read(at(0), order_id=order_id).total.amount == written.total


def test_a_duration_in_the_sample_that_can_not_be_read_is_named() -> None:
    with pytest.raises(ValueError, match=r"'26 hours' is no duration; write it as 30m, 26h or 12d"):
        SampleStock.model_validate({"title": "Scarf", "on_hand": 1, "sells_out_after": "26 hours"})


def test_every_sample_order_says_what_it_shows() -> None:
    assert all(order.shows.endswith(".") for order in sample().orders.values())


def test_faults_come_in_the_order_in_which_they_were_switched_on_and_then_end(shop: Shop) -> None:
    shop.fault(call="orders.read", kind="refuse", reason="Closed")
    shop.fault(call="orders.read", kind=FaultKind.TROUBLE, times=2)
    met: list[type[Exception] | None] = []

    for _ in range(4):
        try:
            shop.orders.read(at(0), order_id="SO-1001")
        except (Refused, Trouble) as error:
            met.append(type(error))
        else:
            met.append(None)

    assert met == [Refused, NoAnswer, NoAnswer, None]


def test_an_error_is_said_before_anything_is_done_and_a_late_answer_comes_behind_what_was_done(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("amends.connectors.shop.faults.time.sleep", slept.append)
    shop.fault(call="orders.hold", kind="error")
    shop.fault(call="orders.hold", kind="delay")

    with pytest.raises(Trouble) as error:
        shop.orders.hold(at(0, key="k"), order_id="SO-1001")
    held_before = shop.holds("SO-1001")
    late = shop.orders.hold(at(0, key="k"), order_id="SO-1001")

    assert not isinstance(error.value, NoAnswer)
    assert (held_before, slept) == ([], [0.5])
    assert [each.hold_id for each in shop.holds("SO-1001")] == [late.hold_id]


def test_an_undo_that_is_refused_leaves_what_was_done(shop: Shop) -> None:
    shop.orders.cancel(at(0, key="a"), order_id="SO-1101")
    shop.fault(call="orders.reinstate", kind="refuse", reason="StockGone")

    with pytest.raises(Refused) as refused:
        shop.orders.reinstate(at(0, key="b"), order_id="SO-1101")

    assert refused.value.reason == "StockGone"
    assert shop.orders.read(at(0), order_id="SO-1101").status == "cancelled"


def test_a_fault_behind_calls_that_go_well_meets_a_later_one(shop: Shop) -> None:
    shop.fault(call="inventory.reserve", kind=FaultKind.GOES_WELL, times=2)
    shop.fault(call="inventory.reserve", kind="refuse", reason="OutOfStock")
    first = shop.inventory.reserve(at(0, key="first"), parcel_id="PC-1001-1")

    again = shop.inventory.reserve(at(0, key="first"), parcel_id="PC-1001-1")  # no call of its own
    shop.inventory.reserve(at(0, key="second"), parcel_id="PC-1001-1")

    assert again == first
    with pytest.raises(Refused):
        shop.inventory.reserve(at(0, key="third"), parcel_id="PC-1001-1")


def test_a_fault_is_met_by_another_process_on_the_same_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    first, second = Shop(url), Shop(url)
    first.seed(at=SEEDED)

    first.fault(call="orders.read", kind="trouble")

    with pytest.raises(Trouble):
        second.orders.read(at(0), order_id="SO-1001")
    first.dispose()
    second.dispose()


def test_what_was_done_is_never_said_to_be_refused(shop: Shop) -> None:
    done = shop.inventory.reserve(at(0, key="k"), parcel_id="PC-1001-1")
    shop.fault(call="inventory.reserve", kind="refuse", reason="OutOfStock")

    again = shop.inventory.reserve(at(0, key="k"), parcel_id="PC-1001-1")

    assert again == done
    with pytest.raises(Refused):
        shop.inventory.reserve(at(0, key="other"), parcel_id="PC-1001-1")


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (
            {"call": "payments.refnd", "kind": "trouble"},
            "no call 'payments.refnd'; it has customers.read, customers.recall, customers.tell, ",
        ),
        ({"call": "payments.refund", "kind": "explode"}, "no kind 'explode'; there are refuse, trouble, trouble_after"),
        ({"call": "payments.refund", "kind": "trouble", "times": 0}, "times must be at least 1, not 0"),
        ({"call": "payments.refund", "kind": "refuse"}, "a refusal needs a reason"),
    ],
    ids=["unknown call", "unknown kind", "no times", "no reason"],
)
def test_a_fault_that_can_not_be_switched_on_says_why(shop: Shop, fault: dict[str, object], text: str) -> None:
    with pytest.raises(InputError, match=text):
        shop.fault(**fault)  # type: ignore[arg-type] # wrong on purpose


def test_undoing_what_never_was_is_refused(shop: Shop) -> None:
    with pytest.raises(Refused) as replacement:
        shop.orders.drop_replacement(at(0, key="a"), replacement_id="SO-1001-R9")
    with pytest.raises(Refused) as reservation:
        shop.inventory.release(at(0, key="b"), reservation_id="RS-1001-1-9")
    with pytest.raises(Refused) as shipment:
        shop.shipping.cancel_shipment(at(0, key="c"), tracking_no="TN-1001-9")
    with pytest.raises(Refused) as trace:
        shop.shipping.close_trace(at(0, key="d"), trace_id="TR-1001-1-9")
    with pytest.raises(Refused) as hold:
        shop.orders.release(at(0, key="e"), hold_id="HD-1001-9")

    assert [each.value.reason for each in (replacement, reservation, shipment, trace, hold)] == [
        "ReplacementNotFound",
        "ReservationNotFound",
        "ShipmentNotFound",
        "TraceNotFound",
        "HoldNotFound",
    ]


def test_reserved_units_that_are_in_a_shipment_can_not_be_released(shop: Shop) -> None:
    held = shop.inventory.reserve(at(0, key="a"), parcel_id="PC-1001-1")
    shop.shipping.create_shipment(at(0, key="b"), parcel_id="PC-1001-1")

    with pytest.raises(Refused) as refused:
        shop.inventory.release(at(0, key="c"), reservation_id=held.reservation_id)

    assert refused.value.reason == "AlreadySent"


def test_a_stock_keeping_unit_that_is_not_known_is_named(shop: Shop) -> None:
    with pytest.raises(InputError, match="no SKU 'LAMP-PINE'"):
        shop.stock("LAMP-PINE")


@pytest.mark.parametrize("url", ["not a url", "nosuchdatabase://x/y"])
def test_a_url_that_can_not_be_used_names_its_setting(url: str) -> None:
    with pytest.raises(ConfigurationError, match="AMENDS_SHOP_URL"):
        Shop(url)


def test_a_database_that_can_not_be_opened_names_the_place(tmp_path: Path) -> None:
    (tmp_path / "shop.db").mkdir()

    with pytest.raises(ConfigurationError, match=r"shop\.db.*cannot be opened.*AMENDS_SHOP_URL"):
        Shop(f"sqlite:///{tmp_path / 'shop.db'}")


def test_a_database_that_goes_away_is_trouble_and_its_text_holds_no_statement(tmp_path: Path) -> None:
    shop = Shop(f"sqlite:///{tmp_path / 'shop.db'}")
    shop.dispose()
    (tmp_path / "shop.db").write_bytes(b"")

    with pytest.raises(Trouble, match="did not answer properly") as trouble:
        shop.orders.read(at(0), order_id="SO-1001")

    assert "SELECT" not in str(trouble.value)
    shop.dispose()


def test_an_engine_that_was_given_stays_its_owners(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'shop.db'}")
    shop = Shop(engine)
    shop.seed(at=SEEDED)
    pool = engine.pool

    shop.dispose()

    assert engine.pool is pool
    assert Shop(engine).order_ids()
    engine.dispose()
