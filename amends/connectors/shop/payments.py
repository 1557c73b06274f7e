"""Giving money back."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call
from amends.connectors.shop import lookup
from amends.connectors.shop.door import Desk
from amends.connectors.shop.tables import ParcelRow, PaymentRow, RefundRow
from amends.errors import Refused
from amends.models import Money, plain


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
            if amount.currency != order.currency:
                raise Refused(
                    "PaymentDeclined", f"order {order_id!r} was paid in {order.currency}, not in {amount.currency}"
                )
            if amount.amount <= 0:
                raise Refused("PaymentDeclined", f"{amount.amount} is no amount that can be paid back")
            if amount.amount > payment.captured - payment.refunded:
                raise Refused(
                    "RefundTooHigh",
                    f"{amount.amount} is more than the {payment.captured - payment.refunded} (minor units of "
                    f"{order.currency}) left of what was captured for order {order_id!r}",
                )
            if not payment.account_open:
                raise Refused("PaymentDeclined", f"the account that paid for order {order_id!r} is closed")
            payment.refunded += amount.amount
            n = lookup.count(db, RefundRow.order_id, order_id) + 1
            refund_id = f"{order_id.replace('SO', 'RF', 1)}-{n}"
            db.add(
                RefundRow(
                    refund_id=refund_id,
                    order_id=order_id,
                    parcel_id=parcel.paid_as,
                    amount=amount.amount,
                    paid_at=call.at,
                )
            )
            return ports.Refund(refund_id=refund_id, amount=amount)

        args = {"order_id": order_id, "parcel_id": parcel_id, "amount": plain(amount)}
        return self._door.give("payments.refund", call, args, ports.Refund, work)


def refundable(db: Session, parcel: ParcelRow) -> int:
    """What of a parcel's lines can still be paid back, in minor units. A parcel that replaces another has its lines,
    and what was refunded for either counts for both."""
    payment = db.get_one(PaymentRow, parcel.order_id)
    refunded = db.scalar(select(func.sum(RefundRow.amount)).where(RefundRow.parcel_id == parcel.paid_as)) or 0
    left = lookup.parcel_value(db, parcel) - int(refunded)
    return max(0, min(left, payment.captured - payment.refunded))
