"""The effect protocol with the other side behind HTTP: what is lost on the way is neither done twice nor forgotten."""

from collections.abc import Iterator

import pytest

from amends.connectors.shop import Shop
from amends.errors import NoAnswer
from amends.journal import Journal
from amends.models import Outcome
from tests.activities.rig import Rig, request
from tests.activities.test_effects import KEY, refund
from tests.amends.connectors.elsewhere import Elsewhere, serving_elsewhere


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    with serving_elsewhere() as elsewhere:
        yield elsewhere


@pytest.fixture
def rig(shop: Shop, journal: Journal, elsewhere: Elsewhere) -> Rig:
    return Rig(shop, journal, over=elsewhere.reached(shop))


def test_a_refund_whose_answer_was_lost_is_paid_once_and_known(rig: Rig) -> None:
    rig.shop.fault(call="payments.refund", kind="trouble_after")

    with pytest.raises(NoAnswer):
        rig.attempt("payments.refund", request(KEY, **refund()))
    in_doubt = rig.effect(KEY)
    report = rig.attempt("payments.refund", request(KEY, **refund()), attempt=2)

    assert in_doubt is not None
    assert in_doubt.outcome is None
    assert (report.outcome, report.result["refund_id"]) == (Outcome.APPLIED, "RF-1001-1")
    assert [each.amount.amount for each in rig.shop.refunds("SO-1001")] == [39800]


@pytest.mark.parametrize(
    ("kind", "outcome"), [("trouble", Outcome.NOT_APPLIED), ("trouble_after", Outcome.APPLIED)], ids=["before", "after"]
)
def test_the_other_side_is_asked_by_key_what_became_of_a_call_that_was_lost(
    rig: Rig, kind: str, outcome: Outcome
) -> None:
    rig.shop.fault(call="payments.refund", kind=kind)
    with pytest.raises(NoAnswer):
        rig.attempt("payments.refund", request(KEY, **refund()))

    report = rig.reconcile("payments.refund", request(KEY, **refund()))

    record = rig.effect(KEY)
    assert record is not None
    assert (report.outcome, record.outcome) == (outcome, outcome)
    assert len(rig.shop.refunds("SO-1001")) == (outcome is Outcome.APPLIED)


def test_a_refusal_of_the_other_side_is_an_outcome(rig: Rig) -> None:
    rig.shop.fault(call="payments.refund", kind="refuse", reason="PaymentDeclined")

    report = rig.attempt("payments.refund", request(KEY, **refund()))

    assert report.outcome is Outcome.NOT_APPLIED
    assert report.refusal is not None
    assert report.refusal.reason == "PaymentDeclined"
