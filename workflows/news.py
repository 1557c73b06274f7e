"""What news says by itself: facts, which are taken as true at once if the runbook knows them."""

from pydantic import JsonValue

from amends.errors import DefinitionError
from amends.timeline import EntryKind
from runbooks.binding import bind, lookup
from runbooks.expressions import CURRENCY
from runbooks.language.facts import fits
from workflows import admission, facts
from workflows.events import NewsReceived
from workflows.state import State
from workflows.turn import Turn

FACTS = "facts"
"""The field of a piece of news that holds facts by their paths."""

_OURS = ("report", "incident")
"""What only reports and the engine say."""


def learn(turn: Turn, news: NewsReceived) -> None:
    """Take the facts that news says as true, and name those that cannot be."""
    if FACTS not in news.data:
        return
    said = news.data[FACTS]
    told = said if isinstance(said, dict) else {}
    ignored: dict[str, JsonValue] = {} if isinstance(said, dict) else {FACTS: "they are not given by their paths"}
    for path, value in told.items():
        why_not = _why_not(turn.state, path, value)
        if why_not is not None:
            ignored[path] = why_not
    if ignored:
        turn.note(EntryKind.NEWS_IGNORED, {"event_id": news.event_id, "fields": ignored})
    facts.assume(turn, {path: value for path, value in told.items() if path not in ignored})


def _why_not(state: State, path: str, value: JsonValue) -> str | None:
    """Why a fact is not taken from news; ``None`` if it is."""
    kind = state.bundle.facts.get(path)
    if path.split(".")[0] in _OURS:
        return "no news says what was reported, or what the incident is"
    if path == CURRENCY:
        return "the order's currency is read with the order"
    if kind is None:
        return "the runbook knows no such fact"
    if not fits(kind, value):
        return f"it is {kind.value}, which this is not"
    if admission.is_too_long(value):
        return f"it has more than {admission.LONGEST_TEXT} characters"
    try:
        bind(path, kind, value, currency=lookup(state.facts, CURRENCY))
    except DefinitionError as error:
        return str(error)
    return None
