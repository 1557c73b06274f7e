"""What a runbook says to merchants."""

from activities.binding import SystemActivities, carries_out
from amends.connectors import ports
from amends.connectors.ports import Call
from runbooks.catalogue import TELL_MERCHANT
from runbooks.catalogued.inputs import TellRequest


class MerchantActivities(SystemActivities[ports.Merchants]):
    @carries_out(TELL_MERCHANT)
    def tell(self, call: Call, inputs: TellRequest) -> ports.Delivery:
        return self._port.tell(
            call, order_id=inputs.order_id, texts=inputs.texts, values=inputs.values, bounced=inputs.bounced
        )
