"""Where an incident stands among the others: what it reopens."""

from amends.timeline import EntryKind
from workflows import facts
from workflows.events import Registered, actor_of, held
from workflows.state import State
from workflows.turn import Turn


def register(turn: Turn, event: Registered) -> None:
    """The journal has the incident. One that reopens another goes on counting how often it was reported."""
    state = turn.state
    state.registered = True
    reopens = _reopens(state, event)
    said = {"reopens": reopens} if event.previous is not None else {}
    turn.note(EntryKind.INCIDENT_REGISTERED, {**held(event), **said}, actor=actor_of(event))
    if reopens:
        state.contacts += event.previous_contacts or 0
        facts.update_severity(turn)


def _reopens(state: State, event: Registered) -> bool:
    """Whether the earlier incident ended so shortly before that this one takes it up again."""
    within, ended_at = state.bundle.reopen_for, event.previous_ended_at
    if within is None or ended_at is None or state.opened_at is None:
        return False
    return state.opened_at - ended_at <= within
