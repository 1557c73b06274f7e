"""What a runbook does with stock."""

from activities.binding import SystemActivities, carries_out
from amends.connectors import ports
from amends.connectors.ports import Call
from runbooks.catalogue import ParcelRef, ReservationRef


class InventoryActivities(SystemActivities[ports.Inventory]):
    @carries_out("inventory.check")
    def check(self, call: Call, inputs: ParcelRef) -> ports.Availability:
        return self._port.check(call, parcel_id=inputs.parcel_id)

    @carries_out("inventory.reserve")
    def reserve(self, call: Call, inputs: ParcelRef) -> ports.Reservation:
        return self._port.reserve(call, parcel_id=inputs.parcel_id)

    @carries_out("inventory.release")
    def release(self, call: Call, inputs: ReservationRef) -> None:
        self._port.release(call, reservation_id=inputs.reservation_id)
