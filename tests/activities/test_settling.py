"""A person's word for what became of a call."""

from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.effects import Effects
from activities.settling import Settling
from activities.wire import CallReport, SettleRequest
from activities.worth import Worth
from amends.errors import Trouble
from amends.models import Data, Outcome
from tests.activities.rig import INCIDENT, Rig, request

KEY = f"{INCIDENT}/action.reship/1"


def settle(
    rig: Rig,
    outcome: Outcome = Outcome.APPLIED,
    result: Data | None = None,
    activity: str = "shipping.create_shipment",
    by: str = "mei",
) -> CallReport:
    given = SettleRequest(
        activity=activity,
        call=request(KEY, parcel_id="PC-1001-1"),
        outcome=outcome,
        result=result or {},
        by=by,
        how="the warehouse has the slip",
    )
    settling = Settling(Effects(rig.journal.effects, Worth(rig.shop)))
    return rig.within(lambda: settling.settle(given))


def in_doubt(rig: Rig, kind: str = "trouble") -> None:
    rig.attempt("inventory.reserve", request(f"{INCIDENT}/reserve/1", parcel_id="PC-1001-1"))
    rig.shop.fault(call="shipping.create_shipment", kind=kind)
    with pytest.raises(Trouble):
        rig.attempt("shipping.create_shipment", request(KEY, parcel_id="PC-1001-1"))


def test_what_a_person_found_out_is_the_outcome_with_who_and_how_and_what_was_given_by_it(rig: Rig) -> None:
    in_doubt(rig, "trouble_after")

    report = settle(rig, result={"parcel_id": "PC-1001-2", "tracking_no": "TN-1001-2"})

    record = rig.effect(KEY)
    assert report == CallReport(outcome=Outcome.APPLIED, result={"parcel_id": "PC-1001-2", "tracking_no": "TN-1001-2"})
    assert record is not None
    assert (record.outcome, record.settled) == (
        Outcome.APPLIED,
        {"by": "mei", "how": "the warehouse has the slip"},
    )
    rows = rig.journal.effects.remedies_of(incident_id=INCIDENT)
    assert {(row.status, row.gave_parcel) for row in rows} == {("applied", "PC-1001-2")}


def test_what_was_not_done_says_so_and_gives_nothing(rig: Rig) -> None:
    in_doubt(rig)

    report = settle(rig, Outcome.NOT_APPLIED)

    assert report.refusal is not None
    assert report.refusal.reason == "NotDone"
    assert {row.status for row in rig.journal.effects.remedies_of(incident_id=INCIDENT)} == {"released"}


def test_an_attempt_that_comes_after_it_finds_the_outcome_and_does_not_call(rig: Rig) -> None:
    in_doubt(rig)
    settled = settle(rig, Outcome.NOT_APPLIED)

    late = rig.attempt("shipping.create_shipment", request(KEY, parcel_id="PC-1001-1"))

    assert late == settled
    assert rig.shop.shipments("SO-1001") == []


def test_an_outcome_that_is_known_by_now_stays_and_is_reported(rig: Rig) -> None:
    in_doubt(rig, "trouble_after")
    known = rig.attempt("shipping.create_shipment", request(KEY, parcel_id="PC-1001-1"))

    report = settle(rig, Outcome.NOT_APPLIED)

    record = rig.effect(KEY)
    assert report == known.model_copy(update={"known_before": True})
    assert record is not None
    assert (record.outcome, record.settled) == (Outcome.APPLIED, None)


def test_the_same_word_again_is_harmless(rig: Rig) -> None:
    in_doubt(rig)

    reports = [settle(rig, Outcome.NOT_APPLIED), settle(rig, Outcome.NOT_APPLIED)]

    assert reports[0] == reports[1]
    assert not reports[0].known_before


def test_a_word_that_comes_after_anothers_is_not_taken_though_it_says_the_same(rig: Rig) -> None:
    in_doubt(rig)
    settle(rig, Outcome.NOT_APPLIED)

    report = settle(rig, Outcome.NOT_APPLIED, by="arun")

    record = rig.effect(KEY)
    assert report.known_before
    assert record is not None
    assert record.settled == {"by": "mei", "how": "the warehouse has the slip"}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"outcome": Outcome.UNKNOWN}, "say whether it was applied or not_applied"),
        ({"outcome": Outcome.NOT_APPLIED, "result": {"parcel_id": "PC-2"}}, "what was not applied has no result"),
        ({"result": {"refund_id": "RF-1"}}, "gives no 'refund_id'; it gives parcel_id, carrier, tracking_no"),
        ({"result": {"tracking_no": 4711}}, "'tracking_no' is wrong: Input should be a valid string"),
        ({"result": {"parcel_id": "PC-2"}, "activity": "inventory.release"}, "gives no 'parcel_id'; it gives nothing"),
    ],
    ids=["unknown", "a result of nothing", "no such field", "wrong", "gives nothing"],
)
def test_what_cannot_be_taken_is_refused_for_good_and_changes_nothing(
    rig: Rig, given: dict[str, Any], says: str
) -> None:
    in_doubt(rig)

    with pytest.raises(ApplicationError) as error:
        settle(rig, **given)

    record = rig.effect(KEY)
    assert (error.value.type, error.value.non_retryable) == ("input_error", True)
    assert "step 'action.reship' cannot be settled so" in str(error.value)
    assert says in str(error.value)
    assert record is not None
    assert record.outcome is None
