"""Approvals: four eyes, bound to what was asked, counted, and never given by silence."""

from datetime import timedelta

import pytest

from amends.models import Actor, ActorKind, Money
from amends.timeline import EntryKind
from runbooks.bundle import Bundle
from runbooks.program import Rounds, Step, Together
from tests.workflows.bench import (
    FINANCE,
    LEAD,
    WORTH,
    World,
    approval,
    cautious,
    chosen,
    count,
    decide,
    person,
)
from tests.workflows.builders import OPS, REFUND, Incident
from workflows import core
from workflows.contract import Verdict
from workflows.events import CancelRequested, DecisionGiven, NewsReceived, Role, TimeCame
from workflows.state import Why

MORE = Money(amount=30000, currency="CNY")

ONE_OF_FINANCE = FINANCE.model_copy(update={"approvers": 1})
LEAD_OF_REFUND = approval("refund", "lead", id="action.refund.approve.lead")
DEAR = 'parcel.value >= money("CNY 250.00")'


def refunding(*before: Step) -> Bundle:
    """Refunds behind these steps."""
    bundle = cautious()
    plan = bundle.program.action[1].model_copy(update={"steps": (*before, REFUND)})
    return bundle.model_copy(update={"program": bundle.program.model_copy(update={"action": (plan,)})})


def in_rounds(until: str, when: str | None = None) -> Rounds:
    """Finance approves in each of at most three rounds."""
    return Rounds(id="action.refund.rounds", when=when, max=3, until=until, steps=(ONE_OF_FINANCE,))


def sent(incident: Incident) -> bool:
    return "shipping.create_shipment" in incident.activities()


def dearer(incident: Incident) -> None:
    """The parcel turns out to be worth more."""
    incident.state.facts["parcel"] = {"parcel_id": "PC-1", "value": MORE.model_dump()}


def test_nothing_of_the_plan_is_done_before_the_approval_is_given() -> None:
    incident = chosen()

    assert "orders.add_replacement" not in incident.activities()
    assert decide(incident, "chen").result == "recorded"
    assert sent(incident)


def test_what_is_asked_says_of_whom_for_how_much_in_which_plan_and_until_when() -> None:
    (asked,) = chosen().of(EntryKind.APPROVAL_ASKED)

    assert (asked["role"], asked["amount"], asked["plan"]) == ("lead", WORTH.model_dump(), "reship")
    assert (asked["approvers"], asked["if_silent"], asked["cannot"]) == (1, "escalate", ["an", "customer:C-17"])


def test_who_brought_it_here_cannot_approve_it_and_learns_who_could() -> None:
    """Whoever brought an incident here cannot approve in it."""
    incident = chosen()
    incident.state.hands.append("mei")

    receipt = decide(incident, "mei")

    assert receipt.refused == "'mei' has brought this here, and cannot approve it too; 'chen' could"
    assert not sent(incident)


def test_who_is_not_of_the_role_cannot_decide() -> None:
    incident = chosen()

    receipt = decide(incident, "fang")

    assert receipt.refused == "'fang' is not of 'lead', and cannot decide this; 'chen', 'mei' could"


@pytest.mark.parametrize(("amount", "plan"), [(MORE, None), (None, None), (WORTH, "refund")])
def test_a_decision_about_something_else_than_what_is_asked_does_not_count(
    amount: Money | None, plan: str | None
) -> None:
    incident = chosen()

    receipt = decide(incident, "chen", amount=amount, plan=plan)

    assert receipt.refused is not None
    assert "is about CNY 199.00 in the plan 'reship'; look at it again" in receipt.refused


def test_an_amount_that_changes_while_it_is_asked_is_asked_for_anew() -> None:
    incident = chosen()
    dearer(incident)
    incident.take(NewsReceived(event_id="e-1", event_type="order.changed", actor=OPS))

    asked = [data["amount"] for data in incident.of(EntryKind.APPROVAL_ASKED)]
    assert asked == [WORTH.model_dump(), MORE.model_dump()]
    assert decide(incident, "chen", key="old").refused is not None
    assert decide(incident, "chen", amount=MORE, key="new").result == "recorded"


def test_more_than_was_approved_is_not_given_before_that_is_approved_too() -> None:
    """An approval holds for the amount and the plan that it was asked for, and no more."""
    incident = chosen("refund")
    decide(incident, "dai", of="refund")
    dearer(incident)
    decide(incident, "fang", of="refund")

    assert "payments.refund" not in incident.activities()
    decide(incident, "dai", of="refund", amount=MORE)
    decide(incident, "fang", of="refund", amount=MORE)
    assert "payments.refund" in incident.activities()


def test_as_many_different_people_must_approve_as_the_runbook_says() -> None:
    """One rejection rejects; as many different people must approve as the runbook says. The same decision twice counts
    once."""
    incident = chosen("refund")

    first, again = decide(incident, "dai", of="refund"), decide(incident, "dai", of="refund")

    assert (first.result, again.result) == ("recorded", "repeated")
    assert count(incident, EntryKind.APPROVAL_GIVEN) == 0
    decide(incident, "fang", of="refund")
    assert incident.of(EntryKind.APPROVAL_GIVEN) == [{"approval": "action.refund.approve", "by": ["dai", "fang"]}]


def test_one_rejection_fails_the_plan_and_the_next_one_is_tried() -> None:
    incident = chosen()

    assert decide(incident, "chen", Verdict.REJECT).result == "recorded"

    assert incident.of(EntryKind.PLAN_FAILED) == [{"plan": "reship"}]
    assert incident.state.approvals["action.refund.approve"].open
    assert decide(incident, "chen").refused is not None


def test_silence_escalates_and_the_approval_stays_open_for_a_higher_authority_too() -> None:
    """Silence never means a yes."""
    incident = chosen().wait(hours=5)

    (task,) = incident.state.tasks
    assert (task.id, task.why, task.owner) == ("undecided:action.reship.approve", Why.UNDECIDED, "lead")
    assert not sent(incident)
    assert decide(incident, "fang").result == "recorded"
    assert incident.state.tasks == []
    assert sent(incident)


def test_who_is_of_two_roles_has_the_further_authority_once_it_may_decide() -> None:
    bundle = cautious()
    roles = {**bundle.roles, "finance": bundle.roles["finance"].model_copy(update={"team": ("dai", "chen")})}
    incident = chosen(bundle=bundle.model_copy(update={"roles": roles})).wait(hours=5)

    decide(incident, "chen")

    (counted,) = [command for command in incident.commands if command.role is Role.COUNT]
    assert counted.inputs["role"] == "finance"
    assert counted.inputs["up_to"] == {"amount": 2000_00, "currency": "CNY"}


def test_silence_that_rejects_fails_the_plan() -> None:
    incident = chosen("refund").wait(hours=5)

    assert incident.of(EntryKind.APPROVAL_EXPIRED) == [{"approval": "action.refund.approve", "then": "reject"}]
    assert "payments.refund" not in incident.activities()
    assert [task.id for task in incident.state.tasks] == ["no_plan_left"]


def test_a_limit_that_does_not_reach_says_so_and_a_higher_authority_may_decide() -> None:
    incident = chosen()
    incident.state.approvals["action.reship.approve"].amount = Money(amount=60000, currency="CNY")
    dear = incident.state.approvals["action.reship.approve"].amount

    receipt = decide(incident, "chen", amount=dear)

    assert receipt.refused == ("'lead' approves up to CNY 500.00, and this is CNY 600.00; 'dai', 'fang' could")


def test_what_is_beyond_a_persons_authority_is_told_and_does_not_count() -> None:
    """Splitting a refund does not slip under a limit: what a person has approved elsewhere is counted by the journal
    before the decision counts."""
    world = World()
    world.beyond = {"chen"}
    incident = chosen(world=world)

    receipt = decide(incident, "chen")

    assert receipt.refused == "that is beyond what may be approved today"
    assert not sent(incident)
    assert decide(incident, "mei").result == "recorded"


def test_a_decision_that_is_being_counted_when_its_time_is_over_came_in_time() -> None:
    incident = chosen("refund", bundle=cautious(finance=approval("refund", "finance", if_silent="reject")))
    given = DecisionGiven(
        key="k", approval="action.refund.approve", verdict=Verdict.APPROVE, amount=WORTH, plan="refund",
        actor=person("dai"),
    )  # fmt: skip
    incident.take(given)
    incident.now += timedelta(hours=6)
    incident.take(TimeCame())

    due = core.next_due(incident.state)
    assert due is None or due.at > incident.now
    incident.settle()
    assert "payments.refund" in incident.activities()


def test_what_was_approved_for_a_plan_that_was_undone_is_told_when_the_next_is_counted() -> None:
    incident = chosen(world=World(refuses=("shipping.create_shipment",)))
    decide(incident, "chen")

    decide(incident, "dai", of="refund")

    counts = [command.inputs for command in incident.commands if command.activity == "approvals.count"]
    assert [each["undone"] for each in counts] == [[], ["action.reship.approve"]]


def test_only_people_decide() -> None:
    incident = chosen()
    robot = Actor(kind=ActorKind.SYSTEM, id="chen")

    incident.take(
        DecisionGiven(key="k", approval=LEAD.id, verdict=Verdict.APPROVE, amount=WORTH, plan="reship", actor=robot)
    )

    assert incident.state.handled["decide:k"].refused == "only a person can decide about an approval"


def test_calling_off_withdraws_what_is_asked() -> None:
    incident = chosen()

    incident.take(CancelRequested(key="c", reason="found", actor=person("an")))
    incident.settle()

    assert count(incident, EntryKind.APPROVAL_WITHDRAWN) == 1
    assert incident.status() == "cancelled"


def test_a_plan_that_is_tried_again_is_approved_again() -> None:
    world = World(refuses=("shipping.create_shipment", "payments.refund"))
    incident = chosen(bundle=cautious(finance=FINANCE.model_copy(update={"approvers": 1})), world=world)
    decide(incident, "chen")
    decide(incident, "dai", of="refund")
    world.refuses.clear()

    incident.retry("no_plan_left")

    assert count(incident, EntryKind.APPROVAL_ASKED) == 3
    assert not any(command.activity == "payments.refund" for command in incident.state.pending.values())
    assert incident.activities().count("shipping.create_shipment") == 1


def test_an_approval_of_a_round_that_never_began_is_not_asked_for() -> None:
    """What stands behind ``rounds`` rests on the approvals of those that there were."""
    incident = chosen("refund", bundle=refunding(in_rounds('choice == "refund"')))

    decide(incident, "dai", of="refund")

    assert count(incident, EntryKind.ROUND_ENDED) == 1
    assert count(incident, EntryKind.APPROVAL_ASKED) == 1
    assert "payments.refund" in incident.activities()


def test_what_stands_behind_rounds_rests_on_the_approvals_of_each() -> None:
    incident = chosen("refund", bundle=refunding(in_rounds('choice == "reship"'), LEAD_OF_REFUND))
    for approval_id in ("action.refund.approve", "action.refund.approve@2", "action.refund.approve@3"):
        decide(incident, "dai", approval_id=approval_id, plan="refund")
    dearer(incident)

    decide(incident, "chen", approval_id=LEAD_OF_REFUND.id, plan="refund")
    decide(incident, "chen", approval_id=LEAD_OF_REFUND.id, plan="refund", amount=MORE)

    asked_anew = [
        data["approval"] for data in incident.of(EntryKind.APPROVAL_ASKED) if data["amount"] != WORTH.model_dump()
    ]
    assert asked_anew == [LEAD_OF_REFUND.id, "action.refund.approve"]


@pytest.mark.parametrize(
    "skipped",
    [in_rounds('choice == "refund"', DEAR), Together(id="action.refund.together", when=DEAR, steps=(ONE_OF_FINANCE,))],
)
def test_approvals_that_were_skipped_as_a_whole_are_asked_for_only_when_they_are_needed_by_now(skipped: Step) -> None:
    cheap, dear = (chosen("refund", bundle=refunding(skipped, LEAD_OF_REFUND)) for _ in range(2))
    dearer(dear)

    decide(cheap, "chen", approval_id=LEAD_OF_REFUND.id, plan="refund")
    decide(dear, "chen", approval_id=LEAD_OF_REFUND.id, plan="refund", key="changes the amount")
    decide(dear, "chen", approval_id=LEAD_OF_REFUND.id, plan="refund", amount=MORE)

    assert "payments.refund" in cheap.activities()
    assert "payments.refund" not in dear.activities()
    decide(dear, "dai", of="refund", amount=MORE)
    assert "payments.refund" in dear.activities()
