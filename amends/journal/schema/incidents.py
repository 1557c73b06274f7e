"""The incidents as they stand now: a fold of the timeline, one row each, also the lock that orders appends."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text

from amends.columns import Json, UtcDateTime
from amends.journal.schema.base import metadata, one_of
from amends.models import Severity, Stage, Status

incidents = Table(
    "incidents",
    metadata,
    Column("incident_id", Text, primary_key=True),
    Column("exception_type", Text, nullable=False),
    Column("workflow_id", Text, nullable=False),
    Column("subject", Json, nullable=False),
    Column("order_id", Text),
    Column("status", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("severity", Text),
    Column("waiting_for", Json, nullable=False),
    Column("outcome", Text),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("bundle_digest", Text, nullable=False),
    Column("duplicate_of", Text),
    Column("previous", Text),
    Column("entries", Integer, nullable=False),
    Column("head_hash", Text, nullable=False),
    CheckConstraint(one_of("status", *Status), name="status"),
    CheckConstraint(one_of("stage", *Stage), name="stage"),
    CheckConstraint(one_of("severity", *Severity), name="severity"),
    CheckConstraint(
        f"(closed_at IS NOT NULL) = ({one_of('status', *(status for status in Status if status.final))})", name="ended"
    ),
    CheckConstraint("entries >= 1", name="entries"),
    Index(None, "workflow_id", "opened_at"),
    Index(None, "order_id"),
    Index(None, "opened_at"),
)
