"""The alert log: what is wrong with incidents and not in their own story. A row is written once and cleared once."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, select, update

from amends.journal import incidents, schema
from amends.journal.engine import reading, writing
from amends.journal.statements import insert_once
from amends.models import Data, Model, Utc

_alerts = schema.alerts


class AlertKind(StrEnum):
    """What was found. The values stand in the journal: add, never rename."""

    WORKFLOW_TERMINATED = "workflow_terminated"
    WORKFLOW_FAILED = "workflow_failed"
    WORKFLOW_TIMED_OUT = "workflow_timed_out"
    WORKFLOW_ENDED = "workflow_ended"
    """It completed or was cancelled, and the journal was never told: the journal is older than Temporal."""
    WORKFLOW_MISSING = "workflow_missing"


class Alert(Model):
    """``details``: what else is known of it, such as ``run_id``, ``by``, ``reason`` and ``at``."""

    number: int
    kind: AlertKind
    incident_id: str
    details: Data = {}
    noticed_at: Utc
    cleared_at: Utc | None = None


class AlertLog:
    """The alerts of all incidents. Any number may raise and clear at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def standing(self, *, incident_id: str | None = None) -> list[Alert]:
        """The alerts that have not been cleared, the oldest first; of one incident, if it is named."""
        wanted = select(_alerts).where(_alerts.c.cleared_at.is_(None)).order_by(_alerts.c.number)
        if incident_id is not None:
            wanted = wanted.where(_alerts.c.incident_id == incident_id)
        with reading(self._engine) as connection:
            return [Alert.model_validate(dict(row)) for row in connection.execute(wanted).mappings()]

    def raise_once(self, *, kind: AlertKind, incident_id: str, details: Data, at: datetime) -> bool:
        """Raises an alert unless it stands, or the incident has ended meanwhile; whether it was raised."""
        with writing(self._engine) as connection:
            if not _is_open(connection, incident_id):
                return False
            values = {"kind": kind.value, "incident_id": incident_id, "details": details, "noticed_at": at}
            return insert_once(connection, _alerts, values)

    def clear(self, numbers: Collection[int], *, at: datetime) -> None:
        """Clears these alerts, if they stand."""
        if numbers:
            with writing(self._engine) as connection:
                standing = _alerts.c.number.in_(numbers) & _alerts.c.cleared_at.is_(None)
                connection.execute(update(_alerts).where(standing).values(cleared_at=at))


def _is_open(connection: Connection, incident_id: str) -> bool:
    row = incidents.get(connection, incident_id=incident_id, lock=True)
    return row is not None and not row.status.final
