"""Which incidents are meant: the conditions of a search, as SQL."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import ColumnElement, or_, select, type_coerce
from sqlalchemy import Text as SqlText

from amends.journal import schema
from amends.journal.schema.clocks import ClockKind
from amends.models import Party, Severity, Stage, Status

_incidents, _clocks = schema.incidents, schema.clocks


class Search(TypedDict, total=False):
    """What is wanted of incidents. Where several values are given, any of them will do; different keys must all hold.

    What is not given, or given as an empty collection, does not matter. ``opened_since`` is included,
    ``opened_before`` is not. ``open_only``: those that have not ended. ``breached``: those that have broken a
    promise, or missed a deadline that others set.
    """

    status: Status | Collection[Status]
    stage: Stage | Collection[Stage]
    severity: Severity | Collection[Severity]
    waiting_for: Party | Collection[Party]
    exception_type: str | Collection[str]
    order_id: str | Collection[str]
    opened_since: datetime | None
    opened_before: datetime | None
    open_only: bool
    breached: bool


def conditions(search: Search) -> Iterator[ColumnElement[bool]]:
    """The conditions that all must hold."""
    for name in ("status", "stage", "severity", "exception_type", "order_id"):
        wanted = _several(search.get(name, ()))
        if wanted:
            yield _incidents.c[name].in_(wanted)
    parties = _several(search.get("waiting_for", ()))
    if parties:
        # Kept as canonical JSON text: a party's name between quotes is that party, and no part of another's.
        names = type_coerce(_incidents.c.waiting_for, SqlText)
        yield or_(*(names.contains(f'"{Party(party).value}"', autoescape=True) for party in parties))
    since, before = search.get("opened_since"), search.get("opened_before")
    if since is not None:
        yield _incidents.c.opened_at >= since
    if before is not None:
        yield _incidents.c.opened_at < before
    if search.get("open_only", False):
        yield _incidents.c.closed_at.is_(None)
    if search.get("breached", False):
        promises = _clocks.c.kind.in_((ClockKind.GOAL, ClockKind.DEADLINE))
        broken = select(_clocks.c.incident_id).where(promises, _clocks.c.breached_at.is_not(None))
        yield _incidents.c.incident_id.in_(broken)


def _several(given: Any) -> list[str]:
    return [given] if isinstance(given, str) else list(given)
