"""What was given back, for each unit of goods and under which head. Written only by effect activities.

``unit`` is empty under heads that are about an order as a whole. ``amount`` is in minor units of ``currency``.
"""

from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Table, Text

from amends.columns import UtcDateTime
from amends.journal.schema.base import metadata, one_of
from amends.models import Head


class RemedyStatus(StrEnum):
    """``pending``: it is not known yet whether it was given, and counts as if it was. ``released``: counts no more."""

    PENDING = "pending"
    APPLIED = "applied"
    RELEASED = "released"


class Release(StrEnum):
    """Why a remedy counts no more: it was not given, it was taken back, or what was sent did not stay with the customer
    and something else was asked for in its place."""

    NOT_APPLIED = "not_applied"
    UNDONE = "undone"
    ASKED_AGAIN = "asked_again"


remedies = Table(
    "remedies",
    metadata,
    Column("key", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("incident_id", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("head", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    # about which parcel it was asked for, and in which one the goods went
    Column("parcel_id", Text),
    Column("gave_parcel", Text),
    Column("status", Text, nullable=False),
    Column("reserved_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("why", Text),
    Column("released_by", Text),
    CheckConstraint(one_of("head", *Head), name="head"),
    CheckConstraint(one_of("status", *RemedyStatus), name="status"),
    CheckConstraint(one_of("why", *Release), name="why"),
    CheckConstraint("amount >= 0", name="amount"),
    CheckConstraint("(status = 'pending') = (settled_at IS NULL)", name="settled"),
    CheckConstraint("(status = 'released') = (why IS NOT NULL)", name="released"),
    CheckConstraint("(released_by IS NULL) = (why IS NULL)", name="released_by"),
    Index(None, "order_id"),
    Index(None, "incident_id"),
    Index(None, "released_by"),
    Index(None, "head", "reserved_at"),
)

exposures = Table(
    "exposures",
    metadata,
    # an order, a day's budget or a person: whoever counts what it adds up to, or decides about a page, holds its row
    Column("name", Text, primary_key=True),
)
