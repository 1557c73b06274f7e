"""Measures: what is switched on for a while, and lifted when its time is over, and on every way out."""

from runbooks.program import MeasureStep
from workflows import effects, facts
from workflows.state import EffectRun, State
from workflows.turn import Turn


def begin(turn: Turn, step: MeasureStep, *, plan: str | None) -> None:
    """Switch a measure on, after writing down how it is lifted."""
    inputs = facts.inputs(turn.state, step.inputs)
    effects.request(
        turn,
        step=step.id,
        activity=step.activity,
        inputs=inputs,
        shown={"inputs": inputs, "measure": True, "until": step.until},
        undo=step.lift,
        until=step.until,
        plan=plan,
    )


def lift(turn: Turn, *, ending: bool = False) -> None:
    """Lift the measures whose time is over; all of them when the incident is ``ending``."""
    for measure in reversed(standing(turn.state)):
        assert measure.until is not None
        if ending or facts.over(turn.state, measure.until, ending=ending):
            effects.take_back_one(turn, measure)


def standing(state: State) -> list[EffectRun]:
    """The measures that are on."""
    return [effect for effect in state.effects if effect.until is not None and effects.stands(effect)]
