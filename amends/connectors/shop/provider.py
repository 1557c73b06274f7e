"""What is asked of the payment provider, but for refunds."""

from datetime import timedelta
from typing import Final, get_args

from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.facts.money import Provided
from amends.connectors.ports import Call
from amends.connectors.shop import lookup, outbox, requests, takings
from amends.connectors.shop.door import Desk
from amends.connectors.shop.paying import payable
from amends.connectors.shop.tables import PaymentRow, RequestRow
from amends.errors import Refused
from amends.models import Money, plain

HEALTHY: Final = 80
"""How many in a hundred payments go through where a method is well; it is what the sample world says otherwise."""

CHANNEL_HEALTH: Final = "channel"
"""The fate, by the name of a method, that says how many in a hundred go through, and until when."""


class ProviderDesk(Desk):
    """The part of the shop's ``Payments`` that is about money coming in."""

    _system = "payments"

    def query(self, call: Call, *, order_id: str) -> ports.PaymentState:
        def work(db: Session) -> ports.PaymentState:
            order = lookup.order(db, order_id)
            found = takings.taken(db, order, call.at)
            assert found.status in get_args(Provided)

            def money(amount: int) -> Money:
                return Money(amount=amount, currency=order.currency)

            return ports.PaymentState.model_validate(
                {
                    "order_id": order_id,
                    "status": found.status,
                    "method": order.payment_method or "card",
                    "due": money(found.due),
                    "paid": money(found.paid),
                    "missing": money(max(0, found.due - found.paid)),
                    "over": money(found.over),
                    "captures": found.times,
                }
            )

        return self._door.read("payments.query", work)

    def check_channel(self, call: Call, *, order_id: str) -> ports.ChannelHealth:
        def work(db: Session) -> ports.ChannelHealth:
            order = lookup.order(db, order_id)
            method = order.payment_method or "card"
            fate = requests.fate(db, CHANNEL_HEALTH, method)
            ill = fate is not None and (fate.after is None or call.at < order.placed_at + fate.after)
            successes = fate.amount or 0 if ill and fate is not None else HEALTHY + 15
            return ports.ChannelHealth(method=method, healthy=successes >= HEALTHY, successes=successes)

        return self._door.read("payments.check_channel", work)

    def capture(self, call: Call, *, order_id: str) -> ports.Capture:
        def work(db: Session) -> ports.Capture:
            order = lookup.order(db, order_id, lock=True)
            payment = takings.take_in(db, order_id, call.at)
            last = takings.phase(db, payment, call.at)
            if last is None or last.status != "authorised":
                raise Refused("NothingAuthorised", f"nothing is authorised for order {order_id!r}")
            takings.add_phase(db, payment, last, "captured", call.at)
            capture_id = f"{order_id.replace('SO', 'CA', 1)}-{last.attempt}"
            takings.receive(db, payment, last.amount, call.at, about=f"{order_id}/{last.attempt}")
            return ports.Capture(capture_id=capture_id, amount=Money(amount=last.amount, currency=order.currency))

        return self._door.give("payments.capture", call, {"order_id": order_id}, ports.Capture, work)

    def void(self, call: Call, *, order_id: str) -> None:
        def work(db: Session) -> None:
            lookup.order(db, order_id, lock=True)
            payment = db.get_one(PaymentRow, order_id, with_for_update=True)
            last = takings.phase(db, payment, call.at)
            if last is None or last.status != "authorised":
                raise Refused("NothingAuthorised", f"nothing is authorised for order {order_id!r}")
            takings.add_phase(db, payment, last, "closed", call.at)

        self._door.do("payments.void", call, {"order_id": order_id}, work)

    def close(self, call: Call, *, order_id: str) -> ports.Closing:
        def work(db: Session) -> ports.Closing:
            order = lookup.order(db, order_id, lock=True)
            payment = takings.take_in(db, order_id, call.at)
            found = takings.taken(db, order, call.at)
            if payment.captured or found.status == "authorised":
                raise Refused("AlreadyPaid", f"the payment of order {order_id!r} is {found.status}")
            fate = requests.fate(db, "close", order_id)
            busy = fate is not None and (fate.after is None or call.at < order.placed_at + fate.after)
            if busy or found.status in ("risk_review", "unknown"):
                raise Refused("NotYet", f"the provider is busy with the payment of order {order_id!r}")
            payment.closed_at = payment.closed_at or call.at
            outbox.tell(db, "payment.closed", order_id, call.at, about=order_id)
            return ports.Closing(order_id=order_id, closed=True)

        return self._door.give("payments.close", call, {"order_id": order_id}, ports.Closing, work)

    def send_link(self, call: Call, *, order_id: str, amount: Money) -> ports.PaymentLink:
        def work(db: Session) -> ports.PaymentLink:
            order = lookup.order(db, order_id, lock=True)
            payable(order, amount)
            row = requests.ask(db, call, requests.LINK, order_id, order_id=order_id, amount=amount.amount)
            return _link(row, call)

        args = {"order_id": order_id, "amount": plain(amount)}
        return self._door.give("payments.send_link", call, args, ports.PaymentLink, work)

    def read_link(self, call: Call, *, link_id: str) -> ports.PaymentLink:
        return self._door.read("payments.read_link", lambda db: _link(requests.find(db, requests.LINK, link_id), call))

    def cancel_link(self, call: Call, *, link_id: str) -> None:
        def work(db: Session) -> None:
            requests.withdraw(requests.find(db, requests.LINK, link_id, lock=True), call.at)

        self._door.do("payments.cancel_link", call, {"link_id": link_id}, work)


EXPIRES_AFTER: Final = timedelta(hours=24)
"""How long a customer may pay by a link."""


def _link(row: RequestRow, call: Call) -> ports.PaymentLink:
    return ports.PaymentLink.model_validate(
        {
            "link_id": row.request_id,
            "status": requests.status(row, call.at),
            "expires_at": row.asked_at + EXPIRES_AFTER,
        }
    )
