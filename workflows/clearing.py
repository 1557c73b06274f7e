"""Clearing: news says that what an incident is about is gone.

What is asked and awaited is withdrawn, what was done is undone, the customer is told, and the incident closes. Where
the word of a system is not enough, as a person has reported it, or a carrier has left the parcel with somebody else,
the customer is asked first; until they have answered nothing new is begun. It comes too late where an interrupt would,
and where something was given that cannot be called back.
"""

from amends.models import Data
from amends.timeline import EntryKind
from runbooks.policy import YES, Clearing
from workflows import beside, closing, effects, facts, interrupts, lineage, program
from workflows.events import NewsReceived
from workflows.progress import Progress
from workflows.state import ClearingRun, State
from workflows.turn import Turn

DELIVERED_TO = "delivered_to"
"""The field of a piece of news that says with whom a parcel was left."""

_THEMSELVES = "customer"


def look(turn: Turn, news: NewsReceived) -> None:
    """Clear the incident by the first rule of the news whose condition holds, or ask the customer first."""
    state = turn.state
    of_it = ((number, rule) for number, rule in enumerate(state.bundle.clears) if rule.on == news.event_type)
    found = next(((number, rule) for number, rule in of_it if facts.surely(state, rule.when)), None)
    if found is None:
        return
    number, rule = found
    doubt = _doubt(state, news)
    why_not = _too_late(state) or _unanswerable(state, rule, doubt)
    if why_not is not None:
        turn.note(EntryKind.CLEARING_IGNORED, {"on": rule.on, "why": why_not})
        return
    withdraw(turn)
    state.clearing = ClearingRun(on=rule.on, rule=number)
    if doubt is None:
        _begin(turn, state.clearing)
    else:
        state.confirmations.append(number)
        asked = beside.confirmations(state)[-1].id
        turn.note(EntryKind.CLEARING_ASKED, {"on": rule.on, "ask": asked, "why": doubt})


def is_asked(state: State) -> bool:
    """Whether the customer is being asked if the cause is gone."""
    return state.clearing is not None and not state.clearing.begun


def awaits_answer(turn: Turn) -> bool:
    """Ask the customer, and take what they say; whether their answer is still to come."""
    state = turn.state
    run = state.clearing
    if run is None or state.leaving:
        return False
    asked = beside.confirmations(state)[-1]
    if program.advance(turn, (asked,)) is not Progress.DONE:
        return True
    answer, state.clearing = state.steps[asked.id].answer, None
    why_not = _too_late(state) if answer == YES else f"the customer was asked, and said {answer or 'nothing'}"
    if why_not is not None:
        turn.note(EntryKind.CLEARING_IGNORED, {"on": run.on, "why": why_not})
        return False
    state.clearing = run
    _begin(turn, run, ask=asked.id)
    return False


def withdraw(turn: Turn) -> None:
    """The customer need not say any more whether the cause is gone."""
    if is_asked(turn.state):
        program.withdraw(turn, beside.confirmations(turn.state))
        turn.state.clearing = None


def _begin(turn: Turn, run: ClearingRun, *, ask: str | None = None) -> None:
    confirmed: Data = {"confirmed_by": ask} if ask is not None else {}
    turn.note(EntryKind.CLEARED, {"on": run.on, **confirmed})
    run.begun = True
    closing.begin_clearing(turn)


def _doubt(state: State, news: NewsReceived) -> str | None:
    """Why the news alone does not count; ``None`` if it does."""
    left_with = news.data.get(DELIVERED_TO, _THEMSELVES)
    if left_with != _THEMSELVES:
        return f"it was delivered to {left_with!r}"
    if state.reported_by_person:
        return "a person has reported it"
    return "a person may have reported what it takes over" if lineage.awaits(state) else None


def _unanswerable(state: State, rule: Clearing, doubt: str | None) -> str | None:
    """Why the customer is not asked, though they would have to be."""
    if doubt is None:
        return None
    if rule.confirm is None:
        return f"{doubt}, and the runbook has no question for the customer"
    return "the customer is being asked already" if is_asked(state) else None


def _too_late(state: State) -> str | None:
    """Why an incident is not cleared; ``None`` if it is."""
    given = next((each for each in state.effects if each.final and effects.may_have_given(each)), None)
    if given is not None:
        return f"{given.step!r} has given what cannot be called back, or may have"
    return interrupts.decided(state)
