"""Deadlines that others set: watched from the moment that starts them, never paused, and protected at the last safe
moment by a call of our own, unless the runbook's own step has made it by then."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, timedelta

from amends.errors import DefinitionError
from amends.models import Data, Outcome
from amends.timeline import EntryKind
from runbooks.dated import row_for
from runbooks.expressions import FactMissing
from runbooks.policy import ExternalDeadline, TableRow
from runbooks.program import DoStep
from workflows import beside, facts, program
from workflows.state import DeadlinePhase, DeadlineRun, Due, EffectRun, State, StepPhase, Why
from workflows.turn import Turn

UNPROTECTED = "unprotected:"
"""How the task begins that stands for a deadline which cannot be protected for want of a fact."""

_OPEN = (DeadlinePhase.WATCHED, DeadlinePhase.PROTECTING)
_MISSED = timedelta(0)
"""How near a deadline is that was missed."""


def keep(turn: Turn) -> None:
    """Set what has begun, protect what is near, and say what was missed."""
    if turn.state.leaving or turn.state.ended or not turn.state.registered:
        return
    for deadline in turn.state.bundle.external:
        _set(turn, deadline)
        run = turn.state.deadlines.get(deadline.name)
        if run is not None and run.phase in _OPEN:
            _protect(turn, deadline, run)
    _look_how_near(turn)


def end(turn: Turn) -> None:
    """The incident ends: what was protected by the last that it has done is said, and nothing is watched any more."""
    for deadline in turn.state.bundle.external:
        run = turn.state.deadlines.get(deadline.name)
        if run is not None and run.phase in _OPEN:
            run.phase = DeadlinePhase.OVER
            _note_protected(turn, deadline, run)


def dues(state: State) -> Iterator[Due]:
    """When each deadline is next to be looked at."""
    if state.leaving:
        return
    for name, run in state.deadlines.items():
        if run.phase in _OPEN:
            closer = (span for span in _spans(state, name) if run.near is None or span < run.near)
            yield from (Due(at=run.due_at - span, what=f"nearness of {name}") for span in closer)
        if run.phase is DeadlinePhase.WATCHED and run.protect_at < run.due_at:
            yield Due(at=run.protect_at, what=f"protection of {name}")
        elif run.phase in _OPEN:
            yield Due(at=run.due_at, what=f"deadline {name}")


def let_go(turn: Turn, kept: Collection[str]) -> None:
    """Watch no deadline any more but those that are kept."""
    for name, run in open_deadlines(turn.state).items():
        if name not in kept:
            run.phase = DeadlinePhase.OVER
            turn.note(EntryKind.DEADLINE_LET_GO, {"deadline": name})


def open_deadlines(state: State) -> dict[str, DeadlineRun]:
    """Those that are to be kept yet, by name."""
    return {name: run for name, run in state.deadlines.items() if run.phase in _OPEN}


def keep_by_hand(turn: Turn, task: str, *, by: str) -> None:
    """A person has protected the deadline that a task stands for."""
    name = task.removeprefix(UNPROTECTED)
    turn.state.deadlines[name].phase = DeadlinePhase.PROTECTED
    turn.note(EntryKind.DEADLINE_PROTECTED, {"deadline": name, "by": by})


def _set(turn: Turn, deadline: ExternalDeadline) -> None:
    """From when the fact is known that starts it; moved when that fact changes, as long as nothing has been done."""
    state = turn.state
    starts = facts.moment(state, deadline.starts)
    before = state.deadlines.get(deadline.name)
    if starts is None or (before is not None and before.phase is not DeadlinePhase.WATCHED):
        return
    row, beyond = _row(state, deadline, on=starts.astimezone(UTC).date())
    try:
        due_at = starts + state.bundle.tables[deadline.table].span(row)
        protect_at = due_at - _ahead(state, deadline)
    except OverflowError:
        return  # what a system writes for never, or for not known
    if before is not None and (before.due_at, before.protect_at) == (due_at, protect_at):
        return
    state.deadlines[deadline.name] = DeadlineRun(due_at=due_at, protect_at=protect_at, near=before and before.near)
    turn.note(
        EntryKind.DEADLINE_SET,
        {
            "deadline": deadline.name,
            "due_at": due_at.isoformat(),
            "protect_at": protect_at.isoformat(),
            "table": deadline.table,
            "source": row.source,
            **beyond,
        },
    )


def _ahead(state: State, deadline: ExternalDeadline) -> timedelta:
    """How long before a deadline the last safe moment is."""
    if deadline.protect_by is None:
        return timedelta(0)
    if deadline.approve is None or deadline.decide_within is None:
        return deadline.safe_before
    return deadline.safe_before + deadline.decide_within.of(state.severity)


def _row(state: State, deadline: ExternalDeadline, *, on: date) -> tuple[TableRow, Data]:
    """What the table says of a day; where it says nothing, the row that leaves the least time, and that this is not
    confirmed. A parcel of last year must not hold up its incident, nor be protected too late."""
    table = state.bundle.tables[deadline.table]
    market, marketplace = facts.text(state, "order.market"), facts.text(state, "order.marketplace")
    try:
        return row_for(table, on=on, jurisdiction=market, marketplace=marketplace), {}
    except DefinitionError:
        return min(table.rows, key=table.span), {"unconfirmed": True}


def _protect(turn: Turn, deadline: ExternalDeadline, run: DeadlineRun) -> None:
    state = turn.state
    calls = _calls(state, deadline)
    if _note_protected(turn, deadline, run):
        _let_be(turn, deadline)
    elif _is_over(state, deadline, calls):
        run.phase = DeadlinePhase.OVER
        turn.note(EntryKind.DEADLINE_LET_GO, {"deadline": deadline.name})
        _let_be(turn, deadline)
    elif turn.now >= run.due_at:
        run.phase, run.near = DeadlinePhase.OVER, _MISSED
        turn.note(EntryKind.DEADLINE_MISSED, {"deadline": deadline.name, "due_at": run.due_at.isoformat()})
        _let_be(turn, deadline, still=(Why.OUTCOME_UNKNOWN, Why.REFUSED))
        state.escalated = True
        turn.raises.append(("breach", deadline.name))
    elif turn.now >= run.protect_at:
        run.phase = DeadlinePhase.PROTECTING
        if not _under_way(state, deadline, calls):
            _call(turn, deadline)


def _look_how_near(turn: Turn) -> None:
    """The severity follows how near the deadlines are, and the moment from which on they are protected the severity."""
    state, before = turn.state, turn.state.severity
    if not any(rule.near for rule in state.bundle.program.severity):
        return
    for deadline in state.bundle.external:
        run = state.deadlines.get(deadline.name)
        if run is not None:
            run.near = _how_near(turn, deadline, run)
    facts.update_severity(turn)
    if state.severity is not before:
        for deadline in state.bundle.external:
            _set(turn, deadline)


def _how_near(turn: Turn, deadline: ExternalDeadline, run: DeadlineRun) -> timedelta | None:
    """The least of the spans that the rules name for a deadline within which it is now. What was missed is nearest of
    all until it is made good."""
    if run.phase in _OPEN:
        reached = (span for span in _spans(turn.state, deadline.name) if turn.now >= run.due_at - span)
        return min(reached, default=None)
    return _MISSED if run.near == _MISSED and _kept_by(turn.state, deadline) is None else None


def _spans(state: State, name: str) -> set[timedelta]:
    """From how near on a deadline makes an incident more severe."""
    return {rule.near[name] for rule in state.bundle.program.severity if name in rule.near}


def _call(turn: Turn, deadline: ExternalDeadline) -> None:
    """Begin, or go on. What the call needs and nobody knows is for a person to find out."""
    task, steps = f"{UNPROTECTED}{deadline.name}", beside.protecting(turn.state, deadline)
    try:
        program.advance(turn, steps)
    except FactMissing:
        turn.state.steps.pop(steps[-1].id, None)
        if all(each.id != task for each in turn.state.tasks):
            turn.open_task(task_id=task, step=steps[-1].id, why=Why.UNPROTECTED)
    else:
        turn.close_task(task, how="done")


def _note_protected(turn: Turn, deadline: ExternalDeadline, run: DeadlineRun) -> bool:
    """Whether a deadline is protected, which is said once."""
    by = _kept_by(turn.state, deadline)
    if by is None:
        return False
    run.phase = DeadlinePhase.PROTECTED
    turn.note(EntryKind.DEADLINE_PROTECTED, {"deadline": deadline.name, "by": by})
    return True


def _kept_by(state: State, deadline: ExternalDeadline) -> str | None:
    """What has met a deadline: the step of the call, or how the customer was made whole; ``None`` if nothing has."""
    if deadline.protect_by is None:
        return state.outcome if state.resolved else None
    return next((call.step for call in _calls(state, deadline) if _stands(call)), None)


def _let_be(turn: Turn, deadline: ExternalDeadline, *, still: tuple[Why, ...] = (Why.OUTCOME_UNKNOWN,)) -> None:
    """Nobody has to approve our own call any more, or to see to it, but for what is ``still`` a person's: what became
    of one that was made, and one that may come too late and yet be taken."""
    steps = beside.protecting(turn.state, deadline)
    program.withdraw(turn, steps)
    for task in list(turn.state.tasks):
        if task.why not in still and any(task.step == step.id for step in steps):
            program.let_be(turn, task)


def _is_over(state: State, deadline: ExternalDeadline, calls: list[EffectRun]) -> bool:
    """Whether nothing is to be protected: no step of the runbook that would make the call is wanted any more, or it was
    made, refused, and the runbook went on."""
    own = beside.steps_that_call(state, deadline.protect_by) if deadline.protect_by is not None else []
    if own and not any(_may_be_wanted(state, step) for step in own):
        return True
    return any(call.outcome is Outcome.NOT_APPLIED and _went_on(state, call.step) for call in calls)


def _went_on(state: State, step: str) -> bool:
    run = state.steps.get(step)
    return run is not None and run.phase is StepPhase.DONE


def _may_be_wanted(state: State, step: DoStep) -> bool:
    try:
        return facts.condition(state, step.when)
    except DefinitionError:
        return True


def _under_way(state: State, deadline: ExternalDeadline, calls: list[EffectRun]) -> bool:
    own = {step.id for step in beside.protecting(state, deadline)}
    return any(call.outcome in (None, Outcome.UNKNOWN) and call.step not in own for call in calls)


def _stands(call: EffectRun) -> bool:
    return call.outcome is Outcome.APPLIED and call.undone is not Outcome.APPLIED


def _calls(state: State, deadline: ExternalDeadline) -> list[EffectRun]:
    return [effect for effect in state.effects if effect.activity == deadline.protect_by]
