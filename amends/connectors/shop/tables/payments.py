"""What was captured, what went back, and what came on top."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from amends.connectors.shop.tables.base import Base
from amends.models import Head


class PaymentRow(Base):
    """The payment of an order, in minor units of its currency. The table itself keeps refunds within the capture."""

    __tablename__ = "payments"
    __table_args__ = (CheckConstraint("refunded >= 0 AND refunded <= captured", name="refunds_within_capture"),)

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), primary_key=True)
    captured: Mapped[int]
    refunded: Mapped[int] = mapped_column(default=0)
    account_open: Mapped[bool]
    """Whether the account that paid still takes money back."""
    closed_at: Mapped[datetime | None]
    """From when on the provider takes no more for it."""


class PhaseRow(Base):
    """How one attempt to pay goes on at the provider: from ``at`` on it has ``status``. What ``captured`` and
    ``underpaid`` bring in is ``amount``; ``booked``: it stands in the books. ``late``: it comes even when the payment
    was closed before."""

    __tablename__ = "phases"

    order_id: Mapped[str] = mapped_column(ForeignKey("payments.order_id"), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    status: Mapped[str]
    amount: Mapped[int]
    booked: Mapped[bool] = mapped_column(default=False)
    late: Mapped[bool] = mapped_column(default=False)


class RefundRow(Base):
    __tablename__ = "refunds"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    refund_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("payments.order_id"), index=True)
    parcel_id: Mapped[str | None] = mapped_column(ForeignKey("parcels.parcel_id"), index=True)
    """The parcel whose goods it is for; unset where it is for the order."""
    key: Mapped[str | None]
    """The call's; a shop from before there were books has none."""
    amount: Mapped[int]
    paid_at: Mapped[datetime]
    line: Mapped[int | None]
    excess: Mapped[bool | None]
    """It is for what came in beyond the price."""
    settles_at: Mapped[datetime | None]
    """When the money has arrived, or has come back; unset, it never does."""
    withheld: Mapped[int | None]
    withheld_for: Mapped[str | None]
    """``fee`` or ``exchange``."""
    fails: Mapped[bool | None]


class CreditRow(Base):
    """Money on top of what was paid, in minor units of the order's currency, under its head."""

    __tablename__ = "credits"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    credit_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("payments.order_id"), index=True)
    head: Mapped[Head] = mapped_column(String)
    amount: Mapped[int]
    paid_at: Mapped[datetime]
