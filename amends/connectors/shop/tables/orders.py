"""Orders, what is in them, the parcels they left in, and replacement orders."""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from amends.connectors.ports import Cause, DeliveredTo, OrderStatus, TraceStatus
from amends.connectors.shop.tables.base import Base


class OrderRow(Base):
    """``merchant_id``: who sells what is in it; unset for what the shop sells itself. ``joined``: how many want it
    cancelled beside the one who cancelled it."""

    __tablename__ = "orders"

    order_id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.customer_id"))
    merchant_id: Mapped[str | None] = mapped_column(ForeignKey("merchants.merchant_id"))
    status: Mapped[OrderStatus] = mapped_column(String)
    currency: Mapped[str]
    placed_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    ship_by: Mapped[datetime | None]
    promised_by: Mapped[datetime | None]
    gift_date: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    joined: Mapped[int | None]
    payment_method: Mapped[str | None]
    market: Mapped[str | None]
    delay_cause: Mapped[Cause | None] = mapped_column(String)
    price_changed: Mapped[bool | None]
    ordered_again: Mapped[bool | None]
    """The customer has ordered the same goods again since."""
    freight: Mapped[int | None]
    duty: Mapped[int | None]
    instalment_fee: Mapped[int | None]
    in_coupons: Mapped[int | None]
    """What of the price was paid in coupons, points and gift cards."""


class ParcelRow(Base):
    """``handed_over_at`` and ``delivered_at`` may lie ahead: they are what will happen if nobody intervenes.

    ``paid_as`` is the parcel whose lines the customer paid for: itself, or the one that this parcel replaces.
    ``trace_after`` and ``trace_ends`` are what becomes of a search for it; unset, the carrier stays silent.
    """

    __tablename__ = "parcels"

    parcel_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), index=True)
    paid_as: Mapped[str]
    carrier_id: Mapped[str] = mapped_column(ForeignKey("carriers.carrier_id"))
    handed_over_at: Mapped[datetime | None]
    last_scan_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    trace_after: Mapped[timedelta | None]
    trace_ends: Mapped[TraceStatus | None] = mapped_column(String)
    warehouse: Mapped[str | None]
    service: Mapped[str | None]
    delivered_to: Mapped[DeliveredTo | None] = mapped_column(String)
    cross_border: Mapped[bool | None]
    damaged_at: Mapped[datetime | None]
    damage_cause: Mapped[str | None]
    damage_proven: Mapped[bool | None]


class LineRow(Base):
    """A line of an order; ``unit_price`` in minor units of the order's currency, ``discount`` what of the order's
    discounts falls to the line as a whole. ``split_from``: the parcel it was in, before it got one by itself."""

    __tablename__ = "lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("unit_price >= 0", name="price"),
    )

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcels.parcel_id"), index=True)
    sku: Mapped[str] = mapped_column(ForeignKey("stock.sku"))
    quantity: Mapped[int]
    unit_price: Mapped[int]
    discount: Mapped[int | None]
    dropped_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    split_from: Mapped[str | None]


class HoldRow(Base):
    """An order is held while one of its holds has no ``released_at``."""

    __tablename__ = "holds"

    hold_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), index=True)
    held_at: Mapped[datetime]
    released_at: Mapped[datetime | None]


class ReplacementRow(Base):
    __tablename__ = "replacements"

    replacement_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), index=True)
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcels.parcel_id"))
    created_at: Mapped[datetime]
    dropped_at: Mapped[datetime | None]


class PromiseRow(Base):
    """``before``: what was promised until then."""

    __tablename__ = "promises"

    promise_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), index=True)
    by: Mapped[datetime]
    before: Mapped[datetime | None]
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class SubstitutionRow(Base):
    """What a line was before another article took its place."""

    __tablename__ = "substitutions"

    substitution_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), index=True)
    n: Mapped[int]
    sku_before: Mapped[str]
    price_before: Mapped[int]
    discount_before: Mapped[int | None]
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
