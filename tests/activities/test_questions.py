"""A question takes its turn, from the activity to the shop: about the goods of its parcel, refused without a call."""

from datetime import timedelta
from typing import Any

import pytest

from activities.wire import CallReport, CallRequest, QuestionPut
from amends.errors import Trouble
from amends.models import NotAsked, Outcome
from runbooks.catalogue import TELL
from tests.activities.rig import INCIDENT, Rig, request

OTHER = "inc-1002"
TEXTS = {"en": {"subject": "Your parcel", "body": "What shall we do?"}}


def asked(incident: str, *, step: str = "ask", **put: Any) -> CallRequest:
    """A question of an incident about SO-1001."""
    fields = {"question": "reship_or_refund", "choices": ("reship", "refund"), "answer_within": timedelta(hours=48)}
    given = request(f"{incident}/{step}/1", order_id="SO-1001", texts=TEXTS, values={})
    question = QuestionPut.model_validate({"order_id": "SO-1001", **fields, **put})
    return given.model_copy(update={"incident_id": incident, "step": step, "question": question})


def reason(report: CallReport) -> str | None:
    return report.refusal.reason if report.refusal else None


def test_a_question_whose_turn_it_is_not_is_refused_and_nothing_is_sent(rig: Rig) -> None:
    first = rig.attempt(TELL, asked(INCIDENT, parcel_id="PC-1001-1"))
    rig.shop.fault(call=TELL, kind="trouble")  # a call would meet it

    second = rig.attempt(TELL, asked(OTHER, question="still_wanted"), hours=1)

    assert first.outcome is Outcome.APPLIED
    assert (second.outcome, reason(second)) == (Outcome.NOT_APPLIED, NotAsked.BEING_ASKED)
    assert second.result["incident"] == INCIDENT
    assert [row.units for row in rig.journal.questions_on("SO-1001")] == [("SO-1001/1#1", "SO-1001/1#2"), ()]


def test_a_parcel_that_replaces_another_has_the_same_goods(rig: Rig) -> None:
    reserved = request(f"{INCIDENT}/reserve/1", parcel_id="PC-1001-1")
    rig.attempt("inventory.reserve", reserved)
    sent = rig.attempt("shipping.create_shipment", request(f"{INCIDENT}/ship/1", parcel_id="PC-1001-1"))
    rig.attempt(TELL, asked(INCIDENT, parcel_id="PC-1001-1"))

    report = rig.attempt(TELL, asked(OTHER, parcel_id=sent.result["parcel_id"], question="still_wanted"))

    assert reason(report) == NotAsked.BEING_ASKED


def test_a_parcel_that_there_is_not_is_taken_for_the_order_as_a_whole(rig: Rig) -> None:
    report = rig.attempt(TELL, asked(INCIDENT, parcel_id="PC-9"))

    assert report.outcome is Outcome.APPLIED
    assert [row.units for row in rig.journal.questions_on("SO-1001")] == [()]


def test_a_question_is_not_meant_before_the_shop_has_said_what_goods_it_is_about(rig: Rig) -> None:
    rig.shop.fault(call="orders.worth", kind="trouble")

    with pytest.raises(Trouble):
        rig.attempt(TELL, asked(INCIDENT, parcel_id="PC-1001-1"))

    assert rig.effect(f"{INCIDENT}/ask/1") is None
    assert rig.journal.questions_on("SO-1001") == []


def test_a_message_that_asks_nothing_takes_no_turn(rig: Rig) -> None:
    rig.attempt(TELL, asked(INCIDENT))

    told = request(f"{OTHER}/tell/1", order_id="SO-1001", texts=TEXTS, values={})
    report = rig.attempt(TELL, told.model_copy(update={"incident_id": OTHER, "step": "tell"}))

    assert report.outcome is Outcome.APPLIED
    assert len(rig.journal.questions_on("SO-1001")) == 1
