"""Which ways in which a shop goes wrong the scenarios of a runbook play, and which are left."""

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum

from amends.connectors.shop import FaultKind
from amends.journal import TimelineRow
from amends.timeline import EntryKind
from drills.checking import TROUBLES
from drills.scenario import Fault
from runbooks.program import DoStep, MeasureStep, Program


class Wrong(StrEnum):
    """How a call goes wrong. The values are what scenario files call it."""

    REFUSE = "refuse"
    BEFORE = "before"
    AFTER = "after"
    ERROR = "error"
    LATE = "late"
    REFUSED_UNDO = "refused undo"


_TROUBLES = {kind: Wrong(word) for word, kind in TROUBLES.items() if kind is not FaultKind.GOES_WELL}
_REFUSALS = {
    EntryKind.EFFECT_REFUSED: Wrong.REFUSE,
    EntryKind.READ_REFUSED: Wrong.REFUSE,
    EntryKind.UNDO_REFUSED: Wrong.REFUSED_UNDO,
}


def met(faults: Sequence[Fault], left: Sequence[int], timelines: Iterable[Sequence[TimelineRow]]) -> tuple[Wrong, ...]:
    """What went wrong in a scenario: of its troubles those that came, and every refusal, whoever had thought of it.

    ``left``: how often each of its faults was still to come at the end.
    """
    came = {fault.kind for fault, times in zip(faults, left, strict=True) if times < fault.times}
    seen = {_TROUBLES[kind] for kind in came if kind in _TROUBLES}
    seen |= {_REFUSALS[row.kind] for timeline in timelines for row in timeline if row.kind in _REFUSALS}
    return in_order(seen)


def to_be_met(program: Program) -> tuple[Wrong, ...]:
    """What can go wrong in a runbook's incidents: all of it, but for an undo where there is nothing to undo."""
    undone = any(
        isinstance(step, MeasureStep) or (isinstance(step, DoStep) and step.undo is not None)
        for step in program.all_steps()
    )
    return in_order(set(Wrong) - (set() if undone else {Wrong.REFUSED_UNDO}))


def in_order(some: Collection[Wrong]) -> tuple[Wrong, ...]:
    """Without repeats, as they are told."""
    return tuple(each for each in Wrong if each in some)
