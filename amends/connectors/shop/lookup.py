"""Finding things in the shop, with the refusals for what is not there."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from amends.connectors.shop.tables import LineRow, OrderRow, ParcelRow
from amends.errors import Refused


def order(db: Session, order_id: str, *, lock: bool = False) -> OrderRow:
    """An order; with ``lock`` it is held until the end of the transaction. Refuses ``OrderNotFound``."""
    row = db.get(OrderRow, order_id, with_for_update=lock)
    if row is None:
        raise Refused("OrderNotFound", f"no order {order_id!r}")
    return row


def parcel(db: Session, parcel_id: str, *, lock: bool = False) -> ParcelRow:
    """A parcel; with ``lock`` its order is held: whoever changes anything of an order holds it first.

    Refuses ``ParcelNotFound``.
    """
    row = db.get(ParcelRow, parcel_id)
    if row is None:
        raise Refused("ParcelNotFound", f"no parcel {parcel_id!r}")
    if lock:
        order(db, row.order_id, lock=True)
        db.refresh(row)
    return row


def currency(db: Session, parcel: ParcelRow) -> str:
    return db.get_one(OrderRow, parcel.order_id).currency


def order_total(db: Session, order_id: str) -> int:
    """What the lines of an order cost, in minor units."""
    return _worth(db, LineRow.order_id, order_id)


def parcel_value(db: Session, parcel: ParcelRow) -> int:
    """What the lines in a parcel cost, in minor units."""
    return _worth(db, LineRow.parcel_id, parcel.paid_as)


def units(db: Session, parcel: ParcelRow) -> dict[str, int]:
    """The quantity of each SKU in a parcel, sorted by SKU: the order in which stock is locked."""
    rows = db.execute(
        select(LineRow.sku, func.sum(LineRow.quantity))
        .where(LineRow.parcel_id == parcel.paid_as)
        .group_by(LineRow.sku)
        .order_by(LineRow.sku)
    )
    return {sku: int(quantity) for sku, quantity in rows}


def count(db: Session, column: InstrumentedAttribute[str], value: str) -> int:
    """How many rows of the column's table have this value."""
    return int(db.scalar(select(func.count()).where(column == value)) or 0)


def _worth(db: Session, column: InstrumentedAttribute[Any], value: str) -> int:
    return int(db.scalar(select(func.sum(LineRow.quantity * LineRow.unit_price)).where(column == value)) or 0)
