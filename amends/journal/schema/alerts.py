"""What the watchdog found wrong from outside of an incident's own story, and when it was no longer so."""

from sqlalchemy import Column, Index, Integer, Table, Text, text

from amends.columns import Json, UtcDateTime
from amends.journal.schema.base import metadata

alerts = Table(
    "alerts",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("incident_id", Text, nullable=False),
    Column("details", Json, nullable=False),
    Column("noticed_at", UtcDateTime, nullable=False),
    Column("cleared_at", UtcDateTime),
    # one that stands is raised once, however many watchdogs see it
    Index(
        "uq_alerts_standing",
        "kind",
        "incident_id",
        unique=True,
        sqlite_where=text("cleared_at IS NULL"),
        postgresql_where=text("cleared_at IS NULL"),
    ),
)
