"""Whose turn it is to ask a customer: pure rules over the questions that are open on an order.

One question is open for a piece of goods, whichever incident asks it; one about the order as a whole is about all of
its goods. The same question is asked once. What is asked when all is done keeps nobody waiting, and an answer to it
that was given lately counts for every incident of the order. What concerns somebody's safety waits for nobody.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from amends.journal.rows import QuestionRecord
from amends.journal.schema.questions import QuestionStatus
from amends.models import Data, Model, NotAsked, Refusal
from amends.timeline import canonical

PATIENCE: Final = timedelta(hours=6)
"""How long after its time for an answer a question still counts as open, if nothing is heard of its incident: a message
may be on its way through all its tries for more than four hours (``runbooks.catalogue``)."""

LOOK_AGAIN: Final = timedelta(days=1)
"""How long a question is held back before it is tried again, though nobody has said that it may."""


class Question(Model):
    """What a customer is to be asked. ``units``: the pieces of goods that it is about; none: the order as a whole.

    ``answer_within``: how long it is open at most. ``yields``: it is asked when all is done. ``safety``: it concerns
    the customer's safety.
    """

    order_id: str
    units: tuple[str, ...] = ()
    question: str
    choices: tuple[str, ...]
    values: dict[str, str] = {}
    answer_within: timedelta
    yields: bool = False
    safety: bool = False

    @property
    def identity(self) -> str:
        """Equal in questions that say the same about the same, and offer the same. How long they are open does not
        count."""
        return self._identity(self.units)

    def reads_as(self, other: QuestionRecord) -> bool:
        """Whether another question says and offers the same, about whatever goods."""
        return self._identity(other.units) == other.identity

    def _identity(self, units: Sequence[str]) -> str:
        same = [self.question, self.values, sorted(self.choices), sorted(units)]
        return hashlib.sha256(canonical(same)).hexdigest()


class Turn(Model):
    """Whether a question goes out now. ``behind``: the open question that it is held back by, or has joined; ``until``
    when it is tried again at the latest. ``choice``: the answer to the one that it had joined."""

    status: QuestionStatus
    behind: QuestionRecord | None = None
    until: datetime | None = None
    choice: str | None = None


def turn(wanted: Question, pending: Iterable[QuestionRecord], *, at: datetime) -> Turn:
    """Whose turn it is. ``pending``: the questions of other incidents on the order that are open, the oldest first."""
    against = [other for other in pending if _about_the_same(wanted.units, other.units)]
    same = next((other for other in against if wanted.choices and other.identity == wanted.identity), None)
    if same is not None:
        return Turn(status=QuestionStatus.JOINED, behind=same, until=_again(same, at))
    first = next((other for other in against if wanted.yields or not other.yields), None)
    if first is None or wanted.safety:
        return Turn(status=QuestionStatus.ASKED, until=at + wanted.answer_within + PATIENCE)
    return Turn(status=QuestionStatus.HELD, behind=first, until=_again(first, at))


def refused(found: Turn) -> tuple[Refusal, Data] | None:
    """How a question that does not go out is refused, and what is said with it; ``None`` for one that does."""
    if found.behind is None:
        return None
    other = found.behind
    reason = _REASONS[found.status]
    said: Data = {"incident": other.incident_id, "ask": other.ask, "question": other.question}
    if found.until is not None:
        said["until"] = found.until.isoformat()
    if found.choice is not None:
        said["choice"] = found.choice
    message = f"incident {other.incident_id!r} {_TOLD[reason]}"
    return Refusal(reason=reason, message=message), said


_REASONS: Final = {
    QuestionStatus.HELD: NotAsked.BEING_ASKED,
    QuestionStatus.JOINED: NotAsked.ASKED_ALREADY,
    QuestionStatus.ANSWERED: NotAsked.ANSWERED_ALREADY,
}

_TOLD: Final = {
    NotAsked.BEING_ASKED: "awaits an answer about the same goods; one question at a time",
    NotAsked.ASKED_ALREADY: "has asked this very question, and awaits the answer",
    NotAsked.ANSWERED_ALREADY: "has asked this very question, and was answered",
}


def _about_the_same(some: Sequence[str], others: Sequence[str]) -> bool:
    return not some or not others or not set(some).isdisjoint(others)


def _again(behind: QuestionRecord, at: datetime) -> datetime:
    assert behind.until is not None
    return min(behind.until, at + LOOK_AGAIN)
