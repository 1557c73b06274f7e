"""What an incident waits for, read from its timeline alone: questions, waits, calls under way, a person's tasks.

Pure functions over entries in their order. What an entry of another release does not say is left out.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from amends.journal import TimelineRow
from amends.timeline import EntryKind
from workflows.contract import OpenAsk

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
_TASKS: Final = (frozenset({EntryKind.TASK_OPENED}), frozenset({EntryKind.RETRY_REQUESTED}), "task")
_ASKS: Final = (
    frozenset({EntryKind.QUESTION_ASKED}),
    frozenset({EntryKind.ANSWER_RECEIVED, EntryKind.SILENCE_ASSUMED, EntryKind.QUESTION_WITHDRAWN}),
    "ask",
)


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


def tasks(timeline: Sequence[TimelineRow]) -> list[TimelineRow]:
    """What was handed to a person, and nobody has had tried again."""
    return _open(timeline, *_TASKS)


def until(entry: TimelineRow) -> datetime | None:
    """When a wait or a question ends by itself."""
    given = entry.data.get("at_most_until") or entry.data.get("answer_by")
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


def _ask(entry: TimelineRow) -> OpenAsk | None:
    try:
        return OpenAsk.model_validate({"answer_by": None, "if_silent": None, **entry.data})
    except ValidationError:
        return None
