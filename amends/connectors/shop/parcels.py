"""What becomes of parcels and of the searches for them, as time goes by. Pure functions over rows."""

from collections.abc import Sequence
from datetime import datetime

from amends.connectors.shop.tables import ClaimRow, ParcelRow, TraceRow


def parcel_status(parcel: ParcelRow, traces: Sequence[TraceRow], at: datetime) -> str:
    """``not_dispatched | in_transit | delivered | lost``"""
    if parcel.delivered_at and parcel.delivered_at <= at:
        return "delivered"
    if any(trace_status(trace, at) == "lost" for trace in traces):
        return "lost"
    return "in_transit" if parcel.handed_over_at and parcel.handed_over_at <= at else "not_dispatched"


def trace_status(trace: TraceRow, at: datetime) -> str:
    """``open | found | lost | closed``. A search that was closed before its end stays closed."""
    if trace.closed_at and trace.closed_at <= at:
        return "closed"
    if trace.ends_at and trace.ends_at <= at:
        return trace.ends_as or "lost"
    return "open"


def claim_status(claim: ClaimRow, at: datetime) -> str:
    """``open | paid | rejected``"""
    return claim.decided_as or "open" if claim.decided_at and claim.decided_at <= at else "open"
