"""Where an incident stood in the end, read back from its timeline alone."""

from collections.abc import Sequence

from amends.journal import TimelineRow
from amends.timeline import Entry
from runbooks.bundle import Bundle
from workflows import core
from workflows.events import event_of
from workflows.state import State


def state_of(bundle: Bundle, timeline: Sequence[TimelineRow]) -> State:
    """The state after all events of a timeline, in order from its opening: the core is run over them again."""
    opening = timeline[0]
    workflow_id = str(opening.data["workflow_id"])
    state = State.new(incident_id=opening.incident_id, workflow_id=workflow_id, run_id=opening.run_id, bundle=bundle)
    for row in timeline:
        event = event_of(Entry(n=row.n, kind=row.kind, occurred_at=row.occurred_at, actor=row.actor, data=row.data))
        if event is not None:
            core.step(state, event, row.occurred_at)
    return state
