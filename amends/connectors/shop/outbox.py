"""Telling of changes: a row in the same transaction as the change, in the words that intake knows."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

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
    "payment.failed",
    "payment.closed",
    "refund.requested",
    "refund.settled",
    "refund.failed",
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


def tell(db: Session, type_: str, order_id: str, at: datetime, /, *, about: str, **data: Any) -> None:
    """Tells of a change once. ``about`` names what has changed: with the type it makes the change's id."""
    assert type_ in TYPES
    event_id = f"{type_}/{about}"
    if db.scalar(select(EventRow.seq).where(EventRow.event_id == event_id)) is None:
        db.add(EventRow(event_id=event_id, type=type_, order_id=order_id, at=at, data=data))
