"""Taking in what order systems say: stored once, decided at once, and what cannot be taken kept apart.

An event is stored and its order decided anew in one transaction, under a lock on the order, so that what is expected of
an order always is what its events say.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

import structlog
from pydantic import JsonValue
from sqlalchemy import Connection, Engine, select

from amends.errors import InputError
from amends.journal import schema
from amends.journal.engine import writing
from amends.journal.schema.intake import QuarantineEnd
from amends.journal.statements import insert_once
from amends.models import Model
from amends.timeline import canonical
from intake import quarantine
from intake.admitting import why_not
from intake.cloudevents import read_batch
from intake.events import OrderEvent
from intake.expectations import hold_order, refold
from intake.malformed import MalformedEvent
from intake.quarantine import Quarantine, Quarantined
from intake.rulebook import Rulebook, Rules

LARGEST: Final = 64 * 1024
"""Bytes of an event as JSON. Its data go along to each incident that hears of it, and stay in its history."""

_events = schema.order_events

_log = structlog.get_logger("amends.intake")


class Outcome(StrEnum):
    """What became of an event that came."""

    TAKEN = "taken"
    REPEATED = "repeated"
    """It was there already, word for word; nothing was changed."""
    KEPT_APART = "kept_apart"


class Received(Model):
    """What became of it, and if it was kept apart, why."""

    outcome: Outcome
    why: str = ""


class Receiving:
    """Takes in CloudEvents. Safe to use from several threads and processes."""

    def __init__(self, engine: Engine, rulebook: Rulebook) -> None:
        self._engine = engine
        self._rulebook = rulebook
        self._quarantine = Quarantine(engine)

    def receive(self, batch: Sequence[JsonValue], *, via: str, at: datetime) -> list[Received]:
        """Takes in CloudEvents, each as one JSON object; for each, what became of it.

        When it returns, all of them are kept: what is no event, what is said to happen in the future, and what has the
        identity of another event but says something else is in quarantine; so is, beside the event, that a rule could
        not be reckoned at it. When the database is away its own error
        comes through and nothing was kept; the same batch again is right then. ``via``: the way by which they came.
        """
        rules = self._rulebook.now()
        read = [_admitted(raw, each, at) for raw, each in zip(batch, read_batch(list(batch)), strict=True)]
        with writing(self._engine) as connection:
            results = _store(connection, read, rules, at)
            for raw, result in zip(batch, results, strict=True):
                if result.outcome is Outcome.KEPT_APART:
                    quarantine.keep_apart(connection, event=raw, why=result.why, via=via, at=at)
        for result in results:
            if result.outcome is Outcome.KEPT_APART:
                _log.warning("event_kept_apart", via=via, why=result.why)
        return results

    def retry(self, number: int, *, by: str, at: datetime) -> Quarantined:
        """Takes in what was kept apart, if it can be taken now; of an event that counts already, the rules are reckoned
        anew. Else ``why`` says what is still wrong. Raises ``InputError`` if it is over, or not there."""
        found = self._quarantine.standing(number)
        rules = self._rulebook.now()
        if found.order_id is not None:
            with writing(self._engine) as connection:
                hold_order(connection, found.order_id)
                refold(connection, order_id=found.order_id, rules=rules, at=at, by=by)
            return self._quarantine.get(number)
        (read,) = read_batch([found.event])
        with writing(self._engine) as connection:
            (result,) = _store(connection, [_admitted(found.event, read, at)], rules, at)
            if result.outcome is Outcome.KEPT_APART:
                quarantine.say_why(connection, number, result.why)
            else:
                quarantine.end(connection, number, QuarantineEnd.TAKEN, by=by, reason="", at=at)
        return self._quarantine.get(number)


def _admitted(raw: JsonValue, event: OrderEvent | MalformedEvent, at: datetime) -> OrderEvent | InputError:
    if isinstance(event, MalformedEvent):
        return event
    if len(canonical(raw)) > LARGEST:
        return InputError(f"it has more than {LARGEST} bytes; send references in its data, and not what they refer to")
    if any("\0" in name for name in (event.source, event.id, event.type, event.order_id, event.subject or "")):
        return InputError("one of its attributes has a NUL character, which no database keeps; leave it out")
    reason = why_not(event, at)
    return event if reason is None else InputError(reason)


def _store(
    connection: Connection, read: Sequence[OrderEvent | InputError], rules: Rules, at: datetime
) -> list[Received]:
    """Stores events and decides their orders anew, one order after the other, always in the same order of orders, so
    that two that hold several never wait for each other."""
    results = [
        Received(outcome=Outcome.KEPT_APART, why=str(each) if isinstance(each, InputError) else "") for each in read
    ]
    events = {place: each for place, each in enumerate(read) if isinstance(each, OrderEvent)}
    for order_id in sorted({event.order_id for event in events.values()}):
        hold_order(connection, order_id)
        of_it = [place for place, event in events.items() if event.order_id == order_id]
        for place in of_it:
            results[place] = _put(connection, events[place].model_copy(update={"received_at": at}))
        if any(results[place].outcome is Outcome.TAKEN for place in of_it):
            refold(connection, order_id=order_id, rules=rules, at=at)
    return results


def _put(connection: Connection, event: OrderEvent) -> Received:
    if insert_once(connection, _events, event.model_dump()):
        return Received(outcome=Outcome.TAKEN)
    kept = _kept(connection, event)
    if kept.model_copy(update={"received_at": event.received_at}) == event:
        return Received(outcome=Outcome.REPEATED)
    return Received(
        outcome=Outcome.KEPT_APART,
        why=f"its source has sent {event.id!r} before, and it said something else then; give what corrects an event an "
        "id of its own, and say in `corrects` for which one it stands",
    )


def _kept(connection: Connection, event: OrderEvent) -> OrderEvent:
    same = (_events.c.source == event.source) & (_events.c.id == event.id)
    row = connection.execute(select(_events).where(same)).mappings().one()
    return OrderEvent.model_validate({name: row[name] for name in OrderEvent.model_fields})
