"""Turns that are rare and were once taken wrongly: each was found by the walks of ``tests/model``."""

from datetime import timedelta

import pytest

from amends.models import Evidence, Outcome, Refusal, Status
from amends.timeline import EntryKind
from runbooks.program import Plan, Reminders, Step, TellStep, Together
from tests.workflows.bench import FINANCE, LEAD, chosen, count, person
from tests.workflows.builders import (
    ASK,
    CUSTOMER,
    HOUR,
    OPS,
    REFUND,
    REPLACE,
    REPORT,
    RESERVE,
    RESULTS,
    TELL,
    TRACE,
    Incident,
    applied,
    lost_parcel,
    read,
)
from tests.workflows.builders import SHIP as SHIPMENT
from workflows import core
from workflows.contract import Verdict
from workflows.events import (
    CancelRequested,
    Command,
    CommandReturned,
    DecisionGiven,
    Registered,
    ReportReceived,
    RetryRequested,
    TaskSettled,
    TimeCame,
)
from workflows.state import StepPhase, Why

BESIDE = Together(
    id="action.refund.together",
    steps=(REFUND, TRACE.model_copy(update={"id": "action.refund.shipping.open_trace", "save_as": None})),
)
NEXT = Plan(name="next", steps=(SHIPMENT.model_copy(update={"id": "action.next.shipping.create_shipment"}),))


def refused(command: Command) -> CommandReturned:
    refusal = Refusal(reason="NotNow", message="not now")
    return CommandReturned(command_id=command.id, outcome=Outcome.NOT_APPLIED, refusal=refusal)


def unheard(command: Command) -> CommandReturned:
    return CommandReturned(command_id=command.id, outcome=Outcome.UNKNOWN, trouble="definition_error: wrong inputs")


def under_way(incident: Incident, activity: str) -> Command:
    return next(command for command in incident.state.pending.values() if command.activity == activity)


def reading() -> Incident:
    """An incident whose first read has failed for good."""
    incident = Incident()
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=OPS))
    incident.take(Registered())
    incident.take(unheard(under_way(incident, "orders.read")))
    return incident


def beside() -> Incident:
    """A refund and a search are under way at once, in a plan behind which there is another."""
    incident = Incident(bundle=lost_parcel(analysis=(), action=(Plan(name="refund", steps=(BESIDE,)), NEXT)))
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=OPS))
    incident.take(Registered())
    while len(incident.state.pending) < 2:
        incident.take(applied(next(iter(incident.state.pending.values())), incident.now))
    return incident


def test_a_read_that_failed_for_good_is_made_once_more_when_a_person_says_so() -> None:
    incident = reading()

    incident.retry("unknown:report.orders.read/1")

    assert [command.id for command in incident.commands][:2] == ["report.orders.read/1", "report.orders.read/2"]
    assert incident.state.tasks == []


def test_a_person_may_say_what_a_read_that_failed_for_good_would_have_given() -> None:
    incident = reading()
    evidence = (Evidence(what="the shop's own page of the order"),)
    given = {"status": "paid", "total": {"amount": 1, "currency": "CNY"}, "refunded": {"amount": 0, "currency": "CNY"}}
    settled = TaskSettled(
        key="s-1", task="unknown:report.orders.read/1", how="looked it up", evidence=evidence, actor=OPS
    )

    incident.take(settled)
    incident.take(settled.model_copy(update={"key": "s-2", "result": {**RESULTS["orders.read"], **given}}))

    assert "'total'" in str(incident.state.handled["settle:s-1"].refused)
    assert incident.state.handled["settle:s-2"].result == "recorded"
    assert incident.state.facts["order"] == {**RESULTS["orders.read"], **given}


def test_calling_off_drops_a_read_that_failed_for_good() -> None:
    incident = reading()

    incident.take(CancelRequested(reason="mistake", actor=OPS))

    assert incident.status() is Status.CANCELLED


def test_a_plan_does_not_fail_while_a_refund_beside_what_was_refused_is_under_way() -> None:
    incident = beside()

    incident.take(refused(under_way(incident, "shipping.open_trace")))

    assert incident.of(EntryKind.PLAN_FAILED) == []


def test_a_refusal_beside_a_refund_that_was_made_is_a_persons_task_and_no_other_plan_is_tried() -> None:
    incident = beside()
    incident.take(refused(under_way(incident, "shipping.open_trace")))

    incident.take(applied(under_way(incident, "payments.refund"), incident.now))

    assert incident.of(EntryKind.PLAN_FAILED) == []
    assert [task.why for task in incident.state.tasks] == [Why.REFUSED]
    assert "shipping.create_shipment" not in incident.activities()


def test_a_plan_fails_once_the_refund_beside_what_was_refused_is_known_not_to_have_been_made() -> None:
    incident = beside()
    incident.take(refused(under_way(incident, "shipping.open_trace")))

    incident.take(refused(under_way(incident, "payments.refund")))

    assert [data["plan"] for data in incident.of(EntryKind.PLAN_UNDONE)] == ["refund"]
    assert "shipping.create_shipment" in incident.activities()


def test_a_moment_that_passes_while_a_decision_is_counted_is_noted_once() -> None:
    incident = chosen()
    decision = DecisionGiven(
        key="d-1",
        approval=LEAD.id,
        verdict=Verdict.APPROVE,
        amount=incident.state.approvals[LEAD.id].amount,
        plan="reship",
        actor=person("chen"),
    )
    incident.take(decision)
    incident.now += timedelta(hours=4)

    incident.take(TimeCame())
    incident.take(TimeCame())

    due = core.next_due(incident.state)
    assert due is None or due.at > incident.now
    assert count(incident, EntryKind.APPROVAL_EXPIRED) == 0
    assert FINANCE.id not in incident.state.approvals


def test_a_count_that_does_not_reach_after_the_moment_has_passed_leaves_the_silence_to_be_taken() -> None:
    incident = chosen()
    decision = DecisionGiven(
        key="d-1",
        approval=LEAD.id,
        verdict=Verdict.APPROVE,
        amount=incident.state.approvals[LEAD.id].amount,
        plan="reship",
        actor=person("chen"),
    )
    (counting,) = incident.take(decision)
    incident.now += timedelta(hours=4)
    incident.take(TimeCame())

    incident.take(refused(counting))

    assert count(incident, EntryKind.APPROVAL_EXPIRED) == 1


def test_what_a_plan_that_failed_would_have_said_is_nobodys_task_any_more() -> None:
    telling = TellStep(id="action.refund.tell", to=TELL.to, message=TELL.message)
    both = Together(id="action.refund.together", steps=(telling, REFUND))
    incident = Incident(bundle=lost_parcel(analysis=(), action=(Plan(name="refund", steps=(both,)), NEXT)))
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=CUSTOMER))
    incident.take(Registered())
    while "payments.refund" not in incident.activities():
        incident.take(applied(next(iter(incident.state.pending.values())), incident.now))
    incident.take(refused(under_way(incident, "customers.tell")))
    told = incident.of(EntryKind.TASK_OPENED)

    incident.take(refused(under_way(incident, "payments.refund")))

    assert [data["step"] for data in told] == ["action.refund.tell"]
    assert incident.of(EntryKind.TASK_CLOSED) == [{"task": told[0]["task"], "how": "withdrawn"}]
    assert incident.state.tasks == []


SAYING = TellStep(id="action.refund.tell", to=TELL.to, message=TELL.message)
LOOKING = read("inventory.check", stage="action.refund", save_as="stock")


def beside_a_refund(step: Step) -> Incident:
    """A message or a read is under way together with a refund, behind what can be taken back, in the only plan."""
    first = REPLACE.model_copy(update={"id": "action.refund.orders.add_replacement"})
    both = Together(id="action.refund.together", steps=(step, REFUND))
    incident = Incident(bundle=lost_parcel(analysis=(), action=(Plan(name="refund", steps=(first, both)),)))
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=CUSTOMER))
    incident.take(Registered())
    while "payments.refund" not in incident.activities():
        incident.take(applied(next(iter(incident.state.pending.values())), incident.now))
    return incident


@pytest.mark.parametrize("step", [SAYING, LOOKING], ids=["message", "read"])
def test_what_becomes_of_a_message_or_a_read_of_a_plan_that_has_failed_is_nobodys_task(step: Step) -> None:
    incident = beside_a_refund(step)
    incident.take(refused(under_way(incident, "payments.refund")))

    while (late := next((each for each in incident.state.pending.values() if each.step == step.id), None)) is not None:
        incident.take(unheard(late))
    incident.settle()

    assert [task.id for task in incident.state.tasks] == ["no_plan_left"]


def test_a_read_that_failed_for_good_in_a_plan_that_fails_is_dropped_with_it() -> None:
    incident = beside_a_refund(LOOKING)
    incident.take(unheard(under_way(incident, "inventory.check")))

    incident.take(refused(under_way(incident, "payments.refund")))
    incident.settle()

    assert [task.id for task in incident.state.tasks] == ["no_plan_left"]


def test_a_read_that_fails_for_good_while_all_is_called_off_is_nobodys_task() -> None:
    incident = beside_a_refund(LOOKING)
    late = under_way(incident, "inventory.check")
    incident.take(CancelRequested(reason="mistake", actor=OPS))

    incident.take(unheard(late))
    incident.settle()

    assert incident.of(EntryKind.TASK_OPENED) == []
    assert incident.status() is Status.CANCELLED


def test_a_reminder_returns_though_its_question_is_being_asked_anew() -> None:
    """The plan fails while the reminder is on its way, and a person has it tried once more."""
    remind = Reminders(message="choose", after=(HOUR,))
    ask = ASK.model_copy(update={"id": "action.refund.ask", "after": None, "save_as": None, "remind": remind})
    plan = Plan(name="refund", steps=(Together(id="action.refund.together", steps=(ask, RESERVE)),))
    incident = Incident(bundle=lost_parcel(report=(), analysis=(), action=(plan,)))
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=OPS))
    incident.take(Registered())
    incident.take(applied(under_way(incident, "customers.tell"), incident.now))
    incident.now += HOUR
    incident.take(TimeCame())
    reminder = under_way(incident, "customers.tell")

    incident.take(refused(under_way(incident, "inventory.reserve")))
    incident.take(RetryRequested(key="r-1", task="no_plan_left", actor=OPS))
    incident.take(applied(reminder, incident.now))

    assert reminder.step == "reminder.1.action.refund.ask"
    assert reminder.id not in incident.state.pending
    assert incident.state.steps[ask.id].phase is StepPhase.RUNNING


def test_what_became_of_a_reminder_is_nobodys_task_once_its_question_is_answered() -> None:
    remind = Reminders(message="choose", after=(HOUR,))
    ask = ASK.model_copy(update={"after": None, "remind": remind})
    incident = Incident(bundle=lost_parcel(report=(), analysis=(ask,))).open()
    incident.now += HOUR
    incident.take(TimeCame())
    (reminder,) = incident.state.pending.values()

    incident.take(unheard(reminder))
    (asked_about,) = incident.state.pending.values()
    incident.take(unheard(asked_about))
    assert [task.step for task in incident.state.tasks] == [reminder.step]
    incident.answer("refund")

    assert incident.state.tasks == []
    assert incident.state.outcome == "refund"
