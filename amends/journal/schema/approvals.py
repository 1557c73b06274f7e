"""What people have approved: how much, for which order, on which day of their role's zone."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Index, Table, Text

from amends.columns import UtcDateTime
from amends.journal.schema.base import metadata

approvals = Table(
    "approvals",
    metadata,
    Column("incident_id", Text, primary_key=True),
    Column("approval", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("day", Date, nullable=False),
    CheckConstraint("amount >= 0", name="amount"),
    Index(None, "person", "order_id"),
    Index(None, "person", "day"),
)
