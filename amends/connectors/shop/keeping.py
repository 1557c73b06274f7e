"""Goods that stand aside for lines."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from amends.connectors.ports import Call
from amends.connectors.shop import lookup, outbox
from amends.connectors.shop.allocation import Shelf, free, free_now, held_for, is_allocated, replan, shelf
from amends.connectors.shop.reserving import put_back, reserved
from amends.connectors.shop.tables import LineRow, OrderRow, ParcelRow, ReservationRow
from amends.errors import Refused


def keep(db: Session, call: Call, lines: Sequence[LineRow]) -> None:
    """Sets aside what does not stand aside yet for some lines. Refuses ``OutOfStock``."""
    for line in _without_goods(db, lines):
        set_aside(shelf(db, line.sku, None, call.at), line.sku, line.quantity, call.at)
        for_line(db, call, line)


def can_keep(db: Session, order_id: str, at: datetime) -> bool:
    """Whether what does not stand aside yet for the lines of an order could be set aside, for who only looks."""
    wanted: dict[str, int] = {}
    for line in _without_goods(db, open_lines(db, order_id)):
        wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity
    return all(free_now(db, sku, at) >= quantity for sku, quantity in wanted.items())


def let_go(db: Session, lines: Sequence[LineRow], at: datetime) -> None:
    """Gives back what stands aside for some lines."""
    for row in (each for line in lines for each in held_for(db, line)):
        if row.status == "held":
            put_back(db, row, at)


def open_lines(db: Session, order_id: str) -> list[LineRow]:
    return [line for line in lookup.lines(db, order_id) if line.dropped_at is None]


def kept(db: Session, lines: Sequence[LineRow]) -> int:
    """How many units stand aside for some lines."""
    db.flush()
    rows = (row for line in lines for row in held_for(db, line))
    return sum(row.quantity or 0 for row in rows if row.status == "held")


def set_aside(stock: Shelf | None, sku: str, quantity: int, at: datetime) -> None:
    """Takes units from what is free. Refuses ``OutOfStock``."""
    left = 0 if stock is None else free(stock, at)
    if stock is None or left < quantity:
        raise Refused("OutOfStock", f"{quantity} of {sku!r} wanted, {left} left")
    stock.reserved += quantity


def for_line(db: Session, call: Call, line: LineRow, **more: Any) -> ReservationRow:
    """Notes for which line units were set aside."""
    parcel = db.get_one(ParcelRow, line.parcel_id)
    row = reserved(db, parcel, call, line=line.n, sku=line.sku, quantity=line.quantity, **more)
    db.flush()
    if db.get_one(OrderRow, line.order_id).status == "paid":
        replan(db, parcel, call.at)
    about = {"sku": line.sku, "line_id": lookup.line_id(line), "line": {"allocated": is_allocated(db, line)}}
    outbox.tell(db, "stock.changed", line.order_id, call.at, about=row.reservation_id, **about)
    return row


def _without_goods(db: Session, lines: Sequence[LineRow]) -> Iterator[LineRow]:
    return (line for line in lines if not is_allocated(db, line))
