"""Writing to customers."""

from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call
from amends.connectors.shop import letters, lookup
from amends.connectors.shop.door import Desk
from amends.connectors.shop.tables import CustomerRow
from amends.models import Party


class ShopCustomers(Desk):
    """The shop's ``Customers``: an outbox. Names and addresses stay in it."""

    _system = "customers"

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
