"""Reservations as rows: made, taken out of stock, and given back."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from amends.connectors.ports import Call
from amends.connectors.shop import lookup
from amends.connectors.shop.allocation import Shelf, held_for, shelf
from amends.connectors.shop.tables import InboundRow, ParcelRow, ReservationRow, ShipmentRow


def reserved(db: Session, parcel: ParcelRow, call: Call, **more: Any) -> ReservationRow:
    """Notes that units stand aside for a parcel, or for a line in it."""
    n = lookup.count(db, ReservationRow.parcel_id, parcel.parcel_id) + 1
    row = ReservationRow(
        reservation_id=f"{parcel.parcel_id.replace('PC', 'RS', 1)}-{n}",
        parcel_id=parcel.parcel_id,
        status="held",
        made_at=call.at,
        **more,
    )
    db.add(row)
    db.flush()  # the next one is numbered behind it
    return row


def units_of(db: Session, row: ReservationRow) -> dict[str, int]:
    """The quantity of each SKU that a reservation is of."""
    if row.sku is not None:
        return {row.sku: row.quantity or 0}
    if row.units is not None:
        return row.units
    return lookup.units(db, db.get_one(ParcelRow, row.parcel_id))  # reserved before it was noted


def stands_on(db: Session, row: ReservationRow, at: datetime) -> Iterator[tuple[Shelf, int]]:
    """The stock that a reservation is of, with its quantity: held until the end of the transaction. What is yet to come
    in is of none."""
    if row.inbound_id is not None and row.sku is not None:
        shelf(db, row.sku, None, at)  # it may have come in by now, and is of the stock then
    if row.inbound_id is not None:
        return
    for sku, quantity in sorted(units_of(db, row).items()):
        found = shelf(db, sku, row.warehouse, at)
        assert found is not None
        yield found, quantity


def put_back(db: Session, row: ReservationRow, at: datetime) -> None:
    """Gives the units of a reservation that is held back."""
    for stock, quantity in stands_on(db, row, at):
        stock.reserved -= quantity
    if row.inbound_id is not None:
        coming = db.get_one(InboundRow, row.inbound_id, with_for_update=True)
        coming.promised -= row.quantity or 0
    row.status = "released"
    db.flush()


def take_out(db: Session, row: ReservationRow, at: datetime) -> None:
    """The units of a reservation leave the house."""
    for stock, quantity in stands_on(db, row, at):
        stock.reserved -= quantity
        stock.on_hand -= quantity
        stock.sent += quantity
    row.status = "sent"
    db.flush()


def bring_back(db: Session, row: ReservationRow, at: datetime) -> None:
    """The units of a reservation are back on the shelf, and stand aside as before."""
    for stock, quantity in stands_on(db, row, at):
        stock.reserved += quantity
        stock.on_hand += quantity
        stock.sent -= quantity
    row.status = "held"
    db.flush()


def collect(db: Session, order_id: str, at: datetime) -> None:
    """What has left by now is out of stock; what stood aside for a parcel in whose place another has left is free."""
    for line in lookup.lines(db, order_id):
        parcel = db.get_one(ParcelRow, line.parcel_id)
        replaced = _replaced_by_now(db, parcel, at)
        if replaced or lookup.dispatched(parcel, at):
            for row in held_for(db, line):
                if row.status == "held" and replaced:
                    put_back(db, row, at)
                elif row.status == "held":
                    take_out(db, row, at)


def inbound(db: Session, sku: str, at: datetime, *, lock: bool = False) -> list[InboundRow]:
    """What is to come in of an article, the soonest first."""
    wanted = select(InboundRow).where(InboundRow.sku == sku, InboundRow.arrives_at > at, InboundRow.landed.is_(False))
    wanted = wanted.order_by(InboundRow.arrives_at, InboundRow.inbound_id)
    return list(db.scalars(wanted.with_for_update() if lock else wanted))


def _replaced_by_now(db: Session, parcel: ParcelRow, at: datetime) -> bool:
    """Whether another parcel has left in the place of one that never did."""
    wanted = select(ShipmentRow.tracking_no).where(
        ShipmentRow.replaces == parcel.parcel_id,
        ShipmentRow.cancelled_at.is_(None),
        ShipmentRow.collected_at <= at,
    )
    return not lookup.dispatched(parcel, at) and db.scalar(wanted.limit(1)) is not None
