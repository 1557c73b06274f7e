"""Telling of changes: a row in the same transaction as the change, in the words that intake knows."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from amends.connectors.feed import Change
from amends.connectors.shop.tables import EventRow

TYPES: Final = (
    "order.created",
    "order.confirmed",
    "order.cancelled",
    "order.reinstated",
    "order.promised",
    "order.changed",
    "order.held",
    "order.released",
    "payment.authorised",
    "payment.captured",
    "payment.underpaid",
    "payment.failed",
    "payment.closed",
    "refund.requested",
    "refund.settled",
    "refund.failed",
    "ledger.reconciled",
    "shipment.planned",
    "shipment.created",
    "shipment.cancelled",
    "shipment.handed_over",
    "shipment.scanned",
    "shipment.damaged",
    "shipment.delivered",
    "return.opened",
    "return.arrived",
    "stock.changed",
    "stock.short",
)
"""The type of every change that the shop tells of."""


SOURCE: Final = "reference-shop"
"""Where the changes come from, as events name it."""

_NUMBERING: Final = 4_207_001
"""Whoever numbers changes holds this lock, on a database that has more than one writer."""


def named(type_: str, about: str) -> str:
    """The id of a change: the same for the same change, however often it is noticed."""
    return f"{type_}/{about}"


def tell(db: Session, type_: str, order_id: str, at: datetime, /, *, about: str, **data: Any) -> None:
    """Tells of a change once. ``about`` names what has changed: with the type it makes the change's id."""
    assert type_ in TYPES
    event_id = named(type_, about)
    if db.get(EventRow, event_id) is None:
        db.add(EventRow(event_id=event_id, type=type_, order_id=order_id, at=at, data=data))
        db.flush()  # the same change may be noticed again within the transaction


def changes(db: Session, *, after: int, most: int = 1000) -> list[Change]:
    """The changes behind the one numbered ``after``, the first of them.

    Changes get their number here, not when they are made: so no reader ever passes by one whose transaction ends late.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(_NUMBERING)))
    last = int(db.scalar(select(func.max(EventRow.seq))) or 0)
    unnumbered = select(EventRow).where(EventRow.seq.is_(None)).order_by(EventRow.at, EventRow.event_id)
    for n, row in enumerate(db.scalars(unnumbered), start=last + 1):
        row.seq = n
    db.flush()
    wanted = select(EventRow).where(EventRow.seq > after).order_by(EventRow.seq).limit(most)
    return [
        Change(
            seq=row.seq, id=row.event_id, source=SOURCE, type=row.type, subject=row.order_id, time=row.at, data=row.data
        )
        for row in db.scalars(wanted)
        if row.seq is not None
    ]
