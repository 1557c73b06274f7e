"""Which units stand aside for which line, who is served first, and what leaves when all are there."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from amends.connectors.shop import lookup, requests
from amends.connectors.shop.tables import (
    BranchRow,
    InboundRow,
    LineRow,
    OrderRow,
    ParcelRow,
    RequestRow,
    ReservationRow,
    StockRow,
)

MAIN: Final = "main"
"""The warehouse from which everything leaves, if nothing else is said."""

PACKED_AFTER: Final = timedelta(hours=12)
"""From the moment at which all goods of a parcel are there to its hand-over."""

TRAVELS: Final = timedelta(days=2)
"""From the hand-over of a parcel to the customer's door."""

Shelf = StockRow | BranchRow
"""Units of one article in one warehouse."""


def shelf(db: Session, sku: str, warehouse: str | None, at: datetime) -> Shelf | None:
    """Units of an article in a warehouse: held until the end of the transaction, and up to date: what others have
    bought by now is sold. ``None`` if the warehouse has never had any."""
    if warehouse not in (None, MAIN):
        return db.get(BranchRow, (sku, warehouse), with_for_update=True)
    stock = db.get_one(StockRow, sku, with_for_update=True)
    _land(db, stock, at)
    _correct(db, stock, at)
    if stock.sells_out_at and stock.sells_out_at <= at:
        stock.sold += stock.on_hand - stock.reserved
        stock.on_hand = stock.reserved
        stock.sells_out_at = None
    return stock


def free_now(db: Session, sku: str, at: datetime) -> int:
    """How many units of an article could be reserved in the main warehouse, for who only looks."""
    landed = sum(each.quantity - each.promised for each in _arrived(db, sku, at))
    stock = db.get_one(StockRow, sku)
    corrected = sum(_right(each, db, stock) - stock.on_hand for each in _corrections(db, sku, at))
    return free(stock, at) + landed + corrected


def free(stock: Shelf, at: datetime) -> int:
    """How many units can be reserved."""
    sold_out = isinstance(stock, StockRow) and stock.sells_out_at is not None and stock.sells_out_at <= at
    return 0 if sold_out else stock.on_hand - stock.reserved


def _arrived(db: Session, sku: str, at: datetime, *, lock: bool = False) -> list[InboundRow]:
    """What has arrived and does not stand in the stock yet."""
    wanted = select(InboundRow).where(InboundRow.sku == sku, InboundRow.arrives_at <= at, InboundRow.landed.is_(False))
    wanted = wanted.order_by(InboundRow.inbound_id)
    return list(db.scalars(wanted.with_for_update() if lock else wanted))


def _land(db: Session, stock: StockRow, at: datetime) -> None:
    """What has arrived is in the stock, and what of it was promised stands aside there."""
    for coming in _arrived(db, stock.sku, at, lock=True):
        stock.received += coming.quantity
        stock.on_hand += coming.quantity
        stock.reserved += coming.promised
        coming.landed = True
        for row in db.scalars(select(ReservationRow).where(ReservationRow.inbound_id == coming.inbound_id)):
            row.inbound_id = None
    db.flush()


def _corrections(db: Session, sku: str, at: datetime) -> list[RequestRow]:
    """The count that has found the record wrong by now, if it has not been put right."""
    counts = (each for each in requests.of(db, requests.COUNT, sku) if not each.booked)
    return [each for each in counts if requests.status(each, at) == "corrected"][:1]


def _correct(db: Session, stock: StockRow, at: datetime) -> None:
    """The record says what was found. What is reserved stays reserved."""
    for count in _corrections(db, stock.sku, at):
        found = _right(count, db, stock)
        stock.received += found - stock.on_hand
        stock.on_hand, count.booked = found, True


def _right(count: RequestRow, db: Session, stock: StockRow) -> int:
    fate = requests.fate(db, requests.COUNT.name, count.subject)
    return max(fate.amount or 0 if fate else stock.on_hand, stock.reserved)


def held_for(db: Session, line: LineRow) -> list[ReservationRow]:
    """What stands aside for a line, or was sent for it."""
    parcels = select(ParcelRow.parcel_id).where(ParcelRow.order_id == line.order_id)
    wanted = select(ReservationRow).where(
        ReservationRow.parcel_id.in_(parcels),
        ReservationRow.line == line.n,
        ReservationRow.sku == line.sku,
        ReservationRow.status.in_(("held", "sent")),
    )
    return list(db.scalars(wanted.order_by(ReservationRow.reservation_id)))


def is_allocated(db: Session, line: LineRow) -> bool:
    return sum(each.quantity or 0 for each in held_for(db, line)) >= line.quantity


def allocated(db: Session, parcel: ParcelRow) -> bool:
    """Whether everything that is to go into a parcel stands aside for it."""
    lines = to_pack(db, parcel)
    return bool(lines) and all(is_allocated(db, line) for line in lines)


def at_hand(db: Session, parcel: ParcelRow, at: datetime) -> bool:
    """Whether everything that is to go into a parcel stands aside for it, and nothing of it is still to come."""
    coming = (each.usable_at for line in to_pack(db, parcel) for each in held_for(db, line))
    return allocated(db, parcel) and all(usable_at is None or usable_at <= at for usable_at in coming)


def to_pack(db: Session, parcel: ParcelRow) -> list[LineRow]:
    """The lines that are to go into a parcel."""
    wanted = select(LineRow).where(LineRow.parcel_id == parcel.paid_as, LineRow.dropped_at.is_(None))
    return list(db.scalars(wanted.order_by(LineRow.n)))


def replan(db: Session, parcel: ParcelRow, at: datetime) -> None:
    """A parcel leaves when its goods are there, and waits while they are not. One that has left, or has a day already
    on which it leaves, stays as it is while it has its goods; one that is not to be packed any more stays there."""
    if lookup.dispatched(parcel, at):
        return
    if not allocated(db, parcel):
        parcel.handed_over_at = parcel.delivered_at = None
    elif parcel.handed_over_at is None and requests.running(db, requests.PICK, parcel.parcel_id, at) is None:
        ready = [each.usable_at for line in to_pack(db, parcel) for each in held_for(db, line) if each.usable_at]
        parcel.handed_over_at = max([at, *ready]) + PACKED_AFTER
        parcel.delivered_at = parcel.handed_over_at + TRAVELS


def waiting_before(db: Session, line: LineRow, at: datetime) -> int:
    """How many units go to lines that wait for the same article and come first."""
    mine = _turn(db.get_one(OrderRow, line.order_id), db, line)
    return sum(each.quantity for each, turn in _waiting(db, line.sku, at) if turn < mine)


def demand(db: Session, sku: str, at: datetime) -> int:
    """How many units open lines wait for."""
    return sum(line.quantity for line, _ in _waiting(db, sku, at))


def _waiting(db: Session, sku: str, at: datetime) -> Iterator[tuple[LineRow, tuple[int, datetime, str, int]]]:
    wanted = (
        select(LineRow, OrderRow, ParcelRow)
        .join(OrderRow, OrderRow.order_id == LineRow.order_id)
        .join(ParcelRow, ParcelRow.parcel_id == LineRow.parcel_id)
        .where(LineRow.sku == sku, LineRow.dropped_at.is_(None), OrderRow.status == "paid")
    )
    for line, order, parcel in db.execute(wanted):
        if not lookup.dispatched(parcel, at) and not is_allocated(db, line):
            yield line, _turn(order, db, line)


def _turn(order: OrderRow, db: Session, line: LineRow) -> tuple[int, datetime, str, int]:
    """What must be there by law or by date comes first, then who has paid first."""
    article = lookup.article(db, line.sku)
    urgent = order.gift_date is not None or article.medicine or article.fresh
    return (0 if urgent else 1, order.paid_at or order.placed_at, order.order_id, line.n)
