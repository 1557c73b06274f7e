"""What may be given, from the activity to the shop: reserved with the intent, refused without a call."""

from typing import Any

import pytest

from activities.wire import CallReport, CallRequest
from amends.errors import Refused, Trouble
from amends.models import Head, Money, Outcome
from runbooks.catalogue import CATALOGUE, EXPOSURE_REFUSALS
from runbooks.policy import RemedyPolicy
from tests.activities.rig import INCIDENT, Rig, request

OTHER = "inc-1002"


def asked(key: str, *, remedies: RemedyPolicy | None = None, undoes: str | None = None, **inputs: Any) -> CallRequest:
    """A request of the incident that the key begins with."""
    given = request(key, undoes=undoes, **inputs)
    return given.model_copy(update={"incident_id": key.partition("/")[0], "remedies": remedies})


def refund(key: str, fen: int = 39800, parcel_id: str = "PC-1001-1") -> CallRequest:
    return asked(key, order_id="SO-1001", parcel_id=parcel_id, amount={"amount": fen, "currency": "CNY"})


def reship(rig: Rig, incident: str, parcel_id: str = "PC-1001-1", *, hours: float = 0) -> CallReport:
    rig.attempt("inventory.reserve", asked(f"{incident}/reserve/{parcel_id}", parcel_id=parcel_id), hours=hours)
    return rig.attempt(
        "shipping.create_shipment", asked(f"{incident}/ship/{parcel_id}", parcel_id=parcel_id), hours=hours
    )


def reason(report: CallReport) -> str | None:
    return report.refusal.reason if report.refusal else None


def test_goods_on_their_way_again_are_not_refunded_and_the_shop_is_not_called(rig: Rig) -> None:
    sent = reship(rig, INCIDENT)
    rig.shop.fault(call="payments.refund", kind="trouble")  # a call would meet it

    report = rig.attempt("payments.refund", refund(f"{OTHER}/refund/1"))

    rows = rig.journal.effects.remedies_of(incident_id=INCIDENT)
    assert sent.outcome is Outcome.APPLIED
    assert [(row.unit, row.amount, row.gave_parcel) for row in rows] == [
        ("SO-1001/1#1", 19900, "PC-1001-2"),
        ("SO-1001/1#2", 19900, "PC-1001-2"),
    ]
    assert (report.outcome, reason(report)) == (Outcome.NOT_APPLIED, "AlreadyGiven")
    assert rig.shop.refunds("SO-1001") == []


def test_what_was_refunded_is_not_sent_again(rig: Rig) -> None:
    rig.attempt("payments.refund", refund(f"{INCIDENT}/refund/1", 100))

    report = reship(rig, OTHER)

    assert reason(report) == "AlreadyGiven"
    assert rig.shop.shipments("SO-1001") == []


def test_pending_and_unknown_count_as_spent(rig: Rig) -> None:
    rig.shop.fault(call="payments.refund", kind="trouble_after")
    with pytest.raises(Trouble):
        rig.attempt("payments.refund", refund(f"{INCIDENT}/refund/1"))

    report = reship(rig, OTHER)

    assert reason(report) == "AlreadyGiven"
    assert report.refusal is not None
    assert "(pending)" in report.refusal.message


def test_no_path_refunds_twice_and_none_forgets_a_refund(rig: Rig) -> None:
    """What the system, asked by key, says it has done, is given; what it has not done may be given by another."""
    rig.shop.fault(call="payments.refund", kind="trouble_after")
    with pytest.raises(Trouble):
        rig.attempt("payments.refund", refund(f"{INCIDENT}/refund/1", 19900))
    rig.shop.fault(call="payments.refund", kind="trouble")
    with pytest.raises(Trouble):
        rig.attempt("payments.refund", refund(f"{INCIDENT}/refund/2", 19900))

    reconciled = [rig.reconcile("payments.refund", refund(f"{INCIDENT}/refund/{n}", 19900)) for n in (1, 2)]

    assert [each.outcome for each in reconciled] == [Outcome.APPLIED, Outcome.NOT_APPLIED]
    assert [row.status for row in rig.journal.effects.remedies_of(incident_id=INCIDENT)] == ["applied", "released"]
    assert rig.attempt("payments.refund", refund(f"{OTHER}/refund/1", 19900)).outcome is Outcome.APPLIED
    assert reason(rig.attempt("payments.refund", refund(f"{OTHER}/refund/2", 1))) == "AlreadyGiven"
    assert rig.shop.money("SO-1001").kept == 0


def test_a_replacement_that_is_lost_can_be_refunded_and_after_it_nothing_more(rig: Rig) -> None:
    reship(rig, INCIDENT)

    lost_again = rig.attempt("payments.refund", refund(f"{OTHER}/refund/1", parcel_id="PC-1001-2"), hours=100)
    more = [
        rig.attempt("payments.refund", refund(f"{OTHER}/refund/2", 1, parcel_id="PC-1001-2"), hours=101),
        reship(rig, "inc-1003", "PC-1001-2", hours=102),
        reship(rig, "inc-1004", hours=103),
    ]

    assert lost_again.outcome is Outcome.APPLIED
    assert [reason(report) for report in more] == ["AlreadyGiven"] * 3
    assert rig.shop.money("SO-1001").kept == 0


def test_a_shipment_that_is_taken_back_makes_room_for_a_refund(rig: Rig) -> None:
    sent = reship(rig, INCIDENT)
    undo = asked(f"{INCIDENT}/undo", undoes=f"{INCIDENT}/ship/PC-1001-1", tracking_no=sent.result["tracking_no"])
    rig.attempt("shipping.cancel_shipment", undo, hours=1)

    report = rig.attempt("payments.refund", refund(f"{INCIDENT}/refund/1"), hours=1)

    assert report.outcome is Outcome.APPLIED


def test_a_found_parcel_that_goes_on_is_on_its_way_in_the_same_parcel(rig: Rig) -> None:
    rig.attempt("shipping.open_trace", asked(f"{INCIDENT}/trace/1", parcel_id="PC-1005-1"))

    rig.attempt("shipping.resume_delivery", asked(f"{INCIDENT}/resume/1", parcel_id="PC-1005-1"), hours=31)

    rows = rig.journal.effects.remedies_of(incident_id=INCIDENT)
    assert {(row.head, row.parcel_id, row.gave_parcel) for row in rows} == {(Head.GOODS, "PC-1005-1", "PC-1005-1")}


def test_what_the_shop_refuses_gives_nothing(rig: Rig) -> None:
    rig.shop.fault(call="payments.refund", kind="refuse", reason="PaymentDeclined")
    rig.attempt("payments.refund", refund(f"{INCIDENT}/refund/1"))

    report = reship(rig, INCIDENT)

    assert report.outcome is Outcome.APPLIED


@pytest.mark.parametrize("name", ["payments.compensate", "payments.refund_freight", "payments.give_goodwill"])
def test_heads_have_the_caps_and_the_budgets_of_the_incidents_own_policy(rig: Rig, name: str) -> None:
    remedy = CATALOGUE[name].remedy
    assert remedy is not None
    policy = RemedyPolicy(caps={remedy.head: cny(3000)}, per_day={remedy.head: cny(5000)})
    more = RemedyPolicy()

    def give(n: int, fen: int, order_id: str, policy: RemedyPolicy, hours: float = 0) -> str | None:
        amount = {"amount": fen, "currency": "CNY"}
        key = f"inc-{n}/give/{n}"
        return reason(rig.attempt(name, asked(key, remedies=policy, order_id=order_id, amount=amount), hours=hours))

    told = [
        give(1, 3001, "SO-1001", policy),
        give(2, 3000, "SO-1001", policy),
        give(3, 2001, "SO-1002", policy, hours=14.9),
        give(4, 2001, "SO-1002", policy, hours=15),  # the next day in UTC
        give(5, 90000, "SO-1003", more),
    ]

    assert told == ["AboveCap", None, "BudgetSpent", None, None]


def test_an_order_that_the_shop_does_not_know_is_refused_by_the_call_itself(rig: Rig) -> None:
    money = {"amount": 100, "currency": "CNY"}
    given: list[tuple[str, dict[str, Any]]] = [
        ("payments.refund", {"order_id": "SO-9999", "parcel_id": "PC-1001-1", "amount": money}),
        ("payments.compensate", {"order_id": "SO-9999", "amount": money}),
        ("shipping.create_shipment", {"parcel_id": "PC-9999-1"}),
        ("payments.compensate", {"order_id": "SO-1001", "amount": {"amount": 0, "currency": "CNY"}}),
    ]

    reasons = [
        reason(rig.attempt(name, asked(f"{INCIDENT}/give/{n}", **inputs))) for n, (name, inputs) in enumerate(given)
    ]

    assert reasons == ["OrderNotFound", "OrderNotFound", "ParcelNotFound", "PaymentDeclined"]
    assert rig.journal.effects.remedies_of(incident_id=INCIDENT) == []


@pytest.mark.parametrize(("kind", "error"), [("trouble", Trouble), ("refuse", Refused)])
def test_without_the_worth_of_the_order_nothing_is_given_and_nothing_is_meant(
    rig: Rig, kind: str, error: type[Exception]
) -> None:
    rig.shop.fault(call="orders.worth", kind=kind, reason="ClosedForStocktaking" if kind == "refuse" else "")

    with pytest.raises(error):
        rig.attempt("payments.refund", refund(f"{INCIDENT}/refund/1"))

    assert rig.effect(f"{INCIDENT}/refund/1") is None
    assert rig.attempt("payments.refund", refund(f"{INCIDENT}/refund/1")).outcome is Outcome.APPLIED


def test_a_call_that_was_begun_does_not_ask_for_the_worth_again(rig: Rig) -> None:
    rig.shop.fault(call="payments.refund", kind="trouble")
    with pytest.raises(Trouble):
        rig.attempt("payments.refund", refund(f"{INCIDENT}/refund/1"))
    rig.shop.fault(call="orders.worth", kind="trouble")  # asking would meet it

    report = rig.attempt("payments.refund", refund(f"{INCIDENT}/refund/1"))

    assert report.outcome is Outcome.APPLIED


def test_every_refusal_of_the_journal_is_known_to_the_catalogue_and_none_is_an_activitys_own() -> None:
    own = {reason for spec in CATALOGUE.values() for reason in spec.refusals}

    assert set(EXPOSURE_REFUSALS) == {"AlreadyGiven", "AboveCaptured", "AboveCap", "BudgetSpent"}
    assert own.isdisjoint(EXPOSURE_REFUSALS)


@pytest.mark.parametrize("spec", [spec for spec in CATALOGUE.values() if spec.remedy], ids=lambda spec: spec.name)
def test_a_remedy_names_inputs_and_results_that_there_are(spec: Any) -> None:
    remedy = spec.remedy

    assert {remedy.parcel, remedy.amount} - {None} <= set(spec.takes.model_fields)
    assert remedy.gives is None or remedy.gives in spec.gives.model_fields
    assert (remedy.amount is None) == (remedy.head is Head.GOODS)


def cny(fen: int) -> Money:
    return Money(amount=fen, currency="CNY")
