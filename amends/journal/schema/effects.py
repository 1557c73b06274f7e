"""What was done to the world: the intent before the call, the outcome after it. Written only by effect activities."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text

from amends.columns import Json, UtcDateTime
from amends.journal.schema.base import metadata, one_of
from amends.models import Outcome

effects = Table(
    "effects",
    metadata,
    Column("key", Text, primary_key=True),
    Column("incident_id", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("activity", Text, nullable=False),
    Column("inputs", Json, nullable=False),
    Column("inputs_digest", Text, nullable=False),
    Column("undoes", Text),
    Column("intent_at", UtcDateTime, nullable=False),
    Column("outcome", Text),
    Column("result", Json),
    Column("refusal", Json),
    Column("outcome_at", UtcDateTime),
    # who found the outcome out, and how, when it was a person
    Column("settled", Json),
    # what it has reserved; remedies that were deleted or moved are missed by it
    Column("gives", Json),
    # an outcome that is not known is no outcome: the row stays open until it is
    CheckConstraint(one_of("outcome", Outcome.APPLIED, Outcome.NOT_APPLIED), name="outcome"),
    CheckConstraint("(outcome IS NULL) = (outcome_at IS NULL)", name="outcome_at"),
    CheckConstraint("attempt >= 1", name="attempt"),
    Index(None, "incident_id"),
)
