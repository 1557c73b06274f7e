"""Reading the timeline table."""

from typing import Final

from sqlalchemy import Connection, bindparam, func, select

from amends.journal import schema
from amends.journal.rows import TimelineRow

_timeline = schema.timeline

_OF_INCIDENT: Final = _timeline.c.incident_id == bindparam("incident_id")
_OF_RUN: Final = _timeline.c.run_id == bindparam("run_id")

_BEHIND: Final = select(_timeline).where(_OF_INCIDENT, _timeline.c.seq > bindparam("after")).order_by(_timeline.c.seq)
_HEAD: Final = select(_timeline).where(_OF_INCIDENT).order_by(_timeline.c.seq.desc()).limit(1)
_LAST: Final = select(_timeline.c.n).where(_OF_RUN).order_by(_timeline.c.n.desc()).limit(1).scalar_subquery()
_FROM_FIRST: Final = select(_timeline).where(_OF_RUN, (_timeline.c.n >= bindparam("first")) | (_timeline.c.n == _LAST))
_FURTHEST: Final = select(func.max(_timeline.c.n)).where(_OF_INCIDENT)


def timeline_of(connection: Connection, *, incident_id: str, after: int = 0) -> list[TimelineRow]:
    """The entries of an incident behind ``seq`` ``after``, in their order."""
    rows = connection.execute(_BEHIND, {"incident_id": incident_id, "after": after}).mappings()
    return [TimelineRow.model_validate(dict(row)) for row in rows]


def head_of(connection: Connection, *, incident_id: str) -> TimelineRow | None:
    """The last entry of an incident."""
    row = connection.execute(_HEAD, {"incident_id": incident_id}).mappings().first()
    return None if row is None else TimelineRow.model_validate(dict(row))


def entries_of_run(connection: Connection, *, run_id: str, first: int) -> dict[int, TimelineRow]:
    """The entries of a run from number ``first`` on, and its last one, by number."""
    rows = connection.execute(_FROM_FIRST, {"run_id": run_id, "first": first}).mappings()
    return {row["n"]: TimelineRow.model_validate(dict(row)) for row in rows}


def furthest_of(connection: Connection, *, incident_id: str) -> int:
    """The highest number that any run has given an entry of the incident; -1 if there is none."""
    furthest = connection.execute(_FURTHEST, {"incident_id": incident_id}).scalar_one()
    return -1 if furthest is None else int(furthest)
