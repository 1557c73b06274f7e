"""Sequences that once gave more than was approved, forgot something, or stopped the engine."""

from datetime import datetime

import pytest

from amends.models import Actor, ActorKind, Data, Evidence, Money, Outcome, Status
from amends.timeline import EntryKind
from runbooks.program import DoStep, FactType, OnRefusal, Plan, Together, Value
from tests.workflows import builders
from tests.workflows.bench import FINANCE, LEAD, WORTH, World, cautious, chosen, count, decide, person
from tests.workflows.builders import REFUND, REPLACE, RESERVE, SHIP, Incident, do, lost_parcel, read
from workflows.contract import Verdict
from workflows.events import (
    CancelRequested,
    Command,
    CommandReturned,
    DecisionGiven,
    PlanChosen,
    RetryRequested,
    Role,
    TaskSettled,
    WaiverRequested,
)
from workflows.state import Why

PROOF = (Evidence(what="letter"),)
PAY = Value(expr="parcel.value", money=True)
ONE = FINANCE.model_copy(update={"approvers": 1})


def with_plans(
    *plans: Plan, world: World | None = None, choice: str = "refund", rates: dict[str, str] | None = None
) -> Incident:
    bundle = cautious(finance=ONE)
    program = bundle.program.model_copy(update={"action": plans})
    rates = {**bundle.rates, **(rates or {})}
    return chosen(choice, bundle=bundle.model_copy(update={"program": program, "rates": rates}), world=world)


def settle(incident: Incident, task: str, outcome: Outcome | None = None, *, by: Actor | None = None) -> str | None:
    key = f"s-{len(incident.entries)}-{outcome}"
    incident.take(
        TaskSettled(key=key, task=task, how="by hand", evidence=PROOF, outcome=outcome, actor=by or person("an"))
    )
    incident.settle()
    return incident.state.handled[f"settle:{key}"].refused


def test_two_payments_behind_one_approval_are_given_only_when_both_were_approved() -> None:
    pay = do("payments.refund", stage="action.refund", final=True, inputs={"amount": PAY}, on_refusal=OnRefusal.TASK)
    more = do("payments.compensate", stage="action.refund", final=True, inputs={"amount": PAY})
    incident = with_plans(Plan(name="refund", steps=(ONE, pay, more)))

    decide(incident, "dai", of="refund")

    assert incident.activities().count("payments.compensate") == 0
    assert incident.state.approvals[ONE.id].amount == Money(amount=2 * WORTH.amount, currency="CNY")
    decide(incident, "fang", of="refund", amount=Money(amount=2 * WORTH.amount, currency="CNY"))
    assert incident.activities().count("payments.compensate") == 1


def test_what_is_given_in_another_currency_counts_for_what_it_is_worth_in_that_of_the_approval() -> None:
    """Splitting a refund over currencies does not slip under an approval either."""
    dollars = Value(literal={"amount": WORTH.amount, "currency": "USD"})
    pay = do("payments.compensate", stage="action.refund", final=True, inputs={"amount": dollars})
    incident = with_plans(Plan(name="refund", steps=(ONE, pay)), rates={"USD": "7.00"})

    decide(incident, "dai", of="refund")

    assert "payments.compensate" not in incident.activities()
    assert incident.state.approvals[ONE.id].amount == Money(amount=7 * WORTH.amount, currency="CNY")


def test_an_amount_below_zero_makes_no_room_for_more_than_was_approved() -> None:
    less, more = (Value(literal={"amount": each, "currency": "CNY"}) for each in (-WORTH.amount, 2 * WORTH.amount))
    both = Together(
        id="action.refund.together",
        steps=(
            do("payments.compensate", stage="action.refund", final=True, inputs={"amount": less}),
            do("payments.give_goodwill", stage="action.refund", final=True, inputs={"amount": more}),
        ),
    )
    incident = with_plans(Plan(name="refund", steps=(ONE, both)))

    decide(incident, "dai", of="refund")

    assert "payments.give_goodwill" not in incident.activities()


def test_an_approval_that_was_not_needed_is_asked_for_when_it_is() -> None:
    careful = LEAD.model_copy(update={"when": 'parcel.value >= money("CNY 1000.00")'})
    look = read("shipping.read_parcel", stage="action.reship", save_as="parcel")
    world = World()
    incident = with_plans(Plan(name="reship", steps=(careful, look, SHIP)), world=world)
    assert "shipping.create_shipment" in incident.activities()

    class Dearer(World):
        def __call__(self, command: Command, now: datetime) -> CommandReturned:
            if command.activity == "shipping.read_parcel" and command.step.startswith("action"):
                value = {"amount": 4000000, "currency": "CNY"}
                return CommandReturned(
                    command_id=command.id, outcome=Outcome.APPLIED, result={"parcel_id": "PC-1", "value": value}
                )
            return super().__call__(command, now)

    dearer = with_plans(Plan(name="reship", steps=(careful, look, SHIP)), world=Dearer())

    assert "shipping.create_shipment" not in dearer.activities()
    assert dearer.state.approvals[LEAD.id].open


def test_whoever_is_asked_may_reject_what_nobody_may_approve() -> None:
    incident = chosen()
    approval = incident.state.approvals[LEAD.id]
    approval.amount = Money(amount=10_000_000, currency="CNY")

    beyond = decide(incident, "chen", amount=approval.amount)
    rejected = decide(incident, "chen", Verdict.REJECT, amount=approval.amount, key="no")

    assert beyond.refused is not None
    assert beyond.refused.endswith("nobody could")
    assert rejected.result == "recorded"


def test_an_approval_whose_goods_have_left_goes_on_counting_though_its_plan_was_let_be() -> None:
    world = World(refuses=("orders.add_replacement", "shipping.cancel_shipment"))
    plan = Plan(name="reship", when='choice == "reship"', steps=(LEAD, RESERVE, SHIP, REPLACE))
    incident = with_plans(plan, Plan(name="refund", steps=(ONE, REFUND)), world=world, choice="reship")
    decide(incident, "chen")
    (task,) = incident.state.tasks
    incident.take(WaiverRequested(key="w", task=task.id, reason="it has left", actor=person("an")))
    decide(incident, "fang", approval_id=f"waive:{task.id}", amount=None)

    decide(incident, "dai", of="refund")

    counts = [command.inputs["undone"] for command in incident.commands if command.role is Role.COUNT]
    assert counts[-1] == []


def test_what_a_late_read_of_a_failed_plan_says_is_ignored() -> None:
    slow = read("inventory.check", stage="action.refund", save_as="stock")
    both = Together(id="action.refund.together", steps=(slow, do("payments.refund", stage="action.refund", final=True)))
    world = World(refuses=("payments.refund",))
    incident = with_plans(Plan(name="refund", steps=(ONE, both)), world=world)
    incident.take(_approved("dai"))
    (late,) = _answer_all_but(incident, world, "inventory.check")
    assert [task.id for task in incident.state.tasks] == ["no_plan_left"]
    incident.take(RetryRequested(key="r", task="no_plan_left", actor=person("an")))

    incident.take(CommandReturned(command_id=late.id, outcome=Outcome.APPLIED, result={"reservable": True}))

    assert incident.state.approvals[ONE.id].open
    assert "stock" not in incident.state.facts


def test_what_an_undo_needs_is_needed_though_the_step_says_what_holds_otherwise() -> None:
    """Otherwise stands for a refusal, not for something that happened."""
    trace = builders.TRACE.model_copy(update={"otherwise": {"status": "refused"}})
    bundle = lost_parcel(analysis=(trace,))
    incident = Incident(bundle=bundle, world=World(loses=("shipping.open_trace",))).open()

    refused = settle(incident, f"unknown:{trace.id}/1", Outcome.APPLIED)

    assert refused == "its undo needs 'trace_id'; give it as the result"


@pytest.mark.parametrize("step", [builders.TRACE, RESERVE], ids=lambda step: step.activity)
def test_what_may_have_to_be_taken_back_is_not_done_past_the_engine(step: DoStep) -> None:
    step = step.model_copy(update={"id": f"analysis.{step.activity}"})
    incident = Incident(bundle=lost_parcel(analysis=(step,)), world=World(refuses=(step.activity,))).open()

    refused = settle(incident, f"refused:{step.id}/1")

    assert refused is not None
    assert "may have to be taken back" in refused


def test_that_nothing_was_done_settles_nothing() -> None:
    incident = chosen("refund").wait(hours=5)

    refused = settle(incident, "no_plan_left", Outcome.NOT_APPLIED)

    assert refused is not None
    assert refused.startswith("that it was not done is known")
    assert incident.status() is Status.TAKEN_OVER


def test_a_machine_gives_nobodys_word() -> None:
    robot = Actor(kind=ActorKind.SYSTEM, id="script-of-dai")
    incident = chosen("refund").wait(hours=5)

    settled = settle(incident, "no_plan_left", by=robot)
    incident.take(PlanChosen(key="c", plan="refund", actor=robot))

    assert settled == incident.state.handled["choose:c"].refused
    assert settled == "only a person can do that, and 'script-of-dai' is none; 'an', 'chen', 'dai', 'fang', 'mei' could"


def test_a_rejection_of_more_is_no_refusal_that_one_person_could_settle() -> None:
    pay = do("payments.compensate", stage="follow_up", final=True, inputs={"amount": PAY})
    asked = ONE.model_copy(update={"id": "follow_up.approve"})
    bundle = cautious(finance=ONE)
    program = bundle.program.model_copy(
        update={"action": (Plan(name="none", steps=(builders.TELL.model_copy(update={"id": "action.none.tell"}),)),)}
    )
    program = program.model_copy(update={"follow_up": (asked, pay, pay.model_copy(update={"id": "follow_up.again"}))})
    incident = chosen(bundle=bundle.model_copy(update={"program": program}))
    decide(incident, "dai", approval_id=asked.id)

    more = incident.state.approvals[asked.id].amount
    decide(incident, "fang", Verdict.REJECT, approval_id=asked.id, amount=more)

    (task,) = incident.state.tasks
    assert task.why is Why.REJECTED
    assert settle(incident, task.id) is not None


def test_an_effect_that_was_let_be_is_asked_for_with_what_it_was_done_with() -> None:
    class Warehouse(World):
        reserved = 0

        def __call__(self, command: Command, now: datetime) -> CommandReturned:
            if command.activity != "inventory.reserve":
                return super().__call__(command, now)
            self.reserved += 1
            result: Data = {"reservation_id": f"R-{self.reserved}"}
            return CommandReturned(command_id=command.id, outcome=Outcome.APPLIED, result=result)

    world = Warehouse(refuses=("orders.add_replacement", "shipping.cancel_shipment", "payments.refund"))
    held = RESERVE.model_copy(update={"save_as": "held"})
    ship = SHIP.model_copy(update={"inputs": {"reservation_id": Value(expr="held.reservation_id")}})
    plan = Plan(name="reship", when='choice == "reship"', steps=(LEAD, held, ship, REPLACE))
    bundle = cautious(finance=ONE)
    facts = {**bundle.facts, "held.reservation_id": FactType.STRING}
    program = bundle.program.model_copy(update={"action": (plan, Plan(name="refund", steps=(ONE, REFUND)))})
    incident = chosen(bundle=bundle.model_copy(update={"program": program, "facts": facts}), world=world)
    decide(incident, "chen")
    (task,) = incident.state.tasks
    incident.take(WaiverRequested(key="w", task=task.id, reason="it has left", actor=person("an")))
    decide(incident, "fang", approval_id=f"waive:{task.id}", amount=None)
    decide(incident, "dai", of="refund")
    world.refuses.clear()

    incident.take(PlanChosen(key="c", plan="reship", actor=person("an")))
    decide(incident, "mei")

    shipped = [command.inputs for command in incident.commands if command.activity == "shipping.create_shipment"]
    assert [inputs["reservation_id"] for inputs in shipped] == ["R-1", "R-1"]


def test_books_that_were_compared_before_the_undoing_do_not_count_for_after_it() -> None:
    again = SHIP.model_copy(update={"id": "follow_up.shipping.create_shipment"})
    bundle = cautious()
    program = bundle.program.model_copy(update={"follow_up": (again,)})
    incident = chosen(bundle=bundle.model_copy(update={"program": program}))
    incident.take(_approved("chen", of="reship"))
    (before,) = _answer_all_but(incident, World(), "remedies.balance")

    incident.take(CancelRequested(key="c", reason="found", actor=person("an")))
    incident.take(CommandReturned(command_id=before.id, outcome=Outcome.APPLIED))
    _answer_all_but(incident, World(), "remedies.balance")

    assert incident.status() is not Status.CANCELLED
    incident.settle()
    assert incident.status() is Status.CANCELLED
    assert count(incident, EntryKind.BOOKS_AGREED) == 1


def _approved(who: str, *, of: str = "refund") -> DecisionGiven:
    return DecisionGiven(
        key=who, approval=f"action.{of}.approve", verdict=Verdict.APPROVE, amount=WORTH, plan=of, actor=person(who)
    )


def _answer_all_but(incident: Incident, world: World, activity: str) -> list[Command]:
    """Answers what is asked for, and what that leads to; gives the commands that are left without an answer."""
    while pending := [each for each in incident.state.pending.values() if each.activity != activity]:
        incident.take(world(pending[0], incident.now))
    return list(incident.state.pending.values())


def test_a_lift_that_failed_does_not_hold_up_what_the_customer_is_owed() -> None:
    world = World(refuses=("orders.release",))
    bundle = cautious(finance=ONE)
    hold = bundle.program.report[1].model_copy(update={"until": 'choice == "refund"'})
    report = (bundle.program.report[0], hold, *bundle.program.report[2:])
    program = bundle.program.model_copy(update={"report": report})
    incident = chosen("refund", bundle=bundle.model_copy(update={"program": program}), world=world)

    assert [task.why for task in incident.state.tasks] == [Why.UNDO_FAILED]
    assert count(incident, EntryKind.PLAN_STARTED) == 1
