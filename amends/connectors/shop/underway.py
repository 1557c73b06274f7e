"""What is asked of a carrier about a parcel that is under way, or that it says it has delivered."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call
from amends.connectors.shop import lookup, requests
from amends.connectors.shop.door import Desk
from amends.connectors.shop.tables import ParcelRow, RequestRow
from amends.connectors.shop.whereabouts import parcel_now, traces_of
from amends.errors import Refused

EXPRESS: Final = timedelta(days=1)
"""From the word to a carrier to hurry to the customer's door."""

_SOUGHT: Final = requests.INTERCEPT._replace(after=None, ends=None)
"""What the carrier has had to search for comes back only where that is said: nobody knows where it is."""


class UnderwayDesk(Desk):
    """The part of the shop's ``Shipping`` that is about parcels under way."""

    _system = "shipping"

    def upgrade_service(self, call: Call, *, parcel_id: str) -> ports.Upgrade:
        def work(db: Session) -> ports.Upgrade:
            parcel = _travelling(db, parcel_id, call)
            fate = requests.fate(db, "upgrade", parcel_id)
            if parcel.service == "express" or (fate is not None and fate.ends == "refused"):
                raise Refused("NoFasterService", f"{parcel.carrier_id} has nothing faster for parcel {parcel_id!r}")
            parcel.service = "express"
            if parcel.delivered_at is None or parcel.delivered_at > call.at + EXPRESS:
                parcel.delivered_at = call.at + EXPRESS
            return ports.Upgrade(service="express", arrives_at=parcel.delivered_at)

        return self._door.give("shipping.upgrade_service", call, {"parcel_id": parcel_id}, ports.Upgrade, work)

    def intercept(self, call: Call, *, parcel_id: str) -> ports.Intercept:
        def work(db: Session) -> ports.Intercept:
            parcel = _travelling(db, parcel_id, call)
            row = requests.join(db, requests.INTERCEPT, parcel_id, call.at)
            if row is None:
                planned = parcel.delivered_at.isoformat() if parcel.delivered_at else None
                row = requests.ask(
                    db,
                    call,
                    _SOUGHT if traces_of(db, parcel_id) else requests.INTERCEPT,
                    parcel_id,
                    order_id=parcel.order_id,
                    before={"delivered_at": planned},
                )
                if row.ends_as == "returned":
                    parcel.delivered_at = None
            return _intercept(row, call.at)

        return self._door.give("shipping.intercept", call, {"parcel_id": parcel_id}, ports.Intercept, work)

    def read_intercept(self, call: Call, *, intercept_id: str) -> ports.Intercept:
        def work(db: Session) -> ports.Intercept:
            return _intercept(requests.find(db, requests.INTERCEPT, intercept_id), call.at)

        return self._door.read("shipping.read_intercept", work)

    def withdraw_intercept(self, call: Call, *, intercept_id: str) -> None:
        def work(db: Session) -> None:
            row = requests.find(db, requests.INTERCEPT, intercept_id)
            parcel = lookup.parcel(db, row.subject, lock=True)
            db.refresh(row)
            if requests.withdraw(row, call.at) and (planned := (row.before or {}).get("delivered_at")):
                parcel.delivered_at = max(datetime.fromisoformat(planned), call.at)

        self._door.do("shipping.withdraw_intercept", call, {"intercept_id": intercept_id}, work)

    def ask_proof(self, call: Call, *, parcel_id: str) -> ports.Proof:
        def work(db: Session) -> ports.Proof:
            parcel = lookup.parcel(db, parcel_id, lock=True)
            if parcel_now(db, parcel, call.at) != "delivered":
                raise Refused(
                    "NotDelivered", f"{parcel.carrier_id} does not say that parcel {parcel_id!r} was delivered"
                )
            row = requests.join_or_ask(db, call, requests.PROOF, parcel_id, order_id=parcel.order_id)
            return _proof(row, call.at)

        return self._door.give("shipping.ask_proof", call, {"parcel_id": parcel_id}, ports.Proof, work)

    def read_proof(self, call: Call, *, proof_id: str) -> ports.Proof:
        def work(db: Session) -> ports.Proof:
            return _proof(requests.find(db, requests.PROOF, proof_id), call.at)

        return self._door.read("shipping.read_proof", work)

    def withdraw_proof(self, call: Call, *, proof_id: str) -> None:
        def work(db: Session) -> None:
            requests.withdraw(requests.find(db, requests.PROOF, proof_id, lock=True), call.at)

        self._door.do("shipping.withdraw_proof", call, {"proof_id": proof_id}, work)


def _travelling(db: Session, parcel_id: str, call: Call) -> ParcelRow:
    parcel = lookup.parcel(db, parcel_id, lock=True)
    match parcel_now(db, parcel, call.at):
        case "not_dispatched":
            raise Refused("NotHandedOver", f"parcel {parcel_id!r} is not with {parcel.carrier_id}")
        case "delivered":
            raise Refused("AlreadyDelivered", f"parcel {parcel_id!r} was delivered at {parcel.delivered_at}")
    return parcel


def _intercept(row: RequestRow, at: datetime) -> ports.Intercept:
    return ports.Intercept.model_validate({"intercept_id": row.request_id, "status": requests.status(row, at)})


def _proof(row: RequestRow, at: datetime) -> ports.Proof:
    return ports.Proof.model_validate({"proof_id": row.request_id, "status": requests.status(row, at)})
