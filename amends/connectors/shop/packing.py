"""What is asked of a warehouse about a parcel that it has not sent yet."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call
from amends.connectors.shop import lookup, requests
from amends.connectors.shop.allocation import TRAVELS, at_hand, replan
from amends.connectors.shop.door import Desk
from amends.connectors.shop.tables import OrderRow, ParcelRow, RequestRow
from amends.errors import Refused

PACKED_FIRST: Final = timedelta(hours=6)
"""How long it takes to pack a parcel before all others."""


class PackingDesk(Desk):
    """The part of the shop's ``Shipping`` that a warehouse answers."""

    _system = "shipping"

    def prioritise(self, call: Call, *, parcel_id: str) -> ports.PickPriority:
        def work(db: Session) -> ports.PickPriority:
            parcel = _waiting(db, parcel_id, call)
            if requests.running(db, requests.PICK, parcel_id, call.at) or not at_hand(db, parcel, call.at):
                raise Refused(
                    "NothingToPack", f"not all goods of parcel {parcel_id!r} are there, or it is not to leave"
                )
            row = requests.ask(db, call, requests.PRIORITY, parcel_id, order_id=parcel.order_id, before=_plan(parcel))
            leaves_at = call.at + PACKED_FIRST
            if parcel.handed_over_at is None or parcel.handed_over_at > leaves_at:
                parcel.handed_over_at, parcel.delivered_at = leaves_at, leaves_at + TRAVELS
            return ports.PickPriority(
                priority_id=row.request_id, leaves_at=parcel.handed_over_at, arrives_at=parcel.delivered_at
            )

        return self._door.give("shipping.prioritise", call, {"parcel_id": parcel_id}, ports.PickPriority, work)

    def drop_priority(self, call: Call, *, priority_id: str) -> None:
        def work(db: Session) -> None:
            row = requests.find(db, requests.PRIORITY, priority_id)
            parcel = lookup.parcel(db, row.subject, lock=True)
            db.refresh(row)
            if requests.withdraw(row, call.at) and not lookup.dispatched(parcel, call.at):
                _restore(parcel, row)

        self._door.do("shipping.drop_priority", call, {"priority_id": priority_id}, work)

    def cancel_pick(self, call: Call, *, parcel_id: str) -> ports.Pick:
        def work(db: Session) -> ports.Pick:
            parcel = _waiting(db, parcel_id, call)
            row = requests.join(db, requests.PICK, parcel_id, call.at)
            if row is None:
                row = requests.ask(db, call, requests.PICK, parcel_id, order_id=parcel.order_id, before=_plan(parcel))
                _stop(parcel, row)
            return _pick(row, call.at)

        return self._door.give("shipping.cancel_pick", call, {"parcel_id": parcel_id}, ports.Pick, work)

    def read_pick(self, call: Call, *, pick_id: str) -> ports.Pick:
        return self._door.read(
            "shipping.read_pick", lambda db: _pick(requests.find(db, requests.PICK, pick_id), call.at)
        )

    def resume_pick(self, call: Call, *, pick_id: str) -> None:
        def work(db: Session) -> None:
            row = requests.find(db, requests.PICK, pick_id)
            parcel = lookup.parcel(db, row.subject, lock=True)
            db.refresh(row)
            if requests.withdraw(row, call.at, answered=("applied",)):
                _restore(parcel, row)
                if parcel.handed_over_at is None and db.get_one(OrderRow, parcel.order_id).status == "paid":
                    replan(db, parcel, call.at)
                if parcel.handed_over_at is not None and parcel.handed_over_at < call.at + PACKED_FIRST:
                    parcel.handed_over_at = call.at + PACKED_FIRST
                    parcel.delivered_at = parcel.handed_over_at + TRAVELS

        self._door.do("shipping.resume_pick", call, {"pick_id": pick_id}, work)


def may_be_replaced(db: Session, parcel: ParcelRow, at: datetime) -> bool:
    """Whether a parcel cannot leave any more, or has left: then another may go in its place."""
    if lookup.dispatched(parcel, at):
        return True
    picks = requests.of(db, requests.PICK, parcel.parcel_id)
    return any(requests.status(each, at) == "applied" for each in picks)


def _waiting(db: Session, parcel_id: str, call: Call) -> ParcelRow:
    parcel = lookup.parcel(db, parcel_id, lock=True)
    if lookup.dispatched(parcel, call.at):
        raise Refused("AlreadyDispatched", f"parcel {parcel_id!r} left at {parcel.handed_over_at}")
    return parcel


def _stop(parcel: ParcelRow, row: RequestRow) -> None:
    """A parcel that is stopped in time does not leave; one that leaves before is too late to be stopped."""
    if row.ends_at is None or row.ends_as != "applied":
        return
    if parcel.handed_over_at is not None and parcel.handed_over_at <= row.ends_at:
        row.ends_at, row.ends_as = parcel.handed_over_at, "too_late"
        return
    parcel.handed_over_at = parcel.delivered_at = None


def _plan(parcel: ParcelRow) -> dict[str, Any]:
    return {
        name: moment.isoformat() if (moment := getattr(parcel, name)) else None
        for name in ("handed_over_at", "delivered_at")
    }


def _restore(parcel: ParcelRow, row: RequestRow) -> None:
    for name, moment in (row.before or {}).items():
        setattr(parcel, name, datetime.fromisoformat(moment) if moment else None)


def _pick(row: RequestRow, at: datetime) -> ports.Pick:
    return ports.Pick.model_validate({"pick_id": row.request_id, "status": requests.status(row, at)})
