"""What people and systems do to a running incident: one table of the acts, each with its rule, the entry that it makes,
and its effect. The validators of the doors, and the core for acts that have waited, both read it here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from amends.timeline import Entry, EntryKind
from runbooks.program import AskStep
from runbooks.rights import ActName
from workflows import approving, asking, authority, closing, ladder, lineage, people, program, repinning, rights, tasks
from workflows.contract import SAY_WHY
from workflows.events import (
    Acknowledgement,
    Act,
    AnswerGiven,
    Assigned,
    CancelRequested,
    DecisionGiven,
    EscalationRequested,
    EvidenceAdded,
    MergeRequested,
    NoteAdded,
    PlanChosen,
    RepinRequested,
    ResumptionRequested,
    RetryRequested,
    SeverityChosen,
    SkipRequested,
    SnoozeRequested,
    SplitRequested,
    SuspensionRequested,
    TakeOverRequested,
    TaskSettled,
    WaiverRequested,
    held,
)
from workflows.state import State, StepPhase
from workflows.turn import Turn

_A = TypeVar("_A", bound=Act)

MOST_HANDLED: Final = 4_000
"""Acts, reports and news that one incident keeps in mind, so that none counts twice. They go along from run to run, in
a state of at most 2 MB, which is Temporal's limit; behind this one only what brings the incident to its end counts."""

_TO_THE_END: Final = (ActName.ANSWER, ActName.DECIDE, ActName.CANCEL, ActName.RETRY, ActName.CHOOSE, ActName.SETTLE)


@dataclass(frozen=True)
class _Rule(Generic[_A]):
    """``refusal``: why it does not count now, ``None`` if it does. ``repeats``: whether it is so already.

    ``brings``: whether who does it brings the incident to where it is then, and so cannot approve; who takes notice of
    it, or calls others, may still. ``answered_later``: its receipt comes with what follows from it.
    """

    name: ActName
    entry: EntryKind
    refusal: Callable[[State, _A, datetime], str | None]
    apply: Callable[[Turn, _A, Entry], None]
    repeats: Callable[[State, _A], bool] = lambda _state, _act: False
    brings: bool = False
    answered_later: bool = False


def refusal(state: State, act: Act, now: datetime) -> str | None:
    """Why an act does not count now; ``None`` if it does, or repeats one that counted. The one place for the rules of
    the validators, and of the core for acts that waited."""
    if state.ended:
        return f"the incident is {state.status}; nothing can be done to it any more"
    rule = _RULES[type(act)]
    if len(state.handled) >= MOST_HANDLED and rule.name not in _TO_THE_END:
        few = ", ".join(name.value for name in _TO_THE_END)
        return f"{MOST_HANDLED} acts and news are as much as one incident keeps in mind; what still counts: {few}"
    return rights.refusal(state, rule.name, act.actor) or rule.refusal(state, act, now)


def handled_as(act: Act) -> str:
    """Under which name the state keeps what became of an act."""
    return f"{_RULES[type(act)].name}:{act.key}"


def take(turn: Turn, act: Act) -> bool:
    """Write an act down and apply it, or keep why it is refused; whether it counted."""
    state, rule, key = turn.state, _RULES[type(act)], handled_as(act)
    if key in state.handled or _being_counted(state, act):
        return False
    why_not = refusal(state, act, turn.now)
    if why_not is not None or rule.repeats(state, act):
        turn.receipt(key, None, "refused" if why_not else "repeated", refused=why_not)
        return False
    entry = turn.note(rule.entry, held(act), actor=act.actor)
    if not rule.answered_later:
        turn.receipt(key, entry, "recorded")
    if rule.brings:
        authority.hand(state, act.actor)
    rule.apply(turn, act, entry)
    return True


def cancelled_in_temporal(turn: Turn, event: CancelRequested) -> bool:
    """Call the incident off at Temporal's word, which asks nobody's leave; whether that is new."""
    if turn.state.cancelling or turn.state.handing_over is not None:
        return False
    turn.note(EntryKind.CANCEL_REQUESTED, held(event), actor=event.actor)
    closing.begin_cancelling(turn, event)
    return True


def _being_counted(state: State, act: Act) -> bool:
    return isinstance(act, DecisionGiven) and any(each.key == act.key for each in state.deciding.values())


def _answer_refusal(state: State, act: AnswerGiven, _now: datetime) -> str | None:
    if state.leaving:
        return f"the incident {state.leaving}; nothing is asked any more"
    return asking.refusal(state, act)


def _is_answered(state: State, act: AnswerGiven) -> bool:
    return state.steps[act.ask].phase is not StepPhase.RUNNING


def _answer(turn: Turn, act: AnswerGiven, _entry: Entry) -> None:
    asked = program.step_of(turn.state, act.ask)
    assert isinstance(asked, AskStep)
    turn.happened_at = act.at or turn.now
    asking.answer(turn, asked, turn.state.steps[act.ask], act)


def _cancel_refusal(state: State, act: CancelRequested, _now: datetime) -> str | None:
    if state.handing_over is not None:
        return f"the incident {state.leaving}; call that one off"
    return None if act.reason.strip() else SAY_WHY


def _at_any_time(rule: Callable[[State, _A], str | None]) -> Callable[[State, _A, datetime], str | None]:
    return lambda state, act, _now: rule(state, act)


def _simply(apply: Callable[[Turn, _A], None]) -> Callable[[Turn, _A, Entry], None]:
    return lambda turn, act, _entry: apply(turn, act)


_RULES: Final[dict[type[Act], _Rule[Any]]] = {
    AnswerGiven: _Rule[AnswerGiven](
        ActName.ANSWER, EntryKind.ANSWER_RECEIVED, _answer_refusal, _answer, repeats=_is_answered, brings=True
    ),
    DecisionGiven: _Rule[DecisionGiven](
        ActName.DECIDE,
        EntryKind.DECISION_RECEIVED,
        _at_any_time(approving.refusal),
        approving.decide,
        repeats=approving.repeats,
        answered_later=True,
    ),
    RetryRequested: _Rule[RetryRequested](
        ActName.RETRY,
        EntryKind.RETRY_REQUESTED,
        _at_any_time(tasks.retry_refusal),
        _simply(tasks.retry),
        brings=True,
    ),
    PlanChosen: _Rule[PlanChosen](
        ActName.CHOOSE, EntryKind.PLAN_CHOSEN, _at_any_time(tasks.choose_refusal), _simply(tasks.choose), brings=True
    ),
    TaskSettled: _Rule[TaskSettled](
        ActName.SETTLE, EntryKind.TASK_SETTLED, _at_any_time(tasks.settle_refusal), _simply(tasks.settle), brings=True
    ),
    WaiverRequested: _Rule[WaiverRequested](
        ActName.WAIVE,
        EntryKind.WAIVER_REQUESTED,
        _at_any_time(tasks.waive_refusal),
        _simply(tasks.ask_to_waive),
        brings=True,
    ),
    Acknowledgement: _Rule[Acknowledgement](
        ActName.ACKNOWLEDGE, EntryKind.ACKNOWLEDGED, lambda _state, _act, _now: None, _simply(ladder.acknowledge)
    ),
    EscalationRequested: _Rule[EscalationRequested](
        ActName.ESCALATE,
        EntryKind.ESCALATION_REQUESTED,
        _at_any_time(ladder.escalate_refusal),
        _simply(ladder.escalate),
    ),
    SnoozeRequested: _Rule[SnoozeRequested](
        ActName.SNOOZE, EntryKind.SNOOZE_REQUESTED, ladder.snooze_refusal, _simply(ladder.snooze)
    ),
    NoteAdded: _Rule[NoteAdded](
        ActName.NOTE, EntryKind.NOTE_ADDED, _at_any_time(people.note_refusal), _simply(people.add_note)
    ),
    EvidenceAdded: _Rule[EvidenceAdded](
        ActName.EVIDENCE, EntryKind.EVIDENCE_ADDED, _at_any_time(people.evidence_refusal), _simply(people.add_evidence)
    ),
    Assigned: _Rule[Assigned](
        ActName.ASSIGN, EntryKind.ASSIGNED, _at_any_time(people.assign_refusal), _simply(people.assign)
    ),
    SuspensionRequested: _Rule[SuspensionRequested](
        ActName.SUSPEND, EntryKind.SUSPENSION_REQUESTED, people.suspend_refusal, _simply(people.suspend)
    ),
    ResumptionRequested: _Rule[ResumptionRequested](
        ActName.RESUME, EntryKind.RESUMPTION_REQUESTED, _at_any_time(people.resume_refusal), _simply(people.resume)
    ),
    SeverityChosen: _Rule[SeverityChosen](
        ActName.SEVERITY,
        EntryKind.SEVERITY_CHOSEN,
        _at_any_time(people.severity_refusal),
        _simply(people.set_severity),
        brings=True,
    ),
    SkipRequested: _Rule[SkipRequested](
        ActName.SKIP, EntryKind.SKIP_REQUESTED, _at_any_time(people.skip_refusal), _simply(people.skip), brings=True
    ),
    TakeOverRequested: _Rule[TakeOverRequested](
        ActName.TAKE_OVER,
        EntryKind.TAKEN_OVER,
        _at_any_time(people.take_over_refusal),
        _simply(people.take_over),
        brings=True,
    ),
    RepinRequested: _Rule[RepinRequested](
        ActName.REPIN,
        EntryKind.REPIN_REQUESTED,
        _at_any_time(repinning.refusal),
        _simply(repinning.request),
        brings=True,
    ),
    MergeRequested: _Rule[MergeRequested](
        ActName.MERGE, EntryKind.MERGED, _at_any_time(lineage.merge_refusal), lineage.merge, brings=True
    ),
    SplitRequested: _Rule[SplitRequested](
        ActName.SPLIT,
        EntryKind.REPORT_SPLIT,
        _at_any_time(lineage.split_refusal),
        _simply(lineage.split),
        repeats=lambda state, act: act.report in state.split,
        brings=True,
    ),
    CancelRequested: _Rule[CancelRequested](
        ActName.CANCEL,
        EntryKind.CANCEL_REQUESTED,
        _cancel_refusal,
        _simply(closing.begin_cancelling),
        repeats=lambda state, _act: state.cancelling,
    ),
}
