"""What order systems say, and what follows from it: which deadlines run for which order, and what became of each."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text, UniqueConstraint, text

from amends.columns import Json, UtcDateTime
from amends.journal.schema.base import metadata, one_of


class Mode(StrEnum):
    """What is done with what the events of an order amount to, for each exception type."""

    SHADOW = "shadow"
    """It is said what would open, and nothing is opened."""
    ON = "on"
    OFF = "off"
    """It waits, and nothing is said."""


class ExpectationState(StrEnum):
    """What became of an expectation that was not met. The values stand in the journal: add, never rename."""

    WAITING = "waiting"
    """Nothing yet: it is not due, its grace runs, its type is off, or a sweeper is about to see to it."""
    OPENED = "opened"
    SHADOWED = "shadowed"
    """It would have been opened, and its type was in the shadow."""
    PASSED_OVER = "passed_over"
    """It was due before the cut-off."""
    UNUSABLE = "unusable"
    """What the events say is not enough for a report, or the report was refused."""


class QuarantineEnd(StrEnum):
    """How what was kept apart came to its end."""

    TAKEN = "taken"
    DROPPED = "dropped"


order_events = Table(
    "order_events",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("subject", Text),
    Column("data", Json, nullable=False),
    Column("corrects", Text),
    Column("received_at", UtcDateTime, nullable=False),
    # when the open incidents of its order had been told of it
    Column("told_at", UtcDateTime),
    UniqueConstraint("source", "id"),
    Index(None, "order_id"),
    Index(
        "ix_order_events_untold",
        "number",
        sqlite_where=text("told_at IS NULL"),
        postgresql_where=text("told_at IS NULL"),
    ),
)

intake_orders = Table(
    "intake_orders",
    metadata,
    # also the lock under which an event is stored and its order decided anew
    Column("order_id", Text, primary_key=True),
    # the digest of the rules by which it was decided last
    Column("rules", Text, nullable=False),
    Index(None, "rules"),
)

expectations = Table(
    "expectations",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("exception_type", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("subject", Json, nullable=False),
    Column("report", Json, nullable=False),
    Column("lacking", Json, nullable=False),
    Column("caused_by", Json, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("opens_at", UtcDateTime, nullable=False),
    Column("cleared_at", UtcDateTime),
    Column("cleared_by", Text),
    # set while its events do not say so any more: what it stood for never was
    Column("withdrawn_at", UtcDateTime),
    Column("state", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("incident_id", Text),
    # held by one sweeper until then, which saw the order's events up to the number
    Column("claimed_until", UtcDateTime),
    Column("claimed_behind", Integer),
    UniqueConstraint("key"),
    CheckConstraint(one_of("state", *ExpectationState), name="state"),
    CheckConstraint("(state = 'opened') = (incident_id IS NOT NULL)", name="opened"),
    CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name="settled"),
    CheckConstraint("(cleared_at IS NULL) = (cleared_by IS NULL)", name="cleared"),
    Index(None, "order_id"),
    Index(None, "state", "opens_at"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("number", Integer, primary_key=True),
    # the same again is there already
    Column("digest", Text, nullable=False),
    Column("via", Text, nullable=False),
    Column("event", Json, nullable=False),
    Column("why", Text, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("ended", Text),
    Column("ended_at", UtcDateTime),
    Column("ended_by", Text),
    Column("reason", Text),
    # set where the event was taken, and a rule could not be reckoned at it
    Column("order_id", Text),
    UniqueConstraint("digest"),
    CheckConstraint(one_of("ended", *QuarantineEnd), name="ended"),
    CheckConstraint("(ended IS NULL) = (ended_at IS NULL)", name="ended_at"),
    Index(None, "order_id"),
)

intake_modes = Table(
    "intake_modes",
    metadata,
    Column("exception_type", Text, primary_key=True),
    Column("mode", Text, nullable=False),
    Column("cut_off", UtcDateTime),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", Text, nullable=False),
    CheckConstraint(one_of("mode", *Mode), name="mode"),
)

intake_feeds = Table(
    "intake_feeds",
    metadata,
    Column("url", Text, primary_key=True),
    # the number of the last event that was taken in
    Column("cursor", Text, nullable=False),
    Column("claimed_until", UtcDateTime),
    Column("read_at", UtcDateTime),
    Column("trouble", Text),
)

intake_sweeps = Table(
    "intake_sweeps",
    metadata,
    # of whoever swept last: there is one row
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("trouble", Text),
    CheckConstraint("number = 1", name="number"),
)
