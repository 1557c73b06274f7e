"""From a decision that people write to the one that the engine makes."""

from runbooks.language.context import Context
from runbooks.language.source import Path
from runbooks.language.step_shapes import Decide
from runbooks.program import Choice, DecideStep


def compile_decision(step: Decide, path: Path, step_id: str, context: Context) -> DecideStep:
    """The decision: every choice has a condition, and the rest falls to another choice or to one of them."""
    for name, when in step.choices.items():
        context.condition((*path, "choices", name), when)
    choices = tuple(Choice(name=name, when=when) for name, when in step.choices.items())
    return DecideStep(id=step_id, fact=step.decide, choices=choices, otherwise=step.otherwise)
