"""What a runbook does with parcels and carriers."""

from activities.binding import SystemActivities, carries_out
from amends.connectors import ports
from amends.connectors.ports import Call
from runbooks.catalogued.inputs import (
    ClaimRef,
    FileClaim,
    InterceptRef,
    ParcelRef,
    PickRef,
    PriorityRef,
    ProofRef,
    SendAgain,
    TraceRef,
    TrackingRef,
)


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
    def file_claim(self, call: Call, inputs: FileClaim) -> ports.Claim:
        return self._port.file_claim(call, parcel_id=inputs.parcel_id, reason=inputs.reason)

    @carries_out("shipping.read_claim")
    def read_claim(self, call: Call, inputs: ClaimRef) -> ports.Claim:
        return self._port.read_claim(call, claim_id=inputs.claim_id)

    @carries_out("shipping.prioritise")
    def prioritise(self, call: Call, inputs: ParcelRef) -> ports.PickPriority:
        return self._port.prioritise(call, parcel_id=inputs.parcel_id)

    @carries_out("shipping.drop_priority")
    def drop_priority(self, call: Call, inputs: PriorityRef) -> None:
        self._port.drop_priority(call, priority_id=inputs.priority_id)

    @carries_out("shipping.cancel_pick")
    def cancel_pick(self, call: Call, inputs: ParcelRef) -> ports.Pick:
        return self._port.cancel_pick(call, parcel_id=inputs.parcel_id)

    @carries_out("shipping.read_pick")
    def read_pick(self, call: Call, inputs: PickRef) -> ports.Pick:
        return self._port.read_pick(call, pick_id=inputs.pick_id)

    @carries_out("shipping.resume_pick")
    def resume_pick(self, call: Call, inputs: PickRef) -> None:
        self._port.resume_pick(call, pick_id=inputs.pick_id)

    @carries_out("shipping.upgrade_service")
    def upgrade_service(self, call: Call, inputs: ParcelRef) -> ports.Upgrade:
        return self._port.upgrade_service(call, parcel_id=inputs.parcel_id)

    @carries_out("shipping.intercept")
    def intercept(self, call: Call, inputs: ParcelRef) -> ports.Intercept:
        return self._port.intercept(call, parcel_id=inputs.parcel_id)

    @carries_out("shipping.read_intercept")
    def read_intercept(self, call: Call, inputs: InterceptRef) -> ports.Intercept:
        return self._port.read_intercept(call, intercept_id=inputs.intercept_id)

    @carries_out("shipping.withdraw_intercept")
    def withdraw_intercept(self, call: Call, inputs: InterceptRef) -> None:
        self._port.withdraw_intercept(call, intercept_id=inputs.intercept_id)

    @carries_out("shipping.ask_proof")
    def ask_proof(self, call: Call, inputs: ParcelRef) -> ports.Proof:
        return self._port.ask_proof(call, parcel_id=inputs.parcel_id)

    @carries_out("shipping.read_proof")
    def read_proof(self, call: Call, inputs: ProofRef) -> ports.Proof:
        return self._port.read_proof(call, proof_id=inputs.proof_id)

    @carries_out("shipping.withdraw_proof")
    def withdraw_proof(self, call: Call, inputs: ProofRef) -> None:
        self._port.withdraw_proof(call, proof_id=inputs.proof_id)

    @carries_out("shipping.complete_claim")
    def complete_claim(self, call: Call, inputs: ClaimRef) -> None:
        self._port.complete_claim(call, claim_id=inputs.claim_id)

    @carries_out("shipping.repay_claim")
    def repay_claim(self, call: Call, inputs: ClaimRef) -> None:
        self._port.repay_claim(call, claim_id=inputs.claim_id)
