"""What an incident waits for, read from its timeline alone: questions, approvals, waits, calls, a person's tasks,
and what people have said about it.

Pure functions over entries in their order. What an entry of another release does not say is left out.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from pydantic import JsonValue, ValidationError

from amends.journal import TimelineRow
from amends.timeline import EntryKind
from workflows.contract import OpenApproval, OpenAsk, Verdict

_ENDS: Final = frozenset({EntryKind.INCIDENT_CLOSED, EntryKind.DUPLICATE_FOUND})
_CALLS: Final = (
    frozenset({EntryKind.EFFECT_REQUESTED, EntryKind.UNDO_REQUESTED, EntryKind.RECONCILE_REQUESTED}),
    frozenset(
        {
            EntryKind.EFFECT_APPLIED,
            EntryKind.EFFECT_REFUSED,
            EntryKind.EFFECT_UNKNOWN,
            EntryKind.UNDO_APPLIED,
            EntryKind.UNDO_REFUSED,
            EntryKind.UNDO_UNKNOWN,
        }
    ),
    "key",
)
_WAITS: Final = (
    frozenset({EntryKind.WAIT_STARTED}),
    frozenset({EntryKind.WAIT_ENDED, EntryKind.WAIT_TIMED_OUT, EntryKind.WAIT_WITHDRAWN}),
    "wait",
)
_TASKS: Final = (
    frozenset({EntryKind.TASK_OPENED}),
    frozenset({EntryKind.RETRY_REQUESTED, EntryKind.TASK_CLOSED}),
    "task",
)
_APPROVALS: Final = (
    frozenset({EntryKind.APPROVAL_ASKED}),
    frozenset({EntryKind.APPROVAL_GIVEN, EntryKind.APPROVAL_REJECTED, EntryKind.APPROVAL_WITHDRAWN}),
    "approval",
)
_SUSPENSION_ENDS: Final = frozenset({EntryKind.RESUMPTION_REQUESTED, EntryKind.SUSPENSION_ENDED, *_ENDS})
_ASKS: Final = (
    frozenset({EntryKind.QUESTION_ASKED}),
    frozenset({EntryKind.ANSWER_RECEIVED, EntryKind.SILENCE_ASSUMED, EntryKind.QUESTION_WITHDRAWN}),
    "ask",
)
_GOES_ON: Final = frozenset({EntryKind.EFFECT_REQUESTED, EntryKind.ANSWER_INHERITED, EntryKind.MESSAGE_WITHDRAWN})
"""What a question that was held back comes to."""


def ended(timeline: Sequence[TimelineRow]) -> bool:
    """Whether nothing more will happen."""
    return any(entry.kind in _ENDS for entry in timeline)


def under_way(timeline: Sequence[TimelineRow]) -> list[TimelineRow]:
    """The requests of effects and undos whose outcome has not been told."""
    return _open(timeline, *_CALLS)


def waits(timeline: Sequence[TimelineRow]) -> list[TimelineRow]:
    """The starts of the waits that go on."""
    return _open(timeline, *_WAITS)


def asks(timeline: Sequence[TimelineRow]) -> list[OpenAsk]:
    """The questions that may be answered now."""
    return [ask for entry in _open(timeline, *_ASKS) if (ask := _ask(entry)) is not None]


def held_back(timeline: Sequence[TimelineRow]) -> list[TimelineRow]:
    """The newest word of each question that waits until another incident has its answer."""
    held: dict[str, TimelineRow] = {}
    for entry in timeline:
        about = str(entry.data.get("ask", entry.data.get("step")))
        if entry.kind in (EntryKind.QUESTION_HELD, EntryKind.QUESTION_JOINED):
            held[about] = entry
        elif entry.kind in _GOES_ON:
            held.pop(about, None)
    return [] if ended(timeline) else list(held.values())


def tasks(timeline: Sequence[TimelineRow]) -> list[TimelineRow]:
    """What was handed to a person, and nobody has dealt with or had tried again."""
    return _open(timeline, *_TASKS)


def suspension(timeline: Sequence[TimelineRow]) -> TimelineRow | None:
    """The wish of a person that the clocks stand still, while they do."""
    for entry in reversed(timeline):
        if entry.kind in _SUSPENSION_ENDS:
            return None
        if entry.kind is EntryKind.SUSPENSION_REQUESTED:
            return entry
    return None


def severity_chosen(timeline: Sequence[TimelineRow]) -> TimelineRow | None:
    """What a person has said of the severity, while that stands over the rules."""
    chosen = [entry for entry in timeline if entry.kind is EntryKind.SEVERITY_CHOSEN]
    return chosen[-1] if chosen and chosen[-1].data.get("severity") else None


def assignee(timeline: Sequence[TimelineRow], task: TimelineRow | None = None) -> str | None:
    """The person who was given a task, or without one whatever is to be done."""
    who: str | None = None
    for entry in timeline:
        if entry.kind is EntryKind.ASSIGNED and _is_given(entry, task):
            who = str(entry.data.get("to"))
        elif entry.kind is EntryKind.TAKEN_OVER and task is not None and task.data.get("why") == "taken_over":
            who = entry.actor.id
    return who


def approvals(timeline: Sequence[TimelineRow]) -> list[OpenApproval]:
    """The approvals that may be decided now. One whose silence has escalated is among them."""
    silenced = {
        (str(entry.data.get("approval")), entry.seq)
        for entry in timeline
        if entry.kind is EntryKind.APPROVAL_EXPIRED and entry.data.get("then") == "reject"
    }
    asked = [
        entry
        for entry in _open(timeline, *_APPROVALS)
        if not any(name == entry.data.get("approval") and seq > entry.seq for name, seq in silenced)
    ]
    return [each for entry in asked if (each := _approval(entry, timeline)) is not None]


def until(entry: TimelineRow) -> datetime | None:
    """When a wait ends by itself, or a person's task is to be done."""
    return moment(entry.data.get("at_most_until") or entry.data.get("due_at"))


def moment(given: JsonValue) -> datetime | None:
    """A moment that an entry names; ``None`` for anything else."""
    try:
        at = datetime.fromisoformat(str(given))
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _open(
    timeline: Iterable[TimelineRow], begins: frozenset[EntryKind], ends: frozenset[EntryKind], name: str
) -> list[TimelineRow]:
    going_on: dict[str, TimelineRow] = {}
    for entry in timeline:
        of = str(entry.data.get(name))
        if entry.kind in begins:
            going_on[of] = entry
        elif entry.kind in ends:
            going_on.pop(of, None)
        elif entry.kind in _ENDS:
            going_on.clear()
    return list(going_on.values())


def _is_given(assigned: TimelineRow, task: TimelineRow | None) -> bool:
    of = assigned.data.get("task")
    return of is None or (task is not None and of == task.data.get("task") and assigned.seq > task.seq)


def _approval(asked: TimelineRow, timeline: Iterable[TimelineRow]) -> OpenApproval | None:
    """What was asked, and who has said yes to it since, as far as that was not found beyond their authority."""
    approved: dict[str, None] = {}
    for entry in timeline:
        if entry.seq > asked.seq and entry.data.get("approval") == asked.data.get("approval"):
            if entry.kind is EntryKind.DECISION_RECEIVED and entry.data.get("verdict") == Verdict.APPROVE:
                approved[entry.actor.id] = None
            elif entry.kind is EntryKind.DECISION_REFUSED:
                approved.pop(str(entry.data.get("by")), None)
    known = {name: given for name, given in asked.data.items() if given is not None}
    try:
        return OpenApproval.model_validate({"role": None, **known, "approved_by": tuple(approved)})
    except ValidationError:
        return None


def _ask(entry: TimelineRow) -> OpenAsk | None:
    try:
        return OpenAsk.model_validate({"answer_by": None, "if_silent": None, **entry.data})
    except ValidationError:
        return None
