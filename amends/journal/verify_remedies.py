"""Comparing what was given with the effects that gave it: they were written together, and must agree."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from amends.journal import schema
from amends.journal.effects import record_of
from amends.journal.rows import EffectRecord, RemedyRecord
from amends.journal.schema.remedies import Release, RemedyStatus
from amends.models import Head, Outcome

_remedies, _effects = schema.remedies, schema.effects


def remedy_problems(connection: Connection, *, incident_id: str) -> list[str]:
    """What the remedies of an incident and its effects disagree about, in plain words that name effect and unit."""
    problems: list[str] = []
    given: dict[str, list[RemedyRecord]] = {}
    for columns in connection.execute(_mine(incident_id)).mappings():
        try:
            row = RemedyRecord.model_validate(dict(columns))
        except ValueError as error:
            problems.append(f"what effect {columns['key']!r} gave for {columns['unit']!r} cannot be read: {error}")
        else:
            given.setdefault(row.key, []).append(row)
    for key, rows in given.items():
        problems += _problems(connection, key, rows)
    return problems


def _mine(incident_id: str) -> Any:
    rows = select(_remedies).where(_remedies.c.incident_id == incident_id)
    return rows.order_by(_remedies.c.key, _remedies.c.unit)


def _problems(connection: Connection, key: str, rows: list[RemedyRecord]) -> Iterator[str]:
    effect = _effect(connection, key)
    if effect is None:
        yield f"{rows[0].head} was given by {key!r}, which is no effect"
        return
    for row in rows:
        if row.status is not RemedyStatus.RELEASED and row.status is not _due(effect):
            yield f"{row.head} of effect {key!r} is {row.status}, and the effect is {effect.outcome or 'not known'}"
        elif row.why is not None:
            yield from _release_problems(connection, row, effect)
    amount = effect.inputs.get("amount")
    if rows[0].head is not Head.GOODS and isinstance(amount, dict):
        total = sum(row.amount for row in rows)
        if (total, rows[0].currency) != (amount.get("amount"), amount.get("currency")):
            yield f"{rows[0].head} of effect {key!r} adds up to {total} {rows[0].currency}, and it was to give {amount}"


def _due(effect: EffectRecord) -> RemedyStatus:
    """What stands of an effect as it is known; nothing does of one that was not applied."""
    if effect.outcome is None:
        return RemedyStatus.PENDING
    return RemedyStatus.APPLIED if effect.outcome is Outcome.APPLIED else RemedyStatus.RELEASED


def _release_problems(connection: Connection, row: RemedyRecord, effect: EffectRecord) -> Iterator[str]:
    by = None if row.released_by is None else _effect(connection, row.released_by)
    match row.why:
        case Release.NOT_APPLIED:
            right = effect.outcome is Outcome.NOT_APPLIED
        case Release.UNDONE:
            right = by is not None and by.outcome is Outcome.APPLIED and by.undoes == row.key
        case _:
            right = by is not None and by.outcome is not Outcome.NOT_APPLIED
    if not right:
        yield f"{row.head} of effect {row.key!r} is released as {row.why}, and the effects do not bear that out"


def _effect(connection: Connection, key: str) -> EffectRecord | None:
    columns = connection.execute(select(_effects).where(_effects.c.key == key)).mappings().first()
    return None if columns is None else record_of(columns)
