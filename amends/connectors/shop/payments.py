"""Giving money back, and on top."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call
from amends.connectors.shop import books, lookup, outbox, takings
from amends.connectors.shop.faults import CREDITS
from amends.connectors.shop.paying import payable, takes_back
from amends.connectors.shop.provider import ProviderDesk
from amends.connectors.shop.refunds import RefundDesk
from amends.connectors.shop.tables import CreditRow, LineRow, OrderRow, ParcelRow, PaymentRow, RefundRow
from amends.errors import Refused
from amends.models import Head, Money, plain

SETTLES_AFTER: Final = timedelta(days=1)
"""From a refund that was asked for to the money on the customer's account."""

Wanted = Callable[[Session, OrderRow, PaymentRow], dict[str, Any]]
"""Looks whether a refund may be, and gives what its row says of the goods."""


class ShopPayments(RefundDesk, ProviderDesk):
    """The shop's ``Payments``. Refunds of an order never add up to more than was captured."""

    _system = "payments"

    def refund(self, call: Call, *, order_id: str, parcel_id: str, amount: Money) -> ports.Refund:
        def wanted(db: Session, order: OrderRow, payment: PaymentRow) -> dict[str, Any]:  # noqa: ARG001
            parcel = db.get(ParcelRow, parcel_id)
            if parcel is None or parcel.order_id != order_id:
                raise Refused("PaymentDeclined", f"nothing was paid for parcel {parcel_id!r} in order {order_id!r}")
            return {"parcel_id": parcel.paid_as}

        return self._refund("refund", call, order_id, amount, wanted, parcel_id=parcel_id)

    def refund_line(self, call: Call, *, order_id: str, line_id: str, amount: Money) -> ports.Refund:
        def wanted(db: Session, order: OrderRow, payment: PaymentRow) -> dict[str, Any]:  # noqa: ARG001
            line = lookup.line(db, line_id)
            if line.order_id != order_id:
                raise Refused("LineNotFound", f"order {order_id!r} has no line {line_id!r}")
            return {"parcel_id": line.parcel_id, "line": line.n}

        return self._refund("refund_line", call, order_id, amount, wanted, line_id=line_id)

    def refund_order(self, call: Call, *, order_id: str, amount: Money) -> ports.Refund:
        return self._refund("refund_order", call, order_id, amount, lambda *_: {})

    def refund_excess(self, call: Call, *, order_id: str, amount: Money) -> ports.Refund:
        def wanted(db: Session, order: OrderRow, payment: PaymentRow) -> dict[str, Any]:  # noqa: ARG001
            over = takings.taken(db, order, call.at).over
            if amount.amount > over:
                raise Refused(
                    "NothingInExcess", f"{over} came in beyond the price of {order_id!r}, not {amount.amount}"
                )
            return {"excess": True}

        return self._refund("refund_excess", call, order_id, amount, wanted)

    def top_up(self, call: Call, *, order_id: str, amount: Money) -> ports.Refund:
        return self._refund("top_up", call, order_id, amount, lambda *_: {})

    def pay_out(self, call: Call, *, order_id: str, amount: Money, payee: str) -> ports.Refund:
        def wanted(db: Session, order: OrderRow, payment: PaymentRow) -> dict[str, Any]:  # noqa: ARG001
            if not payee.startswith(f"{order.customer_id}/"):
                raise Refused("NameMismatch", f"account {payee!r} is not of who placed order {order_id!r}")
            return {}

        return self._refund("pay_out", call, order_id, amount, wanted, elsewhere=True, payee=payee)

    def credit(self, call: Call, *, order_id: str, head: Head, amount: Money) -> ports.Credit:
        if head not in CREDITS:
            raise Refused("PaymentDeclined", f"{head} does not come on top; it may be {', '.join(CREDITS)}")

        def work(db: Session) -> ports.Credit:
            order = lookup.order(db, order_id, lock=True)
            payable(order, amount)
            takes_back(db.get_one(PaymentRow, order_id))
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
            books.book(
                db,
                order_id,
                call.at,
                kind=head.value,
                debit=books.REMEDIES,
                credit=books.CASH,
                amount=amount.amount,
            )
            return ports.Credit(credit_id=row.credit_id, amount=amount)

        args = {"order_id": order_id, "head": head.value, "amount": plain(amount)}
        return self._door.give(CREDITS[head], call, args, ports.Credit, work)

    def _refund(
        self,
        method: str,
        call: Call,
        order_id: str,
        amount: Money,
        wanted: Wanted,
        *,
        elsewhere: bool = False,
        **args: Any,
    ) -> ports.Refund:
        """Pays money back, in whatever name. ``elsewhere``: not to the account that paid. ``args``: the other
        arguments of the call."""

        def work(db: Session) -> ports.Refund:
            order = lookup.order(db, order_id, lock=True)
            payment = takings.take_in(db, order_id, call.at)
            said = wanted(db, order, payment)
            payable(order, amount)
            if amount.amount > payment.captured - payment.refunded:
                raise Refused(
                    "RefundTooHigh",
                    f"{amount.amount} is more than the {payment.captured - payment.refunded} (minor units of "
                    f"{order.currency}) left of what was captured for order {order_id!r}",
                )
            if not elsewhere:
                takes_back(payment)
            refund_id = _pay_back(db, order, payment, call, amount.amount, said)
            return ports.Refund(refund_id=refund_id, amount=amount)

        told = {"order_id": order_id, "amount": plain(amount), **args}
        return self._door.give(f"payments.{method}", call, told, ports.Refund, work)


def refundable(db: Session, parcel: ParcelRow) -> int:
    """What of a parcel's lines can still be paid back, in minor units. A parcel that replaces another has its lines,
    and what was refunded for either counts for both."""
    payment = db.get_one(PaymentRow, parcel.order_id)
    left = lookup.parcel_value(db, parcel) - lookup.refunded(db, RefundRow.parcel_id == parcel.paid_as)
    return max(0, min(left, payment.captured - payment.refunded))


def refundable_line(db: Session, line: LineRow) -> int:
    """What of a line can still be paid back, in minor units."""
    mine = (RefundRow.order_id == line.order_id) & (RefundRow.line == line.n)
    left = lookup.paid_for(line) - lookup.refunded(db, mine)
    return max(0, min(left, refundable(db, db.get_one(ParcelRow, line.parcel_id))))


def _pay_back(db: Session, order: OrderRow, payment: PaymentRow, call: Call, amount: int, said: dict[str, Any]) -> str:
    payment.refunded += amount
    n = lookup.count(db, RefundRow.order_id, order.order_id) + 1
    row = RefundRow(
        refund_id=f"{order.order_id.replace('SO', 'RF', 1)}-{n}",
        order_id=order.order_id,
        key=call.key,
        amount=amount,
        paid_at=call.at,
        settles_at=call.at + SETTLES_AFTER,
        **said,
    )
    db.add(row)
    source = books.source_of_refund(db, order.order_id, amount)
    books.book(db, order.order_id, call.at, kind="refund", debit=source, credit=books.CASH, amount=amount)
    outbox.tell(db, "refund.requested", order.order_id, call.at, about=row.refund_id, amount=amount)
    return row.refund_id
