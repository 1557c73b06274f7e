"""The shop's books of what it gave."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call, GivenLine
from amends.connectors.shop import lookup
from amends.connectors.shop.door import Door
from amends.connectors.shop.tables import CreditRow, DeliveryRow, ParcelRow, PaymentRow, RefundRow, ShipmentRow
from amends.models import Head, Money


class ShopLedger:
    """The shop's ``Ledger``."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def given(self, call: Call, *, order_id: str) -> ports.Given:  # noqa: ARG002 - books know no time to come
        def work(db: Session) -> ports.Given:
            currency = lookup.order(db, order_id).currency
            payment = db.get_one(PaymentRow, order_id)
            return ports.Given(
                order_id=order_id,
                captured=Money(amount=payment.captured, currency=currency),
                refunded=Money(amount=payment.refunded, currency=currency),
                lines=(*_money(db, order_id, currency), *_goods(db, order_id)),
            )

        return self._door.read("ledger.given", work)


def _money(db: Session, order_id: str, currency: str) -> Iterator[GivenLine]:
    for refund in db.scalars(select(RefundRow).where(RefundRow.order_id == order_id).order_by(RefundRow.refund_id)):
        yield GivenLine(
            key=refund.key or "",
            head=Head.REFUND,
            amount=Money(amount=refund.amount, currency=currency),
            parcel_id=refund.parcel_id,
        )
    for credit in db.scalars(select(CreditRow).where(CreditRow.order_id == order_id).order_by(CreditRow.credit_id)):
        yield GivenLine(key=credit.key, head=credit.head, amount=Money(amount=credit.amount, currency=currency))


def _goods(db: Session, order_id: str) -> Iterator[GivenLine]:
    parcels = select(ParcelRow.parcel_id).where(ParcelRow.order_id == order_id)
    sent = select(ShipmentRow).where(ShipmentRow.parcel_id.in_(parcels)).order_by(ShipmentRow.tracking_no)
    for shipment in db.scalars(sent):
        yield GivenLine(
            key=shipment.key or "",
            head=Head.GOODS,
            parcel_id=shipment.parcel_id,
            stands=shipment.cancelled_at is None,
        )
    resumed = select(DeliveryRow).where(DeliveryRow.parcel_id.in_(parcels)).order_by(DeliveryRow.key)
    for delivery in db.scalars(resumed):
        yield GivenLine(key=delivery.key, head=Head.GOODS, parcel_id=delivery.parcel_id)
