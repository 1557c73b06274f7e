"""What comes in: how payments go on at the provider as time goes by, and how they get into the books."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from amends.connectors.shop import books, lookup, outbox, requests
from amends.connectors.shop.tables import OrderRow, PaymentRow, PhaseRow, RefundRow, RequestRow

BROUGHT_IN = ("captured", "underpaid")
"""The phases of an attempt in which money comes in."""


class Taken(NamedTuple):
    """Of an order, in minor units: what it costs, what came in, how often, and what of that is in excess and has not
    gone back. ``status``: of the last attempt, where nothing came in."""

    due: int
    paid: int
    times: int
    over: int
    status: str


def taken(db: Session, order: OrderRow, at: datetime) -> Taken:
    """What the provider knows of an order's payment at a time."""
    payment = db.get_one(PaymentRow, order.order_id)
    came = _waiting(db, payment, at)
    paid = payment.captured + sum(amount for _, amount, _ in came)
    due = 0 if order.status == "cancelled" else lookup.order_total(db, order)
    excess = (RefundRow.order_id == order.order_id) & RefundRow.excess.is_(True)
    back = payment.refunded if order.status == "cancelled" else lookup.refunded(db, excess)
    over = max(0, paid - due - back)
    return Taken(due, paid, _times(db, payment, at), over, _status(db, payment, due, paid, over, at))


def credit(db: Session, order: OrderRow, at: datetime) -> int:
    """What the customer of an order is in credit with, in minor units: by the books, and by what has come in by a time
    and is not booked yet."""
    unbooked = sum(amount for _, amount, _ in _waiting(db, db.get_one(PaymentRow, order.order_id), at))
    return books.credit_of(db, order.order_id, books.CUSTOMER) + unbooked


def take_in(db: Session, order_id: str, at: datetime) -> PaymentRow:
    """Books what has come in by now; gives the payment, held until the end of the transaction."""
    payment = db.get_one(PaymentRow, order_id, with_for_update=True, populate_existing=True)
    for row, amount, came_at in _waiting(db, payment, at):
        row.booked = True
        receive(db, payment, amount, came_at, about=_name(row), type_=told_as(row))
    for refund in lost_refunds(db, order_id, at):
        refund.fails = True
        payment.refunded -= refund.amount
        books.book(db, order_id, at, kind="refund lost", debit=books.CASH, credit=books.CUSTOMER, amount=refund.amount)
        outbox.tell(db, "refund.failed", order_id, at, about=refund.refund_id, amount=refund.amount)
    return payment


def comes_in(db: Session, phase: PhaseRow) -> bool:
    """Whether a phase comes to be, closed as the payment may be."""
    return any(each is phase for each in _phases(db, db.get_one(PaymentRow, phase.order_id)))


def lost_refunds(db: Session, order_id: str, at: datetime) -> list[RefundRow]:
    """The refunds of an order of which the provider has said by now that it cannot find them."""
    rows = db.scalars(select(RefundRow).where(RefundRow.order_id == order_id).order_by(RefundRow.refund_id))
    return [row for row in rows if not row.fails and given_up(db, row, at)]


def given_up(db: Session, row: RefundRow, at: datetime) -> bool:
    """Whether the provider has looked for a refund and has not found it."""
    return any(requests.status(case, at) == "rejected" for case in requests.of(db, requests.CASE, row.refund_id))


def told_as(row: PhaseRow | RequestRow) -> str:
    """The type of the change when what is waited for comes in. A part of the price is no payment of it."""
    return "payment.underpaid" if isinstance(row, PhaseRow) and row.status == "underpaid" else "payment.captured"


def receive(
    db: Session,
    payment: PaymentRow,
    amount: int,
    at: datetime,
    *,
    about: str,
    type_: str = "payment.captured",
) -> None:
    """Books money that came in."""
    payment.captured += amount
    books.book(db, payment.order_id, at, kind="capture", debit=books.CASH, credit=books.CUSTOMER, amount=amount)
    outbox.tell(db, type_, payment.order_id, at, about=about, amount=amount)


def phase(db: Session, payment: PaymentRow, at: datetime) -> PhaseRow | None:
    """Where the last attempt to pay stands."""
    begun = [each for each in _phases(db, payment) if each.at <= at]
    return max(begun, key=lambda each: (each.attempt, each.n)) if begun else None


def add_phase(db: Session, payment: PaymentRow, last: PhaseRow, status: str, at: datetime) -> None:
    """The last attempt goes on; what would have become of it does not happen any more."""
    for later in _phases(db, payment):
        if later.attempt == last.attempt and later.n > last.n:
            db.delete(later)
    db.flush()
    db.add(
        PhaseRow(
            order_id=payment.order_id,
            attempt=last.attempt,
            n=last.n + 1,
            at=at,
            status=status,
            amount=last.amount,
            booked=True,
        )
    )


def _status(db: Session, payment: PaymentRow, due: int, paid: int, over: int, at: datetime) -> str:
    if over:
        return "overpaid"
    if paid and paid >= due:
        return "captured"
    last = phase(db, payment, at)
    if paid:
        return "underpaid"
    if last is not None and last.status in ("authorised", "risk_review", "unknown"):
        return last.status
    if payment.closed_at is not None and payment.closed_at <= at:
        return "closed"
    return last.status if last is not None else "pending"


def _waiting(db: Session, payment: PaymentRow, at: datetime) -> list[tuple[PhaseRow | RequestRow, int, datetime]]:
    """What has come in and is not booked yet, with its amount and moment."""
    phases = [
        (each, each.amount, each.at)
        for each in _phases(db, payment)
        if each.status in BROUGHT_IN and not each.booked and each.at <= at
    ]
    wanted = select(RequestRow).where(
        RequestRow.kind == requests.LINK.name,
        RequestRow.order_id == payment.order_id,
        RequestRow.ends_as == "paid",
        RequestRow.booked.is_(False),
    )
    links = [
        (each, each.amount or 0, each.ends_at or at)
        for each in db.scalars(wanted.order_by(RequestRow.request_id))
        if requests.status(each, at) == "paid"
    ]
    return [*phases, *links]


def _phases(db: Session, payment: PaymentRow) -> list[PhaseRow]:
    """All phases that come to be: once a payment is closed, only those that nothing stops."""
    rows = db.scalars(
        select(PhaseRow).where(PhaseRow.order_id == payment.order_id).order_by(PhaseRow.attempt, PhaseRow.n)
    )
    return [each for each in rows if each.late or payment.closed_at is None or each.at <= payment.closed_at]


def _times(db: Session, payment: PaymentRow, at: datetime) -> int:
    attempts = {each.attempt for each in _phases(db, payment) if each.status in BROUGHT_IN and each.at <= at}
    return len(attempts) if attempts or not payment.captured else 1


def _name(row: PhaseRow | RequestRow) -> str:
    return row.request_id if isinstance(row, RequestRow) else f"{row.order_id}/{row.attempt}"
