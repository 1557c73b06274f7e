"""Comparing what was given with the effects that gave it: they were written together, and must agree."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from amends.journal import schema
from amends.journal.effects import record_of
from amends.journal.rows import EffectRecord, Gives, RemedyRecord
from amends.journal.schema.remedies import Release, RemedyStatus
from amends.models import Head, Outcome

_remedies, _effects = schema.remedies, schema.effects


def remedy_problems(connection: Connection, *, incident_id: str) -> list[str]:
    """What the remedies of an incident and its effects disagree about, in plain words that name effect and unit."""
    problems: list[str] = []
    given: dict[str, list[RemedyRecord]] = {key: [] for key in _givers(connection, incident_id)}
    for columns in connection.execute(_mine(incident_id)).mappings():
        try:
            row = RemedyRecord.model_validate(dict(columns))
        except ValueError as error:
            problems.append(f"what effect {columns['key']!r} gave for {columns['unit']!r} cannot be read: {error}")
        else:
            given.setdefault(row.key, []).append(row)
    for key, rows in given.items():
        try:
            problems += list(_problems(connection, key, rows))
        except ValueError as error:
            problems.append(f"what effect {key!r} gave cannot be held against it, it cannot be read: {error}")
    return problems


def _givers(connection: Connection, incident_id: str) -> list[str]:
    """The effects of the incident that have reserved something, whether there is anything of it or not."""
    mine = (_effects.c.incident_id == incident_id) & _effects.c.gives.is_not(None)
    return list(connection.execute(select(_effects.c.key).where(mine).order_by(_effects.c.key)).scalars())


def _mine(incident_id: str) -> Any:
    """What stands under the incident, and what its effects gave under whatever name."""
    of_its_effects = _remedies.c.key.in_(select(_effects.c.key).where(_effects.c.incident_id == incident_id))
    rows = select(_remedies).where((_remedies.c.incident_id == incident_id) | of_its_effects)
    return rows.order_by(_remedies.c.key, _remedies.c.unit)


def _problems(connection: Connection, key: str, rows: list[RemedyRecord]) -> Iterator[str]:
    effect = _effect(connection, key)
    if effect is None:
        yield f"{rows[0].head} was given by {key!r}, which is no effect"
        return
    if effect.gives is None:
        yield f"{rows[0].head} was given by {key!r}, which has reserved nothing"
        return
    yield from _reserved_problems(effect, effect.gives, rows)
    for row in rows:
        if row.status is not RemedyStatus.RELEASED and row.status is not _due(effect):
            yield f"{row.head} of effect {key!r} is {row.status}, and the effect is {effect.outcome or 'not known'}"
        elif row.why is not None:
            yield from _release_problems(connection, row, effect)


def _reserved_problems(effect: EffectRecord, gives: Gives, rows: list[RemedyRecord]) -> Iterator[str]:
    """What the rows, what was reserved and what the call was given disagree about."""
    told = {row.unit: row for row in rows}
    for unit in sorted(gives.units.keys() | told.keys()):
        row = told.get(unit)
        if row is None:
            yield f"{gives.head} of effect {effect.key!r} for {unit!r} is missing from the remedies"
            continue
        reserved = {**gives.model_dump(exclude={"units"}), "amount": gives.units.get(unit)}
        for name, value in {**reserved, "incident_id": effect.incident_id}.items():
            if getattr(row, name) != value:
                what = f"{row.head} of effect {effect.key!r} for {unit!r}"
                yield f"{what} has {name} {getattr(row, name)!r}, not {value!r}"
    for name in ("order_id", "parcel_id"):
        reserved_for, asked = getattr(gives, name), effect.inputs.get(name)
        if None not in (reserved_for, asked) and reserved_for != asked:
            yield f"effect {effect.key!r} has reserved for {name} {reserved_for!r}, and was to give for {asked!r}"
    amount, total = effect.inputs.get("amount"), sum(row.amount for row in rows)
    if rows and isinstance(amount, dict) and {"amount": total, "currency": gives.currency} != amount:
        yield f"{gives.head} of effect {effect.key!r} adds up to {total} {gives.currency}, and it was to give {amount}"


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
            sent = by is not None and by.gives is not None and by.gives.head is Head.GOODS
            right = sent and by is not None and by.outcome is not Outcome.NOT_APPLIED
    if not right:
        yield f"{row.head} of effect {row.key!r} is released as {row.why}, and the effects do not bear that out"


def _effect(connection: Connection, key: str) -> EffectRecord | None:
    columns = connection.execute(select(_effects).where(_effects.c.key == key)).mappings().first()
    return None if columns is None else record_of(columns)
