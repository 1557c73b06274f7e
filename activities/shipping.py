"""What a runbook does with parcels and carriers."""

from activities.binding import SystemActivities, carries_out
from amends.connectors import ports
from amends.connectors.ports import Call
from runbooks.catalogue import ClaimRef, ParcelRef, SendAgain, TraceRef, TrackingRef


class ShippingActivities(SystemActivities[ports.Shipping]):
    @carries_out("shipping.read_parcel")
    def read_parcel(self, call: Call, inputs: ParcelRef) -> ports.Parcel:
        return self._port.read_parcel(call, parcel_id=inputs.parcel_id)

    @carries_out("shipping.open_trace")
    def open_trace(self, call: Call, inputs: ParcelRef) -> ports.Trace:
        return self._port.open_trace(call, parcel_id=inputs.parcel_id)

    @carries_out("shipping.read_trace")
    def read_trace(self, call: Call, inputs: TraceRef) -> ports.Trace:
        return self._port.read_trace(call, trace_id=inputs.trace_id)

    @carries_out("shipping.close_trace")
    def close_trace(self, call: Call, inputs: TraceRef) -> None:
        self._port.close_trace(call, trace_id=inputs.trace_id)

    @carries_out("shipping.create_shipment")
    def create_shipment(self, call: Call, inputs: SendAgain) -> ports.Shipment:
        return self._port.create_shipment(call, parcel_id=inputs.parcel_id, reservation_id=inputs.reservation_id)

    @carries_out("shipping.cancel_shipment")
    def cancel_shipment(self, call: Call, inputs: TrackingRef) -> None:
        self._port.cancel_shipment(call, tracking_no=inputs.tracking_no)

    @carries_out("shipping.resume_delivery")
    def resume_delivery(self, call: Call, inputs: ParcelRef) -> None:
        self._port.resume_delivery(call, parcel_id=inputs.parcel_id)

    @carries_out("shipping.file_claim")
    def file_claim(self, call: Call, inputs: ParcelRef) -> ports.Claim:
        return self._port.file_claim(call, parcel_id=inputs.parcel_id)

    @carries_out("shipping.read_claim")
    def read_claim(self, call: Call, inputs: ClaimRef) -> ports.Claim:
        return self._port.read_claim(call, claim_id=inputs.claim_id)
