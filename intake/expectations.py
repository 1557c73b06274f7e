"""The expectations of an order, kept as rows: what its events amount to by the rules that are in force.

Each row stands for one standing for good. What its events no longer say is withdrawn, not deleted, and comes back if
they say it again; what became of it, such as the incident that was opened for it, stays with it all the while.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from sqlalchemy import Connection, insert, select, update

from amends.journal import schema
from amends.journal.schema.intake import ExpectationState
from amends.journal.statements import insert_once
from amends.models import Data, Model, Utc
from intake.deciding import Standing, decide, unreckoned
from intake.events import OrderEvent
from intake.quarantine import BY_ITSELF, keep_unreckoned
from intake.rulebook import Rules

_orders, _events, _expectations = schema.intake_orders, schema.order_events, schema.expectations

_FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)
"""Up to when is decided: what is merely pending is kept as well, and swept when it is time."""

KEPT: Final = ("source", "id", "type", "order_id", "at", "subject", "data", "corrects", "received_at")
"""What is kept of an event as its source said it."""

_log = structlog.get_logger("amends.intake")


class Expectation(Model):
    """A row. ``why``: why it is not open, for people. ``settled_at``: since when ``state`` says what became of it."""

    number: int
    key: str
    exception_type: str
    rule: str
    order_id: str
    subject: Data
    report: Data
    lacking: tuple[str, ...] = ()
    caused_by: tuple[str, ...]
    due_at: Utc
    opens_at: Utc
    cleared_at: Utc | None = None
    cleared_by: str | None = None
    withdrawn_at: Utc | None = None
    state: ExpectationState
    why: str = ""
    settled_at: Utc | None = None
    incident_id: str | None = None

    @property
    def stands(self) -> bool:
        """Whether what was expected is still missing."""
        return self.cleared_at is None and self.withdrawn_at is None


def hold_order(connection: Connection, order_id: str) -> None:
    """Holds an order until the end of the transaction: nobody else stores its events or decides it meanwhile."""
    insert_once(connection, _orders, {"order_id": order_id, "rules": ""})
    connection.execute(select(_orders.c.order_id).where(_orders.c.order_id == order_id).with_for_update())


def events_of(connection: Connection, order_id: str) -> list[OrderEvent]:
    """The events of an order, in the order in which they came."""
    wanted = select(*(_events.c[name] for name in KEPT)).where(_events.c.order_id == order_id)
    rows = connection.execute(wanted.order_by(_events.c.number)).mappings()
    return [OrderEvent.model_validate(dict(row)) for row in rows]


def refold(connection: Connection, *, order_id: str, rules: Rules, at: datetime, by: str = BY_ITSELF) -> None:
    """Decides an order anew from all its events, and keeps apart at which of them a rule cannot be reckoned. The order
    must be held. ``by``: who has it decided."""
    events = events_of(connection, order_id)
    failures = unreckoned(rules.rules, events)
    for each in keep_unreckoned(connection, order_id, failures, events=events, by=by, at=at):
        _log.warning("rule_not_reckoned", exception_type=each.exception_type, rule=each.rule, why=each.why)
    standings = {each.key: each for each in decide(rules.rules, events, until=_FOR_EVER)}
    known = {row.key: row for row in expectations_of(connection, order_id)}
    vanished = [row for key, row in known.items() if key not in standings]
    for key, standing in standings.items():
        row = known.get(key) or _renamed(vanished, standing)
        if row is None:
            values = _values(standing) | {"state": ExpectationState.WAITING.value, "why": ""}
            connection.execute(insert(_expectations).values(**values))
        elif changed := _changed(row, standing):
            _change(connection, row, changed)
    for row in vanished:
        if row.withdrawn_at is None:
            _change(connection, row, {"withdrawn_at": at})
    connection.execute(update(_orders).where(_orders.c.order_id == order_id).values(rules=rules.digest))


def expectations_of(connection: Connection, order_id: str) -> list[Expectation]:
    """All expectations of an order, also those that are over."""
    wanted = select(_expectations).where(_expectations.c.order_id == order_id).order_by(_expectations.c.number)
    return rows(connection.execute(wanted).mappings())


def rows(found: Iterable[Any]) -> list[Expectation]:
    return [Expectation.model_validate(dict(row)) for row in found]


def _renamed(vanished: list[Expectation], standing: Standing) -> Expectation | None:
    """The row of the same standing under the place that its rule had before its runbook was published anew."""
    for row in vanished:
        same = row.exception_type == standing.exception_type and row.caused_by == standing.caused_by
        if same and row.subject == standing.subject:
            vanished.remove(row)
            return row
    return None


def _values(standing: Standing) -> dict[str, Any]:
    return {**standing.model_dump(), "key": standing.key}


def _changed(row: Expectation, standing: Standing) -> dict[str, Any]:
    """What is to be written so that the row says what the standing says."""
    wanted = {**_values(standing), "withdrawn_at": None}
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if row.state is ExpectationState.UNUSABLE and "report" in changed:
        changed |= {"state": ExpectationState.WAITING.value, "why": "", "settled_at": None}
    return changed


def _change(connection: Connection, row: Expectation, values: Mapping[str, Any]) -> None:
    connection.execute(update(_expectations).where(_expectations.c.number == row.number).values(**values))
