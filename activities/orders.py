"""What a runbook does with orders."""

from activities.binding import SystemActivities, carries_out
from amends.connectors import ports
from amends.connectors.ports import Call
from runbooks.catalogue import AddReplacement, HoldRef, OrderRef, ReplacementRef


class OrderActivities(SystemActivities[ports.Orders]):
    @carries_out("orders.read")
    def read(self, call: Call, inputs: OrderRef) -> ports.Order:
        return self._port.read(call, order_id=inputs.order_id)

    @carries_out("orders.add_replacement")
    def add_replacement(self, call: Call, inputs: AddReplacement) -> ports.ReplacementOrder:
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
