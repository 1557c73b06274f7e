"""What a runbook does with orders."""

from activities.binding import SystemActivities, carries_out
from amends.connectors import ports
from amends.connectors.ports import Call
from runbooks.catalogued.inputs import (
    HoldRef,
    Joining,
    LineRef,
    OrderParcel,
    OrderRef,
    PromiseRef,
    Promising,
    ReplacementRef,
    ReturnRef,
    Substituting,
    SubstitutionRef,
)


class OrderActivities(SystemActivities[ports.Orders]):
    @carries_out("orders.read")
    def read(self, call: Call, inputs: OrderRef) -> ports.Order:
        return self._port.read(call, order_id=inputs.order_id)

    @carries_out("orders.add_replacement")
    def add_replacement(self, call: Call, inputs: OrderParcel) -> ports.ReplacementOrder:
        return self._port.add_replacement(call, order_id=inputs.order_id, parcel_id=inputs.parcel_id)

    @carries_out("orders.drop_replacement")
    def drop_replacement(self, call: Call, inputs: ReplacementRef) -> None:
        self._port.drop_replacement(call, replacement_id=inputs.replacement_id)

    @carries_out("orders.hold")
    def hold(self, call: Call, inputs: OrderRef) -> ports.Hold:
        return self._port.hold(call, order_id=inputs.order_id)

    @carries_out("orders.release")
    def release(self, call: Call, inputs: HoldRef) -> None:
        self._port.release(call, hold_id=inputs.hold_id)

    @carries_out("orders.read_line")
    def read_line(self, call: Call, inputs: LineRef) -> ports.Line:
        return self._port.read_line(call, line_id=inputs.line_id)

    @carries_out("orders.explain_delay")
    def explain_delay(self, call: Call, inputs: OrderRef) -> ports.Delay:
        return self._port.explain_delay(call, order_id=inputs.order_id)

    @carries_out("orders.confirm")
    def confirm(self, call: Call, inputs: OrderRef) -> None:
        self._port.confirm(call, order_id=inputs.order_id)

    @carries_out("orders.cancel")
    def cancel(self, call: Call, inputs: OrderRef) -> ports.Cancellation:
        return self._port.cancel(call, order_id=inputs.order_id)

    @carries_out("orders.reinstate")
    def reinstate(self, call: Call, inputs: OrderRef) -> None:
        self._port.reinstate(call, order_id=inputs.order_id)

    @carries_out("orders.promise")
    def promise(self, call: Call, inputs: Promising) -> ports.Promise:
        return self._port.promise(call, order_id=inputs.order_id, by=inputs.by)

    @carries_out("orders.withdraw_promise")
    def withdraw_promise(self, call: Call, inputs: PromiseRef) -> None:
        self._port.withdraw_promise(call, promise_id=inputs.promise_id)

    @carries_out("orders.substitute")
    def substitute(self, call: Call, inputs: Substituting) -> ports.Substitution:
        return self._port.substitute(call, line_id=inputs.line_id, sku=inputs.sku)

    @carries_out("orders.withdraw_substitute")
    def withdraw_substitute(self, call: Call, inputs: SubstitutionRef) -> None:
        self._port.withdraw_substitute(call, substitution_id=inputs.substitution_id)

    @carries_out("orders.drop_line")
    def drop_line(self, call: Call, inputs: LineRef) -> None:
        self._port.drop_line(call, line_id=inputs.line_id)

    @carries_out("orders.restore_line")
    def restore_line(self, call: Call, inputs: LineRef) -> None:
        self._port.restore_line(call, line_id=inputs.line_id)

    @carries_out("orders.split")
    def split(self, call: Call, inputs: LineRef) -> ports.Split:
        return self._port.split(call, line_id=inputs.line_id)

    @carries_out("orders.join")
    def join(self, call: Call, inputs: Joining) -> None:
        self._port.join(call, parcel_id=inputs.parcel_id, line_id=inputs.line_id)

    @carries_out("orders.open_return")
    def open_return(self, call: Call, inputs: OrderParcel) -> ports.Return:
        return self._port.open_return(call, order_id=inputs.order_id, parcel_id=inputs.parcel_id)

    @carries_out("orders.read_return")
    def read_return(self, call: Call, inputs: ReturnRef) -> ports.Return:
        return self._port.read_return(call, return_id=inputs.return_id)

    @carries_out("orders.cancel_return")
    def cancel_return(self, call: Call, inputs: ReturnRef) -> None:
        self._port.cancel_return(call, return_id=inputs.return_id)
