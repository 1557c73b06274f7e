"""The published runbooks, numbered per exception type. The database refuses UPDATE and DELETE."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text

from amends.columns import UtcDateTime
from amends.journal.schema.base import metadata

runbook_revisions = Table(
    "runbook_revisions",
    metadata,
    Column("exception_type", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    # not unique: a text that was replaced may be published again
    Column("digest", Text, nullable=False),
    Column("bundle", Text, nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
    CheckConstraint("number >= 1", name="number"),
    Index(None, "digest"),
)
