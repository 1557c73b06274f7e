"""What a role is asked is a move that it owes: its people are paged, and nobody else answers."""

from typing import Any

import pytest

from amends.models import Actor, ActorKind, Party
from amends.timeline import EntryKind
from runbooks.bundle import MessageText
from tests.workflows.builders import ASK, CUSTOMER, HOUR, START, Incident, lost_parcel, read
from tests.workflows.promises import LADDER, pages, promising, sla
from workflows import views
from workflows.events import Acknowledgement, AnswerGiven

ORDER = read("orders.read", stage="report", save_as="order")
AN = Actor(kind=ActorKind.HUMAN, id="an")
FANG = Actor(kind=ActorKind.HUMAN, id="fang")
ROBOT = Actor(kind=ActorKind.SYSTEM, id="warehouse-robot")
TEXT = MessageText(subject="Order {report.order_id}", body="Is {report.parcel_id} here? Within {answer_within}.")


def asked(**more: Any) -> Incident:
    """Finance is asked at once, and has two days."""
    step = ASK.model_copy(
        update={"to": Party.US, "role": "finance", "after": None, "values": ("report.order_id", "report.parcel_id")}
    )
    small = lost_parcel(report=(ORDER,), analysis=(step,), follow_up=())
    bundle = promising(small, **{"escalation": LADDER, **more})
    return Incident(
        bundle=bundle.model_copy(update={"messages": {**bundle.messages, "choose": {"en": TEXT, "zh": TEXT}}})
    ).open()


def refused(incident: Incident, actor: Actor) -> str | None:
    incident.take(AnswerGiven(key=actor.id, ask=ASK.id, choice="reship", actor=actor))
    incident.settle()
    return incident.state.handled[f"answer:{actor.id}"].refused


def test_a_role_is_asked_at_once_by_no_letter_and_its_clock_runs() -> None:
    incident = asked()

    (entry,) = incident.of(EntryKind.QUESTION_ASKED)
    assert (entry["to"], entry["role"]) == ("us", "finance")
    assert entry["answer_by"] == (START + 48 * HOUR).isoformat()
    assert not [each for each in incident.activities() if each.endswith(".tell")]
    assert incident.state.waiting_for == [Party.US]


def test_it_reads_the_question_with_all_that_it_names_in_each_language() -> None:
    (shown,) = views.view(asked().state, now=START, busy=False).asks

    assert shown.role == "finance"
    assert shown.texts["en"] == {"subject": "Order SO-1", "body": "Is PC-1 here? Within 48 hours."}
    assert shown.texts["zh"]["body"] == "Is PC-1 here? Within 48 小时."


def test_whoever_is_of_the_role_is_paged_and_the_ladder_climbs_until_somebody_takes_it_on() -> None:
    """A role is asked at once, and whoever is of it is paged until somebody takes it on."""
    incident = asked().wait(hours=3)

    assert pages(incident)[:2] == [(0.0, 1, "fang"), (2.0, 2, "chen")]
    (first, *_) = incident.of(EntryKind.PAGE_REQUESTED)
    assert (first["people"], first["why"], first["owed"]) == (["fang"], "question", [f"ask:{ASK.id}"])
    incident.take(Acknowledgement(key="k", actor=FANG))
    before = len(pages(incident))
    assert len(pages(incident.wait(hours=5))) == before


@pytest.mark.parametrize("who", [AN, CUSTOMER, ROBOT], ids=["another role", "a stranger", "a system"])
def test_nobody_else_answers_and_learns_who_could(who: Actor) -> None:
    """Nobody else answers what a role is asked."""
    incident = asked()

    why = f"{who.id!r} is not of 'finance', which is asked at {ASK.id!r}; 'fang' could answer"
    assert refused(incident, who) == why


def test_an_answer_of_the_role_counts_stops_the_ladder_and_keeps_who_gave_it_from_approving() -> None:
    incident = asked()

    assert refused(incident, FANG) is None

    assert incident.state.facts["choice"] == "reship"
    assert incident.state.ladder is None
    assert "fang" in incident.state.hands


def test_silence_means_what_is_written_for_a_role_too() -> None:
    incident = asked().wait(hours=48)

    assert incident.of(EntryKind.SILENCE_ASSUMED) == [{"ask": ASK.id, "choice": "refund"}]
    assert incident.state.facts["choice"] == "refund"


def test_no_promise_pauses_for_what_one_of_us_is_asked() -> None:
    incident = asked(sla=sla(analysis=24))

    assert incident.of(EntryKind.CLOCK_PAUSED) == []
    assert incident.wait(hours=25).of(EntryKind.CLOCK_BREACHED)


def test_in_a_bundle_without_people_anybody_may_answer() -> None:
    incident = asked(roles={}, escalation=())

    assert refused(incident, CUSTOMER) is None
