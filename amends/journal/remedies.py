"""The remedies of all orders: reserved together with the intent of an effect, settled together with its outcome."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import BindParameter, ColumnElement, Connection, bindparam, func, insert, select, update

from amends.journal import exposure, incidents, schema
from amends.journal.exposure import Reservation, Share
from amends.journal.locks import hold_budget, hold_order
from amends.journal.rows import RemedyRecord
from amends.journal.schema.remedies import Release, RemedyStatus
from amends.models import Head, Outcome, Refusal

_remedies = schema.remedies


def _pending(key: str | BindParameter[str]) -> ColumnElement[bool]:
    """What an effect has reserved, until it is settled."""
    return (_remedies.c.key == key) & (_remedies.c.status == RemedyStatus.PENDING.value)


_PENDING_ON: Final = select(_remedies.c.order_id).where(_pending(bindparam("of_key")))


def reserve(
    connection: Connection, *, key: str, incident_id: str, wanted: Reservation, at: datetime
) -> tuple[Share, ...] | Refusal:
    """Reserves what an effect is about to give, or says why it may not be given; then nothing is changed.

    What sent the very parcel that this is about does not stand against it: whoever asks says that it did not stay as it
    was. Goods take its place, and it counts again when they are not given. A refund takes its part of what was sent,
    and the rest goes on counting against everything else.
    """
    hold_order(connection, wanted.order_id)
    day = _day(at)
    if wanted.per_day is not None:
        hold_budget(connection, day=day.date(), head=wanted.head, currency=wanted.currency)
    standing = _standing(connection, wanted.order_id)
    sent = _sent(connection, standing, wanted=wanted, incident_id=incident_id)
    found = exposure.shares(wanted, [row for row in standing if row.key not in sent])
    if isinstance(found, Refusal):
        return found
    if wanted.per_day is not None:
        spent = _spent(connection, wanted, day)
        over = exposure.over_budget(wanted, found, spent=spent, day=f"{day.date()} (UTC), all orders")
        if over is not None:
            return over
    if wanted.head is Head.GOODS:
        replaced = _remedies.c.key.in_(sorted(sent)) & _remedies.c.unit.in_([share.unit for share in found])
        _release(connection, replaced & _counts(), why=Release.ASKED_AGAIN, by=key, at=at)
    _insert(connection, key=key, incident_id=incident_id, wanted=wanted, shares=found, at=at)
    return found


def settle(connection: Connection, *, key: str, outcome: Outcome, gave_parcel: str | None, at: datetime) -> None:
    """What an effect has reserved was given, or was not. Harmless for what is settled, and for what gives nothing."""
    order_id = connection.execute(_PENDING_ON, {"of_key": key}).scalars().first()
    if order_id is None:
        return
    hold_order(connection, order_id)
    pending = _pending(key)
    if outcome is Outcome.APPLIED:
        given = {"status": RemedyStatus.APPLIED.value, "gave_parcel": gave_parcel, "settled_at": at}
        connection.execute(update(_remedies).where(pending).values(**given))
    else:
        _release(connection, pending, why=Release.NOT_APPLIED, by=key, at=at)
        _give_back(connection, key)


def take_back(connection: Connection, *, undone: str, by: str, at: datetime) -> None:
    """What the effect ``undone`` gave was taken back by the effect ``by``."""
    given = (_remedies.c.key == undone) & (_counts() | (_remedies.c.why == Release.ASKED_AGAIN.value))
    order_id = connection.execute(select(_remedies.c.order_id).where(given)).scalars().first()
    if order_id is None:
        return
    hold_order(connection, order_id)
    _release(connection, given, why=Release.UNDONE, by=by, at=at)
    _give_back(connection, undone)


def remedies_of(connection: Connection, *, incident_id: str) -> list[RemedyRecord]:
    """What an incident has given or tried to give, in the order in which it was reserved."""
    return _read(connection, _remedies.c.incident_id == incident_id)


def _standing(connection: Connection, order_id: str) -> list[RemedyRecord]:
    return _read(connection, (_remedies.c.order_id == order_id) & _counts())


def _sent(
    connection: Connection, standing: Iterable[RemedyRecord], *, wanted: Reservation, incident_id: str
) -> set[str]:
    """The effects that sent the parcel in question.

    One that let the same parcel go on stands against an incident that was opened before: that one is about what was
    before, and the two would both make it good.
    """
    sent = [row for row in standing if row.gave_parcel is not None and row.gave_parcel == wanted.parcel_id]
    asking = incidents.get(connection, incident_id=incident_id) if sent else None
    return {
        row.key
        for row in sent
        if row.parcel_id != row.gave_parcel
        or row.incident_id == incident_id
        or (asking is not None and row.settled_at is not None and asking.opened_at > row.settled_at)
    }


def _spent(connection: Connection, wanted: Reservation, day: datetime) -> int:
    on_day = (_remedies.c.reserved_at >= day) & (_remedies.c.reserved_at < day + timedelta(days=1))
    same = (_remedies.c.head == wanted.head.value) & (_remedies.c.currency == wanted.currency)
    return int(connection.execute(select(func.sum(_remedies.c.amount)).where(on_day & same & _counts())).scalar() or 0)


def _insert(
    connection: Connection,
    *,
    key: str,
    incident_id: str,
    wanted: Reservation,
    shares: Sequence[Share],
    at: datetime,
) -> None:
    common = {
        "key": key,
        "incident_id": incident_id,
        "order_id": wanted.order_id,
        "head": wanted.head.value,
        "currency": wanted.currency,
        "parcel_id": wanted.parcel_id,
        "status": RemedyStatus.PENDING.value,
        "reserved_at": at,
    }
    if shares:
        connection.execute(insert(_remedies), [{**common, "unit": each.unit, "amount": each.amount} for each in shares])


def _release(connection: Connection, which: ColumnElement[bool], *, why: Release, by: str, at: datetime) -> None:
    released = {"status": RemedyStatus.RELEASED.value, "why": why.value, "released_by": by}
    settled = func.coalesce(_remedies.c.settled_at, at)
    connection.execute(update(_remedies).where(which).values(**released, settled_at=settled))


def _give_back(connection: Connection, key: str) -> None:
    """Goods in whose place an effect had stood count again, or stand behind what was sent in their place by now."""
    mine = (_remedies.c.released_by == key) & (_remedies.c.why == Release.ASKED_AGAIN.value)
    for row in _read(connection, mine):
        on_unit = (_remedies.c.order_id == row.order_id) & (_remedies.c.unit == row.unit)
        goods = on_unit & (_remedies.c.head == Head.GOODS.value) & _counts()
        instead = connection.execute(select(_remedies.c.key).where(goods).order_by(_remedies.c.key)).scalars().first()
        again = {"status": RemedyStatus.APPLIED.value, "why": None, "released_by": None}
        this = (_remedies.c.key == row.key) & (_remedies.c.unit == row.unit)
        values = again if instead is None else {"released_by": instead}
        connection.execute(update(_remedies).where(this).values(**values))


def _counts() -> ColumnElement[bool]:
    return _remedies.c.status != RemedyStatus.RELEASED.value


def _read(connection: Connection, which: ColumnElement[bool]) -> list[RemedyRecord]:
    rows = select(_remedies).where(which).order_by(_remedies.c.reserved_at, _remedies.c.key, _remedies.c.unit)
    return [RemedyRecord.model_validate(dict(row)) for row in connection.execute(rows).mappings()]


def _day(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
