"""Incidents beside each other: what came before on a subject, what came after, and what was made one."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, or_, select

from amends.journal import schema
from amends.journal.rows import Earlier, IncidentRow, OpenIncident
from amends.models import Status
from amends.timeline import EntryKind

_incidents = schema.incidents
_timeline = schema.timeline

_CONTACTS = {EntryKind.INCIDENT_OPENED: 1, EntryKind.REPORT_ADDED: 1, EntryKind.REPORT_REPEATED: -1}
"""What each kind of entry adds to how often an incident was reported."""


def earlier_on(connection: Connection, *, row: IncidentRow) -> Earlier | None:
    """The newest earlier incident on the same workflow id, but for those that were duplicates from the start.

    The same answer whenever it is asked: at most one run of a workflow id is open, so what came earlier has ended.
    """
    did_something = or_(_incidents.c.status != Status.DUPLICATE, _incidents.c.outcome.is_not(None))
    statement = (
        select(_incidents.c.incident_id, _incidents.c.closed_at)
        .where(
            _incidents.c.workflow_id == row.workflow_id,
            _incidents.c.incident_id != row.incident_id,
            _incidents.c.opened_at <= row.opened_at,
            did_something,
        )
        .order_by(_incidents.c.opened_at.desc(), _incidents.c.incident_id)
        .limit(1)
    )
    found = connection.execute(statement).first()
    if found is None:
        return None
    contacts = _contacts(connection, incident_id=found.incident_id)
    return Earlier(incident_id=found.incident_id, ended_at=found.closed_at, contacts=contacts)


def open_as(connection: Connection, *, workflow_ids: Sequence[str]) -> tuple[OpenIncident, ...]:
    """The incidents that are open under one of the workflow ids."""
    open_now = _incidents.c.status.not_in([status for status in Status if status.final])
    statement = (
        select(_incidents.c.incident_id, _incidents.c.exception_type, _incidents.c.workflow_id)
        .where(_incidents.c.workflow_id.in_(workflow_ids), open_now)
        .order_by(_incidents.c.opened_at, _incidents.c.incident_id)
    )
    return tuple(OpenIncident.model_validate(dict(found)) for found in connection.execute(statement).mappings())


def pointing_at(connection: Connection, *, incident_id: str) -> list[IncidentRow]:
    """The incidents that name this one as the earlier one, or as the one that they are a duplicate of, the oldest
    first."""
    named = or_(_incidents.c.previous == incident_id, _incidents.c.duplicate_of == incident_id)
    statement = select(_incidents).where(named).order_by(_incidents.c.opened_at, _incidents.c.incident_id)
    return [IncidentRow.model_validate(dict(found)) for found in connection.execute(statement).mappings()]


def reopened(connection: Connection, *, incident_ids: Iterable[str]) -> frozenset[str]:
    """Those of the incidents that reopened the one before them."""
    statement = select(_timeline.c.incident_id, _timeline.c.data).where(
        _timeline.c.incident_id.in_(list(incident_ids)), _timeline.c.kind == EntryKind.INCIDENT_REGISTERED
    )
    return frozenset(each.incident_id for each in connection.execute(statement) if each.data.get("reopens"))


def _contacts(connection: Connection, *, incident_id: str) -> int:
    """How often an incident was reported, with the reports of one that it reopened."""
    kinds = (*_CONTACTS, EntryKind.INCIDENT_REGISTERED)
    statement = select(_timeline.c.kind, _timeline.c.data).where(
        _timeline.c.incident_id == incident_id, _timeline.c.kind.in_(kinds)
    )
    contacts = 0
    for kind, data in connection.execute(statement):
        carried = int(data.get("previous_contacts") or 0) if data.get("reopens") else 0
        contacts += _CONTACTS.get(EntryKind(kind), carried)
    return contacts
