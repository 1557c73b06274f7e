"""What becomes of refunds, and of what customers owe."""

from datetime import datetime

from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call
from amends.connectors.shop import books, lookup, requests, takings
from amends.connectors.shop.door import Desk
from amends.connectors.shop.paying import payable
from amends.connectors.shop.tables import CustomerRow, EntryRow, RefundRow, RequestRow
from amends.errors import Refused
from amends.models import Money, plain


class RefundDesk(Desk):
    """The part of the shop's ``Payments`` that is about refunds under way."""

    _system = "payments"

    def read_refund(self, call: Call, *, refund_id: str) -> ports.RefundState:
        def work(db: Session) -> ports.RefundState:
            row = _refund(db, refund_id)
            currency = lookup.order(db, row.order_id).currency
            status = refund_status(db, row, call.at)
            arrived = settled(db, row, call.at)
            return ports.RefundState.model_validate(
                {
                    "refund_id": refund_id,
                    "order_id": row.order_id,
                    "status": status,
                    "requested": Money(amount=row.amount, currency=currency),
                    "settled": Money(amount=arrived, currency=currency),
                    "withheld": Money(amount=row.amount - arrived if status == "settled" else 0, currency=currency),
                    "settled_at": row.settles_at if status == "settled" else None,
                }
            )

        return self._door.read("payments.read_refund", work)

    def open_case(self, call: Call, *, refund_id: str) -> ports.ProviderCase:
        def work(db: Session) -> ports.ProviderCase:
            refund = _refund(db, refund_id)
            lookup.order(db, refund.order_id, lock=True)
            case = requests.join_or_ask(db, call, requests.CASE, refund_id, order_id=refund.order_id)
            return _case(case, call.at)

        return self._door.give("payments.open_case", call, {"refund_id": refund_id}, ports.ProviderCase, work)

    def read_case(self, call: Call, *, case_id: str) -> ports.ProviderCase:
        return self._door.read(
            "payments.read_case", lambda db: _case(requests.find(db, requests.CASE, case_id), call.at)
        )

    def close_case(self, call: Call, *, case_id: str) -> None:
        def work(db: Session) -> None:
            requests.withdraw(requests.find(db, requests.CASE, case_id, lock=True), call.at)

        self._door.do("payments.close_case", call, {"case_id": case_id}, work)

    def net(self, call: Call, *, order_id: str, amount: Money) -> ports.Netting:
        def work(db: Session) -> ports.Netting:
            order = lookup.order(db, order_id, lock=True)
            payable(order, amount)
            if not db.get_one(CustomerRow, order.customer_id).nets:
                raise Refused("NoConsent", f"who placed order {order_id!r} has not agreed to netting")
            entry = books.book(
                db,
                order_id,
                call.at,
                kind="netting",
                debit=books.NETTED,
                credit=books.CUSTOMER,
                amount=amount.amount,
            )
            assert entry is not None
            return ports.Netting(netting_id=entry.entry_id, amount=amount)

        args = {"order_id": order_id, "amount": plain(amount)}
        return self._door.give("payments.net", call, args, ports.Netting, work)

    def drop_netting(self, call: Call, *, netting_id: str) -> None:
        def work(db: Session) -> None:
            entry = db.get(EntryRow, netting_id)
            if entry is None or entry.kind != "netting":
                raise Refused("NettingNotFound", f"no netting {netting_id!r}")
            books.reverse(db, entry, call.at)

        self._door.do("payments.drop_netting", call, {"netting_id": netting_id}, work)


def refund_status(db: Session, row: RefundRow, at: datetime) -> str:
    """How far a refund has come. One that the provider lost arrives when it has been found."""
    if _found(db, row, at):
        return "settled"
    if takings.given_up(db, row, at):
        return "failed"
    if row.settles_at is None or row.settles_at > at:
        return "requested"
    return "failed" if row.fails else "settled"


def settled(db: Session, row: RefundRow, at: datetime) -> int:
    """What of a refund has arrived, in minor units."""
    return row.amount - (row.withheld or 0) if refund_status(db, row, at) == "settled" else 0


def _found(db: Session, row: RefundRow, at: datetime) -> bool:
    return any(requests.status(case, at) == "settled" for case in requests.of(db, requests.CASE, row.refund_id))


def _refund(db: Session, refund_id: str) -> RefundRow:
    row = db.get(RefundRow, refund_id)
    if row is None:
        raise Refused("RefundNotFound", f"no refund {refund_id!r}")
    return row


def _case(row: RequestRow, at: datetime) -> ports.ProviderCase:
    return ports.ProviderCase.model_validate({"case_id": row.request_id, "status": requests.status(row, at)})
