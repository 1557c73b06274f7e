"""The story of every incident, append-only and chained by hashes. The database refuses UPDATE and DELETE."""

from sqlalchemy import CheckConstraint, Column, Integer, Table, Text, UniqueConstraint

from amends.columns import Json, UtcDateTime
from amends.journal.schema.base import metadata

timeline = Table(
    "timeline",
    metadata,
    Column("incident_id", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("run_id", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("actor", Json, nullable=False),
    Column("data", Json, nullable=False),
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    UniqueConstraint("run_id", "n"),
    CheckConstraint("seq >= 1", name="seq"),
    CheckConstraint("n >= -1", name="n"),
    CheckConstraint("length(prev_hash) = 64 AND length(hash) = 64", name="hashes"),
)
