"""When an act of a scenario is due, and what it says to the incident."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, assert_never

from amends.journal import TimelineRow
from amends.models import Actor, ActorKind, Party
from amends.timeline import EntryKind
from drills.acts import (
    AcknowledgeAct,
    Act,
    AnswerAct,
    AssignAct,
    CancelAct,
    ChooseAct,
    DecideAct,
    EscalateAct,
    NewsAct,
    NoteAct,
    PlainAct,
    ReportAct,
    ResumeAct,
    RetryAct,
    SettleAct,
    SeverityAct,
    SkipAct,
    SnoozeAct,
    SuspendAct,
    TakeOverAct,
    WaiveAct,
)
from workflows.contract import (
    AcknowledgeRequest,
    AnswerRequest,
    AssignRequest,
    CancelRequest,
    ChooseRequest,
    DecideRequest,
    EscalateRequest,
    NoteRequest,
    OpenApproval,
    ResumeRequest,
    RetryRequest,
    SettleRequest,
    SeverityRequest,
    SkipRequest,
    SnoozeRequest,
    SuspendRequest,
    TakeOverRequest,
    View,
    WaiveRequest,
)
from workflows.requests import ActRequest

REPORTER: Final = Actor(kind=ActorKind.HUMAN, id="support")
ORDER_SYSTEM: Final = Actor(kind=ActorKind.SYSTEM, id="order-system")
CUSTOMER: Final = Actor(kind=ActorKind.HUMAN, id="customer")
MERCHANT: Final = Actor(kind=ActorKind.HUMAN, id="merchant")

_ASKED: Final = {Party.CUSTOMER: CUSTOMER, Party.MERCHANT: MERCHANT}
"""Who answers what a party is asked, where nobody else is said to."""


def moment_of(act: Act, rows: Sequence[TimelineRow], view: View, *, begun_at: datetime) -> datetime | None:
    """When an act is due, in a scenario that has begun at ``begun_at``; ``None`` as long as what it counts from has not
    come up, or is over."""
    if act.at is not None:
        return begun_at + act.at
    match act:
        case AnswerAct():
            came_up = _newest(rows, EntryKind.QUESTION_ASKED, "ask", act.ask)
        case DecideAct():
            meant = approval_of(act, view)
            came_up = _newest(rows, EntryKind.APPROVAL_ASKED, "approval", meant.approval) if meant else None
        case ChooseAct():
            came_up = _opened(rows, view, "no_plan_left")
        case RetryAct() | SettleAct() | WaiveAct():
            came_up = _opened(rows, view, act.task)
        case AcknowledgeAct() | EscalateAct() | SnoozeAct():
            came_up = _paged(rows)
        case AssignAct():
            came_up = _opened(rows, view, act.task) if act.task else _first_opened(view)
        case ResumeAct():
            came_up = _suspended(rows, view)
        case SkipAct():
            came_up = _came_to(rows, view, act.step)
        case ReportAct() | NewsAct() | CancelAct() | NoteAct() | SuspendAct() | SeverityAct() | TakeOverAct():
            came_up = None
        case _:
            assert_never(act)
    return came_up + act.after if came_up is not None and act.after is not None else None


def request_of(act: Act, view: View, *, key: str) -> ActRequest | None:
    """What an act says to the incident; ``None`` for reports, news and what is asked of Temporal."""
    match act:
        case AnswerAct():
            return AnswerRequest(
                key=key,
                ask=act.ask,
                choice=act.choice,
                text=act.text,
                amount=act.amount,
                files=act.files,
                actor=_person(act.by) if act.by is not None else _ASKED.get(act.party, CUSTOMER),
            )
        case DecideAct():
            return _decision(act, view, key)
        case RetryAct():
            return RetryRequest(key=key, task=act.task, note=act.note, actor=_person(act.by))
        case ChooseAct():
            return ChooseRequest(key=key, plan=act.plan, note=act.note, actor=_person(act.by))
        case SettleAct():
            return SettleRequest(
                key=key,
                task=act.task,
                how=act.how,
                evidence=act.evidence,
                outcome=act.outcome,
                result=act.result,
                actor=_person(act.by),
            )
        case WaiveAct():
            return WaiveRequest(key=key, task=act.task, reason=act.reason, actor=_person(act.by))
        case AcknowledgeAct():
            return AcknowledgeRequest(key=key, note=act.note, actor=_person(act.by))
        case EscalateAct():
            return EscalateRequest(key=key, reason=act.reason, actor=_person(act.by))
        case SnoozeAct():
            until = view.now + act.length
            return SnoozeRequest(key=key, until=until, reason=act.reason, actor=_person(act.by))
        case AssignAct():
            to, task, who = act.to, act.task, _person(act.by)
            return AssignRequest(key=key, to=to, task=task, note=act.note, actor=who)
        case ResumeAct():
            return ResumeRequest(key=key, note=act.note, actor=_person(act.by))
        case SkipAct():
            return SkipRequest(key=key, step=act.step, reason=act.reason, actor=_person(act.by))
        case NoteAct() | SuspendAct() | SeverityAct() | TakeOverAct():
            return _plain(act, view, key)
        case CancelAct() if act.by is not None:
            return CancelRequest(key=key, reason=act.reason, actor=_person(act.by))
        case ReportAct() | NewsAct() | CancelAct():
            return None
        case _:
            assert_never(act)


def approval_of(act: DecideAct, view: View) -> OpenApproval | None:
    """The open approval that a decision is about: the first of that id or role."""
    return next((each for each in view.approvals if act.approval in (each.approval, each.role)), None)


def _plain(act: PlainAct, view: View, key: str) -> ActRequest:
    who = _person(act.by)
    match act:
        case NoteAct():
            return NoteRequest(key=key, text=act.text, actor=who)
        case SuspendAct():
            until = view.now + act.length
            return SuspendRequest(key=key, party=act.party, until=until, reason=act.reason, actor=who)
        case SeverityAct():
            return SeverityRequest(key=key, severity=act.severity, reason=act.reason, actor=who)
        case TakeOverAct():
            return TakeOverRequest(key=key, reason=act.reason, actor=who)
        case _:
            assert_never(act)


def _decision(act: DecideAct, view: View, key: str) -> DecideRequest:
    """About what is asked now. Where nothing is, the incident says so."""
    asked = approval_of(act, view) or OpenApproval(approval=act.approval, role=None)
    return DecideRequest(
        key=key,
        approval=asked.approval,
        verdict=act.verdict,
        amount=asked.amount,
        plan=asked.plan,
        note=act.note,
        actor=_person(act.by),
    )


def _person(who: str) -> Actor:
    return Actor(kind=ActorKind.HUMAN, id=who)


def _opened(rows: Sequence[TimelineRow], view: View, task: str) -> datetime | None:
    if all(each.task != task for each in view.tasks):
        return None
    return _newest(rows, EntryKind.TASK_OPENED, "task", task)


def _first_opened(view: View) -> datetime | None:
    return min((each.opened_at for each in view.tasks), default=None)


def _suspended(rows: Sequence[TimelineRow], view: View) -> datetime | None:
    if view.suspended_for is None:
        return None
    return _newest(rows, EntryKind.SUSPENSION_REQUESTED, "party", view.suspended_for)


def _came_to(rows: Sequence[TimelineRow], view: View, step: str) -> datetime | None:
    """When a step that can be skipped now began to wait, asked, or was left to a person."""
    if step not in view.skippable:
        return None
    begins = {EntryKind.QUESTION_ASKED: "ask", EntryKind.WAIT_STARTED: "wait", EntryKind.TASK_OPENED: "step"}
    came = (row.occurred_at for row in reversed(rows) if row.kind in begins and row.data.get(begins[row.kind]) == step)
    return next(came, None)


def _paged(rows: Sequence[TimelineRow]) -> datetime | None:
    """When people were first paged since it was taken on, or since anything is owed."""
    first: datetime | None = None
    for row in rows:
        if row.kind in (EntryKind.ACKNOWLEDGED, EntryKind.LADDER_STOPPED):
            first = None
        elif row.kind is EntryKind.PAGE_REQUESTED and first is None:
            first = row.occurred_at
    return first


def _newest(rows: Sequence[TimelineRow], kind: EntryKind, name: str, of: str) -> datetime | None:
    return next((row.occurred_at for row in reversed(rows) if row.kind is kind and row.data.get(name) == of), None)
