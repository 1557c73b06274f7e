"""Customers, and the outbox of what was written to them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from amends.connectors.shop.tables.base import Base


class CustomerRow(Base):
    """``email`` is unset when letters to it come back; ``phone``: where text messages go, if they may. ``zone``:
    whose clocks they live by, if that is known."""

    __tablename__ = "customers"

    customer_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str]
    zone: Mapped[str | None]


class MessageRow(Base):
    __tablename__ = "messages"

    message_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), index=True)
    channel: Mapped[str]
    address: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime]
