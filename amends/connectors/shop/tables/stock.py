"""What is in the warehouse, and what has been set aside."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from amends.connectors.shop.tables.base import Base


class StockRow(Base):
    """Units of one SKU. What came in is on hand, sold to others, or sent to our customers: the table keeps the sum.

    At ``sells_out_at`` other customers buy whatever has not been reserved by then.
    """

    __tablename__ = "stock"
    __table_args__ = (
        CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="reserved_is_on_hand"),
        CheckConstraint("received = on_hand + sold + sent AND sold >= 0 AND sent >= 0", name="nothing_vanishes"),
    )

    sku: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    received: Mapped[int]
    on_hand: Mapped[int]
    reserved: Mapped[int] = mapped_column(default=0)
    sold: Mapped[int] = mapped_column(default=0)
    sent: Mapped[int] = mapped_column(default=0)
    sells_out_at: Mapped[datetime | None]


class ReservationRow(Base):
    """The units of a parcel's lines, set aside. ``status``: ``held``, ``released`` or ``sent``."""

    __tablename__ = "reservations"

    reservation_id: Mapped[str] = mapped_column(primary_key=True)
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcels.parcel_id"), index=True)
    status: Mapped[str]
    made_at: Mapped[datetime]
