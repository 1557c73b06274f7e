"""What customers were to be asked, and what was open then: one row for each try to ask. Written only by effect
activities, with the intent; never changed.

Whether a question is still open follows from its effect and from the timeline of its incident.
"""

from enum import StrEnum

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Integer, Table, Text

from amends.columns import Json, UtcDateTime
from amends.journal.schema.base import metadata, one_of


class QuestionStatus(StrEnum):
    """``asked``: it could go out. ``held``: another question was open, and ``behind`` names its try. ``joined``: the
    same question was open, so that its answer counts. ``answered``: the answer to the one that it had joined is its
    own."""

    ASKED = "asked"
    HELD = "held"
    JOINED = "joined"
    ANSWERED = "answered"


questions = Table(
    "questions",
    metadata,
    # the key of the effect that sends it
    Column("key", Text, primary_key=True),
    # counts the tries on an order
    Column("number", Integer, nullable=False),
    Column("incident_id", Text, nullable=False),
    Column("ask", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    # the pieces of goods that it is about; none: the order as a whole
    Column("units", Json, nullable=False),
    Column("question", Text, nullable=False),
    # what is equal in questions that are the same to who is asked
    Column("identity", Text, nullable=False),
    # whether it keeps no other waiting
    Column("yields", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("behind", Text),
    Column("at", UtcDateTime, nullable=False),
    # asked: from when on nobody waits for it; held, joined: when it is tried again at the latest
    Column("until", UtcDateTime),
    CheckConstraint(one_of("status", *QuestionStatus), name="status"),
    CheckConstraint("(status = 'asked') = (behind IS NULL)", name="behind"),
    CheckConstraint("(status = 'answered') = (until IS NULL)", name="until"),
    Index(None, "order_id", "number", unique=True),
    Index(None, "incident_id"),
)
