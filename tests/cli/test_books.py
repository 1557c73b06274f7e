"""`amends books`: what was given, held against the shop's own books."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from amends.connectors.ports import Call
from amends.connectors.shop import Shop
from amends.journal import Journal, Reservation, UnitWorth, connect
from amends.models import Head, Money, Outcome
from cli.main import main
from tests.amends.connectors.elsewhere import SECRET, line_to
from tests.cli.stories import INCIDENT, OPENED_AT, reported, write
from tests.shops import seeded_file

KEY = f"{INCIDENT}/action.refund.payments.refund/1"
PAID = Money(amount=38400, currency="CNY")


@pytest.fixture
def journal(state_dir: Path) -> Iterator[Journal]:
    """An incident on SO-1004 that has paid its parcel back, as the journal has it."""
    write(state_dir, reported())
    engine = connect(f"sqlite:///{state_dir / 'journal.db'}")
    journal = Journal(engine)
    journal.effects.begin(
        key=KEY,
        incident_id=INCIDENT,
        step="action.refund.payments.refund",
        attempt=1,
        activity="payments.refund",
        inputs={},
        undoes=None,
        at=OPENED_AT,
        reservation=Reservation(
            order_id="SO-1004",
            head=Head.REFUND,
            currency="CNY",
            amount=PAID.amount,
            parcel_id="PC-1004-1",
            units=(UnitWorth(unit="SO-1004/1#1", value=PAID.amount),),
        ),
    )
    journal.effects.finish(key=KEY, outcome=Outcome.APPLIED, result={}, refusal=None, at=OPENED_AT)
    yield journal
    engine.dispose()


@pytest.fixture
def shop(state_dir: Path) -> Iterator[Shop]:
    shop = Shop(seeded_file(state_dir / "shop.db", OPENED_AT))
    yield shop
    shop.dispose()


def pay(shop: Shop, amount: Money) -> None:
    call = Call(key=KEY, at=OPENED_AT)
    shop.payments.refund(call, order_id="SO-1004", parcel_id="PC-1004-1", amount=amount)


def test_books_that_agree_are_counted(journal: Journal, shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert journal.count() == 1
    pay(shop, PAID)

    code = main(["books"])

    assert code == 0
    assert capsys.readouterr().out == "1 incidents gave something; the books differ about 0\n"


def test_what_differs_is_told_with_its_incident_its_order_and_its_key(
    journal: Journal, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert journal.count() == 1
    pay(shop, Money(amount=100, currency="CNY"))

    code = main(["books", INCIDENT[:8]])

    told = capsys.readouterr().out
    assert code == 1
    assert f"'{KEY}' gave 38400 CNY by the journal and 100 CNY by the books" in told
    assert told.startswith(f"{INCIDENT[:8]}  SO-1004")


@pytest.mark.parametrize(("of", "gave"), [("SO-1004", 1), (INCIDENT[:8], 1), (INCIDENT, 1)])
def test_one_order_or_one_incident_is_compared_alone(
    of: str, gave: int, journal: Journal, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert journal.count() == gave
    pay(shop, PAID)

    code = main(["books", of])

    assert (code, capsys.readouterr().out) == (0, f"{gave} incidents gave something; the books differ about 0\n")


def test_of_what_is_neither_an_order_nor_an_incident_that_is_said(
    journal: Journal, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    assert journal.count() == 1
    assert shop.order_ids()

    code = main(["books", "SO-1005"])

    assert code == 2
    assert "neither an incident nor an order of one is called 'SO-1005'" in capsys.readouterr().err


def test_programs_get_every_comparison(journal: Journal, shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert journal.count() == 1
    assert shop.order_ids()

    code = main(["books", "--format", "json"])

    (compared,) = json.loads(capsys.readouterr().out)
    assert code == 1
    assert (compared["incident_id"], compared["order_id"]) == (INCIDENT, "SO-1004")
    assert compared["differences"] == [f"refund was given by '{KEY}', and the books do not have it"]


def test_without_a_shop_it_says_how_to_name_one(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    assert journal.count() == 1

    code = main(["books"])

    assert code == 2
    assert "AMENDS_SHOP_URL" in capsys.readouterr().err


def test_books_that_are_kept_elsewhere_are_asked_for_over_http(
    journal: Journal, shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert journal.count() == 1
    pay(shop, PAID)
    monkeypatch.setenv("AMENDS_CONNECTORS", "http")
    monkeypatch.setenv("AMENDS_CONNECTORS_SECRET", SECRET)
    monkeypatch.setenv("AMENDS_SHOP_URL", "sqlite:///nowhere/shop.db")

    with line_to(shop, silent_for=timedelta(0)) as line:
        monkeypatch.setenv("AMENDS_CONNECTORS_URL", line.url)
        code = main(["books"])

    assert (code, capsys.readouterr().out) == (0, "1 incidents gave something; the books differ about 0\n")
