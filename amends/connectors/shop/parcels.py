"""What becomes of parcels and of the searches for them, as time goes by. Pure functions over rows."""

from collections.abc import Sequence
from datetime import datetime

from amends.connectors.ports import ClaimStatus, ParcelStatus, TraceStatus
from amends.connectors.shop.tables import ClaimRow, ParcelRow, TraceRow


def parcel_status(parcel: ParcelRow, traces: Sequence[TraceRow], at: datetime) -> ParcelStatus:
    """Where a parcel is, as far as the carrier has told."""
    if parcel.delivered_at and parcel.delivered_at <= at:
        return "delivered"
    if any(trace_status(trace, at) == "lost" for trace in traces):
        return "lost"
    return "in_transit" if parcel.handed_over_at and parcel.handed_over_at <= at else "not_dispatched"


def trace_status(trace: TraceRow, at: datetime) -> TraceStatus:
    """What has come of a search. One that was closed before its end stays closed."""
    if trace.closed_at and trace.closed_at <= at:
        return "closed"
    if trace.ends_at and trace.ends_at <= at:
        return trace.ends_as or "lost"
    return "open"


def claim_status(claim: ClaimRow, at: datetime) -> ClaimStatus:
    """What the carrier has said to a claim; until it says something, it is open."""
    return claim.decided_as or "open" if claim.decided_at and claim.decided_at <= at else "open"
