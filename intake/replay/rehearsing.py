"""What an order's events would have opened, had intake met them one after the other. Pure functions."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from amends.models import Model, Utc
from intake.deciding import Standing, Unreckoned, decide, survey
from intake.events import OrderEvent
from intake.rules import Rule


class Arrival(NamedTuple):
    """An event, and what the clock showed when it came in: never less than when it happened, more if it was late."""

    event: OrderEvent
    clock: datetime


class Opening(Model):
    """What would have opened, when, and until when it stood: ``cleared_at`` is when the cause was gone, or when news
    came that there had never been one."""

    standing: Standing
    opened_at: Utc
    cleared_at: Utc | None = None
    cleared_by: str | None = None


class Rehearsal(NamedTuple):
    """What opens, by when it does, and at which events a rule could not be reckoned."""

    openings: tuple[Opening, ...]
    unreckoned: tuple[Unreckoned, ...]


def rehearse(rules: Sequence[Rule], arrivals: Sequence[Arrival], *, until: datetime) -> Rehearsal:
    """All that opens up to the moment ``until``, as it came to be known. ``arrivals`` are those of one order, in the
    order in which they came.

    What stands in the end is what ``decide`` says of all of them. What had opened because an event was late, and would
    not have otherwise, is cleared by that event.
    """
    opened: dict[str, Opening] = {}
    came: dict[str, datetime] = {}
    known: list[OrderEvent] = []
    told_until = _BEGINNING
    for event, clock in arrivals:
        if clock > until:
            break
        # what happens now changes nothing that was before; but of this moment something may have been told already
        unmaking = event.at < clock or event.at <= told_until or event.corrects is not None
        if unmaking:
            _note(opened, decide(rules, known, until=clock), came)
            told_until = clock
        known.append(event)
        came.setdefault(event.key, clock)
        if unmaking:
            _unmake(opened, {each.key for each in decide(rules, known, until=clock)}, event, clock)
    last, unreckoned = survey(rules, known, until=until)
    _note(opened, last, came)
    final = {each.key: each for each in last}
    told = [_brought_up(opening, final.get(key)) for key, opening in opened.items()]
    return Rehearsal(tuple(sorted(told, key=lambda each: (each.opened_at, each.standing.key))), unreckoned)


_BEGINNING = datetime.min.replace(tzinfo=UTC)


def _note(opened: dict[str, Opening], standings: Sequence[Standing], came: dict[str, datetime]) -> None:
    for standing in standings:
        known_since = max(came[cause] for cause in standing.caused_by)
        opening = Opening(standing=standing, opened_at=max(standing.opens_at, known_since))
        opened.setdefault(standing.key, opening)


def _unmake(opened: dict[str, Opening], standing: set[str], event: OrderEvent, clock: datetime) -> None:
    for key in opened.keys() - standing:
        if opened[key].cleared_at is None:
            opened[key] = opened[key].model_copy(update={"cleared_at": clock, "cleared_by": event.key})


def _brought_up(opening: Opening, standing: Standing | None) -> Opening:
    """The opening as it is in the end; without a standing it is one that should not have been."""
    if standing is None:
        return opening
    changes = {"standing": standing, "cleared_at": standing.cleared_at, "cleared_by": standing.cleared_by}
    return opening.model_copy(update=changes)
