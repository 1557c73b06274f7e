"""The books: each entry moves an amount from one account to another, so that they balance by their shape."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from amends.connectors.shop.tables.base import Base


class EntryRow(Base):
    """``amount``, in minor units of the order's currency, is debited to one account and credited to another.
    ``reverses``: the entry of which it is the opposite; there is one at most."""

    __tablename__ = "entries"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("debit <> credit", name="two_accounts"),
    )

    entry_id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.order_id"), index=True)
    kind: Mapped[str]
    debit: Mapped[str]
    credit: Mapped[str]
    amount: Mapped[int]
    booked_at: Mapped[datetime]
    reverses: Mapped[str | None] = mapped_column(ForeignKey("entries.entry_id"), unique=True)
