"""The night of customers: nothing is said to them then, and nothing asked, but what concerns their safety.

Their clocks count where the order says in which zone they are, else those of the company.
"""

from datetime import datetime, timedelta

from amends.models import Party
from runbooks import nights
from runbooks.program import AskStep, TellStep
from workflows import facts
from workflows.state import State

ZONE = "order.zone"
"""The fact that says in which zone a customer is."""

_BEFORE = timedelta(minutes=1)
"""How long before the night the last word of a day goes out."""


def over_at(state: State, step: TellStep | AskStep, at: datetime) -> datetime | None:
    """When the night is over that a step's message has to wait for; ``None`` if it need not wait."""
    if step.safety or step.to is not Party.CUSTOMER:
        return None
    span = _around(state, at)
    return span[1] if span is not None else None


def spared(state: State, at: datetime, *, after: datetime, by: datetime) -> datetime:
    """When a word goes out that is meant for a moment and promised ``by`` another: at its moment by day, and else when
    the night is over, or, if that were too late, before it begins, unless the last one was ``after`` that."""
    span = _around(state, at)
    if span is None:
        return at
    begins, ends = span
    before = begins - _BEFORE
    return before if after < before and by < ends else ends


def _around(state: State, at: datetime) -> tuple[datetime, datetime] | None:
    night = state.bundle.night
    return nights.around(night, facts.text(state, ZONE), at) if night is not None else None
