"""Where a parcel is, of all that warehouse and carrier have said of it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from amends.connectors.ports import ParcelStatus
from amends.connectors.shop import requests
from amends.connectors.shop.parcels import parcel_status
from amends.connectors.shop.tables import ParcelRow, TraceRow


def parcel_now(db: Session, parcel: ParcelRow, at: datetime) -> ParcelStatus:
    """Where a parcel is at a time."""
    back = (requests.status(each, at) for each in requests.of(db, requests.INTERCEPT, parcel.parcel_id))
    return "returned" if "returned" in back else parcel_status(parcel, traces_of(db, parcel.parcel_id), at)


def traces_of(db: Session, parcel_id: str) -> list[TraceRow]:
    """All searches for a parcel, the oldest first."""
    return list(db.scalars(select(TraceRow).where(TraceRow.parcel_id == parcel_id).order_by(TraceRow.opened_at)))
