"""The steps that are checked whole but that this release's engine does not carry out: see ``releases``."""

from runbooks.language.context import Context
from runbooks.language.source import Path
from runbooks.language.step_shapes import Decide, Rounds


def check_decision(step: Decide, path: Path, context: Context) -> None:
    """Every choice has a condition, and the rest falls to another choice or to one of them."""
    context.later((*path, "decide"), "decide")
    for name, when in step.choices.items():
        context.condition((*path, "choices", name), when)


def check_rounds(step: Rounds, path: Path, context: Context) -> None:
    """The rounds end when a condition holds, or after so many."""
    context.later((*path, "rounds"), "rounds")
    context.condition((*path, "rounds", "until"), step.rounds.until)
