"""Reading and writing the incidents projection."""

from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, select, text

from amends.errors import UnknownIncident
from amends.journal import clocks, evidence, schema
from amends.journal.entries import timeline_of
from amends.journal.errors import AmbiguousIncident
from amends.journal.projection import fold
from amends.journal.rows import IncidentRow
from amends.journal.searching import Search, conditions
from amends.journal.statements import insert_once, upsert

_incidents = schema.incidents

_THE_INCIDENT: Final = select(_incidents).where(_incidents.c.incident_id == bindparam("incident_id"))
_LOCKED: Final = _THE_INCIDENT.with_for_update()

_NAMED_MATCHES = 5


def find(connection: Connection, *, incident_id: str) -> IncidentRow:
    """The incident with this id, or the only one whose id begins so.

    Raises ``UnknownIncident`` and ``AmbiguousIncident``.
    """
    exact = get(connection, incident_id=incident_id)
    if exact is not None:
        return exact
    if not incident_id:
        raise UnknownIncident(incident_id)
    begins = func.substr(_incidents.c.incident_id, 1, len(incident_id)) == incident_id
    statement = select(_incidents).where(begins).order_by(_incidents.c.incident_id).limit(_NAMED_MATCHES)
    matches = [_row(found) for found in connection.execute(statement).mappings()]
    match matches:
        case []:
            raise UnknownIncident(incident_id)
        case [only]:
            return only
        case _:
            raise AmbiguousIncident(incident_id, [match.incident_id for match in matches])


def get(connection: Connection, *, incident_id: str, lock: bool = False) -> IncidentRow | None:
    """The incident with exactly this id. ``lock``: nobody else appends to it until the transaction's end."""
    statement = _LOCKED if lock else _THE_INCIDENT
    found = connection.execute(statement, {"incident_id": incident_id}).mappings().first()
    return None if found is None else _row(found)


def search(connection: Connection, *, wanted: Search, limit: int) -> list[IncidentRow]:
    """The incidents that are wanted, the newest first."""
    newest_first = (_incidents.c.opened_at.desc(), _incidents.c.incident_id)
    statement = select(_incidents).where(*conditions(wanted)).order_by(*newest_first).limit(limit)
    return [_row(found) for found in connection.execute(statement).mappings()]


def count(connection: Connection, *, wanted: Search) -> int:
    """How many incidents are wanted."""
    statement = select(func.count()).select_from(_incidents).where(*conditions(wanted))
    return int(connection.execute(statement).scalar_one())


def exception_types(connection: Connection) -> list[str]:
    """The types of all incidents, sorted."""
    statement = select(_incidents.c.exception_type).distinct().order_by(_incidents.c.exception_type)
    return list(connection.execute(statement).scalars())


def insert_new(connection: Connection, *, row: IncidentRow) -> bool:
    """Inserts an incident unless it is there; whether it was inserted. Either way the row can be locked afterwards."""
    return insert_once(connection, _incidents, _columns(row))


def write(connection: Connection, *, row: IncidentRow) -> None:
    upsert(connection, _incidents, _columns(row))


def rebuild(connection: Connection, *, incident_id: str | None) -> int:
    """Drops the projection of one incident, or of all, with what is due and what was shown in it, and folds it from
    the timeline again; how many were rebuilt.

    Raises ``UnknownIncident`` for an incident without entries. Appends wait meanwhile; plain reads go on.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE incidents IN EXCLUSIVE MODE"))
    dropped = delete(_incidents)
    told = select(schema.timeline.c.incident_id).distinct()
    if incident_id is not None:
        dropped = dropped.where(_incidents.c.incident_id == incident_id)
        told = told.where(schema.timeline.c.incident_id == incident_id)
    ids = connection.execute(told).scalars().all()
    if incident_id is not None and not ids:
        raise UnknownIncident(incident_id)
    connection.execute(dropped)
    if incident_id is None:
        clocks.drop(connection)
        evidence.drop(connection)
    for each in ids:
        entries = timeline_of(connection, incident_id=each)
        row = fold(entries)
        if row is not None:
            write(connection, row=row)
        clocks.refold(connection, incident_id=each, entries=entries)
        evidence.refold(connection, incident_id=each, entries=entries)
    return len(ids)


def _row(columns: Any) -> IncidentRow:
    return IncidentRow.model_validate(dict(columns))


def _columns(row: IncidentRow) -> dict[str, Any]:
    return row.model_dump()
