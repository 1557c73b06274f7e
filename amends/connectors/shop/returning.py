"""Letting customers send goods back, and looking at what comes."""

from typing import get_args

from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call
from amends.connectors.shop import lookup, outbox, requests
from amends.connectors.shop.door import Desk
from amends.connectors.shop.tables import RequestRow
from amends.errors import Refused
from amends.models import Utc

CONDITIONS = get_args(ports.Return.model_fields["condition"].annotation)
"""What the goods can turn out to be; a return that is fated to arrive ends in one of these."""


class ReturnDesk(Desk):
    """The part of the shop's ``Orders`` that is about returns."""

    _system = "orders"

    def open_return(self, call: Call, *, order_id: str, parcel_id: str) -> ports.Return:
        def work(db: Session) -> ports.Return:
            lookup.order(db, order_id, lock=True)
            parcel = lookup.parcel(db, parcel_id)
            if parcel.order_id != order_id:
                raise Refused("ParcelNotFound", f"order {order_id!r} has no parcel {parcel_id!r}")
            if any(lookup.article(db, sku).hazardous for sku in lookup.units(db, parcel)):
                raise Refused("NoReturn", f"what is in parcel {parcel_id!r} must not travel")
            row = requests.ask(db, call, requests.RETURN, parcel_id, order_id=order_id)
            outbox.tell(db, "return.opened", order_id, call.at, about=row.request_id, parcel_id=parcel_id)
            return _return(row, call)

        args = {"order_id": order_id, "parcel_id": parcel_id}
        return self._door.give("orders.open_return", call, args, ports.Return, work)

    def read_return(self, call: Call, *, return_id: str) -> ports.Return:
        def work(db: Session) -> ports.Return:
            return _return(requests.find(db, requests.RETURN, return_id), call)

        return self._door.read("orders.read_return", work)

    def cancel_return(self, call: Call, *, return_id: str) -> None:
        def work(db: Session) -> None:
            requests.withdraw(requests.find(db, requests.RETURN, return_id, lock=True), call.at)

        self._door.do("orders.cancel_return", call, {"return_id": return_id}, work)


def arrived(row: RequestRow, at: Utc) -> bool:
    """Whether the goods of a return are back."""
    return requests.status(row, at) in CONDITIONS


def _return(row: RequestRow, call: Call) -> ports.Return:
    status = requests.status(row, call.at)
    back = arrived(row, call.at)
    return ports.Return.model_validate(
        {
            "return_id": row.request_id,
            "label": row.request_id.replace("RT", "LB", 1),
            "status": "arrived" if back else status,
            "condition": status if back else "unknown",
            "arrived_at": row.ends_at if back else None,
        }
    )
