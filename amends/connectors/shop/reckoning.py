"""What should have gone back on an order, reckoned anew, and why it is not what did."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.shop import books, lookup, requests, takings
from amends.connectors.shop.refunds import refund_status, settled
from amends.connectors.shop.returning import arrived
from amends.connectors.shop.tables import (
    CreditRow,
    EntryRow,
    LineRow,
    OrderRow,
    ParcelRow,
    RefundRow,
    RequestRow,
)
from amends.connectors.shop.whereabouts import parcel_now
from amends.models import Head, Money


class _Refund(NamedTuple):
    row: RefundRow
    status: str
    settled: int


def reckoned(db: Session, order: OrderRow, at: datetime) -> ports.Reconciliation:
    """The whole reckoning. Of what came in beyond the price, what goes back is due as well, and no more than came in
    ever is. What was withheld and made good has arrived; what was refunded too much and recovered, or given up, has
    not."""
    back = [line for line in lookup.lines(db, order.order_id) if _went_back(db, order, line, at)]
    lines = sum(lookup.paid_for(line) for line in back)
    all_back = bool(back) and len(back) == len(lookup.lines(db, order.order_id))
    freight, duty, fee = (order.freight or 0, order.duty or 0, order.instalment_fee or 0) if all_back else (0, 0, 0)
    in_coupons = _share(order.in_coupons or 0, lines, _priced(db, order.order_id))
    refunds = [
        _Refund(row, refund_status(db, row, at), settled(db, row, at))
        for row in db.scalars(
            select(RefundRow)
            .where(RefundRow.order_id == order.order_id)
            .order_by(RefundRow.paid_at, RefundRow.refund_id)
        )
    ]
    excess = sum(each.row.amount for each in refunds if each.row.excess)
    due = min(lines + freight + duty + fee - in_coupons + excess, takings.taken(db, order, at).paid)
    came = sum(each.settled for each in refunds) + _made_good(db, refunds) - _recovered(db, refunds, at)
    cause, refund_id = _cause(db, order, refunds, due, came, at)

    def money(amount: int) -> Money:
        return Money(amount=amount, currency=order.currency)

    return ports.Reconciliation.model_validate(
        {
            "order_id": order.order_id,
            "due": money(due),
            "requested": money(sum(each.row.amount for each in refunds)),
            "settled": money(came),
            "missing": money(max(0, due - came)),
            "over": money(max(0, came - due)),
            "freight": money(freight),
            "duty": money(duty),
            "instalment_fee": money(fee),
            "in_coupons": money(in_coupons),
            "cause": cause,
            "refund_id": refund_id,
        }
    )


def _went_back(db: Session, order: OrderRow, line: LineRow, at: datetime) -> bool:
    """Whether the customer has not got a line, or has it no more: it was dropped, returned, lost or called back."""
    if order.status == "cancelled" or line.dropped_at is not None:
        return True
    if line.returned_at is not None and line.returned_at <= at:
        return True
    if any(arrived(each, at) for each in requests.of(db, requests.RETURN, line.parcel_id)):
        return True
    if not _refunded_for(db, line):
        return False
    return parcel_now(db, db.get_one(ParcelRow, line.parcel_id), at) in ("lost", "returned")


def _refunded_for(db: Session, line: LineRow) -> bool:
    """Whether its goods were given back in money: what was lost and was sent again is not due."""
    wanted = select(RefundRow.refund_id).where(
        RefundRow.order_id == line.order_id, RefundRow.parcel_id == line.parcel_id
    )
    return db.scalar(wanted.limit(1)) is not None


def _made_good(db: Session, refunds: Sequence[_Refund]) -> int:
    """What of the amounts that others kept of refunds the customer was given on top since."""
    kept = [each for each in refunds if each.status == "settled" and each.row.withheld]
    if not kept:
        return 0
    given = lookup.total(
        db,
        CreditRow.amount,
        CreditRow.order_id == kept[0].row.order_id,
        CreditRow.head == Head.COMPENSATION,
        CreditRow.paid_at >= min(each.row.paid_at for each in kept),
    )
    return min(sum(each.row.withheld or 0 for each in kept), given)


def _recovered(db: Session, refunds: Sequence[_Refund], at: datetime) -> int:
    """What the customer has paid by a link since the first refund, and what was netted or written off since."""
    if not refunds:
        return 0
    first = refunds[0].row
    booked = lookup.total(
        db,
        EntryRow.amount,
        EntryRow.order_id == first.order_id,
        EntryRow.kind.in_(("netting", "write_off")),
        EntryRow.booked_at >= first.paid_at,
        books.STANDS,
    )
    links = select(RequestRow).where(
        RequestRow.kind == requests.LINK.name,
        RequestRow.order_id == first.order_id,
        RequestRow.asked_at >= first.paid_at,
    )
    paid = sum(each.amount or 0 for each in db.scalars(links) if requests.status(each, at) == "paid")
    return booked + paid


def _priced(db: Session, order_id: str) -> int:
    return sum(lookup.paid_for(line) for line in lookup.lines(db, order_id))


def _share(whole: int, part: int, of: int) -> int:
    """What of an amount falls to a part, rounded to the nearest."""
    return (whole * part * 2 + of) // (2 * of) if of else 0


def _cause(
    db: Session, order: OrderRow, refunds: Sequence[_Refund], due: int, came: int, at: datetime
) -> tuple[str, str | None]:
    """The first cause that explains why what arrived is not what is due, and the refund that it is about."""
    asked = sum(each.row.amount for each in refunds)
    if came == due:
        off = takings.credit(db, order, at)
        return ("books_only" if off and order.status not in ("placed", "cancelled") else "none"), None
    lost = [each for each in refunds if takings.given_up(db, each.row, at)]
    for each in refunds:
        if each.status == "failed" and each not in lost:
            return "account_closed", each.row.refund_id
    for each in refunds:
        if each.status == "requested" or each in lost:
            return "missing", each.row.refund_id
    for first, second in pairwise(refunds):
        if asked > due and first.row.amount == second.row.amount and _same_goods(first.row, second.row):
            return "duplicate", second.row.refund_id
    last = refunds[-1].row.refund_id if refunds else None
    withheld = next((each.row for each in refunds if each.row.withheld), None)
    if asked == due and withheld is not None:
        return ("exchange_rate" if withheld.withheld_for == "exchange" else "fee_withheld"), withheld.refund_id
    return ("missing" if not refunds else "partial" if asked < due else "wrong_amount"), last


def _same_goods(one: RefundRow, other: RefundRow) -> bool:
    return (one.parcel_id, one.line) == (other.parcel_id, other.line)
