"""Whether what a door brings may count now: the one place for the validators' rules."""

from datetime import datetime
from typing import assert_never

from pydantic import JsonValue

from amends.models import ActorKind, Data
from runbooks.bundle import Bundle
from runbooks.program import FactType
from workflows import approving, asking, ladder, people, tasks
from workflows.events import (
    Acknowledgement,
    AnswerGiven,
    Assigned,
    CancelRequested,
    DecisionGiven,
    EscalationRequested,
    EvidenceAdded,
    NoteAdded,
    PlanChosen,
    ResumptionRequested,
    RetryRequested,
    SeverityChosen,
    SkipRequested,
    SnoozeRequested,
    SuspensionRequested,
    TakeOverRequested,
    TaskSettled,
    WaiverRequested,
)
from workflows.state import State

Act = (
    AnswerGiven
    | DecisionGiven
    | RetryRequested
    | PlanChosen
    | TaskSettled
    | WaiverRequested
    | Acknowledgement
    | EscalationRequested
    | SnoozeRequested
    | NoteAdded
    | EvidenceAdded
    | Assigned
    | SuspensionRequested
    | ResumptionRequested
    | SeverityChosen
    | SkipRequested
    | TakeOverRequested
    | CancelRequested
)
"""What people do to a running incident."""


def report_refusal(bundle: Bundle, workflow_id: str, report: Data) -> str | None:
    """Why a report does not fit the incident with this workflow id; ``None`` if it does."""
    for field, kind in bundle.report.items():
        if field not in report:
            if field in bundle.report_optional:
                continue
            return f"the report of a {bundle.exception_type} lacks {field!r} ({kind})"
        if not _fits(report[field], kind):
            return f"the report's {field!r} is {report[field]!r}, which is no {kind}"
    for field in report:
        if field not in bundle.report:
            known = ", ".join(repr(name) for name in bundle.report)
            return f"a report of a {bundle.exception_type} has no field {field!r}; it has {known}"
    if bundle.workflow_id(report) != workflow_id:
        return f"the report is about {bundle.workflow_id(report)!r}, this incident about {workflow_id!r}"
    return None


def refusal(state: State, act: Act, now: datetime) -> str | None:
    """Why an act does not count now; ``None`` if it does, or repeats one that counted. The one place for the rules of
    the validators, and of the core for acts that waited."""
    if state.ended:
        return f"the incident is {state.status}; nothing can be done to it any more"
    if isinstance(act, PlanChosen | TaskSettled | WaiverRequested) and act.actor.kind is not ActorKind.HUMAN:
        return "only a person can do that: it is somebody's word that counts"
    match act:
        case AnswerGiven():
            if state.cancelling:
                return "the incident is being cancelled; nothing is asked any more"
            return asking.refusal(state, act)
        case DecisionGiven():
            return approving.refusal(state, act)
        case RetryRequested():
            return tasks.retry_refusal(state, act)
        case PlanChosen():
            return tasks.choose_refusal(state, act)
        case TaskSettled():
            return tasks.settle_refusal(state, act)
        case WaiverRequested():
            return tasks.waive_refusal(state, act)
        case Acknowledgement():
            return ladder.acknowledge_refusal(state, act.actor)
        case EscalationRequested():
            return ladder.escalate_refusal(state, act)
        case SnoozeRequested():
            return ladder.snooze_refusal(state, act, now)
        case NoteAdded():
            return people.note_refusal(state, act)
        case EvidenceAdded():
            return people.evidence_refusal(state, act)
        case Assigned():
            return people.assign_refusal(state, act)
        case SuspensionRequested():
            return people.suspend_refusal(state, act, now)
        case ResumptionRequested():
            return people.resume_refusal(state, act)
        case SeverityChosen():
            return people.severity_refusal(state, act)
        case SkipRequested():
            return people.skip_refusal(state, act)
        case TakeOverRequested():
            return people.take_over_refusal(state, act)
        case CancelRequested():
            return None if act.reason.strip() else "say why, for those who read the timeline later"
        case _:
            assert_never(act)


def handled_as(act: Act) -> str:
    """Under which name the state keeps what became of an act."""
    kinds = {
        AnswerGiven: "answer",
        DecisionGiven: "decision",
        RetryRequested: "retry",
        PlanChosen: "choice",
        TaskSettled: "settlement",
        WaiverRequested: "waiver",
        Acknowledgement: "acknowledgement",
        EscalationRequested: "escalation",
        SnoozeRequested: "snooze",
        NoteAdded: "note",
        EvidenceAdded: "evidence",
        Assigned: "assignment",
        SuspensionRequested: "suspension",
        ResumptionRequested: "resumption",
        SeverityChosen: "severity",
        SkipRequested: "skip",
        TakeOverRequested: "take_over",
        CancelRequested: "cancel",
    }
    return f"{kinds[type(act)]}:{act.key}"


def _fits(value: JsonValue, kind: FactType) -> bool:
    match kind:
        case FactType.STRING:
            return isinstance(value, str) and value != ""
        case FactType.INT:
            return isinstance(value, int) and not isinstance(value, bool)
        case FactType.DOUBLE:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case FactType.BOOL:
            return isinstance(value, bool)
        case FactType.TIMESTAMP:
            return isinstance(value, str) and _is_aware_time(value)
        case FactType.MONEY:
            return isinstance(value, dict) and set(value) == {"amount", "currency"}


def _is_aware_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
