"""What came and could not be taken: what is no order event, and events at which a rule could not be reckoned. It is
kept with the reason until it is taken after all, or dropped."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from pydantic import JsonValue
from sqlalchemy import Connection, Engine, func, insert, select, update

from amends.errors import InputError
from amends.journal import schema
from amends.journal.engine import reading, writing
from amends.journal.schema.intake import QuarantineEnd
from amends.journal.statements import insert_once
from amends.models import Model, Utc
from amends.timeline import canonical
from intake.events import OrderEvent
from intake.findings import Unreckoned

BY_ITSELF: Final = "intake"
"""Who ended what could be reckoned by itself, after another event or with the rules of a new revision."""

_quarantine = schema.quarantine


class Quarantined(Model):
    """``event`` is what came, unchanged; ``via`` the way by which it came; ``why`` says what is wrong with it, and how
    to mend it. ``ended``: set once it is over, with who did it, and why.

    ``order_id``: set where the event itself was taken and counts, but the rule ``via`` could not be reckoned at it.
    """

    number: int
    via: str
    event: JsonValue
    why: str
    received_at: Utc
    ended: QuarantineEnd | None = None
    ended_at: Utc | None = None
    ended_by: str | None = None
    reason: str | None = None
    order_id: str | None = None


class Quarantine:
    """What is kept apart. Any number may look and end at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def listed(self, *, all: bool = False, limit: int = 100) -> list[Quarantined]:  # noqa: A002 - the option's name
        """What is kept apart, the oldest first; with ``all`` also what is over."""
        wanted = select(_quarantine).order_by(_quarantine.c.number).limit(limit)
        if not all:
            wanted = wanted.where(_quarantine.c.ended.is_(None))
        with reading(self._engine) as connection:
            return [Quarantined.model_validate(dict(row)) for row in connection.execute(wanted).mappings()]

    def count(self) -> int:
        """How many are kept apart."""
        wanted = select(func.count()).select_from(_quarantine).where(_quarantine.c.ended.is_(None))
        with reading(self._engine) as connection:
            return int(connection.execute(wanted).scalar_one())

    def get(self, number: int) -> Quarantined:
        """Raises ``InputError`` for a number that there is not."""
        wanted = select(_quarantine).where(_quarantine.c.number == number)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).mappings().first()
        if row is None:
            raise InputError(f"nothing is kept apart under {number}; `amends intake quarantine list` tells what is")
        return Quarantined.model_validate(dict(row))

    def drop(self, number: int, *, by: str, reason: str, at: datetime) -> Quarantined:
        """Lets it be: it stays to be read, and is not taken. Raises ``InputError`` if it is over, or not there."""
        self.standing(number)
        with writing(self._engine) as connection:
            end(connection, number, QuarantineEnd.DROPPED, by=by, reason=reason, at=at)
        return self.get(number)

    def standing(self, number: int) -> Quarantined:
        """One that is not over. Raises ``InputError`` for any other."""
        found = self.get(number)
        if found.ended is not None:
            raise InputError(f"{number} was {found.ended.value} already, by {found.ended_by}")
        return found


def keep_apart(connection: Connection, *, event: JsonValue, why: str, via: str, at: datetime) -> bool:
    """Keeps what came, with the reason; the same again is kept once. Whether it is new."""
    digest = hashlib.sha256(canonical(event)).hexdigest()
    return insert_once(
        connection, _quarantine, {"digest": digest, "via": via, "event": event, "why": why, "received_at": at}
    )


def keep_unreckoned(
    connection: Connection,
    order_id: str,
    failures: Iterable[Unreckoned],
    *,
    events: Iterable[OrderEvent],
    by: str,
    at: datetime,
) -> list[Unreckoned]:
    """Keeps apart at which events of an order a rule could not be reckoned, and ends what was kept so and can be
    reckoned by now. What was dropped stays so. The order must be held. Gives those that are new."""
    wanted = select(_quarantine).where(_quarantine.c.order_id == order_id)
    known = {row["digest"]: row for row in connection.execute(wanted).mappings()}
    by_key = {event.key: event for event in events}
    new, standing = [], set()
    for each in failures:
        via, event = f"{each.exception_type} {each.rule}", by_key[each.event]
        digest = hashlib.sha256(canonical({"rule": via, "event": each.event})).hexdigest()
        values: dict[str, Any] = {"why": each.why, "ended": None, "ended_at": None, "ended_by": None, "reason": None}
        standing.add(digest)
        row = known.get(digest)
        if row is None:
            said = event.model_dump(mode="json", exclude={"received_at"}, exclude_none=True)
            values |= {"digest": digest, "via": via, "event": said, "received_at": event.received_at or at}
            connection.execute(insert(_quarantine).values(order_id=order_id, **values))
            new.append(each)
        elif row["ended"] != QuarantineEnd.DROPPED.value and (row["why"], row["ended"]) != (each.why, None):
            connection.execute(update(_quarantine).where(_quarantine.c.digest == digest).values(**values))
    for row in known.values():
        if row["digest"] not in standing:
            end(connection, row["number"], QuarantineEnd.TAKEN, by=by, reason="it can be reckoned", at=at)
    return new


def end(connection: Connection, number: int, how: QuarantineEnd, *, by: str, reason: str, at: datetime) -> None:
    """Ends what is kept apart, if it is not over."""
    standing = (_quarantine.c.number == number) & _quarantine.c.ended.is_(None)
    values = {"ended": how.value, "ended_at": at, "ended_by": by, "reason": reason}
    connection.execute(update(_quarantine).where(standing).values(**values))


def say_why(connection: Connection, number: int, why: str) -> None:
    """Says anew what is wrong with it."""
    connection.execute(update(_quarantine).where(_quarantine.c.number == number).values(why=why))
