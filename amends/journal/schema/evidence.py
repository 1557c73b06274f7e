"""What was shown in every incident: a fold of the timeline, one row for each file or reference. Dropped and rebuilt
with the incidents.

Of a file only what tells it from all others is here; the file itself lies in a folder, under its digest.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from amends.columns import UtcDateTime
from amends.journal.schema.base import metadata

evidence = Table(
    "evidence",
    metadata,
    Column("incident_id", Text, primary_key=True),
    # the entry that tells of it, and its place there, from 0
    Column("seq", Integer, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("what", Text, nullable=False),
    Column("sha256", Text),
    Column("type", Text),
    Column("size", BigInteger),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    # the task that was settled with it, or the question that was answered
    Column("about", Text),
    # in which incidents a file was shown
    Index(None, "sha256"),
)
