"""How far a step, a sequence of steps or an undoing has come."""

from enum import StrEnum


class Progress(StrEnum):
    """``pending``: something is awaited. ``failed``: refused, within a plan, so that the plan must be undone."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
