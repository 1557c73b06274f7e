"""What a step says cannot be reckoned with what is known: it is a person's to see that it can, and holds up nothing
else."""

from datetime import datetime
from typing import Any

import pytest

from amends.models import Data, Evidence, Status
from amends.timeline import EntryKind
from runbooks.bundle import Bundle
from runbooks.program import Plan, Step, Together, Value
from tests.workflows.bench import approval, person
from tests.workflows.builders import ASK, REFUND, RESERVE, SURVEY, TRACE, WAIT, Incident, applied, lost_parcel
from workflows import acts
from workflows.events import (
    CancelRequested,
    Command,
    CommandReturned,
    NewsReceived,
    SkipRequested,
    TakeOverRequested,
    TaskSettled,
)
from workflows.state import Why

WORTH: Data = {"value": {"amount": 199_00, "currency": "USD"}}
RIGHT: Data = {"facts": {"parcel.value": {"amount": 199_00, "currency": "CNY"}}}
DEAR = "parcel.value > 100"
AN = person("an")


def in_dollars(command: Command, at: datetime) -> CommandReturned:
    """Everything works; the parcel is said to be worth something in another currency than the order's."""
    answer = applied(command, at)
    said = WORTH if command.activity == "shipping.read_parcel" else {}
    return answer.model_copy(update={"result": {**answer.result, **said}})


def opened(*analysis: Step, **stages: Any) -> Incident:
    bundle: Bundle = lost_parcel(analysis=analysis, follow_up=(), **stages)
    return Incident(bundle=bundle, world=in_dollars).open()


def put_right(incident: Incident) -> Incident:
    """The order system says what it is really worth."""
    incident.take(NewsReceived(event_id="e-1", event_type="parcel.valued", data=RIGHT, actor=AN))
    return incident.settle()


def tasks(incident: Incident) -> list[str]:
    return [task.id for task in incident.state.tasks]


@pytest.mark.parametrize(
    "step",
    [
        TRACE.model_copy(update={"when": DEAR}),
        TRACE.model_copy(update={"inputs": {"amount": Value(expr="parcel.value", money=True)}}),
        WAIT.model_copy(update={"until": DEAR, "check": None}),
        ASK.model_copy(update={"after": None, "when": DEAR}),
        approval("refund", "lead", id="analysis.approve"),
    ],
)
def test_a_step_that_cannot_be_reckoned_is_a_persons_task_until_it_can(step: Step) -> None:
    incident = opened(step)

    (opened_task,) = incident.of(EntryKind.TASK_OPENED)
    assert (opened_task["task"], opened_task["why"]) == (f"not_reckoned:{step.id}", Why.NOT_RECKONED)
    assert opened_task["because"] == "the fact 'parcel.value' is in USD, but the order is in CNY"
    assert incident.status() is Status.TAKEN_OVER
    incident.retry(f"not_reckoned:{step.id}", key="too early")
    assert tasks(incident) == [f"not_reckoned:{step.id}"]

    put_right(incident).retry(f"not_reckoned:{step.id}")

    assert tasks(incident) == []


def test_it_is_neither_skipped_nor_settled_by_hand_and_calling_off_ends_it() -> None:
    incident = opened(ASK.model_copy(update={"after": None, "when": DEAR}))
    skip = SkipRequested(key="s", step=ASK.id, reason="she has moved", actor=AN)
    settle = TaskSettled(
        key="t", task=f"not_reckoned:{ASK.id}", how="by phone", evidence=(Evidence(what="x"),), actor=AN
    )

    for act in (skip, settle):
        assert "cannot be reckoned" in str(acts.refusal(incident.state, act, incident.now))
    incident.take(CancelRequested(key="c", reason="found", actor=AN))
    incident.settle()
    assert incident.status() is Status.CANCELLED


def test_in_a_plan_it_is_put_right_by_who_takes_over_and_what_was_done_is_undone() -> None:
    dear = REFUND.model_copy(update={"when": DEAR})
    incident = opened(action=(Plan(name="refund", steps=(RESERVE, dear)),))
    assert tasks(incident) == [f"not_reckoned:{REFUND.id}"]

    incident.take(TakeOverRequested(key="o", reason="she waits", actor=AN))
    incident.take(
        TaskSettled(key="t", task="taken_over", how="by phone", evidence=(Evidence(what="mail 7"),), actor=AN)
    )
    incident.settle()

    assert "inventory.release" in incident.activities()
    assert tasks(incident) == []
    assert incident.status() is Status.CLOSED


def test_a_plan_whose_condition_cannot_be_reckoned_is_not_tried() -> None:
    incident = opened(action=(Plan(name="dear", when=DEAR, steps=(RESERVE,)), Plan(name="refund", steps=(REFUND,))))

    assert incident.state.outcome == "refund"


def test_beside_it_everything_goes_on() -> None:
    beside = Together(id="analysis.together", steps=(TRACE.model_copy(update={"when": DEAR}), SURVEY))
    incident = opened(beside)

    incident.answer("good", ask=SURVEY.id)
    assert incident.state.steps[SURVEY.id].answer == "good"
    put_right(incident).retry(f"not_reckoned:{TRACE.id}")
    assert incident.status() is Status.CLOSED
