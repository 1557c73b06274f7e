"""Parcels, and sending goods again."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call
from amends.connectors.shop import lookup, outbox
from amends.connectors.shop.allocation import MAIN, allocated, to_pack
from amends.connectors.shop.carriers import CarrierDesk
from amends.connectors.shop.packing import PackingDesk, may_be_replaced
from amends.connectors.shop.parcels import trace_status
from amends.connectors.shop.payments import refundable
from amends.connectors.shop.reserving import bring_back, take_out
from amends.connectors.shop.tables import (
    CarrierRow,
    DeliveryRow,
    OrderRow,
    ParcelRow,
    ReservationRow,
    ShipmentRow,
)
from amends.connectors.shop.underway import UnderwayDesk
from amends.connectors.shop.whereabouts import parcel_now, traces_of
from amends.errors import Refused
from amends.models import Money, Utc

COLLECTED_AFTER = timedelta(hours=6)
"""The carrier collects a new shipment this long after it was made; until then it can be cancelled."""

DELIVERED_AFTER = timedelta(days=2)
"""From the collection of a shipment, or the word to deliver a found parcel, to the customer's door."""


class ShopShipping(CarrierDesk, PackingDesk, UnderwayDesk):
    """The shop's ``Shipping``."""

    def read_parcel(self, call: Call, *, parcel_id: str) -> ports.Parcel:
        def work(db: Session) -> ports.Parcel:
            parcel = lookup.parcel(db, parcel_id)
            currency = lookup.currency(db, parcel)
            status = parcel_now(db, parcel, call.at)
            lines = to_pack(db, parcel)
            return ports.Parcel.model_validate(
                {
                    "parcel_id": parcel_id,
                    "order_id": parcel.order_id,
                    "status": status,
                    "value": Money(amount=lookup.parcel_value(db, parcel), currency=currency),
                    "lines_refundable": Money(amount=refundable(db, parcel), currency=currency),
                    "last_scan_at": _past(parcel.last_scan_at, call.at),
                    "handed_over_at": _past(parcel.handed_over_at, call.at),
                    "delivered_at": _past(parcel.delivered_at, call.at),
                    "promised_by": db.get_one(OrderRow, parcel.order_id).promised_by,
                    "arrives_at": parcel.delivered_at,
                    "carrier": parcel.carrier_id,
                    "warehouse": parcel.warehouse or MAIN,
                    "service": parcel.service or "standard",
                    "delivered_to": (parcel.delivered_to or "door") if status == "delivered" else "nobody",
                    "cross_border": bool(parcel.cross_border),
                    "damaged": _past(parcel.damaged_at, call.at) is not None,
                    "replaces": None if parcel.paid_as == parcel_id else parcel.paid_as,
                    "allocated": allocated(db, parcel),
                    "line_id": lookup.line_id(lines[0]) if len(lines) == 1 else None,
                }
            )

        return self._door.read("shipping.read_parcel", work)

    def create_shipment(self, call: Call, *, parcel_id: str, reservation_id: str | None = None) -> ports.Shipment:
        def work(db: Session) -> ports.Shipment:
            parcel = lookup.parcel(db, parcel_id, lock=True)
            reservation = _held(db, parcel_id, reservation_id)
            if not db.get_one(CarrierRow, parcel.carrier_id).has_capacity:
                raise Refused("NoCapacity", f"{parcel.carrier_id} takes no more parcels")
            if not may_be_replaced(db, parcel, call.at):
                raise Refused("PickNotCancelled", f"parcel {parcel_id!r} may still leave the warehouse by itself")
            take_out(db, reservation, call.at)
            return _send(db, parcel, reservation, call)

        args = {"parcel_id": parcel_id} | ({"reservation_id": reservation_id} if reservation_id else {})
        return self._door.give("shipping.create_shipment", call, args, ports.Shipment, work)

    def cancel_shipment(self, call: Call, *, tracking_no: str) -> None:
        def work(db: Session) -> None:
            shipment = db.get(ShipmentRow, tracking_no)
            if shipment is None:
                raise Refused("ShipmentNotFound", f"no shipment {tracking_no!r}")
            parcel = lookup.parcel(db, shipment.parcel_id, lock=True)
            db.refresh(shipment)
            if shipment.cancelled_at is not None:
                return
            if shipment.collected_at <= call.at:
                raise Refused("AlreadyHandedOver", f"shipment {tracking_no!r} left at {shipment.collected_at}")
            bring_back(db, db.get_one(ReservationRow, shipment.reservation_id), call.at)
            parcel.handed_over_at = parcel.last_scan_at = parcel.delivered_at = None
            shipment.cancelled_at = call.at
            outbox.tell(
                db, "shipment.cancelled", parcel.order_id, call.at, about=tracking_no, parcel_id=parcel.parcel_id
            )

        self._door.do("shipping.cancel_shipment", call, {"tracking_no": tracking_no}, work)

    def resume_delivery(self, call: Call, *, parcel_id: str) -> None:
        def work(db: Session) -> None:
            parcel = lookup.parcel(db, parcel_id, lock=True)
            if not any(trace_status(trace, call.at) == "found" for trace in traces_of(db, parcel_id)):
                raise Refused("NotFoundYet", f"the carrier has not found parcel {parcel_id!r}")
            parcel.delivered_at = parcel.delivered_at or call.at + DELIVERED_AFTER
            db.add(DeliveryRow(key=call.key, parcel_id=parcel_id, told_at=call.at))

        self._door.do("shipping.resume_delivery", call, {"parcel_id": parcel_id}, work)


def _held(db: Session, parcel_id: str, reservation_id: str | None) -> ReservationRow:
    """The reservation that is named, or the oldest one, if it is held for the parcel. Raises ``Refused``."""
    whole = ReservationRow.line.is_(None)
    held = select(ReservationRow).where(ReservationRow.parcel_id == parcel_id, ReservationRow.status == "held", whole)
    if reservation_id is not None:
        held = held.where(ReservationRow.reservation_id == reservation_id)
    found = db.scalars(held.order_by(ReservationRow.made_at)).first()
    if found is None:
        named = f" as {reservation_id!r}" if reservation_id else ""
        raise Refused("NothingReserved", f"nothing is reserved{named} for parcel {parcel_id!r}")
    return found


def _send(db: Session, parcel: ParcelRow, reservation: ReservationRow, call: Call) -> ports.Shipment:
    """The goods of ``parcel`` as a new parcel with the same carrier, waiting to be collected."""
    order_no = parcel.order_id.removeprefix("SO-")
    parcel_no = f"{order_no}-{lookup.count(db, ParcelRow.order_id, parcel.order_id) + 1}"
    collected_at = call.at + COLLECTED_AFTER
    new = ParcelRow(
        parcel_id=f"PC-{parcel_no}",
        order_id=parcel.order_id,
        paid_as=parcel.paid_as,
        carrier_id=parcel.carrier_id,
        handed_over_at=collected_at,
        last_scan_at=collected_at,
        delivered_at=collected_at + DELIVERED_AFTER,
        warehouse=reservation.warehouse,
    )
    db.add(new)
    db.flush()  # the shipment names it
    shipment = ShipmentRow(
        tracking_no=f"TN-{parcel_no}",
        parcel_id=new.parcel_id,
        replaces=parcel.parcel_id,
        reservation_id=reservation.reservation_id,
        key=call.key,
        created_at=call.at,
        collected_at=collected_at,
    )
    db.add(shipment)
    told = {"parcel_id": new.parcel_id, "replaces": parcel.parcel_id, "tracking_no": shipment.tracking_no}
    outbox.tell(db, "shipment.created", parcel.order_id, call.at, about=new.parcel_id, **told)
    return ports.Shipment(
        parcel_id=new.parcel_id,
        carrier=new.carrier_id,
        tracking_no=shipment.tracking_no,
        arrives_at=new.delivered_at,
    )


def _past(moment: Utc | None, at: Utc) -> Utc | None:
    return moment if moment is not None and moment <= at else None
