"""Writing to the merchants whose goods the shop sells."""

from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call
from amends.connectors.shop import letters, lookup
from amends.connectors.shop.door import Desk
from amends.connectors.shop.tables import MerchantRow
from amends.errors import Refused
from amends.models import Party


class ShopMerchants(Desk):
    """The shop's ``Merchants``: the same outbox. What the shop sells itself has no merchant to write to."""

    _system = "merchants"

    def tell(
        self, call: Call, *, order_id: str, texts: dict[str, dict[str, str]], values: dict[str, str], bounced: int = 0
    ) -> ports.Delivery:
        def work(db: Session) -> ports.Delivery:
            order = lookup.order(db, order_id, lock=True)
            if order.merchant_id is None:
                raise Refused("Undeliverable", f"the order {order_id!r} is the shop's own, and has no merchant")
            merchant = db.get_one(MerchantRow, order.merchant_id)
            return letters.post(
                db, call, merchant, Party.MERCHANT, order_id=order_id, texts=texts, values=values, bounced=bounced
            )

        args = {"order_id": order_id, "texts": texts, "values": values, "bounced": bounced}
        return self._door.give("merchants.tell", call, args, ports.Delivery, work)
