"""What is left to a person, and the acts that end it: try again, choose a plan, settle by hand, let be."""

from typing import assert_never

from pydantic import ValidationError

from amends.errors import DefinitionError
from amends.models import Data, Outcome, Stage
from amends.timeline import EntryKind
from runbooks.catalogue import CATALOGUE, MESSAGES
from runbooks.language.guards import proven_by
from runbooks.program import AskStep, DoStep, MeasureStep, Step, TellStep
from workflows import approving, deadlines, effects, facts, plans, program
from workflows.events import PlanChosen, RetryRequested, Settlement, TaskSettled, WaiverRequested
from workflows.state import ApprovalRun, State, Task, Why
from workflows.turn import Turn

NO_PLAN_LEFT = "no_plan_left"
BOOKS_DIFFER = "books_differ"
_WAIVE = "waive:"
_BEGINS_SOMETHING = (Why.REFUSED, Why.REJECTED, Why.NO_PLAN_LEFT, Why.UNPROTECTED, Why.NOT_RECKONED, Why.TAKEN_OVER)


def retry_refusal(state: State, act: RetryRequested) -> str | None:
    """Why trying again does not count now; ``None`` if it does."""
    task = _named(state, act.task)
    if task is None:
        return _not_open(state, act.task)
    if task.why is Why.UNDECIDED:
        return f"{task.step!r} waits for a decision; approve or reject it"
    if state.leaving and task.why in _BEGINS_SOMETHING:
        return f"the incident {state.leaving}; nothing new is tried"
    return None


def retry(turn: Turn, act: RetryRequested) -> None:
    """Close a task and try again what it stands for; if that comes to nothing, the task is opened anew.

    What is unknown is asked about again, never done again. What was refused is done under the next ``try``. When no
    plan was left, each may be tried once more.
    """
    state = turn.state
    task = _the(state, act.task)
    state.tasks.remove(task)
    _withdraw_waiver(turn, task)
    match task.why:
        case Why.OUTCOME_UNKNOWN:
            program.ask_again(turn, program.step_of(state, task.step))
        case Why.REFUSED | Why.REJECTED:
            step = program.step_of(state, task.step)
            program.begin_again(turn, step, plan=plans.plan_of_step(state, step.id))
        case Why.NOT_RECKONED:
            program.begin_anew(turn, program.step_of(state, task.step))
        case Why.UNDO_FAILED:
            effects.undo_again(turn, _effect_of(task))
        case Why.NO_PLAN_LEFT:
            for plan in state.bundle.program.action:
                plans.forget(state, plan)
        case Why.BOOKS_DIFFER | Why.UNPROTECTED | Why.TAKEN_OVER:
            pass  # they are compared again when nothing stands against closing; it is protected at once if it can be
        case Why.UNDECIDED:
            raise AssertionError("refused")
        case _:
            assert_never(task.why)


def choose_refusal(state: State, act: PlanChosen) -> str | None:
    """Why a choice of plan does not count now; ``None`` if it does."""
    if state.leaving:
        return f"the incident {state.leaving}; nothing new is tried"
    if _named(state, NO_PLAN_LEFT) is None:
        return "a plan is chosen by a person only when none is left; " + _not_open(state, NO_PLAN_LEFT)
    names = [plan.name for plan in state.bundle.program.action]
    if act.plan not in names:
        return f"there is no plan {act.plan!r}; there are {', '.join(map(repr, names))}"
    plan = state.bundle.program.action[names.index(act.plan)]
    lacking = plans.not_followed(state, plan, needing=state.cut_short)
    if lacking is not None:
        because = ", because the stages before it were cut short" if "not known" in lacking else ""
        return f"the plan {act.plan!r} cannot be followed: {lacking}{because}"
    try:
        held = facts.condition(state, plan.when)
    except DefinitionError as error:
        return f"the plan {act.plan!r} cannot be followed: {error}"
    unknown = sorted(name for name in proven_by(plan.when or "true") if not facts.known(state, name))
    if not held and unknown:
        return f"the plan {act.plan!r} cannot be followed: it needs {', '.join(map(repr, unknown))}, which is not known"
    return None


def choose(turn: Turn, act: PlanChosen) -> None:
    """Have a plan tried, whether its condition holds or not: that is what a person is for."""
    turn.close_task(NO_PLAN_LEFT, how="chosen")
    plans.start(turn, act.plan, chosen_by=act.actor.id)


def settle_refusal(state: State, act: TaskSettled) -> str | None:
    """Why settling by hand does not count now; ``None`` if it does."""
    task = _named(state, act.task)
    if task is None:
        return _not_open(state, act.task)
    if not act.how.strip() or not act.evidence:
        return "say how it was settled, and give evidence for it: a reference or a file"
    match task.why:
        case Why.OUTCOME_UNKNOWN:
            return _outcome_refusal(state, task, act)
        case Why.UNDO_FAILED:
            undone = effects.by_id(state, _effect_of(task)).undone
            return _needs_outcome(task, act) if undone is Outcome.UNKNOWN else _must_be_done(act)
        case Why.REFUSED:
            return _must_be_done(act) or _by_hand_refusal(program.step_of(state, task.step), act.result)
        case Why.NO_PLAN_LEFT:
            return f"the incident {state.leaving}" if state.leaving else _must_be_done(act)
        case Why.UNPROTECTED:
            return _must_be_done(act)
        case Why.TAKEN_OVER:
            return _taken_over_refusal(state) or _must_be_done(act)
        case Why.REJECTED | Why.UNDECIDED:
            return f"{task.step!r} needs an approval, which nobody can settle by hand; have it asked for again"
        case Why.NOT_RECKONED:
            return f"what {task.step!r} says cannot be reckoned, which nobody settles by hand; have it tried again"
        case Why.BOOKS_DIFFER:
            return "books that differ are put right and compared again (retry), or let be by two people (waive)"
        case _:
            assert_never(task.why)


def settle(turn: Turn, act: TaskSettled) -> None:
    """Take a person's word, with evidence, for what the task stands for, and go on."""
    state = turn.state
    task = _the(state, act.task)
    _withdraw_waiver(turn, task)
    turn.close_task(task.id, how="settled")
    settlement = Settlement(
        outcome=act.outcome or Outcome.APPLIED, result=act.result, by=act.actor.id, how=act.how.strip()
    )
    match task.why:
        case Why.OUTCOME_UNKNOWN:
            program.settle(turn, program.step_of(state, task.step), settlement)
        case Why.UNDO_FAILED:
            effects.settle_undo(turn, _effect_of(task), settlement)
        case Why.REFUSED:
            program.done_by_hand(turn, program.step_of(state, task.step), act.result)
        case Why.NO_PLAN_LEFT:
            state.by_hand = act.how.strip()
        case Why.TAKEN_OVER:
            state.by_hand = act.how.strip()
        case Why.UNPROTECTED:
            deadlines.keep_by_hand(turn, task.id, by=act.actor.id)
        case Why.REJECTED | Why.UNDECIDED | Why.NOT_RECKONED | Why.BOOKS_DIFFER:
            raise AssertionError("refused")
        case _:
            assert_never(task.why)


def waive_refusal(state: State, act: WaiverRequested) -> str | None:
    """Why asking for a waiver does not count now; ``None`` if it does."""
    task = _named(state, act.task)
    if task is None:
        return _not_open(state, act.task)
    if task.why not in (Why.UNDO_FAILED, Why.BOOKS_DIFFER):
        return f"only an undo that failed, or books that differ, can be let be; {task.id!r} is neither"
    if not act.reason.strip():
        return "say why it may be let be"
    waiver = state.approvals.get(_waiver_of(task))
    if waiver is not None and waiver.open:
        return f"{waiver.id!r} waits for a second person already; one who is not {waiver.requested_by[0]!r} approves it"
    return None


def ask_to_waive(turn: Turn, act: WaiverRequested) -> None:
    """Ask for the second person."""
    task = _the(turn.state, act.task)
    approving.ask_second(turn, approval=_waiver_of(task), about=task.id, reason=act.reason.strip(), by=act.actor.id)


def take_waivers(turn: Turn) -> None:
    """Let be what two people have decided to let be; forget what was rejected."""
    for waiver in [each for each in turn.state.approvals.values() if _is_waiver(each) and not each.open]:
        del turn.state.approvals[waiver.id]
        task = _named(turn.state, waiver.about)
        if waiver.given and task is not None:
            _waive(turn, waiver, task)


def mark_overdue(turn: Turn) -> None:
    """Say once of each task that its deadline has passed."""
    for task in turn.state.tasks:
        if task.due_at is not None and turn.now >= task.due_at and not task.overdue:
            task.overdue = True
            turn.note(EntryKind.TASK_OVERDUE, {"task": task.id, "owner": task.owner, "due_at": task.due_at.isoformat()})


def close_on_leaving(turn: Turn, *, how: str) -> None:
    """What would begin something new is nobody's task any more; what is half done stays one."""
    for task in list(turn.state.tasks):
        message = task.why is Why.OUTCOME_UNKNOWN and not _is_half_done(turn.state, task)
        if task.why in (*_BEGINS_SOMETHING, Why.UNDECIDED) or message:
            turn.close_task(task.id, how=how)


def _waive(turn: Turn, waiver: ApprovalRun, task: Task) -> None:
    by = [*waiver.requested_by, *waiver.approved_by]
    if task.why is Why.UNDO_FAILED:
        effect = effects.by_id(turn.state, _effect_of(task))
        assert effect.undo is not None
        effect.waived = True
        shown: Data = {"command_id": effect.command_id, "activity": effect.undo.activity}
        turn.note(EntryKind.UNDO_WAIVED, {"task": task.id, **shown, "reason": waiver.reason, "by": list(by)})
    else:
        turn.state.balanced = True
    turn.close_task(task.id, how="waived")


def _withdraw_waiver(turn: Turn, task: Task) -> None:
    waiver = turn.state.approvals.get(_waiver_of(task))
    if waiver is not None and waiver.open:
        approving.withdraw(turn, waiver.id, why="it is dealt with in another way")


def _outcome_refusal(state: State, task: Task, act: TaskSettled) -> str | None:
    step, effect = program.step_of(state, task.step), effects.newest(state, task.step)
    if effect is None:
        return _result_refusal(step, act.result)
    missing = _needs_outcome(task, act)
    if missing is not None:
        return missing
    if act.outcome is Outcome.NOT_APPLIED:
        return "what did not happen gave nothing; leave out the result" if act.result else None
    needed = [name for name in effect.undo.takes if name not in {**effect.inputs, **act.result}] if effect.undo else []
    if needed:
        return f"its undo needs {', '.join(map(repr, needed))}; give it as the result"
    return _result_refusal(step, act.result, happened=True) if isinstance(step, DoStep) else None


def _needs_outcome(task: Task, act: TaskSettled) -> str | None:
    if act.outcome in (Outcome.APPLIED, Outcome.NOT_APPLIED):
        return None
    return f"say whether it happened: nobody knows what became of {task.id.partition(':')[2]!r}"


def _taken_over_refusal(state: State) -> str | None:
    if state.resolved:
        return "the customer is whole already; hand it back (retry), and it goes on"
    if state.stage is not Stage.ACTION:
        return (
            "nothing is put right by hand before the analysis is done; hand it back (retry), or call the incident off"
        )
    plan = state.plan.name if state.plan is not None else None
    if plan is not None and (effects.has_final(state, plan) or effects.final_under_way(state, plan)):
        return (
            f"the plan {plan!r} has done what cannot be called back, or may have; hand it back (retry), and it goes on"
        )
    return None


def _must_be_done(act: TaskSettled) -> str | None:
    if act.outcome is Outcome.NOT_APPLIED:
        return "that it was not done is known; settle it when it is done, try it again, or call the incident off"
    return None


def _by_hand_refusal(step: Step, result: Data) -> str | None:
    """Why a step cannot be done by hand: what was done so could not be taken back by the engine."""
    if isinstance(step, MeasureStep) or (isinstance(step, DoStep) and step.undo is not None):
        return (
            f"{step.id!r} may have to be taken back, which only the engine can if it has done it; have it tried again"
        )
    return _result_refusal(step, result)


def _result_refusal(step: Step, result: Data, *, happened: bool = False) -> str | None:
    """Why a result does not stand for what a step would have given: later steps read it. ``happened``: what the step
    says ``otherwise`` is no way out."""
    if isinstance(step, AskStep) and step.save_as is not None and not step.knows_otherwise:
        return f"{step.id!r} asks for what later steps read; have it asked again, or call the incident off"
    if not isinstance(step, DoStep | TellStep | AskStep | MeasureStep) or isinstance(step, TellStep | AskStep):
        return None
    gives = CATALOGUE[step.activity].gives
    saved = isinstance(step, DoStep) and step.save_as is not None
    optional = isinstance(step, DoStep) and step.otherwise is not None
    if gives is None or not saved or (optional and not result and not happened):
        return None
    try:
        gives.model_validate(result)
    except ValidationError as error:
        fields = ", ".join(dict.fromkeys(repr(".".join(map(str, each["loc"]))) for each in error.errors()))
        return f"later steps read what {step.activity!r} gives: its result must have {fields} as it should be"
    return None


def _is_half_done(state: State, task: Task) -> bool:
    effect = effects.newest(state, task.step)
    return effect is not None and effects.in_doubt(effect) and effect.activity not in MESSAGES


def _effect_of(task: Task) -> str:
    return task.id.removeprefix("undo:")


def _is_waiver(approval: ApprovalRun) -> bool:
    return approval.id.startswith(_WAIVE)


def _waiver_of(task: Task) -> str:
    return f"{_WAIVE}{task.id}"


def _not_open(state: State, task_id: str) -> str:
    open_now = ", ".join(repr(task.id) for task in state.tasks) or "none"
    return f"no task {task_id!r} is open; open tasks: {open_now}"


def _the(state: State, task_id: str) -> Task:
    task = _named(state, task_id)
    assert task is not None
    return task


def _named(state: State, task_id: str) -> Task | None:
    return next((task for task in state.tasks if task.id == task_id), None)
