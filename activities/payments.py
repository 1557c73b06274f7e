"""What a runbook does with money."""

from activities.binding import SystemActivities, carries_out
from amends.connectors import ports
from amends.connectors.ports import Call
from runbooks.catalogue import RefundRequest


class PaymentActivities(SystemActivities[ports.Payments]):
    @carries_out("payments.refund")
    def refund(self, call: Call, inputs: RefundRequest) -> ports.Refund:
        return self._port.refund(call, order_id=inputs.order_id, parcel_id=inputs.parcel_id, amount=inputs.amount)
