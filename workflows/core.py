"""The engine: a state machine without input or output.

``step`` takes one event at one time, changes the state, and says what to do and what to write. It imports no Temporal,
never awaits, and gives commands stable ids; the same state, event and time always give the same answer. So the same
engine runs in the durable workflow, in property tests, in drills and over a timeline read back.
"""

from datetime import datetime
from typing import assert_never

from pydantic import JsonValue

from amends.models import ActorKind, Data, Outcome, Stage, Status
from amends.timeline import Entry, EntryKind
from runbooks.catalogue import TELL
from runbooks.program import AskStep
from workflows import (
    acts,
    approving,
    asking,
    authority,
    beside,
    clearing,
    clocks,
    closing,
    conversation,
    deadlines,
    effects,
    facts,
    interrupts,
    ladder,
    lineage,
    measures,
    news,
    people,
    plans,
    program,
    repinning,
    tasks,
    waiting,
)
from workflows.events import (
    CancelRequested,
    Command,
    CommandReturned,
    ConversationFreed,
    DuplicateFound,
    Event,
    NewsReceived,
    Registered,
    ReportReceived,
    ReportRepeated,
    Role,
    RunStarted,
    Superseded,
    TimeCame,
    actor_of,
    held,
    returned_kind,
)
from workflows.progress import Progress
from workflows.state import Due, State, StepPhase
from workflows.turn import Turn


def step(state: State, event: Event, now: datetime) -> tuple[list[Command], list[Entry]]:
    """Take one event. Changes ``state``; returns the commands to carry out and the entries to write, in order.

    An incident that has ended takes nothing more. Raises ``DefinitionError`` when the runbook cannot be followed,
    which a checked runbook never causes.
    """
    turn = Turn(state, now)
    if state.ended or not _take(turn, event):
        return [], []
    if not isinstance(event, RunStarted):  # a new run changes nothing: what is due comes with its own moment
        _advance(turn)
        deadlines.keep(turn)
        _update_status(turn)
        clocks.keep(turn)
        ladder.keep(turn)
    return turn.commands, turn.entries


def next_due(state: State) -> Due | None:
    """The next moment at which something is to be done though nothing happens; ``None`` if there is none."""
    dues = _dues(state)
    return min(dues, key=lambda due: due.at) if dues else None


def goes_on_at(state: State) -> datetime | None:
    """When a stage next goes on by itself; ``None`` while only people, or news, can move it."""
    return min((due.at for due in _step_dues(state)), default=None) if not state.ended else None


def _take(turn: Turn, event: Event) -> bool:
    """Apply an event; whether it changed anything."""
    match event:
        case ReportReceived():
            return _take_report(turn, event)
        case Registered():
            lineage.register(turn, event)
        case Superseded():
            return lineage.supersede(turn, event)
        case DuplicateFound():
            _write(turn, EntryKind.DUPLICATE_FOUND, event)
            turn.state.handled[f"report:{event.key}"].duplicate_of = event.of
            turn.state.registered = True
            closing.close_as_duplicate(turn)
        case ReportRepeated():
            _write(turn, EntryKind.REPORT_REPEATED, event)
            turn.state.handled[f"report:{event.key}"].duplicate_of = event.of
        case RunStarted():
            turn.state.run_id, turn.state.next_n = event.run_id, 0
            _write(turn, EntryKind.RUN_STARTED, event)
        case CommandReturned():
            return _take_return(turn, event)
        case NewsReceived():
            return _take_news(turn, event)
        case ConversationFreed():
            return conversation.freed(turn, event)
        case CancelRequested(key=""):
            return acts.cancelled_in_temporal(turn, event)
        case TimeCame():
            come = [due.what for due in _dues(turn.state) if due.at <= turn.now]
            if not come:
                return False
            turn.note(EntryKind.TIME_CAME, {"due": list(come)}, actor=actor_of(event))
        case _:
            return acts.take(turn, event)
    return True


def _take_report(turn: Turn, event: ReportReceived) -> bool:
    state = turn.state
    if f"report:{event.key}" in state.handled:
        return False
    first = state.contacts == 0
    state.contacts += 1
    state.opened_at = state.opened_at or turn.now
    if first:
        state.facts["report"] = event.report
        entry = _write(turn, EntryKind.INCIDENT_OPENED, event, **_header(state, event))
    else:
        entry = _write(turn, EntryKind.REPORT_ADDED, event)
        known = state.facts["report"]
        assert isinstance(known, dict)
        state.facts["report"] = {**event.report, **known}
    turn.receipt(f"report:{event.key}", entry, "opened" if first else "added")
    authority.hand(state, event.actor)
    state.reported_by_person = state.reported_by_person or event.actor.kind is ActorKind.HUMAN
    facts.update_severity(turn)
    return True


def _take_news(turn: Turn, event: NewsReceived) -> bool:
    key = f"news:{event.event_id}"
    if key in turn.state.handled:
        return False
    turn.receipt(key, _write(turn, EntryKind.NEWS_RECEIVED, event), "recorded")
    news.learn(turn, event)
    for _, run in waiting.waits(turn.state):
        waiting.wake(turn, run, at=event.at)
    if interrupts.look(turn, event):
        clearing.withdraw(turn)
    clearing.look(turn, event)
    return True


def _take_return(turn: Turn, event: CommandReturned) -> bool:
    state = turn.state
    command = state.pending.pop(event.command_id, None)
    if command is None:
        return False
    entry = _write(turn, returned_kind(command.role, event.outcome), event, **_shown(state, command, event))
    match command.role:
        case Role.COUNT:
            approving.counted(turn, command, event, entry)
        case Role.BALANCE:
            closing.balanced(turn, event)
        case Role.PAGE:
            ladder.returned(turn, command, event)
        case Role.INHERIT:
            lineage.inherit(turn, event)
        case Role.EFFECT | Role.UNDO if event.outcome is Outcome.UNKNOWN and command.reconciles is None:
            effects.reconcile(turn, command)
        case Role.UNDO:
            effects.record_undo(turn, effects.reconciled(command), event)
        case Role.EFFECT:
            command = effects.reconciled(command)
            effects.record(turn, command, event)
            state.words += command.activity == TELL and event.outcome is Outcome.APPLIED
            _return_to_step(turn, command, event)
        case Role.READ:
            _return_to_step(turn, command, event)
        case _:
            assert_never(command.role)
    return True


def _return_to_step(turn: Turn, command: Command, event: CommandReturned) -> None:
    step = program.step_that_is(turn.state, command.step)
    if step is not None:  # there is none for a reminder of a question of a plan that has failed, and is tried anew
        program.returned(turn, step, command, event, plan=plans.plan_of_step(turn.state, command.step))


def _shown(state: State, command: Command, event: CommandReturned) -> Data:
    """What the entry of a command's return says beside the event."""
    if command.role is Role.COUNT:
        decision = state.deciding[command.id]
        return {"approval": decision.approval, "by": decision.who}
    if command.role is Role.INHERIT:
        return {"incident": command.inputs["incident_id"]}
    key = state.key(command.reconciles or command.id)
    shown: Data = {"key": key, "step": command.step, "activity": command.activity}
    if command.reconciles is not None:
        shown["reconciles"] = command.reconciles
    if command.settles is not None and not event.known_before:
        shown |= {"by_hand": command.settles.by}
    return shown


def _advance(turn: Turn) -> None:
    """Go on with the stages as far as they will go now, after what time and people have decided."""
    state = turn.state
    people.keep(turn)
    approving.expire(turn)
    tasks.take_waivers(turn)
    repinning.keep(turn)
    tasks.mark_overdue(turn)
    if state.registered and not state.ended and not people.is_taken_over(state):
        program.send_held(turn)
    while state.registered and not state.ended:
        if not people.is_taken_over(state) and clearing.awaits_answer(turn):
            return measures.lift(turn)
        if state.leaving:
            return closing.leave(turn)
        if lineage.awaits(state):
            return None
        if people.is_taken_over(state):
            return measures.lift(turn)
        if interrupts.leads_on(state):
            if interrupts.calls_under_way(state):
                return measures.lift(turn)
            _enter(turn, Stage.ACTION)
            continue
        if state.stage is None:
            _enter(turn, Stage.behind(None)[0])
            continue
        progress = _advance_stage(turn, state.stage)
        measures.lift(turn)
        if progress is not Progress.DONE:
            return None
        if not Stage.behind(state.stage):
            return closing.close(turn)
        _enter(turn, Stage.behind(state.stage)[0])
    return None


def _advance_stage(turn: Turn, stage: Stage) -> Progress:
    if stage is not Stage.ACTION:
        return program.advance(turn, turn.state.bundle.program.steps_of(stage))
    progress = plans.advance(turn)
    if progress is Progress.DONE and not turn.state.resolved:
        assert turn.state.plan is not None
        turn.state.resolved, turn.state.outcome = True, turn.state.plan.name
        turn.note(EntryKind.INCIDENT_RESOLVED, {"outcome": turn.state.plan.name})
    return progress


def _enter(turn: Turn, stage: Stage) -> None:
    repinning.at_boundary(turn, stage)
    turn.state.stage = stage
    turn.note(EntryKind.STAGE_ENTERED, {"stage": stage})


def _update_status(turn: Turn) -> None:
    state = turn.state
    if state.ended:
        return
    waiting_for = program.parties_waited_for(state)
    status = _status(state, waiting=bool(waiting_for))
    if (status, waiting_for) != (state.status, state.waiting_for):
        state.status, state.waiting_for = status, waiting_for
        turn.note(EntryKind.STATUS_CHANGED, {"status": status, "waiting_for": list(waiting_for)})


def _status(state: State, *, waiting: bool) -> Status:
    if not state.registered:
        return Status.OPEN
    if state.tasks:
        return Status.TAKEN_OVER
    if state.resolved:
        return Status.RESOLVED
    return Status.WAITING if waiting else Status.IN_PROGRESS


def _dues(state: State) -> list[Due]:
    if state.ended:
        return []
    overdue = [Due(at=task.due_at, what=f"task {task.id}") for task in state.tasks if task.due_at and not task.overdue]
    around = [*deadlines.dues(state), *clocks.dues(state), *ladder.dues(state), *people.dues(state)]
    return [*_step_dues(state), *around, *overdue]


def _step_dues(state: State) -> list[Due]:
    """When steps go on by themselves: questions, waits, messages that wait for the morning, approvals."""
    dues = []
    if not (state.ended or state.leaving or people.is_taken_over(state)):
        for asked in beside.confirmations(state) if clearing.is_asked(state) else state.bundle.program.all_steps():
            run = state.steps.get(asked.id)
            if run is None or run.phase is not StepPhase.RUNNING:
                continue
            at = None
            if isinstance(asked, AskStep):
                at = asking.due(state, asked, run)
            elif run.wait is not None:
                at = waiting.due(run)
            if at is not None:
                dues.append(Due(at=at, what=_what(run.wait is not None and at < run.wait.until_at, asked.id)))
    if not (state.ended or people.is_taken_over(state)):
        dues += [Due(at=held.until, what=step_id) for step_id, held in asking.held(state)]
    expiring = [(approval.expires_at, approval.id) for approval in state.approvals.values()]
    dues += [Due(at=at, what=f"approval {approval}") for at, approval in expiring if at is not None]
    return dues


def _what(check: bool, step_id: str) -> str:
    return f"check {step_id}" if check else step_id


def _write(turn: Turn, kind: EntryKind, event: Event, **more: JsonValue) -> Entry:
    return turn.note(kind, {**held(event), **more}, actor=actor_of(event))


def _header(state: State, event: ReportReceived) -> Data:
    bundle = state.bundle
    subject: Data = {field: event.report[field] for field in bundle.subject}
    return {
        "incident_id": state.incident_id,
        "exception_type": bundle.exception_type,
        "workflow_id": state.workflow_id,
        "subject": subject,
        "bundle": {"digest": bundle.digest},
        "run_id": state.run_id,
        "severity": state.severity.value,
    }
