"""Which incident a report belongs to: each ``(exception_type, idempotency_key)`` is claimed once, for ever."""

from sqlalchemy import Column, Table, Text

from amends.journal.schema.base import metadata

claims = Table(
    "claims",
    metadata,
    Column("exception_type", Text, primary_key=True),
    Column("idempotency_key", Text, primary_key=True),
    Column("incident_id", Text, nullable=False),
)
