"""What a runbook says to customers."""

from activities.binding import SystemActivities, carries_out
from amends.connectors import ports
from amends.connectors.ports import Call
from runbooks.catalogue import TELL
from runbooks.catalogued.inputs import OrderRef, TellRequest


class CustomerActivities(SystemActivities[ports.Customers]):
    @carries_out(TELL)
    def tell(self, call: Call, inputs: TellRequest) -> ports.Delivery:
        return self._port.tell(
            call, order_id=inputs.order_id, texts=inputs.texts, values=inputs.values, bounced=inputs.bounced
        )

    @carries_out("customers.read")
    def read(self, call: Call, inputs: OrderRef) -> ports.Customer:
        return self._port.read(call, order_id=inputs.order_id)
