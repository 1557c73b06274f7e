"""What people do in a scenario, and when."""

import hashlib
from datetime import timedelta
from typing import assert_never

from amends.models import Data, Evidence, Model, Money, Outcome, Party, Severity
from drills.checking_acts import asks_of
from drills.written_acts import (
    WrittenAcknowledge,
    WrittenAct,
    WrittenAnswer,
    WrittenApprove,
    WrittenAssign,
    WrittenCancel,
    WrittenChoose,
    WrittenEscalate,
    WrittenNews,
    WrittenNote,
    WrittenReject,
    WrittenReport,
    WrittenResume,
    WrittenRetry,
    WrittenSettle,
    WrittenSeverity,
    WrittenSkip,
    WrittenSnooze,
    WrittenSuspend,
    WrittenTakeOver,
    WrittenWaive,
)
from runbooks.amounts import amount_in_words, parse_amount
from runbooks.bundle import Bundle
from runbooks.program import AskStep
from workflows.contract import Verdict


class _Timed(Model):
    """``at`` counts from the opening; where it is not set, ``after`` counts from when what it is about came up: the
    question was asked, the approval was asked for, the task was opened, people were paged, it was suspended."""

    at: timedelta | None
    after: timedelta | None


class AnswerAct(_Timed):
    """``ask``: the step of the question. ``party``: whose it is to answer; ``by``: who does, of a role that is
    asked."""

    ask: str
    party: Party = Party.CUSTOMER
    by: str | None = None
    choice: str | None = None
    text: str | None = None
    amount: Money | None = None
    files: tuple[Evidence, ...] | None = None


class DecideAct(_Timed):
    """``approval``: a role, or the approval's id."""

    approval: str
    verdict: Verdict
    by: str
    note: str


class RetryAct(_Timed):
    task: str
    by: str
    note: str


class ChooseAct(_Timed):
    plan: str
    by: str
    note: str


class SettleAct(_Timed):
    task: str
    by: str
    how: str
    evidence: tuple[Evidence, ...]
    outcome: Outcome | None
    result: Data


class WaiveAct(_Timed):
    task: str
    by: str
    reason: str


class AcknowledgeAct(_Timed):
    """This and what follows count ``after`` from when people were first paged since nobody has it."""

    by: str
    note: str


class EscalateAct(_Timed):
    by: str
    reason: str


class SnoozeAct(_Timed):
    by: str
    length: timedelta
    reason: str


class NoteAct(Model):
    text: str
    by: str
    at: timedelta


class AssignAct(_Timed):
    """Without a ``task`` it counts ``after`` from when the oldest of those that are open was opened."""

    to: str
    task: str | None
    by: str
    note: str


class SuspendAct(Model):
    party: Party
    length: timedelta
    by: str
    reason: str
    at: timedelta


class ResumeAct(_Timed):
    by: str
    note: str


class SeverityAct(Model):
    """``severity`` is not set where the rules have their say again."""

    severity: Severity | None
    by: str
    reason: str
    at: timedelta


class SkipAct(_Timed):
    step: str
    by: str
    reason: str


class TakeOverAct(Model):
    by: str
    reason: str
    at: timedelta


class ReportAct(Model):
    key: str
    at: timedelta


class NewsAct(Model):
    """``event_id`` is its own in its script."""

    event_id: str
    event_type: str
    data: Data
    at: timedelta


class CancelAct(Model):
    """``by`` is not set where the cancelling is asked of Temporal, which does not tell who asked."""

    reason: str
    by: str | None
    at: timedelta


PagedAct = AcknowledgeAct | EscalateAct | SnoozeAct
PlainAct = NoteAct | SuspendAct | SeverityAct | TakeOverAct
"""What people do of their own accord, at a moment."""

Act = (
    AnswerAct
    | DecideAct
    | RetryAct
    | ChooseAct
    | SettleAct
    | WaiveAct
    | PagedAct
    | AssignAct
    | ResumeAct
    | SkipAct
    | PlainAct
    | ReportAct
    | NewsAct
    | CancelAct
)


def act_of(written: WrittenAct, bundle: Bundle, number: int) -> Act:
    """The act that was written, whose names have been checked; ``number``: where in its script it stands."""
    match written:
        case WrittenAnswer():
            return _answer(written, asks_of(bundle)[written.answer])
        case WrittenApprove():
            return _decision(written, written.approve, Verdict.APPROVE)
        case WrittenReject():
            return _decision(written, written.reject, Verdict.REJECT)
        case WrittenRetry():
            return RetryAct(task=written.retry, by=written.by, note=written.note, at=written.at, after=written.after)
        case WrittenChoose():
            return ChooseAct(plan=written.choose, by=written.by, note=written.note, at=written.at, after=written.after)
        case WrittenSettle():
            outcomes = {True: Outcome.APPLIED, False: Outcome.NOT_APPLIED}
            return SettleAct(
                task=written.settle,
                by=written.by,
                how=written.how,
                evidence=tuple(Evidence(what=each) for each in written.evidence),
                outcome=outcomes[written.happened] if written.happened is not None else None,
                result=written.result,
                at=written.at,
                after=written.after,
            )
        case WrittenWaive():
            return WaiveAct(
                task=written.waive, by=written.by, reason=written.reason, at=written.at, after=written.after
            )
        case WrittenAcknowledge():
            return AcknowledgeAct(by=written.acknowledge, note=written.note, at=written.at, after=written.after)
        case WrittenEscalate():
            return EscalateAct(by=written.by, reason=written.escalate, at=written.at, after=written.after)
        case WrittenSnooze():
            length, reason = written.snooze, written.reason
            return SnoozeAct(by=written.by, length=length, reason=reason, at=written.at, after=written.after)
        case WrittenAssign():
            return AssignAct(
                to=written.assign,
                task=written.task,
                by=written.by,
                note=written.note,
                at=written.at,
                after=written.after,
            )
        case WrittenResume():
            return ResumeAct(by=written.resume, note=written.note, at=written.at, after=written.after)
        case WrittenSkip():
            return SkipAct(step=written.skip, by=written.by, reason=written.reason, at=written.at, after=written.after)
        case WrittenNote() | WrittenSuspend() | WrittenSeverity() | WrittenTakeOver():
            return _plain(written)
        case WrittenReport():
            return ReportAct(key=written.report, at=written.at)
        case WrittenNews():
            news = {"event_type": written.news, "data": written.data}
            return NewsAct(event_id=f"script-{number}", at=written.at, **news)
        case WrittenCancel():
            return CancelAct(reason=written.cancel, by=written.by, at=written.at)
        case _:
            assert_never(written)


def _answer(written: WrittenAnswer, asked: AskStep) -> AnswerAct:
    return AnswerAct(
        ask=asked.id,
        party=asked.to,
        by=written.by,
        choice=written.choice,
        text=written.text,
        amount=parse_amount(written.amount) if written.amount is not None else None,
        files=tuple(map(_file, written.files)) if written.files is not None else None,
        at=written.at,
        after=written.after,
    )


def _file(name: str) -> Evidence:
    """A file that a scenario only names: its content is its name."""
    content = name.encode()
    return Evidence(what=name, sha256=hashlib.sha256(content).hexdigest(), size=len(content))


def in_words(act: Act) -> str:
    """An act, as remarks name it."""
    match act:
        case AnswerAct():
            return f"the answer {_said(act)} to {act.ask}"
        case DecideAct():
            return f"the decision of {act.by!r} to {act.verdict} {act.approval}"
        case RetryAct():
            return f"the retry of {act.task}"
        case ChooseAct():
            return f"the choice of the plan {act.plan!r}"
        case SettleAct():
            return f"the settling of {act.task}"
        case WaiveAct():
            return f"the wish of {act.by!r} to let {act.task} be"
        case AcknowledgeAct():
            return f"the acknowledgement of {act.by!r}"
        case EscalateAct():
            return f"the escalation of {act.by!r} ({act.reason})"
        case SnoozeAct():
            return f"the wish of {act.by!r} to be left in peace ({act.reason})"
        case NoteAct():
            return f"the note of {act.by!r}"
        case AssignAct():
            return f"the assignment to {act.to!r}"
        case SuspendAct():
            return f"the wish of {act.by!r} to wait for {act.party}"
        case ResumeAct():
            return f"the wish of {act.by!r} to resume it"
        case SeverityAct():
            return f"the word of {act.by!r} on the severity"
        case SkipAct():
            return f"the wish of {act.by!r} to skip {act.step}"
        case TakeOverAct():
            return f"the taking over of {act.by!r}"
        case ReportAct():
            return f"the report {act.key!r}"
        case NewsAct():
            return f"the news {act.event_type!r}"
        case CancelAct():
            return f"the cancelling ({act.reason})"
        case _:
            assert_never(act)


def why_not(act: Act) -> str:
    """Why an act was not played: what it waited for did not come."""
    match act:
        case ReportAct() | NewsAct() | CancelAct() | NoteAct() | SuspendAct() | SeverityAct() | TakeOverAct():
            return "the incident ended before"
        case _ if act.at is not None:
            return "the incident ended before"
        case AnswerAct():
            return "its question was not asked, or the incident ended"
        case DecideAct():
            return "its approval was not asked for, or the incident ended"
        case RetryAct() | ChooseAct() | SettleAct() | WaiveAct() | AssignAct():
            return "its task was not opened, or the incident ended"
        case AcknowledgeAct() | EscalateAct() | SnoozeAct():
            return "nobody was paged, or the incident ended"
        case ResumeAct():
            return "it was not suspended, or the incident ended"
        case SkipAct():
            return "its step could not be skipped, or the incident ended"
        case _:
            assert_never(act)


def _plain(written: WrittenNote | WrittenSuspend | WrittenSeverity | WrittenTakeOver) -> PlainAct:
    match written:
        case WrittenNote():
            return NoteAct(text=written.note, by=written.by, at=written.at)
        case WrittenSuspend():
            party, length = written.suspend, written.within
            return SuspendAct(party=party, length=length, by=written.by, reason=written.reason, at=written.at)
        case WrittenSeverity():
            level = None if written.severity == "by_rules" else written.severity
            return SeverityAct(severity=level, by=written.by, reason=written.reason, at=written.at)
        case WrittenTakeOver():
            return TakeOverAct(by=written.take_over, reason=written.reason, at=written.at)
        case _:
            assert_never(written)


def _decision(written: WrittenApprove | WrittenReject, approval: str, verdict: Verdict) -> DecideAct:
    return DecideAct(
        approval=approval, verdict=verdict, by=written.by, note=written.note, at=written.at, after=written.after
    )


def _said(act: AnswerAct) -> str:
    if act.amount is not None:
        return amount_in_words(act.amount.amount, act.amount.currency)
    return repr(act.text or act.choice) if act.files is None else ", ".join(each.what for each in act.files)
