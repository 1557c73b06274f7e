"""Reading and writing what is due: the rows of ``clocks``, which follow the timeline as the incidents do."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy import Text as SqlText

from amends.journal import schema
from amends.journal.due import FEEDS, Clocks, fold_clocks
from amends.journal.engine import reading
from amends.journal.entries import timeline_of
from amends.journal.rows import ClockRow, IncidentRow, TimelineRow
from amends.journal.schema.clocks import ClockKind, ClockState
from amends.journal.statements import upsert
from amends.models import Party

_clocks, _incidents = schema.clocks, schema.incidents
_OURS: Final = ("acknowledge", "first_response")
"""The promises that nobody else can keep, whomever the incident waits for."""
_STANDING = tuple(state for state in ClockState if state.stands)
_OF_INCIDENT: Final = (
    select(_clocks).where(_clocks.c.incident_id == bindparam("incident_id")).order_by(_clocks.c.kind, _clocks.c.name)
)


class Due(NamedTuple):
    """Something that is due, and the incident in which it is."""

    clock: ClockRow
    incident: IncidentRow

    @property
    def waits_for(self) -> tuple[Party, ...]:
        """Who holds the ball, or whom the time is charged to; nobody where it is a role's move."""
        clock = self.clock
        if clock.owner is not None:
            return ()
        if clock.kind is ClockKind.GOAL and clock.name in _OURS:
            return (Party.US,)
        if clock.state is ClockState.PAUSED:
            return (clock.charged_to,) if clock.charged_to else ()
        return tuple(self.incident.waiting_for)


class ClockLog:
    """What is due in all incidents. Safe to use from several threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, incident_id: str) -> list[ClockRow]:
        """All that is or was due in an incident, by kind and name."""
        with reading(self._engine) as connection:
            return list(clocks_of(connection, incident_id=incident_id).values())

    def due(
        self,
        *,
        limit: int,
        by: str | None = None,
        breached: bool = False,
        exception_type: Collection[str] = (),
    ) -> list[Due]:
        """What is still to be done, at most ``limit``: the first due first, what stands still last.

        ``by``: only what is a role's, or a party's who holds the ball or for whom it stands still. ``breached``: only
        that whose time has passed.
        """
        wanted = _due(select(_clocks, *_incident_columns()), by=by, breached=breached, exception_type=exception_type)
        stands_still = case((_clocks.c.state == ClockState.PAUSED, 1), else_=0)
        first = (stands_still, func.coalesce(_clocks.c.due_at, _clocks.c.since))
        order = (*first, _clocks.c.incident_id, _clocks.c.kind, _clocks.c.name)
        with reading(self._engine) as connection:
            found = connection.execute(wanted.order_by(*order).limit(limit)).mappings()
            return [_found(dict(columns)) for columns in found]

    def count(self, *, by: str | None = None, breached: bool = False, exception_type: Collection[str] = ()) -> int:
        """How much of it there is."""
        wanted = select(func.count()).select_from(_clocks)
        wanted = _due(wanted, by=by, breached=breached, exception_type=exception_type)
        with reading(self._engine) as connection:
            return int(connection.execute(wanted).scalar_one())

    def paged(self, incident_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
        """The roles that were paged in each of these incidents and have not acknowledged it, sorted; incidents without
        any are left out."""
        waits = (_clocks.c.kind == ClockKind.PAGE, _clocks.c.state.in_(_STANDING))
        wanted = select(_clocks.c.incident_id, _clocks.c.name).where(_clocks.c.incident_id.in_(incident_ids), *waits)
        roles: dict[str, list[str]] = {}
        with reading(self._engine) as connection:
            for incident_id, role in connection.execute(wanted.order_by(_clocks.c.name)):
                roles.setdefault(incident_id, []).append(role)
        return {incident_id: tuple(names) for incident_id, names in roles.items()}

    def owners(self) -> list[str]:
        """The roles whose move anything is, sorted."""
        wanted = select(_clocks.c.owner).where(_clocks.c.owner.is_not(None)).distinct().order_by(_clocks.c.owner)
        with reading(self._engine) as connection:
            return list(connection.execute(wanted).scalars())


def clocks_of(connection: Connection, *, incident_id: str) -> Clocks:
    """The rows of an incident, by kind and name."""
    found = connection.execute(_OF_INCIDENT, {"incident_id": incident_id}).mappings()
    rows = [ClockRow.model_validate(dict(columns)) for columns in found]
    return {(row.kind, row.name): row for row in rows}


def follow(connection: Connection, *, incident_id: str, entries: Sequence[TimelineRow]) -> None:
    """Brings an incident's rows up to its newest entries. The incident must be locked."""
    if any(entry.kind in FEEDS for entry in entries):
        before = clocks_of(connection, incident_id=incident_id)
        after = fold_clocks(entries, onto=before)
        for key, row in after.items():
            if row != before.get(key):
                upsert(connection, _clocks, row.model_dump())


def refold(connection: Connection, *, incident_id: str, entries: Sequence[TimelineRow]) -> None:
    """Drops an incident's rows and folds them from all of its entries again."""
    connection.execute(delete(_clocks).where(_clocks.c.incident_id == incident_id))
    for row in fold_clocks(entries).values():
        upsert(connection, _clocks, row.model_dump())


def drop(connection: Connection) -> None:
    """Drops the rows of all incidents."""
    connection.execute(delete(_clocks))


def refold_all(connection: Connection) -> None:
    """Drops the rows of all incidents, and folds them from the timeline again."""
    drop(connection)
    for incident_id in connection.execute(select(schema.timeline.c.incident_id).distinct()).scalars().all():
        refold(connection, incident_id=incident_id, entries=timeline_of(connection, incident_id=incident_id))


def _due(statement: Select[Any], *, by: str | None, breached: bool, exception_type: Collection[str]) -> Select[Any]:
    wanted = statement.join(_incidents, _incidents.c.incident_id == _clocks.c.incident_id)
    return wanted.where(
        _incidents.c.closed_at.is_(None),
        _clocks.c.state.in_((ClockState.BREACHED,) if breached else _STANDING),
        *([_incidents.c.exception_type.in_(exception_type)] if exception_type else []),
        *([_is_moved_by(by)] if by is not None else []),
    )


def _is_moved_by(by: str) -> ColumnElement[bool]:
    """Whether something is a role's, or waits for a party. A role may be called as a party is."""
    owned: ColumnElement[bool] = _clocks.c.owner == by
    if by not in set(Party):
        return owned
    stands_still = _clocks.c.state == ClockState.PAUSED
    holds = type_coerce(_incidents.c.waiting_for, SqlText).contains(f'"{by}"', autoescape=True)
    ours = and_(_clocks.c.kind == ClockKind.GOAL, _clocks.c.name.in_(_OURS))
    others = or_(and_(stands_still, _clocks.c.charged_to == by), and_(~stands_still, holds))
    waits = or_(ours, others) if by == Party.US else and_(~ours, others)
    return or_(owned, and_(_clocks.c.owner.is_(None), waits))


_PREFIX = "of_"


def _incident_columns() -> Iterator[ColumnElement[Any]]:
    return (column.label(f"{_PREFIX}{column.name}") for column in _incidents.c)


def _found(columns: dict[str, Any]) -> Due:
    incident = {column.name: columns[f"{_PREFIX}{column.name}"] for column in _incidents.c}
    return Due(clock=ClockRow.model_validate(columns), incident=IncidentRow.model_validate(incident))
