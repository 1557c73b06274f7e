"""What a runbook does with stock."""

from activities.binding import SystemActivities, carries_out
from amends.connectors import ports
from amends.connectors.ports import Call
from runbooks.catalogued.inputs import (
    ArticleRef,
    CountRef,
    LineRef,
    OrderRef,
    ParcelRef,
    Replenishing,
    ReplenishmentRef,
    ReservationRef,
    ReserveParcel,
    StopRef,
    Transferring,
)


class InventoryActivities(SystemActivities[ports.Inventory]):
    @carries_out("inventory.check")
    def check(self, call: Call, inputs: ParcelRef) -> ports.Availability:
        return self._port.check(call, parcel_id=inputs.parcel_id)

    @carries_out("inventory.reserve")
    def reserve(self, call: Call, inputs: ReserveParcel) -> ports.Reservation:
        return self._port.reserve(call, parcel_id=inputs.parcel_id, warehouse=inputs.warehouse)

    @carries_out("inventory.release")
    def release(self, call: Call, inputs: ReservationRef) -> None:
        self._port.release(call, reservation_id=inputs.reservation_id)

    @carries_out("inventory.read_goods")
    def read_goods(self, call: Call, inputs: ParcelRef) -> ports.Goods:
        return self._port.read_goods(call, parcel_id=inputs.parcel_id)

    @carries_out("inventory.find_elsewhere")
    def find_elsewhere(self, call: Call, inputs: ParcelRef) -> ports.Elsewhere:
        return self._port.find_elsewhere(call, parcel_id=inputs.parcel_id)

    @carries_out("inventory.read_supply")
    def read_supply(self, call: Call, inputs: LineRef) -> ports.Supply:
        return self._port.read_supply(call, line_id=inputs.line_id)

    @carries_out("inventory.reserve_line")
    def reserve_line(self, call: Call, inputs: LineRef) -> ports.Reservation:
        return self._port.reserve_line(call, line_id=inputs.line_id)

    @carries_out("inventory.transfer")
    def transfer(self, call: Call, inputs: Transferring) -> ports.Transfer:
        return self._port.transfer(call, line_id=inputs.line_id, warehouse=inputs.warehouse)

    @carries_out("inventory.backorder")
    def backorder(self, call: Call, inputs: LineRef) -> ports.Backorder:
        return self._port.backorder(call, line_id=inputs.line_id)

    @carries_out("inventory.keep_order")
    def keep_order(self, call: Call, inputs: OrderRef) -> ports.KeptGoods:
        return self._port.keep_order(call, order_id=inputs.order_id)

    @carries_out("inventory.free_order")
    def free_order(self, call: Call, inputs: OrderRef) -> ports.KeptGoods:
        return self._port.free_order(call, order_id=inputs.order_id)

    @carries_out("inventory.keep_parcel")
    def keep_parcel(self, call: Call, inputs: ParcelRef) -> ports.KeptParcel:
        return self._port.keep_parcel(call, parcel_id=inputs.parcel_id)

    @carries_out("inventory.free_parcel")
    def free_parcel(self, call: Call, inputs: ParcelRef) -> ports.KeptParcel:
        return self._port.free_parcel(call, parcel_id=inputs.parcel_id)

    @carries_out("inventory.stop_selling")
    def stop_selling(self, call: Call, inputs: ArticleRef) -> ports.SaleStop:
        return self._port.stop_selling(call, sku=inputs.sku)

    @carries_out("inventory.sell_again")
    def sell_again(self, call: Call, inputs: StopRef) -> None:
        self._port.sell_again(call, stop_id=inputs.stop_id)

    @carries_out("inventory.count")
    def count(self, call: Call, inputs: ArticleRef) -> ports.Count:
        return self._port.count(call, sku=inputs.sku)

    @carries_out("inventory.read_count")
    def read_count(self, call: Call, inputs: CountRef) -> ports.Count:
        return self._port.read_count(call, task_id=inputs.task_id)

    @carries_out("inventory.cancel_count")
    def cancel_count(self, call: Call, inputs: CountRef) -> None:
        self._port.cancel_count(call, task_id=inputs.task_id)

    @carries_out("inventory.replenish")
    def replenish(self, call: Call, inputs: Replenishing) -> ports.Replenishment:
        return self._port.replenish(call, sku=inputs.sku, quantity=inputs.quantity, safety_stock=inputs.safety_stock)

    @carries_out("inventory.cancel_replenishment")
    def cancel_replenishment(self, call: Call, inputs: ReplenishmentRef) -> None:
        self._port.cancel_replenishment(call, request_id=inputs.request_id)
