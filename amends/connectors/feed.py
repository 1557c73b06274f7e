"""What a company's systems tell of their own accord: their changes, one after the other, to be asked for by number."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from amends.models import Data, Model, Utc


class Change(Model):
    """A change as a CloudEvent has it. ``seq``: its place in the order in which changes were made, from 1.
    ``subject``: what it is about; of an order's events, the order."""

    seq: int
    id: str
    source: str
    type: str
    subject: str | None = None
    time: Utc
    data: Data = {}


@runtime_checkable
class Telling(Protocol):
    """Systems that keep what they change."""

    def events(self, *, after: int = 0) -> Sequence[Change]:
        """The changes behind the one numbered ``after``, the oldest first; not necessarily all at once."""
