"""Contracts with carriers and suppliers, and what was seen of their work."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from amends.connectors.shop.tables.base import Base


class ContractRow(Base):
    """Who pays for what, of all that a partner has in its hands. ``limit``: the most it pays for a parcel, in minor
    units."""

    __tablename__ = "contracts"

    partner: Mapped[str] = mapped_column(primary_key=True)
    pays_for_loss: Mapped[bool]
    pays_for_damage: Mapped[bool]
    pays_for_delay: Mapped[bool]
    limit: Mapped[int | None]


class ObservationRow(Base):
    __tablename__ = "observations"

    observation_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), index=True)
    party: Mapped[str]
    partner: Mapped[str] = mapped_column(index=True)
    cause: Mapped[str]
    seen_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
