"""The alert log: what is wrong with incidents and must not be overlooked. A row is written once and cleared once.

Most is not in an incident's own story, and found by the watchdog. What a story tells is raised and cleared with the
entries that tell it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, select, update

from amends.journal import incidents, schema
from amends.journal.engine import reading, writing
from amends.journal.rows import TimelineRow
from amends.journal.statements import insert_once
from amends.models import Data, Model, Utc
from amends.timeline import EntryKind

_alerts = schema.alerts


class AlertKind(StrEnum):
    """What was found. The values stand in the journal: add, never rename."""

    WORKFLOW_TERMINATED = "workflow_terminated"
    WORKFLOW_FAILED = "workflow_failed"
    WORKFLOW_TIMED_OUT = "workflow_timed_out"
    WORKFLOW_ENDED = "workflow_ended"
    """It completed or was cancelled, and the journal was never told: the journal is older than Temporal."""
    WORKFLOW_MISSING = "workflow_missing"
    LADDER_EXHAUSTED = "ladder_exhausted"
    """Everybody was paged as often as they are, and nobody has acknowledged. The incident itself says so."""

    @property
    def of_the_story(self) -> bool:
        """Whether the incident's own entries raise and clear it; all others are the watchdog's."""
        return self is AlertKind.LADDER_EXHAUSTED


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
            return _raise(connection, kind=kind, incident_id=incident_id, details=details, at=at)

    def clear(self, numbers: Collection[int], *, at: datetime) -> None:
        """Clears these alerts, if they stand."""
        if numbers:
            with writing(self._engine) as connection:
                standing = _alerts.c.number.in_(numbers) & _alerts.c.cleared_at.is_(None)
                connection.execute(update(_alerts).where(standing).values(cleared_at=at))


def follow(connection: Connection, *, incident_id: str, entries: Sequence[TimelineRow], at: datetime) -> None:
    """Raises and clears what an incident's newest entries say of its ladder. The incident must be locked."""
    for entry in entries:
        if entry.kind is EntryKind.LADDER_EXHAUSTED:
            kind = AlertKind.LADDER_EXHAUSTED
            _raise(connection, kind=kind, incident_id=incident_id, details=entry.data, at=at)
        elif entry.kind in _HEARD:
            standing = (_alerts.c.incident_id == incident_id) & _alerts.c.cleared_at.is_(None)
            exhausted = standing & (_alerts.c.kind == AlertKind.LADDER_EXHAUSTED)
            connection.execute(update(_alerts).where(exhausted).values(cleared_at=at))


_HEARD = frozenset(
    {EntryKind.ACKNOWLEDGED, EntryKind.LADDER_STOPPED, EntryKind.INCIDENT_CLOSED, EntryKind.DUPLICATE_FOUND}
)
"""What ends it that nobody answers."""


def _raise(connection: Connection, *, kind: AlertKind, incident_id: str, details: Data, at: datetime) -> bool:
    values = {"kind": kind.value, "incident_id": incident_id, "details": details, "noticed_at": at}
    return insert_once(connection, _alerts, values)


def _is_open(connection: Connection, incident_id: str) -> bool:
    row = incidents.get(connection, incident_id=incident_id, lock=True)
    return row is not None and not row.status.final
