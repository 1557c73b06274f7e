"""Comparing what the journal says was given with the shop's books: closing is refused while the sums don't meet."""

import pytest

from activities.balance import Balance
from activities.wire import BalanceRequest, CallReport
from amends.connectors.ports import Call
from amends.errors import Refused, Trouble
from amends.journal import Journal
from amends.models import Head, Money, Outcome
from tests.activities.rig import INCIDENT, SEEDED, Rig
from tests.activities.test_remedies import asked, refund, reship


def balance(rig: Rig, order_id: str = "SO-1001") -> CallReport:
    given = BalanceRequest(incident_id=INCIDENT, order_id=order_id)
    return rig.within(lambda: Balance(rig.shop, rig.journal.effects).balance(given))


def says(report: CallReport) -> str:
    assert report.outcome is Outcome.NOT_APPLIED
    assert report.refusal is not None
    assert report.refusal.reason == "BooksDiffer"
    return report.refusal.message


def goodwill(rig: Rig, key: str = f"{INCIDENT}/goodwill/1") -> CallReport:
    amount = {"amount": 2000, "currency": "CNY"}
    return rig.attempt("payments.give_goodwill", asked(key, order_id="SO-1001", amount=amount))


def in_the_shop_alone(key: str) -> Call:
    return Call(key=key, at=SEEDED)


def cny(fen: int) -> Money:
    return Money(amount=fen, currency="CNY")


def test_books_agree_with_all_that_was_given_taken_back_and_refused(rig: Rig) -> None:
    sent = reship(rig, INCIDENT)
    undo = asked(f"{INCIDENT}/undo", undoes=f"{INCIDENT}/ship/PC-1001-1", tracking_no=sent.result["tracking_no"])
    rig.attempt("shipping.cancel_shipment", undo)
    rig.attempt("payments.refund", refund(f"{INCIDENT}/refund/1", 30000))
    rig.attempt("payments.refund", refund(f"{INCIDENT}/refund/2", 30000))  # refused
    goodwill(rig)

    assert balance(rig) == CallReport(outcome=Outcome.APPLIED)


def test_an_incident_that_gave_nothing_agrees_also_about_an_order_that_is_not_there(rig: Rig) -> None:
    assert balance(rig).outcome is Outcome.APPLIED
    assert balance(rig, "SO-9999").outcome is Outcome.APPLIED


def test_what_another_incident_gave_is_no_concern_of_this_one(rig: Rig) -> None:
    goodwill(rig, "inc-1002/goodwill/1")
    rig.shop.payments.credit(in_the_shop_alone(f"{INCIDENT}0/x"), order_id="SO-1001", head=Head.FREIGHT, amount=cny(1))

    assert balance(rig).outcome is Outcome.APPLIED


def test_a_replacement_that_was_lost_and_asked_about_again_agrees(rig: Rig) -> None:
    reship(rig, INCIDENT)
    rig.attempt("payments.refund", refund(f"{INCIDENT}/refund/1", parcel_id="PC-1001-2"), hours=90)

    assert balance(rig).outcome is Outcome.APPLIED


def test_what_nobody_knows_yet_does_not_agree(rig: Rig) -> None:
    rig.shop.fault(call="payments.refund", kind="trouble_after")
    with pytest.raises(Trouble):
        rig.attempt("payments.refund", refund(f"{INCIDENT}/refund/1"))

    assert says(balance(rig)) == f"nobody knows yet what became of '{INCIDENT}/refund/1'"


def test_what_the_books_do_not_have_is_named(rig: Rig, journal: Journal) -> None:
    rig.shop.fault(call="payments.refund", kind="trouble")
    with pytest.raises(Trouble):
        rig.attempt("payments.refund", refund(f"{INCIDENT}/refund/1"))
    journal.effects.finish(key=f"{INCIDENT}/refund/1", outcome=Outcome.APPLIED, result={}, refusal=None, at=SEEDED)

    assert says(balance(rig)) == f"refund was given by '{INCIDENT}/refund/1', and the books do not have it"


def test_what_stands_in_the_books_and_not_in_the_journal_is_named(rig: Rig) -> None:
    rig.shop.payments.credit(in_the_shop_alone(f"{INCIDENT}/x"), order_id="SO-1001", head=Head.FREIGHT, amount=cny(1))

    assert says(balance(rig)) == (
        f"freight stands in the books under '{INCIDENT}/x', of which the journal knows nothing"
    )


def test_what_stands_in_the_books_though_the_journal_knows_it_was_not_given_is_named(
    rig: Rig, journal: Journal
) -> None:
    rig.shop.fault(call="payments.refund", kind="trouble_after")
    with pytest.raises(Trouble):
        rig.attempt("payments.refund", refund(f"{INCIDENT}/refund/1"))
    journal.effects.finish(key=f"{INCIDENT}/refund/1", outcome=Outcome.NOT_APPLIED, result={}, refusal=None, at=SEEDED)

    assert says(balance(rig)) == (
        f"refund stands in the books under '{INCIDENT}/refund/1', which was not_applied by the journal"
    )


def test_another_amount_and_another_head_are_named(rig: Rig) -> None:
    rig.attempt("payments.refund", refund(f"{INCIDENT}/refund/1", 100, "PC-1001-1"))
    goodwill(rig)
    # as somebody with all rights would
    with rig.shop._door.writing() as db:
        db.connection().exec_driver_sql("UPDATE refunds SET amount = 99")
        db.connection().exec_driver_sql("UPDATE credits SET head = 'freight'")

    text = says(balance(rig))

    assert f"'{INCIDENT}/refund/1' gave 100 CNY by the journal and 99 CNY by the books (minor units)" in text
    assert f"'{INCIDENT}/goodwill/1' gave goodwill by the journal and freight by the books" in text
    assert "the books have refunds of 99 and say that 100 was refunded (minor units)" in text


def test_another_parcel_than_the_one_that_was_sent_is_named(rig: Rig, journal: Journal) -> None:
    rig.attempt("inventory.reserve", asked(f"{INCIDENT}/reserve/1", parcel_id="PC-1001-1"))
    rig.shop.fault(call="shipping.create_shipment", kind="trouble_after")
    with pytest.raises(Trouble):
        rig.attempt("shipping.create_shipment", asked(f"{INCIDENT}/ship/1", parcel_id="PC-1001-1"))
    journal.effects.finish(
        key=f"{INCIDENT}/ship/1",
        outcome=Outcome.APPLIED,
        result={},
        refusal=None,
        at=SEEDED,
        gave_parcel="PC-1001-9",
    )

    assert says(balance(rig)) == f"'{INCIDENT}/ship/1' sent 'PC-1001-9' by the journal and 'PC-1001-2' by the books"


def test_books_that_cannot_be_read_are_read_again(rig: Rig) -> None:
    rig.shop.fault(call="ledger.given", kind="trouble")
    with pytest.raises(Trouble):
        balance(rig)
    rig.shop.fault(call="ledger.given", kind="refuse", reason="ClosedForStocktaking")
    with pytest.raises(Refused):
        balance(rig)

    assert balance(rig).outcome is Outcome.APPLIED
