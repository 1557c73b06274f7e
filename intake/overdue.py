"""What is overdue: claimed by one sweeper at a time, and noted once it is known what became of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, select, update

from amends.journal import claims, schema
from amends.journal.engine import reading, writing
from amends.journal.schema.intake import ExpectationState, Mode
from intake.expectations import Expectation, hold_order, rows
from intake.modes import Setting, settings

_events, _expectations = schema.order_events, schema.expectations


class Overdue:
    """The expectations that are overdue. Any number of sweepers may claim at once: each gets others."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(self, *, at: datetime, lease: timedelta, limit: int) -> list[Expectation]:
        """Those to be opened now, each held for the ``lease``: another sweeper gets it only if nothing was noted of it
        by then. What is not to be opened, by the settings of its type, is settled on the way."""
        wanted = _overdue(at).limit(limit)
        with reading(self._engine) as connection:  # mostly there is nothing, and then no lock is taken
            if connection.execute(_not_off(wanted, settings(connection))).first() is None:
                return []
        with writing(self._engine) as connection:
            known = settings(connection)
            found = connection.execute(_not_off(wanted, known).with_for_update(skip_locked=True)).mappings().all()
            return [row for row in rows(found) if self._is_to_be_opened(connection, row, known, at, lease)]

    def note_lost(self, *, at: datetime) -> None:
        """Notes what became of those that were claimed by somebody who noted nothing, and need not be opened any more:
        the journal knows by its report's key whether an incident was opened."""
        with reading(self._engine) as connection:
            lost = rows(connection.execute(_lost(at)).mappings())
        for row in lost:
            with writing(self._engine) as connection:
                hold_order(connection, row.order_id)
                incident_id = claims.holder(connection, exception_type=row.exception_type, key=row.key)
                if incident_id is None:
                    _write(connection, row.number, {"claimed_until": None})
                else:
                    opened = {"state": ExpectationState.OPENED.value, "incident_id": incident_id}
                    _settle(connection, row.number, opened, at)

    def note_opened(self, number: int, *, order_id: str, incident_id: str, at: datetime) -> None:
        """Its incident is open. What came while it was being opened is told to it."""
        with writing(self._engine) as connection:
            hold_order(connection, order_id)
            opened = {"state": ExpectationState.OPENED.value, "incident_id": incident_id}
            behind = _settle(connection, number, opened, at)
            if behind is not None:
                since = (_events.c.order_id == order_id) & (_events.c.number > behind)
                connection.execute(update(_events).where(since).values(told_at=None))

    def note_refused(self, number: int, *, why: str, at: datetime) -> None:
        """It cannot be opened as it is."""
        with writing(self._engine) as connection:
            _settle(connection, number, {"state": ExpectationState.UNUSABLE.value, "why": why}, at)

    def put_off(self, number: int, *, until: datetime) -> None:
        """Nothing answered; it is claimed again then."""
        with writing(self._engine) as connection:
            _write(connection, number, {"claimed_until": until})

    def _is_to_be_opened(
        self,
        connection: Connection,
        row: Expectation,
        known: Mapping[str, Setting],
        at: datetime,
        lease: timedelta,
    ) -> bool:
        setting = known.get(row.exception_type, Setting(exception_type=row.exception_type))
        if setting.cut_off is not None and row.due_at < setting.cut_off:
            why = f"it was due before the cut-off, {setting.cut_off.isoformat(timespec='seconds')}"
            _settle(connection, row.number, {"state": ExpectationState.PASSED_OVER.value, "why": why}, at)
        elif row.lacking:
            why = f"no event says {', '.join(map(repr, row.lacking))}, which a report needs"
            _settle(connection, row.number, {"state": ExpectationState.UNUSABLE.value, "why": why}, at)
        elif setting.mode is Mode.SHADOW:
            _settle(connection, row.number, {"state": ExpectationState.SHADOWED.value}, at)
        else:
            last = select(func.max(_events.c.number)).where(_events.c.order_id == row.order_id).scalar_subquery()
            _write(connection, row.number, {"claimed_until": at + lease, "claimed_behind": last})
            return True
        return False


def _overdue(at: datetime) -> Select[Any]:
    columns = _expectations.c
    stands = columns.cleared_at.is_(None) & columns.withdrawn_at.is_(None)
    free = columns.claimed_until.is_(None) | (columns.claimed_until <= at)
    waiting = columns.state == ExpectationState.WAITING.value
    return select(_expectations).where(waiting, columns.opens_at <= at, stands, free).order_by(columns.opens_at)


def _lost(at: datetime) -> Select[Any]:
    columns = _expectations.c
    over = columns.cleared_at.is_not(None) | columns.withdrawn_at.is_not(None)
    waiting = columns.state == ExpectationState.WAITING.value
    return select(_expectations).where(waiting, columns.claimed_until <= at, over).order_by(columns.number)


def _not_off(wanted: Select[Any], known: Mapping[str, Setting]) -> Select[Any]:
    off: Sequence[str] = [name for name, setting in known.items() if setting.mode is Mode.OFF]
    return wanted.where(_expectations.c.exception_type.not_in(off)) if off else wanted


def _settle(connection: Connection, number: int, values: Mapping[str, Any], at: datetime) -> int | None:
    """Writes what became of one that waits; behind which event its sweeper was. ``None`` if somebody else has."""
    waits = (_expectations.c.number == number) & (_expectations.c.state == ExpectationState.WAITING.value)
    settled = {**values, "settled_at": at, "claimed_until": None}
    statement = update(_expectations).where(waits).values(**settled).returning(_expectations.c.claimed_behind)
    return connection.execute(statement).scalar()


def _write(connection: Connection, number: int, values: Mapping[str, Any]) -> None:
    connection.execute(update(_expectations).where(_expectations.c.number == number).values(**values))
