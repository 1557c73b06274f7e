"""The calls that were carried out, by idempotency key, and the faults that are still to come."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from amends.connectors.shop.tables.base import Base


class CallRow(Base):
    """An effect that was done. ``result`` is its JSON object, empty for a call that gives nothing."""

    __tablename__ = "calls"

    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    digest: Mapped[str]
    result: Mapped[dict[str, Any]] = mapped_column(JSON)
    done_at: Mapped[datetime]


class FaultRow(Base):
    __tablename__ = "faults"
    __table_args__ = (CheckConstraint("times_left >= 0", name="times_left"),)

    fault_id: Mapped[int] = mapped_column(primary_key=True)
    call: Mapped[str]
    kind: Mapped[str]
    reason: Mapped[str]
    times_left: Mapped[int]
