"""From rounds that people write to those that the engine goes through."""

from runbooks.language.context import Context
from runbooks.language.facts import within
from runbooks.language.source import Path
from runbooks.language.step_shapes import Rounds as WrittenRounds
from runbooks.program import Rounds, Step


def compile_rounds(
    step: WrittenRounds, path: Path, step_id: str, steps: tuple[Step, ...], context: Context
) -> Rounds | None:
    """The rounds, which end when a condition holds, or after so many. ``steps``: those of the first.

    Those of the others get ids of their own, which two numbers behind one name would not make plain: so there are no
    rounds within rounds.
    """
    body = step.rounds
    context.condition((*path, "rounds", "until"), body.until)
    if any(isinstance(inner, WrittenRounds) for each in body.steps for inner in within(each)):
        message = "rounds within rounds would be too many to follow; put one of them before or behind the other"
        context.wrong((*path, "rounds"), message)
        return None
    return Rounds(id=step_id, when=step.when, max=body.max, until=body.until, steps=steps)
