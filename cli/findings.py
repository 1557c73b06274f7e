"""What a person can say of a call that is settled by hand: whether it happened, and what it has given."""

from collections.abc import Sequence
from typing import Final

from amends.journal import TimelineRow
from amends.timeline import EntryKind
from runbooks.catalogue import CATALOGUE
from runbooks.program import AskStep, DoStep, MeasureStep, Program, Step

_CALLS: Final = frozenset(
    {
        EntryKind.EFFECT_REQUESTED,
        EntryKind.EFFECT_APPLIED,
        EntryKind.EFFECT_REFUSED,
        EntryKind.EFFECT_UNKNOWN,
        EntryKind.FACTS_READ,
        EntryKind.READ_REFUSED,
        EntryKind.READ_FAILED,
    }
)
_UNDOS: Final = frozenset({EntryKind.UNDO_APPLIED, EntryKind.UNDO_REFUSED, EntryKind.UNDO_UNKNOWN})


def activity_of(timeline: Sequence[TimelineRow], task: TimelineRow | None) -> str | None:
    """What was called by the step that a task is about; ``None`` for a task about no call, or about an undo."""
    if task is None or task.data.get("why") == "undo_failed":
        return None
    called = [each for each in _of(timeline, task) if each.kind in _CALLS and "activity" in each.data]
    return str(called[-1].data["activity"]) if called else None


def settlements(task: TimelineRow, timeline: Sequence[TimelineRow], program: Program | None) -> tuple[str, ...]:
    """The options of `amends settle` that a task takes, one text for each way in which it can be settled; none where
    it cannot be.

    ``program`` is the one that is followed, if it is known. Without it only what an undo needs is asked for.
    """
    step, activity = _step(program, str(task.data.get("step"))), activity_of(timeline, task)
    match task.data.get("why"):
        case "outcome_unknown" if _is_read(activity):
            return (f"--happened{_results(_saved(step))}",)
        case "outcome_unknown":
            return (f"--happened{_results(_of_what_happened(step, activity))}", "--did-not-happen")
        case "undo_failed":
            ends = [each.kind for each in _of(timeline, task) if each.kind in _UNDOS]
            return ("--happened", "--did-not-happen") if ends[-1:] == [EntryKind.UNDO_UNKNOWN] else ("",)
        case "refused" if _needs_the_call(step, activity):
            return ()
        case "refused":
            spared = isinstance(step, DoStep) and step.otherwise is not None
            return (_results(() if spared else _saved(step)).strip(),)
        case _:
            return ("",)


def _needs_the_call(step: Step | None, activity: str | None) -> bool:
    """Whether nothing that is done by hand can stand for it: it may have to be taken back, which the engine can only if
    it has done it, or later steps read a choice, which nobody makes for who is asked."""
    match step:
        case AskStep():
            return step.save_as is not None and not step.knows_otherwise
        case DoStep():
            return step.undo is not None
        case None:
            spec = CATALOGUE.get(str(activity))
            return spec is not None and spec.undone_by is not None
        case _:
            return isinstance(step, MeasureStep)


def _of_what_happened(step: Step | None, activity: str | None) -> tuple[str, ...]:
    """The fields of an effect's result without which it cannot be taken back, or later steps cannot go on."""
    undo: tuple[str, ...] = ()
    match step:
        case DoStep(undo=back) | MeasureStep(lift=back) if back is not None:
            undo = tuple(name for name in back.takes if name not in step.inputs)
        case None if (spec := CATALOGUE.get(str(activity))) is not None and spec.undone_by is not None:
            takes = CATALOGUE[spec.undone_by].undo_takes
            undo = tuple(name for name in takes if name not in spec.takes.model_fields)
    return tuple(dict.fromkeys((*_saved(step), *undo)))


def _saved(step: Step | None) -> tuple[str, ...]:
    """The fields that a step's result must have, if it is saved for later steps."""
    gives = CATALOGUE[step.activity].gives if isinstance(step, DoStep) and step.save_as is not None else None
    return tuple(name for name, field in gives.model_fields.items() if field.is_required()) if gives else ()


def _results(names: Sequence[str]) -> str:
    return "".join(f' --result {name}="…"' for name in names)


def _is_read(activity: str | None) -> bool:
    spec = CATALOGUE.get(str(activity))
    return spec is not None and not spec.effect


def _of(timeline: Sequence[TimelineRow], task: TimelineRow) -> list[TimelineRow]:
    return [each for each in timeline if each.data.get("step") == task.data.get("step")]


def _step(program: Program | None, named: str) -> Step | None:
    return next((step for step in program.all_steps() if step.id == named), None) if program is not None else None
