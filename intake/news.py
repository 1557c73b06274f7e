"""What open incidents are told of an order's events."""

from collections.abc import Mapping

from pydantic import JsonValue

from amends.journal import IncidentRow
from amends.models import Actor, ActorKind, Data
from intake.events import OrderEvent
from intake.orders import Order, place
from runbooks.language.facts import fits
from runbooks.program import FactType
from workflows.contract import News
from workflows.news import FACTS


def concerns(incident: IncidentRow, event: OrderEvent) -> bool:
    """Whether an event is about what an incident is about, as far as it says: one that names no parcel is about all
    parcels of its order."""
    said: Data = {**event.data, "order_id": event.order_id}
    return incident.order_id == event.order_id and all(
        said.get(name) in (None, value) for name, value in incident.subject.items()
    )


def news_of(event: OrderEvent, order: Order, known: Mapping[str, FactType]) -> News:
    """An event of an order as it is told to an incident whose runbook knows these facts.

    The facts that it says are those under ``facts`` in its data, by their paths, and those that stand in its data under
    their own roots (``{"parcel": {"status": "lost"}}``). What a later event has said already is left out, however late
    this one comes.
    """
    later = [other for other in order.events if place(other) > place(event) and _alike(other, event)]
    said_later = {path for other in later for path in _facts(other, known)}
    facts = {path: value for path, value in _facts(event, known).items() if path not in said_later}
    data = {name: value for name, value in event.data.items() if name != FACTS}
    return News(
        event_id=event.key,
        event_type=event.type,
        data={**data, FACTS: facts} if facts else data,
        actor=Actor(kind=ActorKind.SYSTEM, id=event.source),
        at=event.at,
    )


def _facts(event: OrderEvent, known: Mapping[str, FactType]) -> dict[str, JsonValue]:
    nested = {
        f"{root}.{name}": value
        for root, fields in event.data.items()
        if isinstance(fields, dict) and root != FACTS
        for name, value in fields.items()
    }
    named = event.data.get(FACTS)
    fitting = {path: value for path, value in nested.items() if path in known and fits(known[path], value)}
    return {**fitting, **(named if isinstance(named, dict) else {})}


def _alike(other: OrderEvent, event: OrderEvent) -> bool:
    """Whether two events are about the same, as far as they say: no reference (``parcel_id``) differs."""
    shared = [name for name in event.data if name.endswith("_id") and name in other.data]
    return all(other.data[name] == event.data[name] for name in shared)
