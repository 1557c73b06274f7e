"""News that cuts in: what it ends, what it waits for, when it comes too late, and what follows."""

from typing import Any

import pytest

from amends.models import Actor, ActorKind, Data, Outcome, Stage, Status
from amends.timeline import EntryKind
from runbooks.bundle import Bundle
from runbooks.policy import Interrupt
from runbooks.program import OnRefusal, Plan, Value
from tests.workflows.bench import approval, cautious
from tests.workflows.builders import (
    ASK,
    OPS,
    REFUND,
    REPLACE,
    RESERVE,
    SHIP,
    TRACE,
    WAIT,
    Incident,
    applied,
    do,
    lost_parcel,
    read,
    refusing,
)
from workflows.events import (
    CancelRequested,
    CommandReturned,
    NewsReceived,
    PlanChosen,
    Registered,
    ReportReceived,
    TakeOverRequested,
)

SHOP = Actor(kind=ActorKind.SYSTEM, id="shop")
STOP = do("orders.hold", stage="action.stop", undo="orders.release", takes=("hold_id",))
STOPPED = Plan(name="stop", when='choice == "stop"', steps=(STOP,))
RESHIP = Plan(name="reship", when='choice == "reship"', steps=(REPLACE, RESERVE, SHIP))
REFUNDED = Plan(name="refund", steps=(REFUND,))
CANCELLED = Interrupt(on="order.cancel_requested", plan="stop")


def interruptible(*interrupts: Interrupt, **stages: Any) -> Bundle:
    """The small runbook with a plan that only news starts."""
    bundle = lost_parcel(**{"action": (STOPPED, RESHIP, REFUNDED), **stages})
    return bundle.model_copy(update={"interrupts": interrupts or (CANCELLED,)})


def news(incident: Incident, event_type: str = "order.cancel_requested", *, key: str = "n-1", **data: Any) -> Incident:
    """News comes; what it leads to is not answered yet."""
    incident.take(NewsReceived(event_id=key, event_type=event_type, data=data, actor=SHOP))
    return incident


def why(incident: Incident) -> Data:
    (told,) = incident.of(EntryKind.INTERRUPT_IGNORED)
    return told


def test_news_ends_what_is_asked_and_awaited_and_its_plan_is_tried_whatever_its_condition() -> None:
    incident = Incident(bundle=interruptible()).open().wait(hours=25)
    assert incident.state.waiting_for == ["carrier", "customer"]

    news(incident).settle()

    assert incident.of(EntryKind.INTERRUPTED) == [{"on": "order.cancel_requested", "plan": "stop"}]
    assert incident.of(EntryKind.WAIT_WITHDRAWN) == [{"wait": WAIT.id}]
    assert incident.of(EntryKind.QUESTION_WITHDRAWN) == [{"ask": ASK.id}]
    assert incident.of(EntryKind.PLAN_STARTED) == [{"plan": "stop", "interrupt": "order.cancel_requested"}]
    assert incident.state.outcome == "stop"
    assert incident.state.stage is Stage.FOLLOW_UP


def test_stages_that_were_not_reached_are_left_out() -> None:
    incident = Incident(bundle=interruptible())
    incident.take(ReportReceived(key="k-1", report={"order_id": "SO-1", "parcel_id": "PC-1"}, actor=OPS))

    news(incident)
    incident.take(Registered())

    assert [each["stage"] for each in incident.of(EntryKind.STAGE_ENTERED)] == ["action"]
    assert incident.activities() == ["orders.hold"]


def test_news_of_which_no_interrupt_speaks_cuts_in_nowhere() -> None:
    incident = Incident(bundle=interruptible()).open()

    news(incident, "order.paid").settle()

    assert incident.of(EntryKind.INTERRUPTED) == incident.of(EntryKind.INTERRUPT_IGNORED) == []


@pytest.mark.parametrize("condition", ['trace.status == "found"', 'choice == "stop"'], ids=["false", "unknown"])
def test_an_interrupt_whose_condition_does_not_hold_or_is_not_known_to_does_not_cut_in(condition: str) -> None:
    only = CANCELLED.model_copy(update={"when": condition})
    incident = Incident(bundle=interruptible(only)).open()

    news(incident).settle()

    assert incident.of(EntryKind.INTERRUPTED) == incident.of(EntryKind.INTERRUPT_IGNORED) == []


def test_the_first_interrupt_whose_condition_holds_after_what_the_news_says_itself_cuts_in() -> None:
    not_yet = Interrupt(on="parcel.moved", when='trace.status == "returned"', plan="refund")
    found = Interrupt(on="parcel.moved", when='trace.status == "found"', plan="stop")
    incident = Incident(bundle=interruptible(not_yet, found)).open()

    news(incident, "parcel.moved", facts={"trace.status": "found"}).settle()

    assert incident.of(EntryKind.INTERRUPTED) == [{"on": "parcel.moved", "plan": "stop"}]
    assert incident.of(EntryKind.WAIT_ENDED) == []
    assert incident.state.outcome == "stop"


def test_the_same_news_twice_counts_once() -> None:
    incident = Incident(bundle=interruptible()).open()

    news(news(incident)).settle()

    assert len(incident.of(EntryKind.INTERRUPTED)) == 1
    assert incident.of(EntryKind.INTERRUPT_IGNORED) == []


def test_a_call_of_the_stage_that_is_under_way_is_waited_for() -> None:
    incident = Incident(bundle=interruptible(analysis=(TRACE, WAIT)))
    incident.take(ReportReceived(key="k-1", report={"order_id": "SO-1", "parcel_id": "PC-1"}, actor=OPS))
    incident.take(Registered())
    while not any(each.activity == "shipping.open_trace" for each in incident.state.pending.values()):
        incident.take(applied(next(iter(incident.state.pending.values())), incident.now))

    news(incident)
    assert incident.state.stage is Stage.ANALYSIS
    incident.settle()

    assert incident.state.facts["trace"] == {"trace_id": "T-1", "status": "open"}
    assert incident.of(EntryKind.WAIT_STARTED) == []
    assert incident.state.outcome == "stop"


def test_a_call_of_the_stage_that_is_refused_meanwhile_is_nobodys_task() -> None:
    incident = Incident(bundle=interruptible(analysis=(TRACE,)), world=refusing("shipping.open_trace"))
    incident.take(ReportReceived(key="k-1", report={"order_id": "SO-1", "parcel_id": "PC-1"}, actor=OPS))
    incident.take(Registered())
    while not any(each.activity == "shipping.open_trace" for each in incident.state.pending.values()):
        incident.take(applied(next(iter(incident.state.pending.values())), incident.now))

    news(incident).settle()

    assert incident.of(EntryKind.TASK_OPENED) == []
    assert incident.state.outcome == "stop"


def test_what_was_left_to_a_person_in_the_stage_is_nobodys_task_any_more() -> None:
    incident = Incident(bundle=interruptible(analysis=(TRACE,)), world=refusing("shipping.open_trace")).open()
    assert [task.id for task in incident.state.tasks] == ["refused:analysis.shipping.open_trace/1"]

    news(incident).settle()

    assert [each["how"] for each in incident.of(EntryKind.TASK_CLOSED)] == ["withdrawn"]
    assert incident.state.outcome == "stop"


def test_whether_something_that_matters_has_happened_is_still_to_be_found_out() -> None:
    def unheard(command: Any, at: Any) -> CommandReturned:
        lost = command.activity == "shipping.open_trace"
        told = CommandReturned(command_id=command.id, outcome=Outcome.UNKNOWN, trouble="no answer")
        return told if lost else applied(command, at)

    incident = Incident(bundle=interruptible(analysis=(TRACE,)), world=unheard).open()

    news(incident).settle().wait(days=8)
    assert (incident.state.outcome, incident.status()) == ("stop", Status.TAKEN_OVER)
    incident.world = refusing("shipping.open_trace")
    incident.retry("unknown:analysis.shipping.open_trace/1")

    assert incident.state.tasks == []
    assert incident.status() is Status.CLOSED


def test_an_approval_that_is_asked_is_withdrawn_with_the_plan_that_asked_it() -> None:
    asked = Plan(name="refund", steps=(approval("refund", "finance"), REFUND))
    bundle = interruptible(analysis=(), action=(STOPPED.model_copy(update={"when": "false"}), asked))
    incident = Incident(bundle=bundle.model_copy(update={"roles": cautious().roles})).open()
    assert incident.state.approvals["action.refund.approve"].open

    news(incident).settle()

    assert [each["approval"] for each in incident.of(EntryKind.APPROVAL_WITHDRAWN)] == ["action.refund.approve"]
    assert [each["plan"] for each in incident.of(EntryKind.PLAN_UNDONE)] == ["refund"]
    assert incident.state.outcome == "stop"


def test_a_plan_that_is_being_tried_is_undone_before_the_other_is() -> None:
    held_up = WAIT.model_copy(update={"id": "action.reship.wait", "until": 'choice == "now"', "check": None})
    slow = RESHIP.model_copy(update={"when": None, "steps": (REPLACE, RESERVE, held_up)})
    never = STOPPED.model_copy(update={"when": "false"})
    reship = read("shipping.open_trace", stage="analysis", save_as="trace")
    incident = Incident(bundle=interruptible(analysis=(reship, ASK), action=(never, slow, REFUNDED))).open()
    incident.wait(hours=25).answer("reship")

    news(incident).settle()

    kinds = [each for each in incident.kinds() if each.value.startswith(("plan", "undo", "interr", "incident_res"))]
    assert kinds == [
        EntryKind.PLAN_STARTED,
        EntryKind.INTERRUPTED,
        EntryKind.PLAN_FAILED,
        EntryKind.UNDO_REQUESTED,
        EntryKind.UNDO_APPLIED,
        EntryKind.UNDO_REQUESTED,
        EntryKind.UNDO_APPLIED,
        EntryKind.PLAN_UNDONE,
        EntryKind.PLAN_STARTED,
        EntryKind.PLAN_SUCCEEDED,
        EntryKind.INCIDENT_RESOLVED,
    ]
    assert incident.state.outcome == "stop"


@pytest.mark.parametrize("known", [True, False], ids=["it happened", "nobody knows yet"])
def test_it_comes_too_late_for_a_plan_that_has_done_what_cannot_be_called_back_or_may_have(known: bool) -> None:
    survey = ASK.model_copy(update={"id": "action.refund.ask", "save_as": None, "after": None})
    paying = Plan(name="refund", steps=(REFUND, survey))
    incident = Incident(
        bundle=interruptible(analysis=(), action=(STOPPED.model_copy(update={"when": "false"}), paying))
    )
    incident.take(ReportReceived(key="k-1", report={"order_id": "SO-1", "parcel_id": "PC-1"}, actor=OPS))
    incident.take(Registered())
    while not any(each.activity == "payments.refund" for each in incident.state.pending.values()):
        incident.take(applied(next(iter(incident.state.pending.values())), incident.now))
    if known:
        incident.settle()

    news(incident).settle().wait(days=3)

    assert why(incident) == {
        "on": "order.cancel_requested",
        "plan": "stop",
        "why": "the plan 'refund' has done what cannot be called back, or may have",
    }
    assert incident.state.outcome == "refund"


def test_if_its_plan_fails_the_plans_follow_in_their_order() -> None:
    incident = Incident(bundle=interruptible(), world=refusing("orders.hold")).open()
    incident.wait(hours=25)

    news(incident, facts={"choice": "reship"}).settle()

    assert [each["plan"] for each in incident.of(EntryKind.PLAN_STARTED)] == ["stop", "reship"]
    assert incident.state.outcome == "reship"


def test_then_a_plan_that_needs_what_was_not_found_out_is_passed_over() -> None:
    needy = Plan(name="needy", steps=(do("inventory.reserve", stage="action.needy", inputs=_trace_id()), RESERVE))
    incident = Incident(bundle=interruptible(action=(STOPPED, RESHIP, needy, REFUNDED), analysis=(ASK, TRACE)))
    incident.world = refusing("orders.hold")

    news(incident.open()).settle()

    assert [each["plan"] for each in incident.of(EntryKind.PLAN_STARTED)] == ["stop", "refund"]


def test_a_plan_that_needs_what_is_not_known_is_not_started_and_a_person_decides() -> None:
    needy = STOPPED.model_copy(update={"steps": (STOP.model_copy(update={"inputs": _trace_id()}),)})
    incident = Incident(bundle=interruptible(action=(needy, RESHIP, REFUNDED), analysis=(ASK, TRACE))).open()

    news(incident).settle()

    reason = "the plan cannot be followed: it needs 'trace.trace_id', which is not known"
    assert why(incident) == {"on": "order.cancel_requested", "plan": "stop", "why": reason}
    assert [task.id for task in incident.state.tasks] == ["no_plan_left"]
    incident.take(PlanChosen(key="p-1", plan="stop", actor=OPS))
    assert "needs 'trace.trace_id', which is not known" in str(incident.state.handled["choose:p-1"].refused)
    incident.take(PlanChosen(key="p-2", plan="refund", actor=OPS))
    assert incident.settle().state.outcome == "refund"


def test_one_cuts_in_at_a_time() -> None:
    returned = Interrupt(on="order.returned", plan="refund")
    incident = Incident(bundle=interruptible(CANCELLED, returned)).open()

    news(incident)
    news(incident, "order.returned", key="n-2")

    assert why(incident)["why"] == "'order.cancel_requested' has cut in already, and the plan 'stop' is being tried"


def test_while_what_it_ends_is_waited_for_no_other_cuts_in() -> None:
    returned = Interrupt(on="order.returned", plan="refund")
    incident = Incident(bundle=interruptible(CANCELLED, returned))
    incident.take(ReportReceived(key="k-1", report={"order_id": "SO-1", "parcel_id": "PC-1"}, actor=OPS))
    incident.take(Registered())

    news(incident)
    news(incident, "order.returned", key="n-2")

    assert why(incident)["why"] == "'order.cancel_requested' has cut in already"


def test_news_of_a_plan_that_is_being_tried_changes_nothing() -> None:
    first = STOPPED.model_copy(update={"when": None})
    incident = Incident(bundle=interruptible(analysis=(), action=(first, REFUNDED)))
    incident.take(ReportReceived(key="k-1", report={"order_id": "SO-1", "parcel_id": "PC-1"}, actor=OPS))
    incident.take(Registered())
    while not any(each.activity == "orders.hold" for each in incident.state.pending.values()):
        incident.take(applied(next(iter(incident.state.pending.values())), incident.now))

    news(incident)

    assert why(incident)["why"] == "its plan is being tried already"


def test_nothing_cuts_in_on_what_is_decided_already() -> None:
    resolved = Incident(bundle=interruptible(action=(REFUNDED,), analysis=())).open()
    cancelled = Incident(bundle=interruptible()).open()
    cancelled.take(CancelRequested(key="c-1", reason="found", actor=OPS))
    in_hand = Incident(bundle=interruptible()).open()
    in_hand.take(TakeOverRequested(key="t-1", reason="a friend of the house", actor=OPS))
    nothing_left = Incident(bundle=interruptible(analysis=(), action=(REFUNDED,)), world=refusing("payments.refund"))

    told = [why(news(each))["why"] for each in (resolved, cancelled, in_hand, nothing_left.open())]

    assert told == [
        "the customer is whole already",
        "the incident is being cancelled",
        "a person has taken it over",
        "no plan was left, and a person decides",
    ]


def test_a_step_of_the_stage_that_was_to_go_on_without_is_not_gone_back_to() -> None:
    trace = TRACE.model_copy(update={"on_refusal": OnRefusal.CONTINUE, "otherwise": {"status": "refused"}})
    incident = Incident(bundle=interruptible(analysis=(trace, WAIT))).open()

    news(incident).settle().wait(days=10)

    assert incident.of(EntryKind.WAIT_TIMED_OUT) == []
    assert incident.status() is Status.CLOSED


def _trace_id() -> dict[str, Value]:
    return {"trace_id": Value(expr="trace.trace_id")}
