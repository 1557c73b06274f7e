"""Comparing the effects with the timeline: two owners wrote them, and they must agree."""

from sqlalchemy import Connection, select

from amends.journal import schema
from amends.journal.effects import digest_of, record_of
from amends.journal.rows import EffectRecord, TimelineRow
from amends.models import Outcome
from amends.timeline import EntryKind

_effects = schema.effects

_INTENTS = (EntryKind.EFFECT_REQUESTED, EntryKind.UNDO_REQUESTED)

_OUTCOMES = {
    EntryKind.EFFECT_APPLIED: Outcome.APPLIED,
    EntryKind.UNDO_APPLIED: Outcome.APPLIED,
    EntryKind.EFFECT_REFUSED: Outcome.NOT_APPLIED,
    EntryKind.UNDO_REFUSED: Outcome.NOT_APPLIED,
}
"""What the kinds say of an effect. ``effect_unknown`` and ``undo_unknown`` say nothing that could be compared."""


def effect_problems(connection: Connection, *, incident_id: str, entries: list[TimelineRow], ended: bool) -> list[str]:
    """What the effects and the entries of an incident disagree about, in plain words.

    While an incident is open an outcome may be known that its timeline does not tell yet; once it has ``ended`` not.
    """
    effects, problems = _read(connection, incident_id)
    requested = {_key(entry) for entry in entries if entry.kind in _INTENTS}
    told = {_key(entry) for entry in entries if entry.kind in _OUTCOMES}
    settlers = {entry.actor.id for entry in entries if entry.kind is EntryKind.TASK_SETTLED}
    for key, effect in effects.items():
        if effect.settled is not None and _settler(effect) not in settlers:
            problems.append(
                f"effect {key!r} is settled by {_settler(effect)!r}, who has settled nothing in the entries"
            )
        problems.extend(_effect_problems(effect, requested=requested, known=effects))
        if ended and effect.outcome is not None and key not in told:
            problems.append(f"effect {key!r} is {effect.outcome}, but the ended incident's entries never say so")
    for entry in entries:
        problems.extend(_entry_problems(entry, effects))
    return problems


def _read(connection: Connection, incident_id: str) -> tuple[dict[str, EffectRecord], list[str]]:
    mine = _effects.c.incident_id == incident_id
    keys = connection.execute(select(_effects.c.key).where(mine).order_by(_effects.c.key)).scalars().all()
    effects: dict[str, EffectRecord] = {}
    problems: list[str] = []
    for key in keys:
        try:
            effects[key] = record_of(connection.execute(select(_effects).where(_effects.c.key == key)).mappings().one())
        except ValueError as error:
            problems.append(f"effect {key!r} cannot be read: {error}")
    return effects, problems


def _effect_problems(effect: EffectRecord, *, requested: set[str], known: dict[str, EffectRecord]) -> list[str]:
    problems: list[str] = []
    if effect.key not in requested:
        problems.append(f"effect {effect.key!r} ({effect.activity}) was never requested by an entry")
    if digest_of(effect.inputs) != effect.inputs_digest:
        problems.append(f"effect {effect.key!r}: its inputs were altered, they do not have its digest")
    if effect.undoes is not None and effect.undoes not in known:
        problems.append(f"effect {effect.key!r} undoes {effect.undoes!r}, which is no effect of this incident")
    return problems


def _entry_problems(entry: TimelineRow, effects: dict[str, EffectRecord]) -> list[str]:
    outcome, effect = _OUTCOMES.get(entry.kind), effects.get(_key(entry))
    if entry.kind in _INTENTS and effect is not None and entry.data.get("inputs", effect.inputs) != effect.inputs:
        return [f"entry {entry.seq} requests effect {effect.key!r} with other inputs than it has in the effects"]
    if outcome is None:
        return []
    if effect is None:
        return [f"entry {entry.seq} ({entry.kind}) tells of effect {_key(entry)!r}, which is not in the effects"]
    if effect.outcome is not outcome:
        known = effect.outcome or "not known"
        return [f"entry {entry.seq} says that effect {effect.key!r} is {outcome}, in the effects it is {known}"]
    by = entry.data.get("by_hand")
    if by is not None and by != _settler(effect):
        return [f"entry {entry.seq} has the word of {by!r} for effect {effect.key!r}, the effects {_settler(effect)!r}"]
    return []


def _settler(effect: EffectRecord) -> object:
    """Whose word the outcome rests on, if it is anybody's."""
    return None if effect.settled is None else effect.settled.get("by")


def _key(entry: TimelineRow) -> str:
    return str(entry.data.get("key", ""))
