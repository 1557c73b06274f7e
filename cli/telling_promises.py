"""What was promised, and what others demand by when, in sentences."""

from typing import Literal, assert_never

from amends.timeline import EntryKind
from cli import wording
from cli.said import Said

Kind = Literal[
    EntryKind.CLOCK_STARTED,
    EntryKind.CLOCK_PAUSED,
    EntryKind.CLOCK_RESUMED,
    EntryKind.CLOCK_RESET,
    EntryKind.CLOCK_WARNED,
    EntryKind.CLOCK_BREACHED,
    EntryKind.BREACH_REASSESSED,
    EntryKind.CLOCK_STOPPED,
    EntryKind.DEADLINE_SET,
    EntryKind.DEADLINE_PROTECTED,
    EntryKind.DEADLINE_MISSED,
    EntryKind.DEADLINE_LET_GO,
]
"""The kinds of entries that are told here."""


def tell(kind: Kind, said: Said) -> str:
    """The sentence of what became of a promise or a deadline."""
    match kind:
        case EntryKind.CLOCK_STARTED:
            by = said.maybe(", by the calendar {}", "calendar")
            return f"Promise: {said.goal} by {said['due_at']}{by}{_sooner(said)}{_far(said)}."
        case EntryKind.CLOCK_PAUSED:
            return f"The clock stands still for {said.party('charged_to')}: {_goals(said)}."
        case EntryKind.CLOCK_RESUMED:
            return f"The clock goes on: {_due(said)}; {said.length('suspended')} went to {said.party('charged_to')}."
        case EntryKind.CLOCK_RESET:
            within = f"{said.length('within')} in all"
            by = said.maybe(", which is by {}", "due_at")
            if said.maybe("{}", "inherited"):
                used = f"{said.length('inherited')} of {said.length('within')} were used up before"
                return f"The promise goes on: {said.goal}, {used}{by}{_far(said)}."
            return f"The promise changes: {said.goal} within {within}{by}{_sooner(said)}{_far(said)}."
        case EntryKind.CLOCK_WARNED:
            return f"{said['percent']} % of the time is gone: {said.goal}, due {said['due_at']}."
        case EntryKind.CLOCK_BREACHED:
            return f"Breached: {said.goal}, due {said['due_at']}."
        case EntryKind.BREACH_REASSESSED:
            by = said.maybe(", due {}", "due_at")
            return (
                f"In time again: {said.goal}{by}{said.maybe(', at severity {}', 'severity')}. The breach stays written."
            )
        case EntryKind.CLOCK_STOPPED:
            kept = "Not kept" if said["kept"] == "no" else "Kept"
            return f"{kept}: {said.goal}, in {said.length('consumed')} of {said.length('within')}."
        case EntryKind.DEADLINE_SET:
            acts = f"; we act by {said['protect_at']}" if said["protect_at"] != said["due_at"] else ""
            return f"A deadline of others: {said.deadline} by {said['due_at']}{acts}{_untold(said)}."
        case EntryKind.DEADLINE_PROTECTED:
            return f"In time, for a deadline of others: {said.deadline} ({_by(said)})."
        case EntryKind.DEADLINE_MISSED:
            return f"Missed, a deadline of others: {said.deadline}, due {said['due_at']}."
        case EntryKind.DEADLINE_LET_GO:
            return f"Not needed any more, a deadline of others: {said.deadline}."
        case _:
            assert_never(kind)


def _goals(said: Said) -> str:
    return ", ".join(map(wording.goal, said.many("goals"))) or "?"


def _due(said: Said) -> str:
    return ", ".join(f"{wording.goal(name)} by {due}" for name, due in said.pairs("goals")) or "?"


def _sooner(said: Said) -> str:
    return said.maybe(", sooner than for others, as {}", "sooner")


def _far(said: Said) -> str:
    return "; nobody has announced the holidays up to then" if said["unconfirmed"] == "yes" else ""


def _untold(said: Said) -> str:
    return "; its table says nothing of that day, so it is the shortest it has" if said["unconfirmed"] == "yes" else ""


def _by(said: Said) -> str:
    """A step, or a person."""
    return said.step("by") if "." in said["by"] else said["by"]
