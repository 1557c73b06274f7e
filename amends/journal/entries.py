"""Reading the timeline table."""

from sqlalchemy import Connection, func, select

from amends.journal import schema
from amends.journal.rows import TimelineRow

_timeline = schema.timeline


def timeline_of(connection: Connection, *, incident_id: str, after: int = 0) -> list[TimelineRow]:
    """The entries of an incident behind ``seq`` ``after``, in their order."""
    behind = (_timeline.c.incident_id == incident_id, _timeline.c.seq > after)
    statement = select(_timeline).where(*behind).order_by(_timeline.c.seq)
    return [TimelineRow.model_validate(dict(row)) for row in connection.execute(statement).mappings()]


def head_of(connection: Connection, *, incident_id: str) -> TimelineRow | None:
    """The last entry of an incident."""
    statement = (
        select(_timeline).where(_timeline.c.incident_id == incident_id).order_by(_timeline.c.seq.desc()).limit(1)
    )
    row = connection.execute(statement).mappings().first()
    return None if row is None else TimelineRow.model_validate(dict(row))


def entries_of_run(connection: Connection, *, run_id: str, first: int) -> dict[int, TimelineRow]:
    """The entries of a run from number ``first`` on, and its last one, by number."""
    in_run = _timeline.c.run_id == run_id
    last = select(_timeline.c.n).where(in_run).order_by(_timeline.c.n.desc()).limit(1).scalar_subquery()
    statement = select(_timeline).where(in_run, (_timeline.c.n >= first) | (_timeline.c.n == last))
    rows = connection.execute(statement).mappings()
    return {row["n"]: TimelineRow.model_validate(dict(row)) for row in rows}


def furthest_of(connection: Connection, *, incident_id: str) -> int:
    """The highest number that any run has given an entry of the incident; -1 if there is none."""
    statement = select(func.max(_timeline.c.n)).where(_timeline.c.incident_id == incident_id)
    furthest = connection.execute(statement).scalar_one()
    return -1 if furthest is None else int(furthest)
