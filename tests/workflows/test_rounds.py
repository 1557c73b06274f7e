"""Decisions, and what is repeated: each round has its own steps, effects and questions, and its own names for them."""

from datetime import datetime

from amends.models import Status
from amends.timeline import EntryKind
from runbooks.program import AskStep, Choice, DecideStep, Plan, Rounds, Step, Together
from tests.workflows.builders import (
    OPS,
    REFUND,
    SHIP,
    TRACE,
    Answerer,
    Incident,
    always,
    applied,
    do,
    lost_parcel,
    refusing,
)
from workflows.events import CancelRequested, Command, CommandReturned
from workflows.state import StepPhase

DECIDE = DecideStep(
    id="analysis.decide.choice",
    fact="choice",
    choices=(
        Choice(name="reship", when='parcel.value >= money("CNY 500.00")'),
        Choice(name="refund", when='parcel.value >= money("CNY 100.00")'),
    ),
    otherwise="keep",
)
AGREE = AskStep.model_validate(
    {
        "id": "analysis.ask",
        "to": "customer",
        "question": "choose",
        "choices": [{"name": "reship"}, {"name": "refund"}],
        "answer_within": always(24),
        "if_silent": "refund",
        "save_as": "choice",
    }
)
AGAIN = Rounds(id="analysis.rounds", max=3, until='choice == "reship"', steps=(AGREE,))
RESERVE = do("inventory.reserve", stage="action.send", undo="inventory.release", takes=("reservation_id",))


def sending(*steps: Step, most: int = 3, until: str = 'choice == "reship"') -> tuple[Plan, ...]:
    """A plan in rounds, and one behind it."""
    rounds = Rounds(id="action.send.rounds", max=most, until=until, steps=steps)
    return (Plan(name="send", steps=(rounds,)), Plan(name="refund", steps=(REFUND,)))


def refusing_later(activity: str) -> Answerer:
    """Everything works but this in the second round."""

    def answer(command: Command, at: datetime) -> CommandReturned:
        return (refusing(activity) if "@2/" in command.id else applied)(command, at)

    return answer


def test_the_first_choice_whose_condition_holds_is_a_fact_from_then_on() -> None:
    incident = Incident(bundle=lost_parcel(analysis=(DECIDE,))).open()

    assert incident.of(EntryKind.DECISION_MADE) == [
        {"step": "analysis.decide.choice", "fact": "choice", "choice": "refund"}
    ]
    assert incident.state.facts["choice"] == "refund"
    assert incident.state.outcome == "refund"


def test_when_no_condition_holds_the_decision_is_what_it_is_otherwise() -> None:
    dear = DECIDE.model_copy(update={"choices": DECIDE.choices[:1]})

    incident = Incident(bundle=lost_parcel(analysis=(dear,))).open()

    assert incident.state.facts["choice"] == "keep"


def test_rounds_end_when_their_condition_holds() -> None:
    incident = Incident(bundle=lost_parcel(analysis=(AGAIN,))).open()

    incident.answer("refund").answer("reship", ask="analysis.ask@2", key="a-2")

    assert incident.of(EntryKind.ROUND_ENDED) == [
        {"step": "analysis.rounds", "round": 1, "of": 3, "until": False},
        {"step": "analysis.rounds", "round": 2, "of": 3, "until": True},
    ]
    assert incident.state.outcome == "reship"


def test_rounds_end_behind_the_last_though_their_condition_does_not_hold() -> None:
    incident = Incident(bundle=lost_parcel(analysis=(AGAIN,))).open().wait(days=3)

    assert [each["until"] for each in incident.of(EntryKind.ROUND_ENDED)] == [False] * 3
    assert [each["ask"] for each in incident.of(EntryKind.SILENCE_ASSUMED)] == [
        "analysis.ask",
        "analysis.ask@2",
        "analysis.ask@3",
    ]
    assert incident.state.outcome == "refund"


def test_a_condition_whose_facts_are_not_known_does_not_end_rounds() -> None:
    rounds = Rounds(id="analysis.rounds", max=2, until='trace.status == "found"', steps=(DECIDE,))

    incident = Incident(bundle=lost_parcel(analysis=(rounds,))).open()

    assert [each["until"] for each in incident.of(EntryKind.ROUND_ENDED)] == [False, False]


def test_rounds_that_are_skipped_do_nothing() -> None:
    skipped = AGAIN.model_copy(update={"when": "incident.contacts > 1"})

    incident = Incident(bundle=lost_parcel(analysis=(skipped, DECIDE))).open()

    assert incident.of(EntryKind.STEP_SKIPPED) == [{"step": "analysis.rounds", "when": "incident.contacts > 1"}]
    assert incident.of(EntryKind.ROUND_ENDED) == []


def test_an_answer_to_an_earlier_round_is_no_answer_to_the_next() -> None:
    incident = Incident(bundle=lost_parcel(analysis=(AGAIN,))).open().answer("refund")

    incident.answer("refund", key="a-2")

    assert incident.state.handled["answer:a-2"].result == "repeated"
    assert "analysis.ask@2" not in [each["ask"] for each in incident.of(EntryKind.ANSWER_RECEIVED)]


def test_each_round_has_effects_of_its_own_and_a_refusal_undoes_them_all_the_newest_first() -> None:
    bundle = lost_parcel(analysis=(DECIDE,), action=sending(RESERVE, SHIP, most=2))

    incident = Incident(bundle=bundle, world=refusing_later("shipping.create_shipment")).open()

    assert [each["undoes"] for each in incident.of(EntryKind.UNDO_REQUESTED)] == [
        "inc-1/action.send.inventory.reserve@2/1",
        "inc-1/action.reship.shipping.create_shipment/1",
        "inc-1/action.send.inventory.reserve/1",
    ]
    assert incident.of(EntryKind.PLAN_FAILED) == [{"plan": "send"}]
    assert incident.state.outcome == "refund"


def test_behind_what_cannot_be_called_back_a_refusal_in_a_later_round_is_a_persons() -> None:
    paid = REFUND.model_copy(update={"id": "action.send.payments.refund"})
    bundle = lost_parcel(analysis=(DECIDE,), action=sending(RESERVE, paid, most=2))

    incident = Incident(bundle=bundle, world=refusing_later("inventory.reserve")).open()

    assert [task.id for task in incident.state.tasks] == ["refused:action.send.inventory.reserve@2/1"]
    assert incident.of(EntryKind.PLAN_FAILED) == []
    incident.world = applied
    incident.retry("refused:action.send.inventory.reserve@2/1")
    assert incident.state.outcome == "send"


def test_what_runs_beside_rounds_goes_on_while_they_do() -> None:
    beside = Together(id="analysis.together", steps=(AGAIN, TRACE))
    incident = Incident(bundle=lost_parcel(analysis=(beside,))).open()

    incident.answer("refund").answer("reship", ask="analysis.ask@2", key="a-2")

    assert incident.state.steps["analysis.together"].phase is StepPhase.DONE
    assert incident.state.facts["trace"] == {"trace_id": "T-1", "status": "open"}


def test_a_plan_that_is_tried_once_more_begins_with_its_first_round() -> None:
    bundle = lost_parcel(analysis=(DECIDE,), action=sending(RESERVE, SHIP, most=2)[:1])
    incident = Incident(bundle=bundle, world=refusing("shipping.create_shipment")).open()
    assert incident.status() is Status.TAKEN_OVER

    incident.world = applied
    incident.retry("no_plan_left")

    assert [each["round"] for each in incident.of(EntryKind.ROUND_ENDED)] == [1, 2]
    assert incident.state.outcome == "send"


def test_calling_off_withdraws_the_question_of_the_round_that_is_asked() -> None:
    incident = Incident(bundle=lost_parcel(analysis=(AGAIN,))).open().answer("refund")

    incident.take(CancelRequested(key="c-1", reason="found", actor=OPS))
    incident.settle()

    assert incident.of(EntryKind.QUESTION_WITHDRAWN) == [{"ask": "analysis.ask@2"}]
    assert incident.status() is Status.CANCELLED
