"""The steps that are checked whole but that this release's engine does not carry out: see ``releases``."""

from runbooks.catalogue import CATALOGUE
from runbooks.language.calls import inputs_of
from runbooks.language.context import Context
from runbooks.language.source import Path
from runbooks.language.step_shapes import Approve, Decide, Measure, Rounds
from runbooks.program import FactType
from runbooks.suggestions import meant

MOMENTS = {"incident.resolved": FactType.BOOL, "incident.closed": FactType.BOOL}
"""What only the end of a measure may name."""


def check_approval(step: Approve, path: Path, context: Context) -> None:
    """The role exists; that somebody may give the approval is checked where the ladder is known."""
    context.later((*path, "approve"), "approve")
    context.role((*path, "approve"), step.approve)


def check_decision(step: Decide, path: Path, context: Context) -> None:
    """Every choice has a condition, and the rest falls to another choice or to one of them."""
    context.later((*path, "decide"), "decide")
    for name, when in step.choices.items():
        context.condition((*path, "choices", name), when)


def check_measure(step: Measure, path: Path, context: Context) -> None:
    """The measure is an effect, and is lifted by what takes it back."""
    context.later((*path, "measure"), "measure")
    context.expression((*path, "until"), step.until, FactType.BOOL, more=MOMENTS)
    spec = CATALOGUE.get(step.measure)
    measures = {name for name, each in CATALOGUE.items() if each.undone_by}
    if spec is None:
        context.wrong((*path, "measure"), f"there is no activity {step.measure!r}{meant(step.measure, measures)}")
        return
    if spec.undone_by is None:
        hint = f"can be switched off again; choose one of {', '.join(sorted(measures))}"
        context.wrong((*path, "measure"), f"{step.measure!r} is nothing that {hint}")
    elif step.lift != spec.undone_by:
        message = f"{step.measure!r} is not lifted by {step.lift!r}; write `lift: {spec.undone_by}`"
        context.wrong((*path, "lift"), message)
    inputs_of(spec, step.with_, path, context)


def check_rounds(step: Rounds, path: Path, context: Context) -> None:
    """The rounds end when a condition holds, or after so many."""
    context.later((*path, "rounds"), "rounds")
    context.condition((*path, "rounds", "until"), step.rounds.until)
