"""Stock and reservations."""

from datetime import datetime

from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call
from amends.connectors.shop import lookup
from amends.connectors.shop.door import Desk
from amends.connectors.shop.tables import ParcelRow, ReservationRow, StockRow
from amends.errors import Refused


class ShopInventory(Desk):
    """The shop's ``Inventory``."""

    _system = "inventory"

    def check(self, call: Call, *, parcel_id: str) -> ports.Availability:
        def work(db: Session) -> ports.Availability:
            wanted = lookup.units(db, lookup.parcel(db, parcel_id))
            return ports.Availability(
                reservable=all(free(db.get_one(StockRow, sku), call.at) >= n for sku, n in wanted.items())
            )

        return self._door.read("inventory.check", work)

    def reserve(self, call: Call, *, parcel_id: str) -> ports.Reservation:
        def work(db: Session) -> ports.Reservation:
            parcel = lookup.parcel(db, parcel_id, lock=True)
            for stock, quantity in locked_stock(db, parcel, call.at):
                if stock.on_hand - stock.reserved < quantity:
                    raise Refused("OutOfStock", f"{quantity} of {stock.sku!r} wanted, {free(stock, call.at)} left")
                stock.reserved += quantity
            n = lookup.count(db, ReservationRow.parcel_id, parcel_id) + 1
            reservation_id = f"{parcel_id.replace('PC', 'RS', 1)}-{n}"
            db.add(ReservationRow(reservation_id=reservation_id, parcel_id=parcel_id, status="held", made_at=call.at))
            return ports.Reservation(reservation_id=reservation_id)

        return self._door.give("inventory.reserve", call, {"parcel_id": parcel_id}, ports.Reservation, work)

    def release(self, call: Call, *, reservation_id: str) -> None:
        def work(db: Session) -> None:
            row = db.get(ReservationRow, reservation_id)
            if row is None:
                raise Refused("ReservationNotFound", f"no reservation {reservation_id!r}")
            parcel = lookup.parcel(db, row.parcel_id, lock=True)
            db.refresh(row)
            if row.status == "sent":
                raise Refused("AlreadySent", f"the units of reservation {reservation_id!r} are in a shipment")
            if row.status == "held":
                for stock, quantity in locked_stock(db, parcel, call.at):
                    stock.reserved -= quantity
                row.status = "released"

        self._door.do("inventory.release", call, {"reservation_id": reservation_id}, work)


def free(stock: StockRow, at: datetime) -> int:
    """How many units can be reserved."""
    return 0 if stock.sells_out_at and stock.sells_out_at <= at else stock.on_hand - stock.reserved


def locked_stock(db: Session, parcel: ParcelRow, at: datetime) -> list[tuple[StockRow, int]]:
    """The stock of what is in a parcel, with the quantity in it: held until the end of the transaction, and up to date:
    what others have bought by now is sold."""
    found = []
    for sku, quantity in lookup.units(db, parcel).items():
        stock = db.get_one(StockRow, sku, with_for_update=True)
        if stock.sells_out_at and stock.sells_out_at <= at:
            stock.sold += stock.on_hand - stock.reserved
            stock.on_hand = stock.reserved
            stock.sells_out_at = None
        found.append((stock, quantity))
    return found
