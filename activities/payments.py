"""What a runbook does with money."""

from activities.binding import SystemActivities, carries_out
from amends.connectors import ports
from amends.connectors.ports import Call
from amends.models import Head
from runbooks.catalogued.inputs import (
    CaseRef,
    LineRefund,
    LinkRef,
    NettingRef,
    OrderAmount,
    OrderRef,
    ParcelRefund,
    PayingOut,
    RefundRef,
)


class PaymentActivities(SystemActivities[ports.Payments]):
    @carries_out("payments.refund")
    def refund(self, call: Call, inputs: ParcelRefund) -> ports.Refund:
        return self._port.refund(call, order_id=inputs.order_id, parcel_id=inputs.parcel_id, amount=inputs.amount)

    @carries_out("payments.compensate")
    def compensate(self, call: Call, inputs: OrderAmount) -> ports.Credit:
        return self._port.credit(call, order_id=inputs.order_id, head=Head.COMPENSATION, amount=inputs.amount)

    @carries_out("payments.refund_freight")
    def refund_freight(self, call: Call, inputs: OrderAmount) -> ports.Credit:
        return self._port.credit(call, order_id=inputs.order_id, head=Head.FREIGHT, amount=inputs.amount)

    @carries_out("payments.give_goodwill")
    def give_goodwill(self, call: Call, inputs: OrderAmount) -> ports.Credit:
        return self._port.credit(call, order_id=inputs.order_id, head=Head.GOODWILL, amount=inputs.amount)

    @carries_out("payments.refund_line")
    def refund_line(self, call: Call, inputs: LineRefund) -> ports.Refund:
        return self._port.refund_line(call, order_id=inputs.order_id, line_id=inputs.line_id, amount=inputs.amount)

    @carries_out("payments.refund_order")
    def refund_order(self, call: Call, inputs: OrderAmount) -> ports.Refund:
        return self._port.refund_order(call, order_id=inputs.order_id, amount=inputs.amount)

    @carries_out("payments.refund_excess")
    def refund_excess(self, call: Call, inputs: OrderAmount) -> ports.Refund:
        return self._port.refund_excess(call, order_id=inputs.order_id, amount=inputs.amount)

    @carries_out("payments.top_up")
    def top_up(self, call: Call, inputs: OrderAmount) -> ports.Refund:
        return self._port.top_up(call, order_id=inputs.order_id, amount=inputs.amount)

    @carries_out("payments.pay_out")
    def pay_out(self, call: Call, inputs: PayingOut) -> ports.Refund:
        return self._port.pay_out(call, order_id=inputs.order_id, amount=inputs.amount, payee=inputs.payee)

    @carries_out("payments.read_refund")
    def read_refund(self, call: Call, inputs: RefundRef) -> ports.RefundState:
        return self._port.read_refund(call, refund_id=inputs.refund_id)

    @carries_out("payments.query")
    def query(self, call: Call, inputs: OrderRef) -> ports.PaymentState:
        return self._port.query(call, order_id=inputs.order_id)

    @carries_out("payments.check_channel")
    def check_channel(self, call: Call, inputs: OrderRef) -> ports.ChannelHealth:
        return self._port.check_channel(call, order_id=inputs.order_id)

    @carries_out("payments.capture")
    def capture(self, call: Call, inputs: OrderRef) -> ports.Capture:
        return self._port.capture(call, order_id=inputs.order_id)

    @carries_out("payments.void")
    def void(self, call: Call, inputs: OrderRef) -> None:
        self._port.void(call, order_id=inputs.order_id)

    @carries_out("payments.close")
    def close(self, call: Call, inputs: OrderRef) -> ports.Closing:
        return self._port.close(call, order_id=inputs.order_id)

    @carries_out("payments.send_link")
    def send_link(self, call: Call, inputs: OrderAmount) -> ports.PaymentLink:
        return self._port.send_link(call, order_id=inputs.order_id, amount=inputs.amount)

    @carries_out("payments.read_link")
    def read_link(self, call: Call, inputs: LinkRef) -> ports.PaymentLink:
        return self._port.read_link(call, link_id=inputs.link_id)

    @carries_out("payments.cancel_link")
    def cancel_link(self, call: Call, inputs: LinkRef) -> None:
        self._port.cancel_link(call, link_id=inputs.link_id)

    @carries_out("payments.net")
    def net(self, call: Call, inputs: OrderAmount) -> ports.Netting:
        return self._port.net(call, order_id=inputs.order_id, amount=inputs.amount)

    @carries_out("payments.drop_netting")
    def drop_netting(self, call: Call, inputs: NettingRef) -> None:
        self._port.drop_netting(call, netting_id=inputs.netting_id)

    @carries_out("payments.open_case")
    def open_case(self, call: Call, inputs: RefundRef) -> ports.ProviderCase:
        return self._port.open_case(call, refund_id=inputs.refund_id)

    @carries_out("payments.read_case")
    def read_case(self, call: Call, inputs: CaseRef) -> ports.ProviderCase:
        return self._port.read_case(call, case_id=inputs.case_id)

    @carries_out("payments.close_case")
    def close_case(self, call: Call, inputs: CaseRef) -> None:
        self._port.close_case(call, case_id=inputs.case_id)
