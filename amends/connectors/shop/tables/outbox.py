"""What the shop tells of its changes: written in the transaction that makes them, read in the order of ``seq``."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from amends.connectors.shop.tables.base import Base


class EventRow(Base):
    """``event_id`` is the same for the same change, however often it is noticed; ``seq`` is given when the change is
    first asked for."""

    __tablename__ = "outbox"

    event_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int | None] = mapped_column(unique=True)
    type: Mapped[str]
    order_id: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
