"""Whom we have paged, over which channel, and what came of it. Written only by the activity that pages.

``channel`` is empty for a page that joined another incident's, and for a person without any channel.
"""

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text

from amends.columns import UtcDateTime
from amends.journal.schema.base import metadata, one_of
from amends.models import PageResult, Severity

pages = Table(
    "pages",
    metadata,
    Column("key", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("incident_id", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    # no result: it is under way
    Column("result", Text),
    Column("detail", Text, nullable=False),
    Column("joined_to", Text),
    Column("settled_at", UtcDateTime),
    CheckConstraint(one_of("severity", *Severity), name="severity"),
    CheckConstraint(one_of("result", *PageResult), name="result"),
    CheckConstraint("level >= 1", name="level"),
    CheckConstraint("(result IS NULL) = (settled_at IS NULL)", name="settled"),
    CheckConstraint("(joined_to IS NOT NULL) = (result IS NOT NULL AND result = 'joined')", name="joined"),
    CheckConstraint("(channel = '') = (result IS NOT NULL AND result IN ('joined', 'no_channel'))", name="channel"),
    Index(None, "incident_id"),
    Index(None, "joined_to"),
    Index(None, "person", "cause", "requested_at"),
)
