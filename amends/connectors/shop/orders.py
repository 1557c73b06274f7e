"""Orders, what they are worth, holds on them, and replacement orders."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call
from amends.connectors.shop import lookup, outbox, reinstating, takings
from amends.connectors.shop.changing import ChangeDesk
from amends.connectors.shop.reinstating import CancelDesk
from amends.connectors.shop.returning import ReturnDesk
from amends.connectors.shop.tables import (
    CustomerRow,
    HoldRow,
    OrderRow,
    ParcelRow,
    PaymentRow,
    PromiseRow,
    ReplacementRow,
)
from amends.errors import Refused
from amends.models import Money, Utc


class ShopOrders(CancelDesk, ChangeDesk, ReturnDesk):
    """The shop's ``Orders``."""

    _system = "orders"

    def read(self, call: Call, *, order_id: str) -> ports.Order:
        def work(db: Session) -> ports.Order:
            order = lookup.order(db, order_id)
            return _order(db, order, call.at)

        return self._door.read("orders.read", work)

    def add_replacement(self, call: Call, *, order_id: str, parcel_id: str) -> ports.ReplacementOrder:
        def work(db: Session) -> ports.ReplacementOrder:
            lookup.order(db, order_id, lock=True)
            if lookup.parcel(db, parcel_id).order_id != order_id:
                raise Refused("ParcelNotFound", f"order {order_id!r} has no parcel {parcel_id!r}")
            n = lookup.count(db, ReplacementRow.order_id, order_id) + 1
            row = ReplacementRow(
                replacement_id=f"{order_id}-R{n}", order_id=order_id, parcel_id=parcel_id, created_at=call.at
            )
            db.add(row)
            return ports.ReplacementOrder(replacement_id=row.replacement_id)

        args = {"order_id": order_id, "parcel_id": parcel_id}
        return self._door.give("orders.add_replacement", call, args, ports.ReplacementOrder, work)

    def drop_replacement(self, call: Call, *, replacement_id: str) -> None:
        def work(db: Session) -> None:
            row = db.get(ReplacementRow, replacement_id, with_for_update=True)
            if row is None:
                raise Refused("ReplacementNotFound", f"no replacement order {replacement_id!r}")
            row.dropped_at = row.dropped_at or call.at

        self._door.do("orders.drop_replacement", call, {"replacement_id": replacement_id}, work)

    def hold(self, call: Call, *, order_id: str) -> ports.Hold:
        def work(db: Session) -> ports.Hold:
            lookup.order(db, order_id, lock=True)
            n = lookup.count(db, HoldRow.order_id, order_id) + 1
            row = HoldRow(hold_id=f"{order_id.replace('SO', 'HD', 1)}-{n}", order_id=order_id, held_at=call.at)
            db.add(row)
            outbox.tell(db, "order.held", order_id, call.at, about=row.hold_id)
            return ports.Hold(hold_id=row.hold_id)

        return self._door.give("orders.hold", call, {"order_id": order_id}, ports.Hold, work)

    def release(self, call: Call, *, hold_id: str) -> None:
        def work(db: Session) -> None:
            row = db.get(HoldRow, hold_id, with_for_update=True)
            if row is None:
                raise Refused("HoldNotFound", f"no hold {hold_id!r}")
            row.released_at = row.released_at or call.at
            outbox.tell(db, "order.released", row.order_id, row.released_at, about=hold_id)

        self._door.do("orders.release", call, {"hold_id": hold_id}, work)

    def worth(self, call: Call, *, order_id: str) -> ports.OrderWorth:
        def work(db: Session) -> ports.OrderWorth:
            order = lookup.order(db, order_id)
            currency = order.currency
            parcels = db.scalars(select(ParcelRow).where(ParcelRow.order_id == order_id).order_by(ParcelRow.parcel_id))
            return ports.OrderWorth(
                order_id=order_id,
                currency=currency,
                captured=Money(amount=takings.taken(db, order, call.at).paid, currency=currency),
                units=tuple(_units(db, order_id, currency)),
                carries={parcel.parcel_id: parcel.paid_as for parcel in parcels},
            )

        return self._door.read("orders.worth", work)


def _order(db: Session, order: OrderRow, at: Utc) -> ports.Order:
    payment = db.get_one(PaymentRow, order.order_id)
    customer = db.get_one(CustomerRow, order.customer_id)
    articles = [lookup.article(db, line.sku) for line in lookup.lines(db, order.order_id)]
    slips = select(func.count()).where(PromiseRow.order_id == order.order_id, PromiseRow.withdrawn_at.is_(None))
    held = select(func.count()).where(HoldRow.order_id == order.order_id, HoldRow.released_at.is_(None))
    return ports.Order.model_validate(
        {
            "order_id": order.order_id,
            "status": _status(db, order.order_id, order.status, at),
            "currency": order.currency,
            "total": Money(amount=lookup.order_total(db, order), currency=order.currency),
            "refunded": Money(amount=payment.refunded, currency=order.currency),
            "captured": Money(amount=takings.taken(db, order, at).paid, currency=order.currency),
            "zone": customer.zone,
            "placed_at": order.placed_at,
            "paid_at": order.paid_at,
            "ship_by": order.ship_by,
            "promised_by": order.promised_by,
            "gift_date": order.gift_date,
            "cancelled_at": order.cancelled_at,
            "slips": db.scalar(slips) or 0,
            "fresh": any(each.fresh for each in articles),
            "medicine": any(each.medicine for each in articles),
            "hazardous": any(each.hazardous for each in articles),
            "dispatched": any(lookup.dispatched(each, at) for each in lookup.parcels(db, order.order_id)),
            "held": bool(db.scalar(held)),
            "reinstatable": order.status == "cancelled" and reinstating.refusal(db, order, at) is None,
            "tier": customer.tier or "standard",
            "payment_method": order.payment_method or "card",
            "market": order.market or "cn",
        }
    )


def _units(db: Session, order_id: str, currency: str) -> Iterator[ports.Unit]:
    """The pieces of an order. What a line of several was paid with is spread over them, what is left over on the first
    ones."""
    for line in lookup.lines(db, order_id):
        each, more = divmod(lookup.paid_for(line), line.quantity)
        for piece in range(1, line.quantity + 1):
            yield ports.Unit(
                unit=f"{lookup.line_id(line)}#{piece}",
                parcel_id=line.parcel_id,
                value=Money(amount=each + (piece <= more), currency=currency),
                line_id=lookup.line_id(line),
            )


def _status(db: Session, order_id: str, status: ports.OrderStatus, at: Utc) -> ports.OrderStatus:
    """A shipped order is delivered when all of its own parcels are."""
    own = ParcelRow.order_id == order_id, ParcelRow.paid_as == ParcelRow.parcel_id
    parcels = db.scalar(select(func.count()).select_from(ParcelRow).where(*own))
    delivered = db.scalar(select(func.count()).select_from(ParcelRow).where(*own, ParcelRow.delivered_at <= at))
    return "delivered" if status == "shipped" and parcels and parcels == delivered else status
