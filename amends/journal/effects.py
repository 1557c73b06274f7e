"""The effect log: what was meant, committed before the call; what came of it, committed after. No transaction is held
between the two, so a call may take its time, and a process may die in it, and nothing is forgotten."""

import hashlib
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, bindparam, select, update

from amends.errors import JournalError, KeyReused
from amends.journal import conversation, remedies, schema, turns
from amends.journal.engine import reading, writing
from amends.journal.exposure import Reservation
from amends.journal.rows import EffectRecord, Gives, RemedyRecord
from amends.journal.statements import insert_once
from amends.journal.turns import Question
from amends.models import Data, Outcome, Refusal
from amends.timeline import canonical

_effects = schema.effects

_THIS: Final = _effects.c.key == bindparam("of_key")
_ONE: Final = select(_effects).where(_THIS)
_CHANGED: Final = update(_effects).where(_THIS)
_SETTLED: Final = update(_effects).where(_THIS, _effects.c.outcome.is_(None)).returning(*_effects.c)
"""An effect that was open, as its outcome leaves it."""


class EffectLog:
    """The effects of all incidents, by idempotency key. Safe to use from several threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(
        self,
        *,
        key: str,
        incident_id: str,
        step: str,
        attempt: int,
        activity: str,
        inputs: Data,
        undoes: str | None,
        at: datetime,
        reservation: Reservation | None = None,
        question: Question | None = None,
    ) -> EffectRecord:
        """Commits the intent, or finds it. A record with an outcome needs no call: it has been made, or must not be.

        ``reservation``: what the effect is about to give; it is committed with the intent, and never a second time. If
        it may not be given, the intent is committed with the outcome ``not_applied`` and the refusal. So it is for a
        ``question`` that the effect is about to put to a customer, if it is not its turn.

        Raises ``KeyReused`` when the key was used for another incident, activity, inputs or undone effect.
        """
        intent = {
            "key": key,
            "incident_id": incident_id,
            "step": step,
            "attempt": attempt,
            "activity": activity,
            "inputs": inputs,
            "inputs_digest": digest_of(inputs),
            "undoes": undoes,
            "intent_at": at,
        }
        with writing(self._engine) as connection:
            new = insert_once(connection, _effects, intent)
            if new and reservation is not None:
                _reserve(connection, key=key, incident_id=incident_id, wanted=reservation, at=at)
            if new and question is not None:
                found = conversation.ask(
                    connection, key=key, incident_id=incident_id, step=step, wanted=question, at=at
                )
                _take_turn(connection, key=key, found=found, at=at)
            record = _the(connection, key)
        same = (record.incident_id, record.activity, record.inputs_digest, record.undoes)
        if same != (incident_id, activity, intent["inputs_digest"], undoes):
            raise KeyReused(key)
        return record

    def finish(
        self,
        *,
        key: str,
        outcome: Outcome,
        result: Data,
        refusal: Refusal | None,
        at: datetime,
        gave_parcel: str | None = None,
        settled: Data | None = None,
    ) -> EffectRecord:
        """Commits the outcome, ``applied`` or ``not_applied``, once, and with it what the effect has given or taken
        back. The same again is harmless.

        ``gave_parcel``: the parcel in which goods are on their way by it. ``settled``: by whom and how the outcome was
        found out, when it was a person.

        Raises ``JournalError`` for another outcome than the one that is known, for a key without an intent, and for
        ``unknown``: that is what an effect without an outcome is.
        """
        if outcome is Outcome.UNKNOWN:
            raise JournalError(
                f"effect {key!r}: unknown is no outcome to write; leave the effect open until it is known"
            )
        known = {
            "outcome": outcome.value,
            "result": result,
            "refusal": None if refusal is None else refusal.model_dump(mode="json"),
        }
        with writing(self._engine) as connection:
            told = {"of_key": key, **known, "outcome_at": at, "settled": settled}
            open_till_now = connection.execute(_SETTLED, told).mappings().first()
            record = _the(connection, key) if open_till_now is None else record_of(open_till_now)
            if (record.outcome, canonical(record.result), record.refusal) != (outcome, canonical(result), refusal):
                raise JournalError(
                    f"effect {key!r} is known to be {record.outcome} since {record.outcome_at}, with another result; "
                    f"it cannot become {outcome}"
                )
            remedies.settle(connection, key=key, outcome=outcome, gave_parcel=gave_parcel, at=at)
            if record.undoes is not None and outcome is Outcome.APPLIED:
                remedies.take_back(connection, undone=record.undoes, by=key, at=at)
        return record

    def get(self, *, key: str) -> EffectRecord | None:
        """The effect with this key."""
        with reading(self._engine) as connection:
            return _get(connection, key)

    def remedies_of(self, *, incident_id: str) -> list[RemedyRecord]:
        """What an incident has given or tried to give, in the order in which it was reserved."""
        with reading(self._engine) as connection:
            return remedies.remedies_of(connection, incident_id=incident_id)

    def givers(self) -> list[tuple[str, str]]:
        """The incidents that have given something or tried to, each with the order it was on; sorted."""
        columns = schema.remedies.c.incident_id, schema.remedies.c.order_id
        with reading(self._engine) as connection:
            return [(row[0], row[1]) for row in connection.execute(select(*columns).distinct().order_by(*columns))]

    def effects_of(self, *, incident_id: str) -> list[EffectRecord]:
        """The effects of an incident, in the order in which they were meant."""
        with reading(self._engine) as connection:
            return effects_of(connection, incident_id=incident_id)


def effects_of(connection: Connection, *, incident_id: str) -> list[EffectRecord]:
    """The effects of an incident, in the order in which they were meant."""
    statement = (
        select(_effects).where(_effects.c.incident_id == incident_id).order_by(_effects.c.intent_at, _effects.c.key)
    )
    return [record_of(row) for row in connection.execute(statement).mappings()]


def digest_of(inputs: Data) -> str:
    """``sha256:`` and the digest of the inputs' canonical JSON."""
    try:
        return "sha256:" + hashlib.sha256(canonical(inputs)).hexdigest()
    except ValueError as error:
        raise JournalError(f"the inputs of an effect are no JSON: {error}") from error


def _reserve(connection: Connection, *, key: str, incident_id: str, wanted: Reservation, at: datetime) -> None:
    found = remedies.reserve(connection, key=key, incident_id=incident_id, wanted=wanted, at=at)
    values: dict[str, Any]
    if isinstance(found, Refusal):
        refusal = found.model_dump(mode="json")
        values = {"outcome": Outcome.NOT_APPLIED.value, "result": {}, "refusal": refusal, "outcome_at": at}
    else:
        gives = Gives(
            order_id=wanted.order_id,
            head=wanted.head,
            currency=wanted.currency,
            parcel_id=wanted.parcel_id,
            units={share.unit: share.amount for share in found},
        )
        values = {"gives": gives.model_dump(mode="json")}
    connection.execute(_CHANGED, {"of_key": key, **values})


def _take_turn(connection: Connection, *, key: str, found: turns.Turn, at: datetime) -> None:
    refused = turns.refused(found)
    if refused is not None:
        refusal, said = refused
        told = {"result": said, "refusal": refusal.model_dump(mode="json")}
        values = {"outcome": Outcome.NOT_APPLIED.value, **told, "outcome_at": at}
        connection.execute(_CHANGED, {"of_key": key, **values})


def _get(connection: Connection, key: str) -> EffectRecord | None:
    row = connection.execute(_ONE, {"of_key": key}).mappings().first()
    return None if row is None else record_of(row)


def _the(connection: Connection, key: str) -> EffectRecord:
    record = _get(connection, key)
    if record is None:
        raise JournalError(f"effect {key!r} has no intent in the journal; begin it before it is finished")
    return record


def record_of(columns: Any) -> EffectRecord:
    """An effect from its columns. Raises ``ValueError`` for columns that are none."""
    # an open effect has no result; NULL says so in the table
    return EffectRecord.model_validate({name: value for name, value in columns.items() if value is not None})
