"""What a moment of a scenario may be about: whatever an entry of its kind names."""

from pathlib import Path

import pytest

from amends.timeline import EntryKind
from drills.abouts import Abouts
from drills.written import WrittenScenario
from runbooks.bundle import Bundle
from runbooks.library import load
from runbooks.policy import Goal, Role
from runbooks.program import Plan
from tests.drills.builders import APPROVE, HOLD
from tests.workflows.builders import REPLACE, always, lost_parcel
from tests.workflows.promises import LADDER, claiming, sla

WRITTEN = WrittenScenario.model_validate(
    {
        "about": "Called off after a second call.",
        "order": "SO-1001",
        "script": [
            {"report": "second-call", "at": "1h"},
            {"news": "shipment.scanned", "at": "1h"},
            {"skip": "analysis.wait.trace", "by": "mei", "reason": "they wrote", "after": "1h"},
            {"take_over": "kai", "reason": "the press has called", "at": "2h"},
            {"cancel": "found", "at": "2h"},
        ],
        "expect": {"status": "cancelled", "effects": [], "messages": []},
    }
)


BARGAINED = Path(__file__).parents[1] / "runbooks" / "good" / "bargained_parcel.yaml"


def approved_and_held() -> Bundle:
    """An incident in which something is held, and a plan is approved before its undoable work."""
    return lost_parcel(report=(HOLD,), action=(Plan(name="reship", steps=(APPROVE, REPLACE)),)).model_copy(
        update={"roles": {"finance": Role(team=("fang", "dai"))}}
    )


def promised() -> Bundle:
    """An incident with promises, a claim to be filed in time, which finance approves first, and a ladder."""
    update = Goal(within=always(30), tell="still")
    claim = claiming(approve="finance", decide_within=always(4))
    return claim.model_copy(update={"sla": sla(first_response=1, update=update, resolve=60), "escalation": LADDER})


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (EntryKind.INCIDENT_OPENED, "lost_parcel"),
        (EntryKind.REPORT_ADDED, "second-call"),
        (EntryKind.CANCEL_REQUESTED, "found"),
        (EntryKind.NEWS_RECEIVED, "shipment.scanned"),
        (EntryKind.FACTS_READ, "orders.read"),
        (EntryKind.FACTS_READ, "analysis.wait.trace"),
        (EntryKind.FACTS_READ, "shipping.read_trace"),
        (EntryKind.EFFECT_REQUESTED, "lost_parcel.looking"),
        (EntryKind.EFFECT_APPLIED, "analysis.ask.lost_parcel.reship_or_refund"),
        (EntryKind.EFFECT_APPLIED, "customers.tell"),
        (EntryKind.EFFECT_REFUSED, "inventory.reserve"),
        (EntryKind.UNDO_APPLIED, "inventory.release"),
        (EntryKind.UNDO_APPLIED, "action.reship.inventory.reserve"),
        (EntryKind.ANSWER_RECEIVED, "reship"),
        (EntryKind.SILENCE_ASSUMED, "follow_up.ask.satisfaction"),
        (EntryKind.QUESTION_ASKED, "lost_parcel.reship_or_refund"),
        (EntryKind.QUESTION_WITHDRAWN, "follow_up.ask.satisfaction"),
        (EntryKind.WAIT_STARTED, "carrier"),
        (EntryKind.WAIT_TIMED_OUT, "follow_up.wait.claim"),
        (EntryKind.TIME_CAME, "check analysis.wait.trace"),
        (EntryKind.STAGE_ENTERED, "follow_up"),
        (EntryKind.SEVERITY_SET, "critical"),
        (EntryKind.STATUS_CHANGED, "taken_over"),
        (EntryKind.STEP_SKIPPED, "analysis.shipping.file_claim"),
        (EntryKind.PLAN_FAILED, "reship"),
        (EntryKind.INCIDENT_RESOLVED, "refund"),
        (EntryKind.TASK_OPENED, "no_plan_left"),
        (EntryKind.INCIDENT_CLOSED, "cancelled: found"),
        (EntryKind.STEP_SKIPPED, "analysis.wait.trace"),
        (EntryKind.SKIP_REQUESTED, "analysis.wait.trace"),
        (EntryKind.SKIP_REQUESTED, "mei"),
        (EntryKind.TAKEN_OVER, "kai"),
        (EntryKind.NOTE_ADDED, "mei"),
        (EntryKind.EVIDENCE_ADDED, "chen"),
        (EntryKind.ASSIGNED, "bo"),
        (EntryKind.ASSIGNED, "no_plan_left"),
        (EntryKind.SUSPENSION_REQUESTED, "carrier"),
        (EntryKind.SUSPENSION_ENDED, "carrier"),
        (EntryKind.RESUMPTION_REQUESTED, "an"),
        (EntryKind.SEVERITY_CHOSEN, "low"),
        (EntryKind.TASK_OPENED, "taken_over"),
        (EntryKind.TIME_CAME, "suspension"),
    ],
)
def test_a_kind_of_entry_names_what_it_is_about(entry: EntryKind, name: str) -> None:
    assert name in Abouts(load("lost_parcel")).of(entry, WRITTEN)


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (EntryKind.APPROVAL_ASKED, "action.reship.approve.finance"),
        (EntryKind.APPROVAL_ASKED, "finance"),
        (EntryKind.APPROVAL_GIVEN, "fang"),
        (EntryKind.APPROVAL_REJECTED, "dai"),
        (EntryKind.APPROVAL_EXPIRED, "escalate"),
        (EntryKind.APPROVAL_WITHDRAWN, "reship"),
        (EntryKind.DECISION_RECEIVED, "approve"),
        (EntryKind.DECISION_COUNTED, "action.reship.approve.finance"),
        (EntryKind.DECISION_REFUSED, "action.reship.approve.finance"),
        (EntryKind.PLAN_CHOSEN, "reship"),
        (EntryKind.TASK_OPENED, "undecided"),
        (EntryKind.TASK_OPENED, "undecided:action.reship.approve.finance"),
        (EntryKind.TASK_CLOSED, "rejected:action.reship.approve.finance"),
        (EntryKind.TASK_OVERDUE, "finance"),
        (EntryKind.TASK_SETTLED, "unknown:report.inventory.reserve/1"),
        (EntryKind.WAIVER_REQUESTED, "undo:action.reship.orders.add_replacement/1"),
        (EntryKind.UNDO_WAIVED, "inventory.release"),
        (EntryKind.EFFECT_APPLIED, "inventory.reserve"),
        (EntryKind.UNDO_REQUESTED, "inventory.release"),
    ],
)
def test_what_people_decide_and_what_is_held_for_a_while_has_its_names(entry: EntryKind, name: str) -> None:
    assert name in Abouts(approved_and_held()).of(entry, WRITTEN)


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (EntryKind.CLOCK_STARTED, "first_response"),
        (EntryKind.CLOCK_PAUSED, "customer"),
        (EntryKind.CLOCK_RESUMED, "resolve"),
        (EntryKind.CLOCK_WARNED, "resolve at 80%"),
        (EntryKind.CLOCK_BREACHED, "resolve"),
        (EntryKind.BREACH_REASSESSED, "low"),
        (EntryKind.DEADLINE_SET, "claim_window"),
        (EntryKind.DEADLINE_PROTECTED, "external.carrier_claim"),
        (EntryKind.DEADLINE_PROTECTED, "follow_up.shipping.file_claim"),
        (EntryKind.DEADLINE_MISSED, "carrier_claim"),
        (EntryKind.DEADLINE_LET_GO, "carrier_claim"),
        (EntryKind.PAGE_REQUESTED, "chen"),
        (EntryKind.PAGE_REQUESTED, "level 3"),
        (EntryKind.PAGE_SENT, "joined"),
        (EntryKind.PAGE_FAILED, "an"),
        (EntryKind.PAGE_HELD, "lead"),
        (EntryKind.LADDER_RAISED, "breach"),
        (EntryKind.LADDER_EXHAUSTED, "level 3"),
        (EntryKind.LADDER_STOPPED, "nothing_owed"),
        (EntryKind.ACKNOWLEDGED, "bo"),
        (EntryKind.EFFECT_APPLIED, "external.carrier_claim"),
        (EntryKind.EFFECT_APPLIED, "sla.update.2"),
        (EntryKind.EFFECT_REQUESTED, "still"),
        (EntryKind.TASK_OPENED, "unprotected:carrier_claim"),
        (EntryKind.TASK_OPENED, "refused:external.carrier_claim/1"),
        (EntryKind.APPROVAL_ASKED, "finance"),
        (EntryKind.APPROVAL_GIVEN, "external.carrier_claim.approve"),
        (EntryKind.TIME_CAME, "80% of resolve"),
        (EntryKind.TIME_CAME, "page of level 2"),
        (EntryKind.TIME_CAME, "protection of carrier_claim"),
    ],
)
def test_what_runs_beside_the_stages_has_its_names(entry: EntryKind, name: str) -> None:
    assert name in Abouts(promised()).of(entry, WRITTEN)


def test_a_runbook_that_promises_nothing_names_nothing_of_it() -> None:
    abouts = Abouts(lost_parcel())

    assert abouts.of(EntryKind.CLOCK_WARNED, WRITTEN) == []
    assert abouts.of(EntryKind.PAGE_REQUESTED, WRITTEN) == []


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (EntryKind.DECISION_MADE, "worth"),
        (EntryKind.DECISION_MADE, "report.decide.worth"),
        (EntryKind.DECISION_MADE, "cheap"),
        (EntryKind.ROUND_ENDED, "analysis.rounds"),
        (EntryKind.QUESTION_ASKED, "analysis.ask.satisfaction@2"),
        (EntryKind.INTERRUPTED, "parcel.delivered"),
        (EntryKind.INTERRUPT_IGNORED, "leave_it"),
        (EntryKind.CLEARED, "parcel.handed_over"),
        (EntryKind.CLEARING_ASKED, "clears.ask.1"),
        (EntryKind.INCIDENT_CLOSED, "self_resolved"),
    ],
)
def test_what_is_decided_repeated_and_cut_in_on_has_its_names(entry: EntryKind, name: str) -> None:
    assert name in Abouts(load(BARGAINED)).of(entry, WRITTEN)


def test_the_entries_that_name_nothing_are_those_of_the_journal_and_of_temporal() -> None:
    bundles = [
        Abouts(load("lost_parcel")),
        Abouts(approved_and_held()),
        Abouts(promised()),
        Abouts(load(BARGAINED)),
    ]

    nameless = {entry for entry in EntryKind if not any(abouts.of(entry, WRITTEN) for abouts in bundles)}

    assert nameless == {
        EntryKind.REPINNED,
        EntryKind.REPIN_PUT_OFF,
        EntryKind.SUPERSEDED,
        EntryKind.INHERITED,
        EntryKind.NOT_INHERITED,
        EntryKind.CONVERSATION_FREED,
        EntryKind.INCIDENT_REGISTERED,
        EntryKind.DUPLICATE_FOUND,
        EntryKind.REPORT_REPEATED,
        EntryKind.RUN_STARTED,
        EntryKind.NEWS_IGNORED,
        EntryKind.RETRY_REQUESTED,
        EntryKind.BOOKS_AGREED,
        EntryKind.BOOKS_DIFFER,
        EntryKind.BOOKS_UNREAD,
    }


def test_an_incident_comes_to_a_plan_is_called_off_settled_or_taken_over_by_another() -> None:
    outcomes = Abouts(load("lost_parcel")).outcomes(WRITTEN)

    plans = ["self_resolved", "delivery_proven", "resume_delivery", "reship", "refund"]
    assert outcomes == [*plans, "settled by hand", "superseded", "cancelled: found"]
