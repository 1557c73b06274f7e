"""What does not hold in the shop's own books of an order: of money, goods, and what was to be for a while only."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from amends.connectors.shop import books, lookup, requests, takings
from amends.connectors.shop.reserving import units_of
from amends.connectors.shop.tables import (
    BranchRow,
    ClaimRow,
    CreditRow,
    HoldRow,
    InboundRow,
    LineRow,
    OrderRow,
    ParcelRow,
    PaymentRow,
    RefundRow,
    ReservationRow,
    ShipmentRow,
    StockRow,
    StopRow,
)
from amends.connectors.shop.whereabouts import parcel_now


def unsound(db: Session, order: OrderRow, at: datetime) -> Iterator[str]:
    """What must hold at any moment, whatever is under way: the books say what the payments say, whatever is reserved is
    reserved for somebody, and nothing was given twice. Amounts are in minor units."""
    yield from _money(db, order)
    yield from _shelves(db)
    for parcel in lookup.parcels(db, order.order_id):
        if parcel.paid_as == parcel.parcel_id:
            yield from _given_twice(db, parcel, at)


def left_over(db: Session, order: OrderRow) -> Iterator[str]:
    """What is left when nobody is at work on an order any more. What has left by now is out of stock already."""
    yield from _left_on(db, order)
    yield from _left_aside(db, order)


def owed(db: Session, order: OrderRow, at: datetime) -> Iterator[str]:
    """What somebody still owes for an order, by the books."""
    if order.status != "placed":
        credit = takings.credit(db, order, at)
        if credit:
            who = "the customer has not got back" if credit > 0 else "the customer owes"
            yield f"{who} {abs(credit)} {order.currency} of order {order.order_id!r}, by the books"


def _money(db: Session, order: OrderRow) -> Iterator[str]:
    order_id, payment = order.order_id, db.get_one(PaymentRow, order.order_id)
    refunds = lookup.refunded(db, RefundRow.order_id == order_id)
    credits_ = lookup.total(db, CreditRow.amount, CreditRow.order_id == order_id)
    mine = ClaimRow.parcel_id.in_(select(ParcelRow.parcel_id).where(ParcelRow.order_id == order_id))
    claims = lookup.total(db, ClaimRow.amount, mine, ClaimRow.repaid_at.is_not(None))
    if refunds != payment.refunded:
        yield f"{payment.refunded} of order {order_id!r} counts as refunded, and its refunds are {refunds}"
    cash = -books.credit_of(db, order_id, books.CASH)
    kept = payment.captured - payment.refunded - credits_ - claims
    if cash != kept:
        yield f"the books have {cash} in cash of order {order_id!r}, and the payments come to {kept}"


def _shelves(db: Session) -> Iterator[str]:
    """What is reserved, by SKU and warehouse, is what stands aside for somebody."""
    aside: Counter[tuple[str, str | None]] = Counter()
    promised: Counter[str] = Counter()
    for row in db.scalars(select(ReservationRow).where(ReservationRow.status == "held")):
        if row.inbound_id is not None:
            promised[row.inbound_id] += row.quantity or 0
        else:
            for sku, quantity in units_of(db, row).items():
                aside[sku, row.warehouse] += quantity
    shelves: list[tuple[str, str | None, int]] = [
        *((each.sku, None, each.reserved) for each in db.scalars(select(StockRow))),
        *((each.sku, each.warehouse, each.reserved) for each in db.scalars(select(BranchRow))),
    ]
    for sku, warehouse, reserved in shelves:
        if reserved != aside[sku, warehouse]:
            where = f" in {warehouse}" if warehouse else ""
            yield f"{reserved} of {sku}{where} are reserved, and {aside[sku, warehouse]} stand aside for somebody"
    for coming in db.scalars(select(InboundRow).where(InboundRow.landed.is_(False))):
        if coming.promised != promised[coming.inbound_id]:
            to_somebody = promised[coming.inbound_id]
            yield f"{coming.promised} of {coming.inbound_id} are promised, and {to_somebody} of them to somebody"


def _given_twice(db: Session, parcel: ParcelRow, at: datetime) -> Iterator[str]:
    """Goods that were sent again and got there, or are on their way: once, and then not paid back as well."""
    wanted = select(ParcelRow).join(ShipmentRow, ShipmentRow.parcel_id == ParcelRow.parcel_id)
    wanted = wanted.where(ParcelRow.paid_as == parcel.parcel_id, ShipmentRow.cancelled_at.is_(None))
    standing = [each for each in db.scalars(wanted) if _is_given(db, each, at)]
    if len(standing) > 1:
        yield f"the goods of {parcel.parcel_id!r} were sent again {len(standing)} times, and none of them came back"
    worth = lookup.parcel_value(db, parcel)
    mine = select(LineRow.n).where(LineRow.order_id == parcel.order_id, LineRow.parcel_id == parcel.parcel_id)
    about = (RefundRow.parcel_id == parcel.parcel_id) | RefundRow.line.in_(mine)
    of_goods = (RefundRow.order_id == parcel.order_id) & about
    if standing and 0 < worth <= lookup.refunded(db, of_goods, RefundRow.excess.is_not(True)):
        yield f"the goods of {parcel.parcel_id!r} were paid back, and sent again as {standing[0].parcel_id!r}"


def _is_given(db: Session, parcel: ParcelRow, at: datetime) -> bool:
    """Whether what was sent counts as given: it was neither lost nor came back, and nobody complains of it."""
    complained_of = parcel.damaged_at is not None or requests.of(db, requests.PROOF, parcel.parcel_id)
    back = requests.of(db, requests.RETURN, parcel.parcel_id)
    return not complained_of and not back and parcel_now(db, parcel, at) not in ("lost", "returned")


def _left_on(db: Session, order: OrderRow) -> Iterator[str]:
    holds = select(HoldRow).where(HoldRow.order_id == order.order_id, HoldRow.released_at.is_(None))
    for hold in db.scalars(holds):
        yield f"order {order.order_id!r} is still held, by {hold.hold_id!r}"
    for sku in sorted({line.sku for line in lookup.lines(db, order.order_id)}):
        for stop in db.scalars(select(StopRow).where(StopRow.sku == sku, StopRow.lifted_at.is_(None))):
            yield f"{sku} is still not sold, by {stop.stop_id!r}"


def _left_aside(db: Session, order: OrderRow) -> Iterator[str]:
    """Reservations for what will not be sent: for no line that is still to leave."""
    mine = select(ParcelRow.parcel_id).where(ParcelRow.order_id == order.order_id)
    held = select(ReservationRow).where(ReservationRow.parcel_id.in_(mine), ReservationRow.status == "held")
    open_lines = {
        (line.n, line.sku)
        for line in lookup.lines(db, order.order_id)
        if line.dropped_at is None and order.status != "cancelled"
    }
    for row in db.scalars(held.order_by(ReservationRow.reservation_id)):
        if (row.line, row.sku) not in open_lines:
            units = ", ".join(f"{quantity} of {sku}" for sku, quantity in units_of(db, row).items())
            yield f"{units} still stand aside, as {row.reservation_id!r}, for nothing that is to be sent"
