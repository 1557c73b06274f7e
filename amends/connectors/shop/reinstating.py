"""Taking orders up, ending them, and taking them up again."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call
from amends.connectors.shop import books, lookup, outbox, takings
from amends.connectors.shop.allocation import replan
from amends.connectors.shop.door import Desk
from amends.connectors.shop.keeping import can_keep, keep, open_lines
from amends.connectors.shop.requests import leave, want_too
from amends.connectors.shop.tables import OrderRow, RefundRow
from amends.errors import Refused

REINSTATABLE_FOR: Final = timedelta(minutes=30)
"""How long after it was cancelled an order can be taken up again."""


class CancelDesk(Desk):
    """The part of the shop's ``Orders`` that is about whether an order stands."""

    _system = "orders"

    def confirm(self, call: Call, *, order_id: str) -> None:
        def work(db: Session) -> None:
            order = lookup.order(db, order_id, lock=True)
            if order.status == "cancelled":
                raise Refused("OrderCancelled", f"order {order_id!r} was cancelled at {order.cancelled_at}")
            takings.take_in(db, order_id, call.at)
            found = takings.taken(db, order, call.at)
            if found.paid < found.due:
                raise Refused("NotPaid", f"{found.paid} of {found.due} has come in for order {order_id!r}")
            if order.status == "placed":
                order.status, order.paid_at = "paid", call.at
                _sell(db, order, call.at)
                _plan(db, order, call.at)
                outbox.tell(db, "order.confirmed", order_id, call.at, about=order_id)

        self._door.do("orders.confirm", call, {"order_id": order_id}, work)

    def cancel(self, call: Call, *, order_id: str) -> ports.Cancellation:
        def work(db: Session) -> ports.Cancellation:
            order = lookup.order(db, order_id, lock=True)
            if order.status == "cancelled":
                want_too(order)
                return ports.Cancellation(first=False)
            parcels = lookup.parcels(db, order_id)
            if any(lookup.dispatched(each, call.at) for each in parcels):
                raise Refused("AlreadyDispatched", f"something of order {order_id!r} has left")
            order.status, order.cancelled_at = "cancelled", call.at
            takings.take_in(db, order_id, call.at)
            books.unsell(db, order_id, call.at)
            for parcel in parcels:
                parcel.handed_over_at = parcel.delivered_at = None
            outbox.tell(db, "order.cancelled", order_id, call.at, about=f"{order_id}/{call.key}")
            return ports.Cancellation(first=True)

        return self._door.give("orders.cancel", call, {"order_id": order_id}, ports.Cancellation, work)

    def reinstate(self, call: Call, *, order_id: str) -> None:
        def work(db: Session) -> None:
            order = lookup.order(db, order_id, lock=True)
            if order.status != "cancelled" or not leave(order):
                return
            refused = refusal(db, order, call.at)
            if refused is not None:
                raise refused
            payment = takings.take_in(db, order_id, call.at)
            keep(db, call, open_lines(db, order_id))
            order.cancelled_at = None
            order.status = "placed" if payment.captured < lookup.order_total(db, order) else "paid"
            if order.status == "paid":
                order.paid_at = order.paid_at or call.at
                _sell(db, order, call.at)
                _plan(db, order, call.at)
            outbox.tell(db, "order.reinstated", order_id, call.at, about=f"{order_id}/{call.key}")

        self._door.do("orders.reinstate", call, {"order_id": order_id}, work)


def refusal(db: Session, order: OrderRow, at: datetime) -> Refused | None:
    """Why a cancelled order cannot be taken up again."""
    if order.cancelled_at is None or at > order.cancelled_at + REINSTATABLE_FOR:
        return Refused("TooLate", f"order {order.order_id!r} was cancelled at {order.cancelled_at}")
    if order.price_changed:
        return Refused("PriceChanged", f"what is in order {order.order_id!r} costs something else by now")
    if order.ordered_again:
        return Refused("OrderedAgain", f"the customer has placed another order in the place of {order.order_id!r}")
    if lookup.refunded(db, RefundRow.order_id == order.order_id, RefundRow.paid_at >= order.cancelled_at):
        return Refused("PaidBack", f"money of order {order.order_id!r} has gone back since it was cancelled")
    if not can_keep(db, order.order_id, at):
        return Refused("StockGone", f"not all goods of order {order.order_id!r} are to be had any more")
    return None


def _sell(db: Session, order: OrderRow, at: datetime) -> None:
    """What the customer owes for an order is what it costs, less what was taken off it."""
    dropped = sum(lookup.paid_for(each) for each in lookup.lines(db, order.order_id) if each.dropped_at is not None)
    amount = lookup.order_total(db, order) - dropped - books.sold(db, order.order_id)
    books.book(db, order.order_id, at, kind="sale", debit=books.CUSTOMER, credit=books.SALES, amount=amount)


def _plan(db: Session, order: OrderRow, at: datetime) -> None:
    for parcel in lookup.parcels(db, order.order_id):
        if parcel.paid_as == parcel.parcel_id:
            replan(db, parcel, at)
