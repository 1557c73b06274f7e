"""What is asked of a carrier about a parcel it was given: searches and claims."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call
from amends.connectors.shop import books, lookup, requests
from amends.connectors.shop.door import Desk
from amends.connectors.shop.parcels import claim_status, trace_status
from amends.connectors.shop.tables import CarrierRow, ClaimRow, ContractRow, ParcelRow, TraceRow
from amends.connectors.shop.whereabouts import parcel_now, traces_of
from amends.errors import Refused
from amends.models import Money


class CarrierDesk(Desk):
    """The part of the shop's ``Shipping`` that the carrier answers.

    A carrier runs one search for a parcel at a time, and takes one claim for it: asking again joins what there is. A
    search goes on as long as anybody who asked for it has not closed it.
    """

    _system = "shipping"

    def open_trace(self, call: Call, *, parcel_id: str) -> ports.Trace:
        def work(db: Session) -> ports.Trace:
            parcel = lookup.parcel(db, parcel_id, lock=True)
            traces = traces_of(db, parcel_id)
            running = [trace for trace in traces if trace_status(trace, call.at) == "open"]
            if running:
                requests.want_too(running[0])
                return ports.Trace(trace_id=running[0].trace_id, status="open")
            status = parcel_now(db, parcel, call.at)
            if status in ("not_dispatched", "delivered", "returned"):
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
            lookup.parcel(db, trace.parcel_id, lock=True)
            db.refresh(trace)
            if trace_status(trace, call.at) == "open" and requests.leave(trace):
                trace.closed_at = call.at

        self._door.do("shipping.close_trace", call, {"trace_id": trace_id}, work)

    def file_claim(self, call: Call, *, parcel_id: str, reason: ports.ClaimReason = "lost") -> ports.Claim:
        def work(db: Session) -> ports.Claim:
            parcel = lookup.parcel(db, parcel_id, lock=True)
            claim = db.scalar(select(ClaimRow).where(ClaimRow.parcel_id == parcel_id))
            if claim is None:
                claim = _new_claim(db, parcel, call, reason)
                db.add(claim)
            return _told(db, claim, parcel, call)

        args = {"parcel_id": parcel_id} | ({} if reason == "lost" else {"reason": reason})
        return self._door.give("shipping.file_claim", call, args, ports.Claim, work)

    def read_claim(self, call: Call, *, claim_id: str) -> ports.Claim:
        def work(db: Session) -> ports.Claim:
            claim = _claim(db, claim_id)
            return _told(db, claim, lookup.parcel(db, claim.parcel_id), call)

        return self._door.read("shipping.read_claim", work)

    def complete_claim(self, call: Call, *, claim_id: str) -> None:
        def work(db: Session) -> None:
            claim = _claim(db, claim_id)
            claim.completed_at = claim.completed_at or call.at

        self._door.do("shipping.complete_claim", call, {"claim_id": claim_id}, work)

    def repay_claim(self, call: Call, *, claim_id: str) -> None:
        def work(db: Session) -> None:
            claim = _claim(db, claim_id)
            parcel = lookup.parcel(db, claim.parcel_id, lock=True)
            db.refresh(claim)
            if claim.repaid_at is not None:
                return
            if claim_status(claim, call.at) != "paid":
                raise Refused("NothingPaid", f"{parcel.carrier_id} has paid nothing for claim {claim_id!r}")
            claim.repaid_at = call.at
            books.book(
                db,
                parcel.order_id,
                call.at,
                kind="claim repaid",
                debit=books.CLAIMS,
                credit=books.CASH,
                amount=claim.amount,
            )

        self._door.do("shipping.repay_claim", call, {"claim_id": claim_id}, work)


def _trace(db: Session, trace_id: str) -> TraceRow:
    trace = db.get(TraceRow, trace_id)
    if trace is None:
        raise Refused("TraceNotFound", f"no trace {trace_id!r}")
    return trace


def _claim(db: Session, claim_id: str) -> ClaimRow:
    claim = db.get(ClaimRow, claim_id)
    if claim is None:
        raise Refused("ClaimNotFound", f"no claim {claim_id!r}")
    return claim


def _told(db: Session, claim: ClaimRow, parcel: ParcelRow, call: Call) -> ports.Claim:
    return ports.Claim(
        claim_id=claim.claim_id,
        status=claim_status(claim, call.at),
        amount=Money(amount=claim.amount, currency=lookup.currency(db, parcel)),
    )


def _new_claim(db: Session, parcel: ParcelRow, call: Call, reason: str) -> ClaimRow:
    contract = db.get(ContractRow, parcel.carrier_id)
    worth = lookup.parcel_value(db, parcel)
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
        amount=worth if contract is None or contract.limit is None else min(worth, contract.limit),
        reason=reason,
        filed_at=call.at,
        decided_at=None if carrier.claim_after is None else call.at + carrier.claim_after,
        decided_as=carrier.claim_ends,
    )
