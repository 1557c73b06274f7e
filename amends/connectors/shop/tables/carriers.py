"""Carriers, their searches, the shipments handed to them, and the claims against them."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from amends.connectors.ports import ClaimStatus, TraceStatus
from amends.connectors.shop.tables.base import Base


class CarrierRow(Base):
    """A claim is taken for ``claim_window`` after handing over, and decided ``claim_after`` its filing as
    ``claim_ends``; a carrier without these never decides."""

    __tablename__ = "carriers"

    carrier_id: Mapped[str] = mapped_column(primary_key=True)
    has_capacity: Mapped[bool]
    claim_window: Mapped[timedelta]
    claim_after: Mapped[timedelta | None]
    claim_ends: Mapped[ClaimStatus | None] = mapped_column(String)


class TraceRow(Base):
    """A search: ends at ``ends_at`` as ``ends_as`` unless it is closed before. Unset, it never ends by itself.
    ``joined``: how many want it beside the one who asked."""

    __tablename__ = "traces"

    trace_id: Mapped[str] = mapped_column(primary_key=True)
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcels.parcel_id"), index=True)
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    ends_as: Mapped[TraceStatus | None] = mapped_column(String)
    closed_at: Mapped[datetime | None]
    joined: Mapped[int | None]


class ShipmentRow(Base):
    """The goods of ``replaces`` on their way again as ``parcel_id``; the carrier collects them at ``collected_at``."""

    __tablename__ = "shipments"

    tracking_no: Mapped[str] = mapped_column(primary_key=True)
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcels.parcel_id"), unique=True)
    replaces: Mapped[str] = mapped_column(ForeignKey("parcels.parcel_id"))
    reservation_id: Mapped[str] = mapped_column(ForeignKey("reservations.reservation_id"))
    key: Mapped[str | None]
    """The call's; a shop from before there were books has none."""
    created_at: Mapped[datetime]
    collected_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]


class DeliveryRow(Base):
    """The word to the carrier to deliver a parcel that was found, by the key of the call."""

    __tablename__ = "deliveries"

    key: Mapped[str] = mapped_column(primary_key=True)
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcels.parcel_id"), index=True)
    told_at: Mapped[datetime]


class ClaimRow(Base):
    """A claim for the value of a parcel, in minor units of its order's currency: one for each parcel."""

    __tablename__ = "claims"

    claim_id: Mapped[str] = mapped_column(primary_key=True)
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcels.parcel_id"), unique=True)
    amount: Mapped[int]
    filed_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_as: Mapped[ClaimStatus | None] = mapped_column(String)
    reason: Mapped[str | None]
    completed_at: Mapped[datetime | None]
    repaid_at: Mapped[datetime | None]
