"""What others are asked for and answer later, and what they will answer."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from amends.connectors.shop.tables.base import Base


class FateRow(Base):
    """How a request of one kind about one subject will end; a kind without one ends as its kind does. Without ``ends``
    there is never an answer."""

    __tablename__ = "fates"

    subject: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    after: Mapped[timedelta | None]
    ends: Mapped[str | None]
    amount: Mapped[int | None]


class RequestRow(Base):
    """A request: ends at ``ends_at`` as ``ends_as`` unless it is withdrawn before. Unset, it never ends by itself.

    ``before``: what it has changed, as it was. ``booked``: what it has brought in stands in the books. ``joined``: how
    many want it beside the one who asked."""

    __tablename__ = "requests"

    request_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    order_id: Mapped[str | None] = mapped_column(index=True)
    asked_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    ends_as: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    amount: Mapped[int | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    booked: Mapped[bool] = mapped_column(default=False)
    joined: Mapped[int | None]
