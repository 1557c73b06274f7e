"""What is in the warehouse, and what has been set aside."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey
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
    """The units of a parcel's lines, set aside, or those of one ``line``. ``status``: ``held``, ``released`` or
    ``sent``. ``warehouse``: where they are; unset for the main one. What is on its way there can leave at
    ``usable_at``; what is yet to come in is of ``inbound_id``."""

    __tablename__ = "reservations"

    reservation_id: Mapped[str] = mapped_column(primary_key=True)
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcels.parcel_id"), index=True)
    status: Mapped[str]
    made_at: Mapped[datetime]
    line: Mapped[int | None]
    sku: Mapped[str | None]
    quantity: Mapped[int | None]
    warehouse: Mapped[str | None]
    usable_at: Mapped[datetime | None]
    inbound_id: Mapped[str | None]
    units: Mapped[dict[str, int] | None] = mapped_column(JSON)
    """What was set aside for a parcel, by SKU."""


class BranchRow(Base):
    """Units of one SKU in another warehouse than the main one; the table keeps the sum."""

    __tablename__ = "branches"
    __table_args__ = (
        CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="reserved_is_on_hand"),
        CheckConstraint("received = on_hand + sent AND sent >= 0", name="nothing_vanishes"),
    )

    sku: Mapped[str] = mapped_column(ForeignKey("stock.sku"), primary_key=True)
    warehouse: Mapped[str] = mapped_column(primary_key=True)
    received: Mapped[int]
    on_hand: Mapped[int]
    reserved: Mapped[int] = mapped_column(default=0)
    sent: Mapped[int] = mapped_column(default=0)


class InboundRow(Base):
    """Units that a supplier has announced; ``promised`` of them are set aside for lines."""

    __tablename__ = "inbound"
    __table_args__ = (CheckConstraint("promised >= 0 AND promised <= quantity", name="promised_is_announced"),)

    inbound_id: Mapped[str] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("stock.sku"), index=True)
    quantity: Mapped[int]
    promised: Mapped[int] = mapped_column(default=0)
    arrives_at: Mapped[datetime]
    landed: Mapped[bool] = mapped_column(default=False)
    """It has arrived, and stands in the stock."""


class ArticleRow(Base):
    """What rules ask of an article. An article without a row is an ordinary one."""

    __tablename__ = "articles"

    sku: Mapped[str] = mapped_column(ForeignKey("stock.sku"), primary_key=True)
    price: Mapped[int]
    category: Mapped[str]
    supplier: Mapped[str]
    fresh: Mapped[bool]
    medicine: Mapped[bool]
    hazardous: Mapped[bool]
    part_of_set: Mapped[bool]
    withdrawal_days: Mapped[int]
    quality_days: Mapped[int]
    warning_level: Mapped[int]
    doubtful: Mapped[bool]
    substitute: Mapped[str | None]
    bundle: Mapped[str | None]


class StopRow(Base):
    """An article is not sold while one of its stops has no ``lifted_at``."""

    __tablename__ = "stops"

    stop_id: Mapped[str] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("stock.sku"), index=True)
    made_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]


class ReplenishmentRow(Base):
    __tablename__ = "replenishments"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)

    request_id: Mapped[str] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(ForeignKey("stock.sku"), index=True)
    quantity: Mapped[int]
    safety_stock: Mapped[int]
    made_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
