"""The ways out: all stages done, called off, or a duplicate from the start."""

from amends.models import Status
from amends.timeline import EntryKind
from workflows import effects, program
from workflows.events import CancelRequested
from workflows.progress import Progress
from workflows.state import EffectRun, State
from workflows.turn import Turn


def close(turn: Turn) -> None:
    """All stages are done. What is not known yet is awaited: an answer may come before its question is known to have
    arrived."""
    if all(effect.outcome is not None for effect in turn.state.effects):
        _end(turn, Status.CLOSED)


def close_as_duplicate(turn: Turn) -> None:
    """Another incident has this one's report: this one ends without having done anything."""
    turn.state.status = Status.DUPLICATE


def begin_cancelling(turn: Turn, event: CancelRequested) -> None:
    """Withdraw what is asked and awaited; what is under way goes on until it returns."""
    turn.state.cancelling = True
    turn.state.outcome = turn.state.outcome or f"cancelled: {event.reason}"
    runbook = turn.state.bundle.program
    for steps in (runbook.report, runbook.analysis, *(plan.steps for plan in runbook.action), runbook.follow_up):
        program.withdraw(turn, steps)


def cancel(turn: Turn) -> None:
    """Undo what was done, newest first, once no effect is under way; then close as cancelled."""
    if effects.take_back(turn, _to_take_back(turn.state)) is Progress.DONE:
        _end(turn, Status.CANCELLED)


def _to_take_back(state: State) -> list[EffectRun]:
    """Everything; but what a plan that succeeded has done for the customer stands."""
    kept = state.plan.name if state.resolved and state.plan is not None else None
    return [effect for effect in state.effects if kept is None or effect.plan != kept]


def _end(turn: Turn, status: Status) -> None:
    state = turn.state
    state.status, state.waiting_for = status, []
    state.pending.clear()  # only reads can be left, and nobody needs their answer any more
    turn.note(EntryKind.INCIDENT_CLOSED, {"status": status, "outcome": state.outcome})
