"""From a measure that people write to the one that the engine switches on and off."""

from runbooks.catalogue import CATALOGUE
from runbooks.language.calls import inputs_of
from runbooks.language.context import Context
from runbooks.language.source import Path
from runbooks.language.step_shapes import Measure
from runbooks.program import MOMENTS, FactType, MeasureStep, Undo
from runbooks.suggestions import meant


def compile_measure(step: Measure, path: Path, step_id: str, context: Context) -> MeasureStep | None:
    """The measure, which is an effect and is lifted by what takes it back; ``None`` if it is wrong."""
    context.expression((*path, "until"), step.until, FactType.BOOL, more=MOMENTS)
    spec = CATALOGUE.get(step.measure)
    measures = {name for name, each in CATALOGUE.items() if each.undone_by}
    if spec is None:
        context.wrong((*path, "measure"), f"there is no activity {step.measure!r}{meant(step.measure, measures)}")
        return None
    inputs = inputs_of(spec, step.with_, path, context)
    if spec.undone_by is None:
        near = sorted(name for name in measures if CATALOGUE[name].system == spec.system) or sorted(measures)
        hint = f"can be switched off again; choose one of {', '.join(near)}"
        context.wrong((*path, "measure"), f"{step.measure!r} is nothing that {hint}")
        return None
    if step.lift != spec.undone_by:
        message = f"{step.measure!r} is not lifted by {step.lift!r}; write `lift: {spec.undone_by}`"
        context.wrong((*path, "lift"), message)
        return None
    return MeasureStep(
        id=step_id,
        when=step.when,
        activity=step.measure,
        inputs=inputs,
        lift=Undo(activity=step.lift, takes=CATALOGUE[step.lift].undo_takes),
        until=step.until,
        on_refusal=step.on_refusal,
    )
