"""The action stage: the first plan whose condition holds; one that fails is undone, and the next is tried. A plan for
which news has cut in comes before all others."""

from typing import assert_never

from amends.models import Data
from amends.timeline import EntryKind
from runbooks.program import Plan, walk
from workflows import effects, facts, needs, program
from workflows.events import Role
from workflows.progress import Progress
from workflows.state import EffectRun, Interrupting, PlanPhase, PlanRun, State, Why
from workflows.turn import Turn

BY_HAND = "settled by hand"
"""The outcome of an incident that a person has put right."""


def advance(turn: Turn) -> Progress:
    """Go on with the action stage. Pending when no plan is left: the incident is taken over."""
    state = turn.state
    while not state.resolved:
        if state.by_hand is not None and _is_put_right(turn):
            break
        if state.plan is None and state.interrupt is not None:
            _cut_in(turn, state.interrupt)
            continue
        if state.plan is None:
            if any(task.why is Why.NO_PLAN_LEFT for task in state.tasks) or not _choose(turn):
                return Progress.PENDING
            continue
        plan = _named(state, state.plan.name)
        match state.plan.phase:
            case PlanPhase.SUCCEEDED:
                return Progress.DONE
            case PlanPhase.TRYING:
                if not _try(turn, plan, state.plan):
                    return Progress.PENDING
            case PlanPhase.UNDOING:
                if effects.take_back(turn, effects_of(state, plan.name)) is not Progress.DONE:
                    return Progress.PENDING
                turn.note(EntryKind.PLAN_UNDONE, {"plan": plan.name})
                state.plans_failed.append(plan.name)
                state.plan = None
            case _:
                assert_never(state.plan.phase)
    return Progress.DONE  # settled by hand


def start(turn: Turn, name: str, *, chosen_by: str | None = None, interrupt: str | None = None) -> None:
    """Try a plan from its first step on. ``interrupt``: the type of the news that has cut in for it."""
    state = turn.state
    forget(state, _named(state, name))
    state.plan = PlanRun(name=name, interrupt=interrupt)
    by: Data = {"chosen_by": chosen_by} if chosen_by else {}
    by |= {"interrupt": interrupt} if interrupt else {}
    turn.note(EntryKind.PLAN_STARTED, {"plan": name, **by})


def give_way(turn: Turn) -> None:
    """Undo the plan that is being tried, if one is: another comes before it."""
    run = turn.state.plan
    if run is not None and run.phase is PlanPhase.TRYING:
        _fail(turn, _named(turn.state, run.name), run)


def forget(state: State, plan: Plan) -> None:
    """A plan that failed may be tried once more, from its first step."""
    state.plans_failed = [name for name in state.plans_failed if name != plan.name]
    for step in walk(plan.steps):
        state.approvals.pop(step.id, None)
        if state.steps.pop(step.id, None) is not None:
            state.reads[step.id] = state.reads.get(step.id, 0) + 1
    gone = {step.id for step in walk(plan.steps)}
    for command in [each for each in state.pending.values() if each.role is Role.READ and each.step in gone]:
        del state.pending[command.id]


def effects_of(state: State, plan: str) -> list[EffectRun]:
    """The effects that a plan has asked for, in order."""
    return [effect for effect in state.effects if effect.plan == plan]


def not_followed(state: State, plan: Plan, *, needing: bool = True) -> str | None:
    """Why a plan cannot be followed whatever its condition says; ``None`` if it can. ``needing``: whether it may need
    what is not known."""
    left_open = effects.left_open(state, plan.name)
    if left_open is not None:
        return f"nobody knows whether {left_open.step!r} was undone, which was let be"
    unknown = needs.unknown(state, plan, whatever=True) if needing else []
    return f"it needs {', '.join(map(repr, unknown))}, which is not known" if unknown else None


def plan_of_step(state: State, step_id: str) -> str | None:
    """The plan that a step belongs to; ``None`` outside the action stage."""
    for plan in state.bundle.program.action:
        if any(step.id == step_id for step in walk(plan.steps)):
            return plan.name
    return None


def _choose(turn: Turn) -> bool:
    state = turn.state
    for plan in state.bundle.program.action:
        if plan.name not in state.plans_failed and _is_open(state, plan):
            start(turn, plan.name)
            return True
    turn.open_task(task_id="no_plan_left", step="action", why=Why.NO_PLAN_LEFT)
    return False


def _is_open(state: State, plan: Plan) -> bool:
    """Whether a plan may be tried. One of which nobody knows whether all was undone cannot be, nor one whose condition
    cannot be reckoned, nor, where a stage was cut short, one that needs what was not found out."""
    if effects.left_open(state, plan.name) is not None:
        return False
    if state.cut_short and needs.unknown(state, plan):
        return False
    return facts.surely(state, plan.when)


def _cut_in(turn: Turn, interrupt: Interrupting) -> None:
    """Try the plan for which news has cut in; if it cannot be followed, a person decides."""
    state = turn.state
    state.interrupt = None
    lacking = not_followed(state, _named(state, interrupt.plan))
    if lacking is None:
        start(turn, interrupt.plan, interrupt=interrupt.on)
        return
    why = f"the plan cannot be followed: {lacking}"
    turn.note(EntryKind.INTERRUPT_IGNORED, {"on": interrupt.on, "plan": interrupt.plan, "why": why})
    turn.open_task(task_id="no_plan_left", step="action", why=Why.NO_PLAN_LEFT)


def _is_put_right(turn: Turn) -> bool:
    """A person who had taken over has put it right: what a plan has half done is undone first."""
    state = turn.state
    state.interrupt = None
    if state.plan is not None:
        give_way(turn)
        return False
    state.resolved, state.outcome = True, BY_HAND
    turn.note(EntryKind.INCIDENT_RESOLVED, {"outcome": BY_HAND, "how": state.by_hand})
    return True


def _try(turn: Turn, plan: Plan, run: PlanRun) -> bool:
    """Go on with the plan; whether it has come to a new phase."""
    progress = program.advance(turn, plan.steps, plan=plan.name)
    match progress:
        case Progress.PENDING:
            return False
        case Progress.DONE:
            run.phase = PlanPhase.SUCCEEDED
            turn.note(EntryKind.PLAN_SUCCEEDED, {"plan": plan.name})
        case Progress.FAILED:
            _fail(turn, plan, run)
        case _:
            assert_never(progress)
    return True


def _fail(turn: Turn, plan: Plan, run: PlanRun) -> None:
    run.phase = PlanPhase.UNDOING
    turn.note(EntryKind.PLAN_FAILED, {"plan": plan.name})
    program.withdraw(turn, plan.steps)
    _drop(turn, plan)


def _drop(turn: Turn, plan: Plan) -> None:
    """A plan has failed: what it would have said or read, or could not reckon, is nobody's task any more."""
    by_id = {step.id: step for step in walk(plan.steps)}
    for task in [task for task in turn.state.tasks if task.step in by_id]:
        if task.why is Why.NOT_RECKONED or program.leaves_nothing(by_id[task.step]):
            turn.close_task(task.id, how="withdrawn")


def _named(state: State, name: str) -> Plan:
    return next(plan for plan in state.bundle.program.action if plan.name == name)
