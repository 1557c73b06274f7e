"""What is left to a person, and the acts that end it: try again, choose a plan, settle by hand, let be."""

from collections.abc import Mapping

import pytest
from pydantic import JsonValue

from amends.models import Evidence, Outcome, Status
from amends.timeline import EntryKind
from tests.workflows.bench import World, chosen, count, decide, person
from tests.workflows.builders import Incident
from workflows.contract import Verdict
from workflows.events import CancelRequested, PlanChosen, TaskSettled, WaiverRequested
from workflows.state import Receipt, Why

RESERVED = "action.reship.inventory.reserve/1"
UNDO = f"undo:{RESERVED}"
PROOF = (Evidence(what="letter of the warehouse, 2026-11-23"),)


def stuck(world: World) -> Incident:
    """Approved, and then it goes as the world lets it."""
    incident = chosen(world=world)
    decide(incident, "chen")
    return incident


def failed_undo(world: World | None = None) -> Incident:
    return stuck(world or World(refuses=("shipping.create_shipment", "inventory.release")))


def no_plan_left() -> Incident:
    incident = stuck(World(refuses=("shipping.create_shipment", "payments.refund")))
    for who in ("dai", "fang"):
        decide(incident, who, of="refund")
    return incident


def unknown() -> Incident:
    return stuck(World(loses=("inventory.reserve",)))


def waive(incident: Incident, who: str, task: str = UNDO, *, reason: str = "the goods are gone") -> Receipt:
    key = f"w-{who}-{len(incident.entries)}"
    incident.take(WaiverRequested(key=key, task=task, reason=reason, actor=person(who)))
    incident.settle()
    return incident.state.handled[f"waive:{key}"]


def settle(
    incident: Incident,
    task: str,
    *,
    outcome: Outcome | None = None,
    result: Mapping[str, JsonValue] | None = None,
    evidence: tuple[Evidence, ...] = PROOF,
) -> Receipt:
    key = f"s-{len(incident.entries)}-{outcome}-{bool(result)}"
    how = "looked at the shelf"
    incident.take(
        TaskSettled(
            key=key,
            task=task,
            how=how,
            evidence=evidence,
            outcome=outcome,
            result=dict(result or {}),
            actor=person("an"),
        )
    )
    incident.settle()
    return incident.state.handled[f"settle:{key}"]


def choose(incident: Incident, plan: str) -> Receipt:
    key = f"c-{len(incident.entries)}-{plan}"
    incident.take(PlanChosen(key=key, plan=plan, actor=person("an")))
    incident.settle()
    return incident.state.handled[f"choose:{key}"]


def test_a_failed_undo_becomes_a_task_and_its_deadline_is_told_when_it_has_passed() -> None:
    """A failed undo is retried, then becomes a task with an owner and a deadline."""
    incident = failed_undo()

    (task,) = incident.state.tasks
    assert (task.id, task.why, task.owner) == (UNDO, Why.UNDO_FAILED, "logistics")
    incident.wait(hours=3)
    (overdue,) = incident.of(EntryKind.TASK_OVERDUE)
    assert (overdue["task"], overdue["owner"]) == (UNDO, "logistics")
    assert count(incident.wait(hours=30), EntryKind.TASK_OVERDUE) == 1


def test_what_stays_unknown_is_somebodys_task_by_a_deadline() -> None:
    """Trouble is retried with growing pauses, up to a limit; past it the outcome is unknown. What stays unknown becomes
    a person's task, with an owner and a deadline."""
    incident = unknown()

    (task,) = incident.state.tasks
    assert (task.id, task.why, task.owner) == (f"unknown:{RESERVED}", Why.OUTCOME_UNKNOWN, "logistics")
    assert task.due_at is not None
    assert count(incident, EntryKind.RECONCILE_REQUESTED) == 1


def test_an_undo_is_written_into_the_state_before_the_act_is_asked_for() -> None:
    """An undo is registered before the act."""
    incident = chosen()
    before = {effect.command_id for effect in incident.state.effects}

    decide(incident, "chen")

    for effect in incident.state.effects:
        if effect.command_id not in before and effect.plan == "reship":
            assert effect.undo is not None


def test_an_undo_goes_on_while_the_incident_is_called_off() -> None:
    """Undoing is shielded from cancellation."""
    incident = failed_undo()

    incident.take(CancelRequested(key="c", reason="found", actor=person("an")))
    incident.settle()

    assert [task.id for task in incident.state.tasks] == [UNDO]
    assert not incident.status().final
    incident.world = World()
    assert incident.retry(UNDO).status() is Status.CANCELLED


def test_a_failed_undo_is_let_be_by_two_different_people_with_a_reason() -> None:
    """An incident does not close over a failed undo, unless a second person waives it with a reason."""
    incident = failed_undo()

    assert waive(incident, "an").result == "recorded"
    own = decide(incident, "an", approval_id=f"waive:{UNDO}", amount=None)
    assert own.refused is not None
    assert "'an' has brought this here" in own.refused
    assert [task.id for task in incident.state.tasks] == [UNDO]

    assert decide(incident, "dai", approval_id=f"waive:{UNDO}", amount=None).result == "recorded"
    (waived,) = incident.of(EntryKind.UNDO_WAIVED)
    assert (waived["reason"], waived["by"]) == ("the goods are gone", ["an", "dai"])
    assert incident.of(EntryKind.PLAN_UNDONE) == [{"plan": "reship"}]


def test_a_waiver_that_is_rejected_leaves_the_task_as_it_was() -> None:
    incident = failed_undo()
    waive(incident, "an")

    decide(incident, "dai", Verdict.REJECT, approval_id=f"waive:{UNDO}", amount=None)

    assert [task.id for task in incident.state.tasks] == [UNDO]
    assert waive(incident, "an").result == "recorded"


def test_a_plan_of_which_nobody_knows_whether_all_was_undone_is_not_tried_again() -> None:
    incident = failed_undo(World(refuses=("shipping.create_shipment", "payments.refund"), loses=("inventory.release",)))
    waive(incident, "an")
    decide(incident, "dai", approval_id=f"waive:{UNDO}", amount=None)
    for who in ("dai", "fang"):
        decide(incident, who, of="refund")
    started = incident.of(EntryKind.PLAN_STARTED)

    refused = choose(incident, "reship").refused
    incident.retry("no_plan_left")

    assert refused == (
        "the plan 'reship' cannot be followed: nobody knows whether 'action.reship.inventory.reserve' was undone, "
        "which was let be"
    )
    assert [each["plan"] for each in incident.of(EntryKind.PLAN_STARTED)[len(started) :]] == ["refund"]


def test_what_is_no_failed_undo_cannot_be_let_be() -> None:
    incident = no_plan_left()

    assert waive(incident, "an", "no_plan_left").refused == (
        "only an undo that failed, or books that differ, can be let be; 'no_plan_left' is neither"
    )
    assert waive(failed_undo(), "an", reason=" ").refused == "say why it may be let be"


def test_what_was_taken_back_by_hand_is_an_undo_of_its_own_with_evidence() -> None:
    incident = failed_undo()

    assert settle(incident, UNDO).result == "recorded"

    (by_hand,) = [data for data in incident.of(EntryKind.UNDO_REQUESTED) if data.get("by_hand")]
    assert by_hand["command_id"] == f"{RESERVED}/undo/2"
    assert incident.of(EntryKind.PLAN_UNDONE) == [{"plan": "reship"}]


@pytest.mark.parametrize(
    ("outcome", "result", "why_not"),
    [
        (None, {}, "say whether it happened"),
        (Outcome.APPLIED, {}, "its undo needs 'reservation_id'; give it as the result"),
    ],
)
def test_settling_the_unknown_needs_what_comes_after_it(
    outcome: Outcome | None, result: dict[str, JsonValue], why_not: str
) -> None:
    refused = settle(unknown(), f"unknown:{RESERVED}", outcome=outcome, result=result).refused

    assert refused is not None
    assert why_not in refused


def test_what_a_person_found_out_counts_as_the_outcome() -> None:
    happened, never = unknown(), unknown()

    settle(happened, f"unknown:{RESERVED}", outcome=Outcome.APPLIED, result={"reservation_id": "R-7"})
    settle(never, f"unknown:{RESERVED}", outcome=Outcome.NOT_APPLIED)

    assert "shipping.create_shipment" in happened.activities()
    assert never.of(EntryKind.PLAN_FAILED) == [{"plan": "reship"}]
    assert happened.activities().count("inventory.reserve") == 3  # made, asked about, written down: never made again


def test_settling_needs_evidence() -> None:
    refused = settle(failed_undo(), UNDO, evidence=()).refused

    assert refused == "say how it was settled, and give evidence for it: a reference or a file"


def test_when_no_plan_is_left_a_person_may_have_it_put_right_another_way() -> None:
    """When no plan is left, the incident is taken over: a person chooses retry, another plan, or a manual resolution
    with evidence."""
    incident = no_plan_left()
    assert incident.status() is Status.TAKEN_OVER

    assert settle(incident, "no_plan_left").result == "recorded"

    (resolved,) = incident.of(EntryKind.INCIDENT_RESOLVED)
    assert resolved == {"outcome": "settled by hand", "how": "looked at the shelf"}
    assert incident.wait(hours=200).status() is Status.CLOSED


def test_a_person_has_a_plan_tried_though_its_condition_does_not_hold() -> None:
    incident = no_plan_left()
    incident.world = World()
    incident.state.facts["choice"] = "refund"

    assert choose(incident, "reship").result == "recorded"

    assert incident.of(EntryKind.PLAN_STARTED)[-1] == {"plan": "reship", "chosen_by": "an"}
    decide(incident, "mei")
    assert incident.wait(hours=200).state.outcome == "reship"


def test_a_choice_that_cannot_be_followed_says_why() -> None:
    assert choose(no_plan_left(), "voucher").refused == "there is no plan 'voucher'; there are 'reship', 'refund'"
    refused = choose(chosen(), "refund").refused
    assert refused is not None
    assert refused.startswith("a plan is chosen by a person only when none is left")


def test_what_waits_for_a_decision_is_not_tried_again_but_decided() -> None:
    incident = chosen().wait(hours=5)

    incident.retry("undecided:action.reship.approve")

    receipt = incident.state.handled["retry:r-1"]
    assert receipt.refused == "'action.reship.approve' waits for a decision; approve or reject it"
