"""The ids of steps: ``<stage>[.<plan>].<name>``, with ``#2``, ``#3`` behind a name that repeats."""

from collections import Counter
from typing import assert_never

from runbooks.language.step_shapes import (
    AnyStep,
    Approve,
    Ask,
    Decide,
    Do,
    Measure,
    Rounds,
    Tell,
    TogetherSteps,
    Unreadable,
    Wait,
)
from runbooks.scanning import ExpressionError, scan


class Ids:
    """Gives each step its id, in reading order."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()

    def of(self, step: AnyStep, within: str) -> str:
        """The id of a step ``within`` a stage, or a stage and plan."""
        wanted = f"{within}.{_name(step)}"
        self._given[wanted] += 1
        times = self._given[wanted]
        return wanted if times == 1 else f"{wanted}#{times}"


def _name(step: AnyStep) -> str:
    match step:
        case Do():
            return step.do
        case Tell():
            return f"tell.{step.message}"
        case Ask():
            return f"ask.{step.question}"
        case Wait():
            return f"wait.{_first_fact(step.wait)}"
        case Approve():
            return f"approve.{step.approve}"
        case Decide():
            return f"decide.{step.decide}"
        case Measure():
            return f"measure.{step.measure}"
        case TogetherSteps():
            return "together"
        case Rounds():
            return "rounds"
        case Unreadable():
            return "unreadable"
    assert_never(step)


def _first_fact(condition: str) -> str:
    """The root of the first fact that a wait's condition names."""
    try:
        names = scan(condition).names
    except ExpressionError:  # reported where the condition is compiled
        return "condition"
    return names[0].path.split(".")[0] if names else "condition"
