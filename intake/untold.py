"""The events that open incidents have still to be told of."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine, select, update

from amends.journal import IncidentRow, schema
from amends.journal.engine import reading, writing
from intake.events import OrderEvent
from intake.expectations import KEPT, events_of
from intake.news import concerns, news_of
from intake.orders import Order
from runbooks.bundle import Bundle
from runbooks.program import FactType
from workflows.contract import News

_events, _incidents = schema.order_events, schema.incidents


class Telling(NamedTuple):
    """A piece of news for the incident with this workflow id."""

    workflow_id: str
    news: News


def untold(engine: Engine, bundles: Mapping[str, Bundle], *, limit: int) -> Mapping[int, tuple[Telling, ...]]:
    """The events that are to be told, by their numbers and in the order in which they came, each with its news: none
    where no open incident is concerned. ``bundles``: what the incidents of each type are taken to follow."""
    wanted = select(_events.c.number, *(_events.c[name] for name in KEPT)).where(_events.c.told_at.is_(None))
    with reading(engine) as connection:
        found = connection.execute(wanted.order_by(_events.c.number).limit(limit)).mappings().all()
        events = {row["number"]: OrderEvent.model_validate({name: row[name] for name in KEPT}) for row in found}
        incidents = _open_incidents(connection, {event.order_id for event in events.values()})
        orders = {order_id: Order(events_of(connection, order_id)) for order_id in incidents}
    return {
        number: tuple(
            Telling(row.workflow_id, news_of(event, orders[event.order_id], _facts(bundles, row)))
            for row in incidents.get(event.order_id, ())
            if concerns(row, event) and event in orders[event.order_id].events
        )
        for number, event in events.items()
    }


def note_told(engine: Engine, numbers: Collection[int], *, at: datetime) -> None:
    """They need not be told any more."""
    if numbers:
        with writing(engine) as connection:
            connection.execute(update(_events).where(_events.c.number.in_(numbers)).values(told_at=at))


def _open_incidents(connection: Connection, order_ids: Collection[str]) -> Mapping[str, list[IncidentRow]]:
    wanted = select(_incidents).where(_incidents.c.order_id.in_(order_ids), _incidents.c.closed_at.is_(None))
    found: dict[str, list[IncidentRow]] = {}
    for row in connection.execute(wanted.order_by(_incidents.c.opened_at)).mappings():
        found.setdefault(row["order_id"], []).append(IncidentRow.model_validate(dict(row)))
    return found


def _facts(bundles: Mapping[str, Bundle], incident: IncidentRow) -> Mapping[str, FactType]:
    bundle = bundles.get(incident.exception_type)
    return bundle.facts if bundle is not None else {}
