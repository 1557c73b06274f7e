"""Giving money back, and on top."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call
from amends.connectors.shop import lookup
from amends.connectors.shop.door import Desk
from amends.connectors.shop.faults import CREDITS
from amends.connectors.shop.tables import CreditRow, OrderRow, ParcelRow, PaymentRow, RefundRow
from amends.errors import Refused
from amends.models import Head, Money, plain


class ShopPayments(Desk):
    """The shop's ``Payments``. Refunds of an order never add up to more than was captured."""

    _system = "payments"

    def refund(self, call: Call, *, order_id: str, parcel_id: str, amount: Money) -> ports.Refund:
        def work(db: Session) -> ports.Refund:
            order = lookup.order(db, order_id, lock=True)
            payment = db.get_one(PaymentRow, order_id, with_for_update=True)
            parcel = db.get(ParcelRow, parcel_id)
            if parcel is None or parcel.order_id != order_id:
                raise Refused("PaymentDeclined", f"nothing was paid for parcel {parcel_id!r} in order {order_id!r}")
            _payable(order, amount)
            if amount.amount > payment.captured - payment.refunded:
                raise Refused(
                    "RefundTooHigh",
                    f"{amount.amount} is more than the {payment.captured - payment.refunded} (minor units of "
                    f"{order.currency}) left of what was captured for order {order_id!r}",
                )
            _open(payment)
            payment.refunded += amount.amount
            n = lookup.count(db, RefundRow.order_id, order_id) + 1
            refund_id = f"{order_id.replace('SO', 'RF', 1)}-{n}"
            db.add(
                RefundRow(
                    refund_id=refund_id,
                    order_id=order_id,
                    parcel_id=parcel.paid_as,
                    key=call.key,
                    amount=amount.amount,
                    paid_at=call.at,
                )
            )
            return ports.Refund(refund_id=refund_id, amount=amount)

        args = {"order_id": order_id, "parcel_id": parcel_id, "amount": plain(amount)}
        return self._door.give("payments.refund", call, args, ports.Refund, work)

    def credit(self, call: Call, *, order_id: str, head: Head, amount: Money) -> ports.Credit:
        if head not in CREDITS:
            raise Refused("PaymentDeclined", f"{head} does not come on top; it may be {', '.join(CREDITS)}")

        def work(db: Session) -> ports.Credit:
            order = lookup.order(db, order_id, lock=True)
            _payable(order, amount)
            _open(db.get_one(PaymentRow, order_id))
            n = lookup.count(db, CreditRow.order_id, order_id) + 1
            row = CreditRow(
                credit_id=f"{order_id.replace('SO', 'CR', 1)}-{n}",
                key=call.key,
                order_id=order_id,
                head=head,
                amount=amount.amount,
                paid_at=call.at,
            )
            db.add(row)
            return ports.Credit(credit_id=row.credit_id, amount=amount)

        args = {"order_id": order_id, "head": head.value, "amount": plain(amount)}
        return self._door.give(CREDITS[head], call, args, ports.Credit, work)


def refundable(db: Session, parcel: ParcelRow) -> int:
    """What of a parcel's lines can still be paid back, in minor units. A parcel that replaces another has its lines,
    and what was refunded for either counts for both."""
    payment = db.get_one(PaymentRow, parcel.order_id)
    refunded = db.scalar(select(func.sum(RefundRow.amount)).where(RefundRow.parcel_id == parcel.paid_as)) or 0
    left = lookup.parcel_value(db, parcel) - int(refunded)
    return max(0, min(left, payment.captured - payment.refunded))


def _payable(order: OrderRow, amount: Money) -> None:
    if amount.currency != order.currency:
        raise Refused(
            "PaymentDeclined", f"order {order.order_id!r} was paid in {order.currency}, not in {amount.currency}"
        )
    if amount.amount <= 0:
        raise Refused("PaymentDeclined", f"{amount.amount} is no amount that can be paid")


def _open(payment: PaymentRow) -> None:
    if not payment.account_open:
        raise Refused("PaymentDeclined", f"the account that paid for order {payment.order_id!r} is closed")
