"""What is asked of a carrier about a parcel it was given: searches and claims."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call
from amends.connectors.shop import lookup
from amends.connectors.shop.door import Desk
from amends.connectors.shop.parcels import claim_status, parcel_status, trace_status
from amends.connectors.shop.tables import CarrierRow, ClaimRow, ParcelRow, TraceRow
from amends.errors import Refused


class CarrierDesk(Desk):
    """The part of the shop's ``Shipping`` that the carrier answers.

    A carrier runs one search for a parcel at a time, and takes one claim for it: asking again joins what there is.
    """

    _system = "shipping"

    def open_trace(self, call: Call, *, parcel_id: str) -> ports.Trace:
        def work(db: Session) -> ports.Trace:
            parcel = lookup.parcel(db, parcel_id, lock=True)
            traces = traces_of(db, parcel_id)
            running = [trace for trace in traces if trace_status(trace, call.at) == "open"]
            if running:
                return ports.Trace(trace_id=running[0].trace_id, status="open")
            status = parcel_status(parcel, traces, call.at)
            if status in ("not_dispatched", "delivered"):
                raise Refused("TraceRefused", f"the carrier does not look for parcel {parcel_id!r}: it is {status}")
            trace = TraceRow(
                trace_id=f"{parcel_id.replace('PC', 'TR', 1)}-{len(traces) + 1}",
                parcel_id=parcel_id,
                opened_at=call.at,
                ends_at=None if parcel.trace_after is None else call.at + parcel.trace_after,
                ends_as=parcel.trace_ends,
            )
            db.add(trace)
            return ports.Trace(trace_id=trace.trace_id, status=trace_status(trace, call.at))

        return self._door.give("shipping.open_trace", call, {"parcel_id": parcel_id}, ports.Trace, work)

    def read_trace(self, call: Call, *, trace_id: str) -> ports.Trace:
        def work(db: Session) -> ports.Trace:
            return ports.Trace(trace_id=trace_id, status=trace_status(_trace(db, trace_id), call.at))

        return self._door.read("shipping.read_trace", work)

    def close_trace(self, call: Call, *, trace_id: str) -> None:
        def work(db: Session) -> None:
            trace = _trace(db, trace_id)
            if trace_status(trace, call.at) == "open":
                trace.closed_at = call.at

        self._door.do("shipping.close_trace", call, {"trace_id": trace_id}, work)

    def file_claim(self, call: Call, *, parcel_id: str) -> ports.Claim:
        def work(db: Session) -> ports.Claim:
            parcel = lookup.parcel(db, parcel_id, lock=True)
            claim = db.scalar(select(ClaimRow).where(ClaimRow.parcel_id == parcel_id))
            if claim is None:
                claim = _new_claim(db, parcel, call)
                db.add(claim)
            return ports.Claim(claim_id=claim.claim_id, status=claim_status(claim, call.at))

        return self._door.give("shipping.file_claim", call, {"parcel_id": parcel_id}, ports.Claim, work)

    def read_claim(self, call: Call, *, claim_id: str) -> ports.Claim:
        def work(db: Session) -> ports.Claim:
            claim = db.get(ClaimRow, claim_id)
            if claim is None:
                raise Refused("ClaimNotFound", f"no claim {claim_id!r}")
            return ports.Claim(claim_id=claim_id, status=claim_status(claim, call.at))

        return self._door.read("shipping.read_claim", work)


def traces_of(db: Session, parcel_id: str) -> list[TraceRow]:
    """All searches for a parcel, the oldest first."""
    return list(db.scalars(select(TraceRow).where(TraceRow.parcel_id == parcel_id).order_by(TraceRow.opened_at)))


def _trace(db: Session, trace_id: str) -> TraceRow:
    trace = db.get(TraceRow, trace_id)
    if trace is None:
        raise Refused("TraceNotFound", f"no trace {trace_id!r}")
    return trace


def _new_claim(db: Session, parcel: ParcelRow, call: Call) -> ClaimRow:
    carrier = db.get_one(CarrierRow, parcel.carrier_id)
    if parcel.handed_over_at is None or call.at > parcel.handed_over_at + carrier.claim_window:
        raise Refused(
            "ClaimWindowOver",
            f"{carrier.carrier_id} takes claims for {carrier.claim_window.days} days after handing over; "
            f"parcel {parcel.parcel_id!r} was handed over {parcel.handed_over_at or 'never'}",
        )
    return ClaimRow(
        claim_id=parcel.parcel_id.replace("PC", "CL", 1),
        parcel_id=parcel.parcel_id,
        amount=lookup.parcel_value(db, parcel),
        filed_at=call.at,
        decided_at=None if carrier.claim_after is None else call.at + carrier.claim_after,
        decided_as=carrier.claim_ends,
    )
