"""Contracts with partners, and how well they keep them."""

from typing import Final

from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call, Liable
from amends.connectors.shop import lookup, requests
from amends.connectors.shop.door import Desk
from amends.connectors.shop.tables import CarrierRow, ContractRow, ObservationRow, ParcelRow, RequestRow
from amends.errors import Refused
from amends.models import Money

LIABLE: Final[dict[str, Liable]] = {
    "unknown": "nobody",
    "transit": "carrier",
    "packing": "warehouse",
    "product": "supplier",
    "customer": "customer",
}
"""Whose doing each cause of damage is."""


class ShopQuality(Desk):
    """The shop's ``Quality``."""

    _system = "quality"

    def read_contract(self, call: Call, *, parcel_id: str) -> ports.Contract:  # noqa: ARG002 - contracts stay
        def work(db: Session) -> ports.Contract:
            parcel = lookup.parcel(db, parcel_id)
            supplier = _supplier(db, parcel)
            carrier, by_supplier = db.get(ContractRow, parcel.carrier_id), db.get(ContractRow, supplier)

            def payer(what: str) -> Liable:
                if carrier is None or getattr(carrier, what):
                    return "carrier"
                return "supplier" if by_supplier is not None and getattr(by_supplier, what) else "merchant"

            limit = None if carrier is None or carrier.limit is None else carrier.limit
            currency = lookup.currency(db, parcel)
            return ports.Contract(
                parcel_id=parcel_id,
                carrier=parcel.carrier_id,
                supplier=supplier,
                loss_paid_by=payer("pays_for_loss"),
                damage_paid_by=payer("pays_for_damage"),
                delay_paid_by=payer("pays_for_delay"),
                claim_days=db.get_one(CarrierRow, parcel.carrier_id).claim_window.days,
                limit=None if limit is None else Money(amount=limit, currency=currency),
            )

        return self._door.read("quality.read_contract", work)

    def read_damage(self, call: Call, *, parcel_id: str) -> ports.Damage:
        def work(db: Session) -> ports.Damage:
            parcel = lookup.parcel(db, parcel_id)
            scanned = parcel.damaged_at is not None and parcel.damaged_at <= call.at
            cause = parcel.damage_cause or ("transit" if scanned else "unknown")
            return ports.Damage.model_validate(
                {
                    "parcel_id": parcel_id,
                    "cause": cause,
                    "liable": LIABLE[cause],
                    "proven": scanned or bool(parcel.damage_proven),
                }
            )

        return self._door.read("quality.read_damage", work)

    def observe(self, call: Call, *, order_id: str, party: Liable, cause: str) -> ports.Observation:
        def work(db: Session) -> ports.Observation:
            lookup.order(db, order_id, lock=True)
            n = lookup.count(db, ObservationRow.order_id, order_id) + 1
            row = ObservationRow(
                observation_id=f"{order_id.replace('SO', 'OB', 1)}-{n}",
                order_id=order_id,
                party=party,
                partner=_partner(db, order_id, party),
                cause=cause,
                seen_at=call.at,
            )
            db.add(row)
            return ports.Observation(observation_id=row.observation_id, partner=row.partner)

        args = {"order_id": order_id, "party": party, "cause": cause}
        return self._door.give("quality.observe", call, args, ports.Observation, work)

    def withdraw_observation(self, call: Call, *, observation_id: str) -> None:
        def work(db: Session) -> None:
            row = db.get(ObservationRow, observation_id, with_for_update=True)
            if row is None:
                raise Refused("ObservationNotFound", f"no observation {observation_id!r}")
            row.withdrawn_at = row.withdrawn_at or call.at

        self._door.do("quality.withdraw_observation", call, {"observation_id": observation_id}, work)

    def open_ticket(self, call: Call, *, parcel_id: str, cause: str) -> ports.Ticket:
        def work(db: Session) -> ports.Ticket:
            parcel = lookup.parcel(db, parcel_id, lock=True)
            row = requests.ask(db, call, requests.TICKET, parcel_id, order_id=parcel.order_id, before={"cause": cause})
            return _ticket(row, call)

        return self._door.give(
            "quality.open_ticket", call, {"parcel_id": parcel_id, "cause": cause}, ports.Ticket, work
        )

    def read_ticket(self, call: Call, *, ticket_id: str) -> ports.Ticket:
        def work(db: Session) -> ports.Ticket:
            return _ticket(requests.find(db, requests.TICKET, ticket_id), call)

        return self._door.read("quality.read_ticket", work)

    def close_ticket(self, call: Call, *, ticket_id: str) -> None:
        def work(db: Session) -> None:
            requests.withdraw(requests.find(db, requests.TICKET, ticket_id, lock=True), call.at)

        self._door.do("quality.close_ticket", call, {"ticket_id": ticket_id}, work)


def _supplier(db: Session, parcel: ParcelRow) -> str:
    return next((lookup.article(db, sku).supplier for sku in lookup.units(db, parcel)), "unnamed")


def _partner(db: Session, order_id: str, party: Liable) -> str:
    """Which of the partners of an order a party is: of several the first that there is."""
    parcels = lookup.parcels(db, order_id)
    order = lookup.order(db, order_id)
    match party:
        case "carrier" if parcels:
            return parcels[0].carrier_id
        case "supplier" if parcels:
            return _supplier(db, parcels[0])
        case "warehouse" if parcels:
            return parcels[0].warehouse or "main"
        case "payment_provider":
            return order.payment_method or "card"
        case "customer":
            return order.customer_id
        case _:
            return party


def _ticket(row: RequestRow, call: Call) -> ports.Ticket:
    return ports.Ticket.model_validate({"ticket_id": row.request_id, "status": requests.status(row, call.at)})
