"""Writing to customers."""

from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call
from amends.connectors.shop import letters, lookup
from amends.connectors.shop.door import Desk
from amends.connectors.shop.tables import CustomerRow, OrderRow
from amends.models import Party


class ShopCustomers(Desk):
    """The shop's ``Customers``: an outbox. Names and addresses stay in it."""

    _system = "customers"

    def read(self, call: Call, *, order_id: str) -> ports.Customer:  # noqa: ARG002 - who they are does not change
        def work(db: Session) -> ports.Customer:
            customer = db.get_one(CustomerRow, lookup.order(db, order_id).customer_id)
            return ports.Customer(
                tier=customer.tier or "standard",
                language=customer.language,
                trusted=bool(customer.trusted),
                nets=bool(customer.nets),
                orders=lookup.count(db, OrderRow.customer_id, customer.customer_id),
            )

        return self._door.read("customers.read", work)

    def tell(
        self, call: Call, *, order_id: str, texts: dict[str, dict[str, str]], values: dict[str, str], bounced: int = 0
    ) -> ports.Delivery:
        def work(db: Session) -> ports.Delivery:
            order = lookup.order(db, order_id, lock=True)
            customer = db.get_one(CustomerRow, order.customer_id)
            return letters.post(
                db, call, customer, Party.CUSTOMER, order_id=order_id, texts=texts, values=values, bounced=bounced
            )

        args = {"order_id": order_id, "texts": texts, "values": values, "bounced": bounced}
        return self._door.give("customers.tell", call, args, ports.Delivery, work)
