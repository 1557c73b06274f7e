"""Setting goods aside, and giving them back."""

from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call
from amends.connectors.shop import lookup
from amends.connectors.shop.allocation import free_now, replan, shelf, to_pack, waiting_before
from amends.connectors.shop.keeping import for_line, keep, kept, let_go, open_lines, set_aside
from amends.connectors.shop.reserving import collect, inbound, put_back, reserved
from amends.connectors.shop.supplying import SupplyDesk
from amends.connectors.shop.tables import InboundRow, ReservationRow
from amends.errors import Refused

BROUGHT_AFTER: Final = timedelta(days=1)
"""From the word to another warehouse to the goods being here."""


class ShopInventory(SupplyDesk):
    """The shop's ``Inventory``."""

    _system = "inventory"

    def check(self, call: Call, *, parcel_id: str) -> ports.Availability:
        def work(db: Session) -> ports.Availability:
            wanted = lookup.units(db, lookup.parcel(db, parcel_id))
            return ports.Availability(reservable=all(free_now(db, sku, call.at) >= n for sku, n in wanted.items()))

        return self._door.read("inventory.check", work)

    def reserve(self, call: Call, *, parcel_id: str, warehouse: str | None = None) -> ports.Reservation:
        def work(db: Session) -> ports.Reservation:
            parcel = lookup.parcel(db, parcel_id, lock=True)
            units = lookup.units(db, parcel)
            for sku, quantity in units.items():
                set_aside(shelf(db, sku, warehouse, call.at), sku, quantity, call.at)
            row = reserved(db, parcel, call, warehouse=warehouse, units=units)
            return ports.Reservation(reservation_id=row.reservation_id)

        args = {"parcel_id": parcel_id} | ({"warehouse": warehouse} if warehouse else {})
        return self._door.give("inventory.reserve", call, args, ports.Reservation, work)

    def release(self, call: Call, *, reservation_id: str) -> None:
        def work(db: Session) -> None:
            row = db.get(ReservationRow, reservation_id)
            if row is None:
                raise Refused("ReservationNotFound", f"no reservation {reservation_id!r}")
            parcel = lookup.parcel(db, row.parcel_id, lock=True)
            collect(db, parcel.order_id, call.at)
            db.refresh(row)
            if row.status == "sent":
                raise Refused("AlreadySent", f"the units of reservation {reservation_id!r} are in a shipment")
            if row.status == "held":
                put_back(db, row, call.at)
                if row.line is not None:
                    replan(db, parcel, call.at)

        self._door.do("inventory.release", call, {"reservation_id": reservation_id}, work)

    def reserve_line(self, call: Call, *, line_id: str) -> ports.Reservation:
        def work(db: Session) -> ports.Reservation:
            line = lookup.line(db, line_id, lock=True)
            stock = shelf(db, line.sku, None, call.at)
            assert stock is not None
            left = stock.on_hand - stock.reserved
            if left >= line.quantity > left - waiting_before(db, line, call.at):
                raise Refused("OthersFirst", f"the {left} of {line.sku!r} go to lines that come before {line_id!r}")
            set_aside(stock, line.sku, line.quantity, call.at)
            return ports.Reservation(reservation_id=for_line(db, call, line).reservation_id)

        return self._door.give("inventory.reserve_line", call, {"line_id": line_id}, ports.Reservation, work)

    def transfer(self, call: Call, *, line_id: str, warehouse: str) -> ports.Transfer:
        def work(db: Session) -> ports.Transfer:
            line = lookup.line(db, line_id, lock=True)
            set_aside(shelf(db, line.sku, warehouse, call.at), line.sku, line.quantity, call.at)
            arrives_at = call.at + BROUGHT_AFTER
            row = for_line(db, call, line, warehouse=warehouse, usable_at=arrives_at)
            return ports.Transfer(reservation_id=row.reservation_id, arrives_at=arrives_at)

        args = {"line_id": line_id, "warehouse": warehouse}
        return self._door.give("inventory.transfer", call, args, ports.Transfer, work)

    def backorder(self, call: Call, *, line_id: str) -> ports.Backorder:
        def work(db: Session) -> ports.Backorder:
            line = lookup.line(db, line_id, lock=True)
            coming = next(
                (each for each in inbound(db, line.sku, call.at, lock=True) if _unpromised(each) >= line.quantity), None
            )
            if coming is None:
                raise Refused("NothingInbound", f"no {line.quantity} of {line.sku!r} are to come in")
            coming.promised += line.quantity
            row = for_line(db, call, line, usable_at=coming.arrives_at, inbound_id=coming.inbound_id)
            return ports.Backorder(reservation_id=row.reservation_id, arrives_at=coming.arrives_at)

        return self._door.give("inventory.backorder", call, {"line_id": line_id}, ports.Backorder, work)

    def keep_order(self, call: Call, *, order_id: str) -> ports.KeptGoods:
        def work(db: Session) -> ports.KeptGoods:
            lookup.order(db, order_id, lock=True)
            lines = open_lines(db, order_id)
            keep(db, call, lines)
            return ports.KeptGoods(order_id=order_id, units=kept(db, lines))

        return self._door.give("inventory.keep_order", call, {"order_id": order_id}, ports.KeptGoods, work)

    def free_order(self, call: Call, *, order_id: str) -> ports.KeptGoods:
        def work(db: Session) -> ports.KeptGoods:
            lookup.order(db, order_id, lock=True)
            collect(db, order_id, call.at)
            lines = open_lines(db, order_id)
            let_go(db, lines, call.at)
            for parcel in lookup.parcels(db, order_id):
                if parcel.paid_as == parcel.parcel_id:
                    replan(db, parcel, call.at)
            return ports.KeptGoods(order_id=order_id, units=kept(db, lines))

        return self._door.give("inventory.free_order", call, {"order_id": order_id}, ports.KeptGoods, work)

    def keep_parcel(self, call: Call, *, parcel_id: str) -> ports.KeptParcel:
        def work(db: Session) -> ports.KeptParcel:
            lines = to_pack(db, lookup.parcel(db, parcel_id, lock=True))
            keep(db, call, lines)
            return ports.KeptParcel(parcel_id=parcel_id, units=kept(db, lines))

        return self._door.give("inventory.keep_parcel", call, {"parcel_id": parcel_id}, ports.KeptParcel, work)

    def free_parcel(self, call: Call, *, parcel_id: str) -> ports.KeptParcel:
        def work(db: Session) -> ports.KeptParcel:
            parcel = lookup.parcel(db, parcel_id, lock=True)
            collect(db, parcel.order_id, call.at)
            lines = to_pack(db, parcel)
            let_go(db, lines, call.at)
            replan(db, lookup.parcel(db, parcel.paid_as), call.at)
            return ports.KeptParcel(parcel_id=parcel_id, units=kept(db, lines))

        return self._door.give("inventory.free_parcel", call, {"parcel_id": parcel_id}, ports.KeptParcel, work)


def _unpromised(coming: InboundRow) -> int:
    return coming.quantity - coming.promised
