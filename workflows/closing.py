"""The ways out: all stages done, called off, cleared, handed over, or a duplicate from the start; and what
stands against closing.

An incident is not closed while an outcome is unknown, a measure is on, something is left to a person, or what the
journal says was given is not what the shop's books say.
"""

from amends.models import Outcome, Status
from amends.timeline import EntryKind
from runbooks.catalogue import CATALOGUE
from workflows import approving, asking, beside, clocks, deadlines, effects, ladder, measures, people, program, tasks
from workflows.events import CancelRequested, Command, CommandReturned, Role
from workflows.progress import Progress
from workflows.state import EffectRun, HandingOver, State, Why
from workflows.turn import Turn

SELF_RESOLVED = "self_resolved"
"""The outcome of an incident whose cause has gone away by itself."""


def close(turn: Turn) -> None:
    """All stages are done: close, as soon as nothing stands against it."""
    if _sound(turn):
        _end(turn, Status.CLOSED)


def close_as_duplicate(turn: Turn) -> None:
    """Another incident has this one's report: this one ends without having done anything."""
    turn.state.status = Status.DUPLICATE


def begin_cancelling(turn: Turn, event: CancelRequested) -> None:
    """Withdraw what is asked and awaited; what is under way goes on until it returns."""
    state = turn.state
    state.cancelling = True
    state.outcome = state.outcome if state.resolved else f"cancelled: {event.reason}"
    _withdraw_all(turn, how="cancelled")


def begin_clearing(turn: Turn) -> None:
    """The cause is gone: withdraw what is asked and awaited; what is under way goes on until it returns."""
    turn.state.outcome = SELF_RESOLVED
    _withdraw_all(turn, how="withdrawn")


def begin_handing_over(turn: Turn, handing_over: HandingOver) -> None:
    """Another incident goes on with it: withdraw what is asked and awaited; what is under way goes on until it
    returns."""
    state = turn.state
    state.handing_over = handing_over
    state.outcome = state.outcome if state.resolved else handing_over.how
    _withdraw_all(turn, how="withdrawn")


def leave(turn: Turn) -> None:
    """Undo what was done, newest first, once no effect is under way; tell a customer whose incident was cleared; then
    close."""
    state = turn.state
    if effects.take_back(turn, _to_take_back(state)) is not Progress.DONE:
        return
    told = () if state.cancelling else beside.told_of_clearing(state)
    if program.advance(turn, told) is Progress.DONE and _sound(turn):
        _end(turn, _status_of_leaving(state))


def balanced(turn: Turn, returned: CommandReturned) -> None:
    """The books were compared. Where they differ, a person is needed."""
    if returned.outcome is Outcome.APPLIED:
        turn.state.balanced = True
    else:
        turn.open_task(task_id=tasks.BOOKS_DIFFER, step="close", why=Why.BOOKS_DIFFER)


def _sound(turn: Turn) -> bool:
    """Whether nothing stands against closing. What can be done about it is begun.

    What is not known yet is awaited: an answer may come before its question is known to have arrived.
    """
    state = turn.state
    if asking.held(state) or any(command.role is Role.INHERIT for command in state.pending.values()):
        return False
    if any(effect.outcome is None or effects.in_doubt(effect) for effect in state.effects):
        return False
    measures.lift(turn, ending=True)
    if measures.standing(state) or state.tasks:
        return False
    if not state.balanced and _has_given(state):
        _compare_books(turn)
        return False
    return True


def _status_of_leaving(state: State) -> Status:
    if state.cancelling:
        return Status.CANCELLED
    return Status.CLOSED if state.handing_over is None else Status.DUPLICATE


def _withdraw_all(turn: Turn, *, how: str) -> None:
    state = turn.state
    state.balanced = False  # what is undone now changes the books
    for command in [each for each in state.pending.values() if each.role is Role.BALANCE]:
        del state.pending[command.id]
    for steps in (*state.bundle.program.sequences(), *beside.sequences(state)):
        program.withdraw(turn, steps)
    tasks.close_on_leaving(turn, how=how)
    people.end_suspension(turn)  # what is to be put right now is ours, and people are paged about it


def _has_given(state: State) -> bool:
    return _order_id(state) is not None and any(CATALOGUE[effect.activity].gives_value for effect in state.effects)


def _compare_books(turn: Turn) -> None:
    state = turn.state
    if any(command.role is Role.BALANCE for command in state.pending.values()):
        return
    state.balances += 1
    turn.issue(
        Command(
            id=f"balance/{state.balances}",
            role=Role.BALANCE,
            step="close",
            activity="remedies.balance",
            inputs={"incident_id": state.incident_id, "order_id": _order_id(state)},
        )
    )


def _order_id(state: State) -> str | None:
    report = state.facts.get("report")
    order_id = report.get("order_id") if isinstance(report, dict) else None
    return order_id if isinstance(order_id, str) else None


def _to_take_back(state: State) -> list[EffectRun]:
    """Everything; but what a plan that succeeded has done for the customer stands."""
    kept = state.plan.name if state.resolved and state.plan is not None else None
    return [effect for effect in state.effects if kept is None or effect.plan != kept]


def _end(turn: Turn, status: Status) -> None:
    state = turn.state
    for approval in approving.open_approvals(state):
        approving.withdraw(turn, approval.id, why="the incident ends")
    deadlines.end(turn)
    clocks.end(turn)
    ladder.end(turn)
    state.status, state.waiting_for = status, []
    state.pending.clear()  # only reads and pages can be left, and nobody needs their answer any more
    turn.note(EntryKind.INCIDENT_CLOSED, {"status": status, "outcome": state.outcome})
