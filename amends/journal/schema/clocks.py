"""What is due in every incident, and what was: a fold of the timeline, one row for each thing. Dropped and rebuilt with
the incidents.

A thing that comes up anew under its name has the same row. ``due_at`` is not set while a clock stands still, nor for a
page that nobody has acknowledged, which waits from ``since`` on.
"""

from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Index, Table, Text

from amends.columns import UtcDateTime
from amends.journal.schema.base import metadata, one_of
from amends.models import Party


class ClockKind(StrEnum):
    """What is due: a promise, a deadline that others set, what is left to a person, an approval, a page."""

    GOAL = "goal"
    DEADLINE = "deadline"
    TASK = "task"
    APPROVAL = "approval"
    PAGE = "page"


class ClockState(StrEnum):
    """``breached``: its time has passed, and it is still to be done. ``kept`` and ``missed``: it is done, in time or
    not, or never was. ``over``: nobody wants it any more."""

    RUNNING = "running"
    PAUSED = "paused"
    BREACHED = "breached"
    KEPT = "kept"
    MISSED = "missed"
    OVER = "over"

    @property
    def stands(self) -> bool:
        """Whether something is still to be done."""
        return self in (ClockState.RUNNING, ClockState.PAUSED, ClockState.BREACHED)


clocks = Table(
    "clocks",
    metadata,
    Column("incident_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    # the role whose move it is
    Column("owner", Text),
    # for whom a clock stands still
    Column("charged_to", Text),
    # when it was last not kept, which nothing removes
    Column("breached_at", UtcDateTime),
    CheckConstraint(one_of("kind", *ClockKind), name="kind"),
    CheckConstraint(one_of("state", *ClockState), name="state"),
    CheckConstraint(one_of("charged_to", *Party), name="charged_to"),
    CheckConstraint("state <> 'paused' OR due_at IS NULL", name="paused"),
    CheckConstraint("state NOT IN ('breached', 'missed') OR breached_at IS NOT NULL", name="breached"),
    Index(None, "state", "due_at"),
)
