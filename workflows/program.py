"""Walking the steps: which is done, which is current, which starts next.

There is no cursor. A sequence is walked from its first step each time; what each step has become is in the state, so
the place where the walk stops is where the incident stands.
"""

from typing import assert_never

from amends.errors import DefinitionError
from amends.models import Data, Outcome, Party
from amends.timeline import EntryKind
from runbooks.expressions import FactMissing
from runbooks.program import (
    ApproveStep,
    AskStep,
    DecideStep,
    DoStep,
    MeasureStep,
    OnRefusal,
    Rounds,
    Step,
    TellStep,
    Together,
    WaitStep,
    may_fail_plan,
    walk,
)
from workflows import answers, approving, asking, beside, conversation, effects, facts, measures, waiting
from workflows.events import Command, CommandReturned, Role, Settlement
from workflows.progress import Progress
from workflows.state import PlanPhase, State, StepPhase, StepRun, Task, Why
from workflows.turn import Turn


def advance(turn: Turn, steps: tuple[Step, ...], *, plan: str | None = None) -> Progress:
    """Go on with a sequence as far as it will go now."""
    for step in steps:
        progress = _advance_step(turn, step, plan=plan)
        if progress is not Progress.DONE:
            return progress
    return Progress.DONE


def returned(turn: Turn, step: Step, command: Command, event: CommandReturned, *, plan: str | None) -> None:
    """A read's or an effect's return changes the step that asked for it."""
    run = turn.state.steps.get(step.id)
    if run is None:
        return  # a read of a plan that has failed, and is not being tried now
    match step:
        case WaitStep():
            waiting.checked(turn, step, run, event)
        case DoStep() | TellStep() | AskStep() | MeasureStep():
            _settled(turn, step, run, command, event, plan=plan)
        case ApproveStep() | DecideStep() | Together() | Rounds():
            raise AssertionError(f"{step.id} makes no call")
        case _:
            assert_never(step)


def send_held(turn: Turn) -> None:
    """Send what was held back at night, once the night is over."""
    for step_id, held in asking.held(turn.state):
        step = step_of(turn.state, step_id)
        assert isinstance(step, TellStep | AskStep)
        asking.send_held(turn, step, held)


def withdraw(turn: Turn, steps: tuple[Step, ...]) -> None:
    """End the asks, approvals and waits that are under way in ``steps``, and let messages be that wait for the morning;
    what was requested goes on until it returns."""
    for step in walk(steps):
        run = turn.state.steps.get(step.id)
        if isinstance(step, ApproveStep):
            _withdraw_approval(turn, step)
        if run is None or run.phase is not StepPhase.RUNNING:
            continue
        match step:
            case AskStep():
                asking.withdraw(turn, step, run)
            case TellStep():
                asking.let_be(turn, step, run)
            case WaitStep():
                waiting.withdraw(turn, step, run)
            case DoStep() if run.held_by is not None:
                run.phase = StepPhase.DONE
            case ApproveStep():
                run.phase = StepPhase.DONE
            case DoStep() | MeasureStep() | DecideStep() | Together() | Rounds():
                pass
            case _:
                assert_never(step)


def settle(turn: Turn, step: Step, settlement: Settlement) -> None:
    """A step is stuck because nobody knows what became of its call: take a person's word for it."""
    if _is_read(step):
        return done_by_hand(turn, step, settlement.result)
    turn.state.steps[step.id].phase = StepPhase.RUNNING
    return effects.settle(turn, step.id, settlement)


def done_by_hand(turn: Turn, step: Step, result: Data) -> None:
    """A step is stuck because it was refused: a person has done it another way, and says what it gave."""
    turn.state.steps[step.id].phase = StepPhase.DONE
    match step:
        case DoStep() if step.save_as is not None and result:
            facts.save(turn, step.save_as, result)
        case DoStep() | AskStep():
            _save_otherwise(turn, step)
        case TellStep() | MeasureStep() | WaitStep() | ApproveStep() | DecideStep() | Together() | Rounds():
            pass
        case _:
            assert_never(step)


def ask_again(turn: Turn, step: Step) -> None:
    """A step is stuck because nobody knows what became of its effect: ask once more. A read is made once more."""
    if _is_read(step):
        return begin_again(turn, step, plan=None)
    turn.state.steps[step.id].phase = StepPhase.RUNNING
    return effects.ask_again(turn, step.id)


def begin_anew(turn: Turn, step: Step) -> None:
    """A step is stuck because it could not be reckoned: it begins once more, when its turn comes."""
    del turn.state.steps[step.id]


def begin_again(turn: Turn, step: Step, *, plan: str | None) -> None:
    """A step is stuck because it was refused or rejected: make its call, or ask, once more."""
    try:
        _begin_again(turn, step, plan=plan)
    except DefinitionError as error:
        _not_reckoned(turn, step, error)


def _begin_again(turn: Turn, step: Step, *, plan: str | None) -> None:
    turn.state.steps[step.id].phase = StepPhase.RUNNING
    match step:
        case DoStep():
            turn.state.reads[step.id] = turn.state.reads.get(step.id, 0) + (not step.effect)
            _call_if_approved(turn, step, turn.state.steps[step.id], plan=plan)
        case TellStep():
            asking.send(turn, step, step.message, plan=plan)
        case AskStep():
            asking.send(turn, step, step.question, plan=plan)
        case ApproveStep():
            approving.ask(turn, step, plan=plan)
        case MeasureStep():
            measures.begin(turn, step, plan=plan)
        case WaitStep() | DecideStep() | Together() | Rounds():
            raise AssertionError(f"{step.id} makes no call that could be refused")
        case _:
            assert_never(step)


def leaves_nothing(step: Step) -> bool:
    """Whether a step changes nothing that would have to be taken back or known: a message or a read."""
    return isinstance(step, TellStep | AskStep) or _is_read(step)


def parties_waited_for(state: State) -> list[Party]:
    """Who holds the ball: us for tasks and approvals, and whoever is asked or waited for; for whom a person has
    suspended it, and nobody else."""
    if state.suspended is not None:
        return [state.suspended.party]
    parties = {step.to for step in asking.open_asks(state)}
    if state.clearing is None:  # nothing else is waited for while the customer is asked whether the cause is gone
        parties |= {step.waiting_for for step, _ in waiting.waits(state)}
    if state.tasks or approving.open_approvals(state):
        parties.add(Party.US)
    return sorted(parties)


def step_of(state: State, step_id: str) -> Step:
    """The step with this id. Raises ``KeyError`` if there is none."""
    found = step_that_is(state, step_id)
    if found is None:
        raise KeyError(step_id)
    return found


def step_that_is(state: State, step_id: str) -> Step | None:
    """The step with this id, of the runbook or beside it; ``None`` if there is none, or none any more."""
    besides = (step for steps in beside.sequences(state) for step in walk(steps) if step.id == step_id)
    return state.bundle.program.step(step_id) or next(besides, None)


def _advance_step(turn: Turn, step: Step, *, plan: str | None, alone: bool = False) -> Progress:
    try:
        return _go_on(turn, step, plan=plan, alone=alone)
    except FactMissing as error:
        if beside.protects(step):
            raise  # a deadline of others is near: what it needs is asked for in another way
        return _not_reckoned(turn, step, error)
    except DefinitionError as error:
        return _not_reckoned(turn, step, error)


def _not_reckoned(turn: Turn, step: Step, error: DefinitionError) -> Progress:
    """What a step says, or when it is taken, cannot be reckoned with what is known: a person sees to it that it can."""
    run = turn.state.steps[step.id]
    run.phase = StepPhase.STUCK
    turn.open_task(task_id=f"not_reckoned:{step.id}", step=step.id, why=Why.NOT_RECKONED, because=str(error))
    return _progress(run)


def _go_on(turn: Turn, step: Step, *, plan: str | None, alone: bool) -> Progress:
    run = turn.state.steps.get(step.id) or _start(turn, step, plan=plan)
    if run.phase is StepPhase.RUNNING:
        match step:
            case AskStep():
                assert run.ask is not None
                asking.go_on(turn, step, run, run.ask, alone=alone, plan=plan)
            case WaitStep():
                assert run.wait is not None
                waiting.go_on(turn, step, run, run.wait)
            case Together():
                _advance_together(turn, step, run, plan=plan)
            case Rounds():
                _advance_rounds(turn, step, run, plan=plan)
            case ApproveStep():
                _advance_approval(turn, step, run, plan=plan)
            case DoStep() if run.held_by is not None:
                _advance_held(turn, step, run, run.held_by, plan=plan)
            case DoStep() | TellStep() | MeasureStep() | DecideStep():
                pass
            case _:
                assert_never(step)
    return _progress(run)


def _start(turn: Turn, step: Step, *, plan: str | None) -> StepRun:
    run = StepRun(started_at=turn.now)
    turn.state.steps[step.id] = run
    if not facts.condition(turn.state, step.when):
        run.phase = StepPhase.DONE
        turn.note(EntryKind.STEP_SKIPPED, {"step": step.id, "when": step.when})
        if isinstance(step, DoStep | AskStep):
            _save_otherwise(turn, step)
        return run
    match step:
        case DoStep():
            _call_if_approved(turn, step, run, plan=plan)
        case TellStep():
            asking.send(turn, step, step.message, plan=plan)
        case ApproveStep():
            approving.ask(turn, step, plan=plan)
        case MeasureStep():
            measures.begin(turn, step, plan=plan)
        case AskStep():
            asking.begin(turn, step, run)
        case WaitStep():
            waiting.begin(turn, step, run)
        case DecideStep():
            _decide(turn, step, run)
        case Together() | Rounds():
            pass
        case _:
            assert_never(step)
    return run


def _decide(turn: Turn, step: DecideStep, run: StepRun) -> None:
    held = (choice.name for choice in step.choices if facts.condition(turn.state, choice.when))
    choice = next(held, step.otherwise)
    run.phase = StepPhase.DONE
    turn.note(EntryKind.DECISION_MADE, {"step": step.id, "fact": step.fact, "choice": choice})
    facts.save(turn, step.fact, choice)


def _call_if_approved(turn: Turn, step: DoStep, run: StepRun, *, plan: str | None) -> None:
    other = beside.same_call(turn.state, step) if turn.state.deadlines and step.effect else None
    if other is not None and other.outcome is Outcome.APPLIED:
        run.phase = StepPhase.DONE
        turn.note(EntryKind.STEP_SKIPPED, {"step": step.id, "when": step.when, "done_by": other.step})
        return
    if other is not None:
        run.held_by = other.step
        return
    run.held_by = approving.outgrown(turn, step, plan=plan)
    if run.held_by is None:
        _call(turn, step, plan=plan)


def _call(turn: Turn, step: DoStep, *, plan: str | None) -> None:
    inputs = facts.inputs(turn.state, step.inputs)
    if step.effect:
        effects.request(
            turn,
            step=step.id,
            activity=step.activity,
            inputs=inputs,
            shown={"inputs": inputs},
            undo=step.undo,
            final=step.final,
            plan=plan,
        )
    else:
        read = 1 + turn.state.reads.get(step.id, 0)
        turn.issue(Command(id=f"{step.id}/{read}", role=Role.READ, step=step.id, activity=step.activity, inputs=inputs))


def _advance_together(turn: Turn, step: Together, run: StepRun, *, plan: str | None) -> None:
    settled = (Progress.DONE, Progress.FAILED)
    while True:
        before = [_progress_of(turn.state, child) for child in step.steps]
        for child in step.steps:
            others = [_progress_of(turn.state, other) for other in step.steps if other is not child]
            _advance_step(turn, child, plan=plan, alone=all(other in settled for other in others))
        _go_forward(turn, step.steps, plan=plan)
        after = [_progress_of(turn.state, child) for child in step.steps]
        if after == before:
            break
    if Progress.FAILED in after:
        if plan is None or not effects.final_under_way(turn.state, plan):
            run.phase = StepPhase.FAILED
    elif all(progress is Progress.DONE for progress in after):
        run.phase = StepPhase.DONE


def _advance_rounds(turn: Turn, step: Rounds, run: StepRun, *, plan: str | None) -> None:
    while run.phase is StepPhase.RUNNING:
        current = step.rounds[run.rounds]
        _go_forward(turn, current, plan=plan)
        progress = advance(turn, current, plan=plan)
        if progress is Progress.FAILED and not (plan is not None and effects.final_under_way(turn.state, plan)):
            run.phase = StepPhase.FAILED
        if progress is not Progress.DONE:
            return
        run.rounds += 1
        over = facts.surely(turn.state, step.until)
        told: Data = {"step": step.id, "round": run.rounds, "of": step.max, "until": over}
        turn.note(EntryKind.ROUND_ENDED, told)
        if over or run.rounds == step.max:
            run.phase = StepPhase.DONE


def _go_forward(turn: Turn, steps: tuple[Step, ...], *, plan: str | None) -> None:
    """What was refused beside something that cannot be called back, and has happened, does not fail the plan."""
    if plan is None or not effects.has_final(turn.state, plan):
        return
    for step in steps:
        run = turn.state.steps.get(step.id)
        if run is None or run.phase is not StepPhase.FAILED:
            continue
        if isinstance(step, ApproveStep):
            _refused(turn, step, run, f"rejected:{step.id}", Why.REJECTED, plan=plan)
        elif isinstance(step, DoStep | MeasureStep):
            _refused(turn, step, run, f"refused:{step.id}", Why.REFUSED, plan=plan)


def _advance_approval(turn: Turn, step: ApproveStep, run: StepRun, *, plan: str | None) -> None:
    match approving.go_on(turn, step, plan=plan):
        case True:
            run.phase = StepPhase.DONE
        case False:
            _refused(turn, step, run, f"rejected:{step.id}", Why.REJECTED, plan=plan)
        case None:
            pass


def _advance_held(turn: Turn, step: DoStep, run: StepRun, held_by: str, *, plan: str | None) -> None:
    """A call that would give more than was approved goes out once that much is; rejected, it is as if refused. One that
    another step has made already waits for what becomes of it."""
    approval = turn.state.approvals.get(held_by)
    match approval.given if approval is not None else True:
        case True:
            _call_if_approved(turn, step, run, plan=plan)
        case False:
            run.held_by = None
            _refused(turn, step, run, f"rejected:{step.id}", Why.REJECTED, plan=plan)
        case None:
            pass


def let_be(turn: Turn, task: Task) -> None:
    """End a task that nobody need see to any more, and the step that it is about, if that has begun."""
    turn.close_task(task.id, how="withdrawn")
    run = turn.state.steps.get(task.step)  # none where the step could not begin, for want of a fact
    if run is not None:
        run.phase = StepPhase.DONE


def _withdraw_approval(turn: Turn, step: ApproveStep) -> None:
    approval = turn.state.approvals.get(step.id)
    if approval is not None and approval.open:
        approving.withdraw(turn, step.id, why="it is not needed any more")


def _settled(
    turn: Turn,
    step: DoStep | TellStep | AskStep | MeasureStep,
    run: StepRun,
    command: Command,
    event: CommandReturned,
    *,
    plan: str | None,
) -> None:
    if run.phase is not StepPhase.RUNNING:
        return  # answered or withdrawn meanwhile: what became of the message changes nothing any more
    idle = leaves_nothing(step) and _given_up(turn.state, step, plan)
    match event.outcome:
        case Outcome.APPLIED:
            _applied(turn, step, run, event)
        case Outcome.NOT_APPLIED if (not idle or _is_last_word(turn.state, step)) and _on_its_way_again(
            turn, step, run, event, plan=plan
        ):
            pass
        case Outcome.UNKNOWN | Outcome.NOT_APPLIED if idle:
            run.phase = StepPhase.DONE  # nobody needs to know any more
        case Outcome.UNKNOWN:
            run.phase = StepPhase.STUCK
            turn.open_task(task_id=f"unknown:{command.id}", step=step.id, why=Why.OUTCOME_UNKNOWN)
        case Outcome.NOT_APPLIED:
            _refused(turn, step, run, f"refused:{command.id}", Why.REFUSED, plan=plan)
        case _:
            assert_never(event.outcome)


def _on_its_way_again(turn: Turn, step: Step, run: StepRun, event: CommandReturned, *, plan: str | None) -> bool:
    if not isinstance(step, TellStep | AskStep) or turn.state.cancelling:
        return False
    if isinstance(step, AskStep) and conversation.not_its_turn(turn, step, run, event, plan=plan):
        return True
    return asking.goes_on_elsewhere(turn, step, event, plan=plan)


def _applied(turn: Turn, step: DoStep | TellStep | AskStep | MeasureStep, run: StepRun, event: CommandReturned) -> None:
    if isinstance(step, AskStep):
        assert run.ask is not None
        asking.delivered(turn, step, run.ask)
        return
    run.phase = StepPhase.DONE
    if isinstance(step, DoStep) and step.save_as is not None:
        facts.save(turn, step.save_as, event.result)


def _refused(
    turn: Turn,
    step: DoStep | TellStep | AskStep | ApproveStep | MeasureStep,
    run: StepRun,
    task_id: str,
    why: Why,
    *,
    plan: str | None,
) -> None:
    """Refused or rejected: the plan fails, unless the step says that it goes on without it; elsewhere, or behind what
    cannot be called back, the step says what then."""
    if turn.state.leaving or _is_cut_off(turn.state, step):
        run.phase = StepPhase.DONE
    elif plan is not None and may_fail_plan(step) and not effects.has_final(turn.state, plan):
        run.phase = StepPhase.FAILED
    elif step.on_refusal is OnRefusal.CONTINUE:
        run.phase = StepPhase.DONE
        if isinstance(step, DoStep | AskStep):
            _save_otherwise(turn, step)
    else:
        run.phase = StepPhase.STUCK
        turn.open_task(task_id=task_id, step=step.id, why=why)


def _save_otherwise(turn: Turn, step: DoStep | AskStep) -> None:
    otherwise = answers.otherwise(turn.state, step) if isinstance(step, AskStep) else step.otherwise
    if step.save_as is not None and otherwise is not None:
        facts.save(turn, step.save_as, otherwise)


def _given_up(state: State, step: Step, plan: str | None) -> bool:
    """Whether all is being called off, the plan has failed, or the stage was cut short."""
    trying = state.plan is not None and state.plan.name == plan and state.plan.phase is not PlanPhase.UNDOING
    return bool(state.leaving) or (plan is not None and not trying) or _is_cut_off(state, step)


def _is_last_word(state: State, step: Step) -> bool:
    """Whether a step tells the customer that it has come right by itself, which is said on the way out."""
    return step in beside.told_of_clearing(state)


def _is_cut_off(state: State, step: Step) -> bool:
    """Whether a step stands in a stage that was cut short by an interrupt: what it was for is not needed any more."""
    stages = (*state.bundle.program.report, *state.bundle.program.analysis)
    return state.cut_short and any(each.id == step.id for each in walk(stages))


def _is_read(step: Step) -> bool:
    return isinstance(step, DoStep) and not step.effect


def _progress_of(state: State, step: Step) -> Progress:
    run = state.steps.get(step.id)
    return Progress.PENDING if run is None else _progress(run)


def _progress(run: StepRun) -> Progress:
    match run.phase:
        case StepPhase.RUNNING | StepPhase.STUCK if run.held is not None and run.ask is None:
            return Progress.DONE  # nothing waits for what is said in the morning
        case StepPhase.RUNNING | StepPhase.STUCK:
            return Progress.PENDING
        case StepPhase.DONE:
            return Progress.DONE
        case StepPhase.FAILED:
            return Progress.FAILED
        case _:
            assert_never(run.phase)
