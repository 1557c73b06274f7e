"""Finding things in the shop, with the refusals for what is not there."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from amends.connectors.shop.tables import ArticleRow, LineRow, OrderRow, ParcelRow, RefundRow
from amends.errors import Refused

_DIGITS = 6
"""More than any line's number has."""


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


def line(db: Session, line_id: str, *, lock: bool = False) -> LineRow:
    """A line by its id, ``<order>/<number>``; with ``lock`` its order is held. Refuses ``LineNotFound``."""
    order_id, _, n = line_id.rpartition("/")
    row = db.get(LineRow, (order_id, int(n))) if n.isdecimal() and len(n) < _DIGITS else None
    if row is None:
        raise Refused("LineNotFound", f"no line {line_id!r}")
    if lock:
        order(db, row.order_id, lock=True)
        db.refresh(row)
    return row


def line_id(row: LineRow) -> str:
    return f"{row.order_id}/{row.n}"


def lines(db: Session, order_id: str) -> list[LineRow]:
    """The lines of an order in their order, also those that were dropped."""
    return list(db.scalars(select(LineRow).where(LineRow.order_id == order_id).order_by(LineRow.n)))


def parcels(db: Session, order_id: str) -> list[ParcelRow]:
    """The parcels of an order, with those that replace others."""
    return list(db.scalars(select(ParcelRow).where(ParcelRow.order_id == order_id).order_by(ParcelRow.parcel_id)))


def dispatched(parcel: ParcelRow, at: datetime) -> bool:
    """Whether it has left the warehouse."""
    return parcel.handed_over_at is not None and parcel.handed_over_at <= at


def paid_for(row: LineRow) -> int:
    """What a line costs, in minor units, its share of the discounts taken off."""
    return row.quantity * row.unit_price - (row.discount or 0)


def article(db: Session, sku: str) -> ArticleRow:
    """What rules ask of an article; what nothing is said of is an ordinary one."""
    return db.get(ArticleRow, sku) or ArticleRow(
        sku=sku,
        price=0,
        category="household",
        supplier="unnamed",
        fresh=False,
        medicine=False,
        hazardous=False,
        part_of_set=False,
        withdrawal_days=7,
        quality_days=7,
        warning_level=0,
        doubtful=False,
        substitute=None,
        bundle=None,
    )


def currency(db: Session, parcel: ParcelRow) -> str:
    return db.get_one(OrderRow, parcel.order_id).currency


def order_total(db: Session, order: OrderRow) -> int:
    """What an order costs, in minor units: its lines, and what comes on top of them."""
    extra = (order.freight or 0) + (order.duty or 0) + (order.instalment_fee or 0) - (order.in_coupons or 0)
    return _worth(db, LineRow.order_id, order.order_id) + extra


def parcel_value(db: Session, parcel: ParcelRow) -> int:
    """What the lines in a parcel cost, in minor units."""
    return _worth(db, LineRow.parcel_id, parcel.paid_as)


def units(db: Session, parcel: ParcelRow) -> dict[str, int]:
    """The quantity of each SKU in a parcel, sorted by SKU: the order in which stock is locked."""
    rows = db.execute(
        select(LineRow.sku, func.sum(LineRow.quantity))
        .where(LineRow.parcel_id == parcel.paid_as, LineRow.dropped_at.is_(None))
        .group_by(LineRow.sku)
        .order_by(LineRow.sku)
    )
    return {sku: int(quantity) for sku, quantity in rows}


def count(db: Session, column: InstrumentedAttribute[str], value: str) -> int:
    """How many rows of the column's table have this value."""
    return int(db.scalar(select(func.count()).where(column == value)) or 0)


def total(db: Session, amount: SQLColumnExpression[Any], *which: ColumnElement[bool]) -> int:
    """What an amount comes to over the rows of which all that is said holds; 0 if there are none."""
    return int(db.scalar(select(func.sum(amount)).where(*which)) or 0)


def refunded(db: Session, *which: ColumnElement[bool]) -> int:
    """What went back in refunds of which all that is said holds, without those that came back."""
    return total(db, RefundRow.amount, *which, RefundRow.fails.is_not(True))


def _worth(db: Session, column: InstrumentedAttribute[Any], value: str) -> int:
    price = LineRow.quantity * LineRow.unit_price - func.coalesce(LineRow.discount, 0)
    return total(db, price, column == value)
