"""The conversation with a customer about an order, across its incidents: who may ask, who waits, what was answered.

What was tried stands in ``questions``, written with the intents of effects; that a question is over, in the timeline of
its incident. Whoever writes either holds the order, so nobody overlooks the other.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, func, insert, select

from amends.journal import schema
from amends.journal.alerts import AlertKind
from amends.journal.locks import hold_order
from amends.journal.rows import QuestionRecord
from amends.journal.schema.questions import QuestionStatus
from amends.journal.turns import Question, Turn, turn
from amends.models import Data, Outcome
from amends.timeline import ENDS_A_QUESTION, MAY_FREE, Entry, EntryKind

_questions, _effects, _timeline = schema.questions, schema.effects, schema.timeline
_incidents, _alerts = schema.incidents, schema.alerts

_TOLD: Final = ENDS_A_QUESTION | {EntryKind.EFFECT_REQUESTED, EntryKind.INCIDENT_CLOSED}

_GONE: Final = tuple(kind.value for kind in AlertKind if not kind.of_the_story)
"""The alerts that say that an incident does not go on by itself."""


class _End(NamedTuple):
    """How a question has ended. ``choice``: what was answered, if anything was."""

    choice: str | None = None


def ask(connection: Connection, *, key: str, incident_id: str, step: str, wanted: Question, at: datetime) -> Turn:
    """Takes the turn to ask, or says whose it is; either is kept. The order is held until the transaction ends."""
    hold_order(connection, wanted.order_id)
    tried = _newest(_on(connection, wanted.order_id))
    mine = next((each for each in tried if (each.incident_id, each.ask) == (incident_id, step)), None)
    others = [each for each in tried if each.incident_id != incident_id]
    found = _shared(connection, wanted, mine) or _said_lately(connection, wanted, others, at=at)
    if found is None:
        pending = [each for each in others if _is_open(connection, each, at=at)]
        found = turn(wanted, pending, at=at)
    connection.execute(
        insert(_questions).values(
            key=key,
            number=_next_number(connection, wanted.order_id),
            incident_id=incident_id,
            ask=step,
            order_id=wanted.order_id,
            units=list(wanted.units),
            question=wanted.question,
            identity=wanted.identity,
            yields=wanted.yields,
            status=found.status.value,
            behind=found.behind.key if found.behind else None,
            at=at,
            until=found.until,
        )
    )
    return found


def freed(connection: Connection, *, incident_id: str, entries: Iterable[Entry]) -> tuple[str, ...]:
    """The workflow ids of the open incidents whose questions are held back by one of this incident, if ``entries`` may
    have ended it. Holds the order: whoever is held back later finds these entries."""
    if not any(entry.kind in MAY_FREE for entry in entries):
        return ()
    order_ids = select(_questions.c.order_id).where(_questions.c.incident_id == incident_id).distinct()
    waiting: set[str] = set()
    for order_id in sorted(connection.execute(order_ids).scalars()):
        hold_order(connection, order_id)
        tried = _on(connection, order_id)
        ours = {each.key for each in tried if each.incident_id == incident_id}
        waiting |= {each.incident_id for each in _newest(tried) if each.behind in ours and _waits(connection, each)}
    open_now = _incidents.c.incident_id.in_(sorted(waiting)) & _incidents.c.closed_at.is_(None)
    ids = select(_incidents.c.workflow_id).where(open_now).order_by(_incidents.c.workflow_id)
    return tuple(connection.execute(ids).scalars()) if waiting else ()


def tries_on(connection: Connection, *, order_id: str) -> list[QuestionRecord]:
    """Every try to ask something about an order, in the order of the tries."""
    return _on(connection, order_id)


def _shared(connection: Connection, wanted: Question, mine: QuestionRecord | None) -> Turn | None:
    """The answer to the question that this one had joined, if there is one that it offers too."""
    if mine is None or mine.status is not QuestionStatus.JOINED or mine.identity != wanted.identity:
        return None
    statement = select(_questions).where(_questions.c.key == mine.behind)
    other = QuestionRecord.model_validate(dict(connection.execute(statement).mappings().one()))
    ended = _end(connection, other)
    if ended is None or ended.choice not in wanted.choices:
        return None
    return Turn(status=QuestionStatus.ANSWERED, behind=other, choice=ended.choice)


def _said_lately(
    connection: Connection, wanted: Question, others: Sequence[QuestionRecord], *, at: datetime
) -> Turn | None:
    """The answer to what another incident has asked when all was done there, so lately that it could still be open, if
    this one reads the same: a customer is asked once how it went, however many incidents the order had."""
    for other in reversed(others):
        lately = wanted.yields and other.yields and other.at > at - wanted.answer_within
        if lately and wanted.reads_as(other) and (ended := _end(connection, other)) and ended.choice in wanted.choices:
            return Turn(status=QuestionStatus.ANSWERED, behind=other, choice=ended.choice)
    return None


def _waits(connection: Connection, tried: QuestionRecord) -> bool:
    waits = tried.status in (QuestionStatus.HELD, QuestionStatus.JOINED)
    return waits and _end(connection, tried) is None


def _is_open(connection: Connection, tried: QuestionRecord, *, at: datetime) -> bool:
    """Whether a question was sent, or is on its way, and nothing has ended it."""
    if tried.status is not QuestionStatus.ASKED or tried.until is None or tried.until <= at:
        return False
    outcome = connection.execute(select(_effects.c.outcome).where(_effects.c.key == tried.key)).scalar_one()
    if outcome == Outcome.NOT_APPLIED or _end(connection, tried) is not None:
        return False
    gone = (_alerts.c.incident_id == tried.incident_id) & _alerts.c.cleared_at.is_(None) & _alerts.c.kind.in_(_GONE)
    return connection.execute(select(_alerts.c.number).where(gone).limit(1)).first() is None


def _end(connection: Connection, tried: QuestionRecord) -> _End | None:
    """How a question has ended since it was last to be sent; ``None`` while it has not."""
    mine = (_timeline.c.incident_id == tried.incident_id) & _timeline.c.kind.in_(sorted(_TOLD))
    told = connection.execute(select(_timeline.c.kind, _timeline.c.data).where(mine).order_by(_timeline.c.seq))
    end: _End | None = None
    for kind, data in told:
        if kind == EntryKind.INCIDENT_CLOSED:
            end = end or _End()
        elif kind == EntryKind.EFFECT_REQUESTED:
            end = None if data.get("step") == tried.ask else end
        elif tried.ask in (data.get("ask"), data.get("step")):
            end = _End(_choice(EntryKind(kind), data))
    return end


def _choice(kind: EntryKind, data: Data) -> str | None:
    choice = data.get("choice") if kind is not EntryKind.SILENCE_ASSUMED else None
    return choice if isinstance(choice, str) else None


def _on(connection: Connection, order_id: str) -> list[QuestionRecord]:
    statement = select(_questions).where(_questions.c.order_id == order_id).order_by(_questions.c.number)
    return [QuestionRecord.model_validate(dict(row)) for row in connection.execute(statement).mappings()]


def _newest(tried: Sequence[QuestionRecord]) -> list[QuestionRecord]:
    """The newest try of each question."""
    return sorted({(each.incident_id, each.ask): each for each in tried}.values(), key=lambda each: each.number)


def _next_number(connection: Connection, order_id: str) -> int:
    last = select(func.max(_questions.c.number)).where(_questions.c.order_id == order_id)
    return int(connection.execute(last).scalar() or 0) + 1
