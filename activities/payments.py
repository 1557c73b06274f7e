"""What a runbook does with money."""

from activities.binding import SystemActivities, carries_out
from amends.connectors import ports
from amends.connectors.ports import Call
from amends.models import Head
from runbooks.catalogue import CreditRequest, RefundRequest


class PaymentActivities(SystemActivities[ports.Payments]):
    @carries_out("payments.refund")
    def refund(self, call: Call, inputs: RefundRequest) -> ports.Refund:
        return self._port.refund(call, order_id=inputs.order_id, parcel_id=inputs.parcel_id, amount=inputs.amount)

    @carries_out("payments.compensate")
    def compensate(self, call: Call, inputs: CreditRequest) -> ports.Credit:
        return self._port.credit(call, order_id=inputs.order_id, head=Head.COMPENSATION, amount=inputs.amount)

    @carries_out("payments.refund_freight")
    def refund_freight(self, call: Call, inputs: CreditRequest) -> ports.Credit:
        return self._port.credit(call, order_id=inputs.order_id, head=Head.FREIGHT, amount=inputs.amount)

    @carries_out("payments.give_goodwill")
    def give_goodwill(self, call: Call, inputs: CreditRequest) -> ports.Credit:
        return self._port.credit(call, order_id=inputs.order_id, head=Head.GOODWILL, amount=inputs.amount)
