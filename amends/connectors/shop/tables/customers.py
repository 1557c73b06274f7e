"""Customers and merchants, and the outbox of what was written to them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from amends.connectors.shop.tables.base import Base
from amends.models import Party


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
    tier: Mapped[str | None]
    trusted: Mapped[bool | None]
    nets: Mapped[bool | None]


class MerchantRow(Base):
    """Who sells over the shop."""

    __tablename__ = "merchants"

    merchant_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str]


class MessageRow(Base):
    """``party``: to whom; unset in what an older shop has sent, which was to the customer."""

    __tablename__ = "messages"

    message_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), index=True)
    party: Mapped[Party | None] = mapped_column(String)
    channel: Mapped[str]
    address: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime]
