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


class RefundRow(Base):
    __tablename__ = "refunds"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    refund_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("payments.order_id"), index=True)
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcels.parcel_id"), index=True)
    key: Mapped[str | None]
    """The call's; a shop from before there were books has none."""
    amount: Mapped[int]
    paid_at: Mapped[datetime]


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
