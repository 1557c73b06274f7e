"""What cuts in at any moment: news that starts a plan, whatever the incident is doing.

What is asked and awaited is withdrawn, calls that are under way are waited for, a plan that is being tried is undone;
then the interrupt's plan is tried. It comes too late where somebody or something has decided already: the customer is
whole, a person has it in hand, or a plan has done what cannot be called back.
"""

from amends.models import Data, Stage
from amends.timeline import EntryKind
from runbooks.policy import Interrupt
from runbooks.program import Step, walk
from workflows import effects, facts, people, plans, program
from workflows.events import NewsReceived, Role
from workflows.state import Interrupting, PlanPhase, State, Why
from workflows.turn import Turn

_CUT_SHORT = (Stage.REPORT, Stage.ANALYSIS)


def look(turn: Turn, news: NewsReceived) -> bool:
    """Cut in with the first interrupt of the news whose condition holds; whether it has."""
    state = turn.state
    of_it = (each for each in state.bundle.interrupts if each.on == news.event_type)
    found = next((each for each in of_it if facts.surely(state, each.when)), None)
    if found is None:
        return False
    told: Data = {"on": found.on, "plan": found.plan}
    why_not = _too_late(state, found)
    if why_not is not None:
        turn.note(EntryKind.INTERRUPT_IGNORED, {**told, "why": why_not})
        return False
    turn.note(EntryKind.INTERRUPTED, told)
    state.interrupt, state.cut_short = Interrupting(on=found.on, plan=found.plan), True
    if state.stage in _CUT_SHORT:
        _end(turn, state.bundle.program.steps_of(state.stage))
    plans.give_way(turn)
    return True


def leads_on(state: State) -> bool:
    """Whether the stages before the action are to be left."""
    return state.interrupt is not None and state.stage in (None, *_CUT_SHORT)


def calls_under_way(state: State) -> bool:
    """Whether a step of the stage that is to be left has called, and has not been answered."""
    steps = () if state.stage is None else state.bundle.program.steps_of(state.stage)
    ids = {step.id for step in walk(steps)}
    return any(call.step in ids and call.role in (Role.READ, Role.EFFECT) for call in state.pending.values())


def decided(state: State) -> str | None:
    """What somebody or something has decided, so that news changes it no more; ``None`` while it still may."""
    plan = state.plan
    if state.leaving:
        return f"the incident {state.leaving}"
    if state.resolved:
        return "the customer is whole already"
    if people.is_taken_over(state) or state.by_hand is not None:
        return "a person has taken it over"
    if any(task.why is Why.NO_PLAN_LEFT for task in state.tasks):
        return "no plan was left, and a person decides"
    if state.interrupt is not None:
        return f"{state.interrupt.on!r} has cut in already"
    if plan is not None and plan.phase is PlanPhase.TRYING and plan.interrupt is not None:
        return f"{plan.interrupt!r} has cut in already, and the plan {plan.name!r} is being tried"
    return None


def _too_late(state: State, interrupt: Interrupt) -> str | None:
    """Why an interrupt does not cut in; ``None`` if it does."""
    plan = state.plan
    why_not = decided(state)
    if why_not is not None or plan is None or plan.phase is not PlanPhase.TRYING:
        return why_not
    if plan.name == interrupt.plan:
        return "its plan is being tried already"
    if effects.has_final(state, plan.name) or effects.final_under_way(state, plan.name):
        return f"the plan {plan.name!r} has done what cannot be called back, or may have"
    return None


def _end(turn: Turn, steps: tuple[Step, ...]) -> None:
    """End what a stage has begun. What nobody needs any more is no person's task; whether something that matters has
    happened still is."""
    program.withdraw(turn, steps)
    by_id = {step.id: step for step in walk(steps)}
    for task in [task for task in turn.state.tasks if task.step in by_id]:
        unknown = task.why is Why.OUTCOME_UNKNOWN and not program.leaves_nothing(by_id[task.step])
        if not unknown and task.why is not Why.UNDO_FAILED:
            program.let_be(turn, task)
