"""Appending a run's entries to an incident's timeline: in one transaction, exactly once, in their order."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from sqlalchemy import Connection, insert

from amends.errors import JournalError, JournalForked
from amends.journal import alerts, clocks, conversation, evidence, incidents, related, schema
from amends.journal.chain import columns_of, link
from amends.journal.claims import claim
from amends.journal.entries import entries_of_run, furthest_of, head_of, timeline_of
from amends.journal.projection import fold
from amends.journal.rows import Appended, IncidentRow, TimelineRow
from amends.models import ENGINE
from amends.timeline import Entry, EntryKind, canonical

RESET_MARK = -1
"""The number of the ``run_started`` that the journal itself writes when a reset run goes on counting."""


def append(
    connection: Connection,
    *,
    incident_id: str,
    exception_type: str,
    workflow_id: str,
    run_id: str,
    entries: Sequence[Entry],
    claims: Sequence[str],
    supersedes: Sequence[str],
    at: datetime,
) -> Appended:
    """Appends what is new of ``entries`` and takes the claims; see ``Journal.append``."""
    _no_gap_within(incident_id, run_id, entries)
    row = _locked(connection, incident_id=incident_id, run_id=run_id, entries=entries, at=at)
    if row is None or (row.exception_type, row.workflow_id) != (exception_type, workflow_id):
        told = "nothing" if row is None else f"{row.exception_type!r} and {row.workflow_id!r}"
        raise JournalError(
            f"incident {incident_id!r}: the request names exception type {exception_type!r} and workflow id "
            f"{workflow_id!r}, its timeline {told}"
        )
    head = head_of(connection, incident_id=incident_id)
    new = _new_entries(connection, incident_id=incident_id, run_id=run_id, entries=entries, head=head)
    linked: list[TimelineRow] = []
    for entry in new:
        last = linked[-1] if linked else head
        linked.append(link(last, entry, incident_id=incident_id, run_id=run_id, at=at))
    if linked:
        connection.execute(insert(schema.timeline), [columns_of(each) for each in linked])
        row = fold(linked, onto=row if head else None) or row
        incidents.write(connection, row=row)
        clocks.follow(connection, incident_id=incident_id, entries=linked)
        evidence.follow(connection, entries=linked)
        alerts.follow(connection, incident_id=incident_id, entries=linked, at=at)
    lost = claim(connection, exception_type=exception_type, keys=claims, incident_id=incident_id)
    waiting = conversation.freed(connection, incident_id=incident_id, entries=entries)
    fresh = sum(entry.n != RESET_MARK for entry in new)
    opens = any(entry.kind is EntryKind.INCIDENT_OPENED for entry in entries)
    if not opens:
        return Appended(lost=lost, waiting=waiting, new=fresh)
    return Appended(
        lost=lost,
        earlier=related.earlier_on(connection, row=row),
        superseded=related.open_as(connection, workflow_ids=supersedes),
        waiting=waiting,
        new=fresh,
    )


def _no_gap_within(incident_id: str, run_id: str, entries: Sequence[Entry]) -> None:
    for before, after in pairwise(entries):
        if after.n != before.n + 1:
            raise JournalError(
                f"incident {incident_id!r}: entry {after.n} of run {run_id!r} was given right after {before.n}; "
                "entries come in order, without gaps"
            )


def _locked(
    connection: Connection, *, incident_id: str, run_id: str, entries: Sequence[Entry], at: datetime
) -> IncidentRow | None:
    """The incident as its timeline leaves it, locked against other appends; opened by the first entry if it is new."""
    row = incidents.get(connection, incident_id=incident_id, lock=True)
    if row is None and entries:
        # There must be a row to lock. Who inserts it has it; another waits here until that is committed. A dropped
        # projection is no lost incident: what is told already counts.
        told = timeline_of(connection, incident_id=incident_id)
        opening = fold(told or [link(None, entries[0], incident_id=incident_id, run_id=run_id, at=at)])
        if opening is not None and incidents.insert_new(connection, row=opening):
            clocks.refold(connection, incident_id=incident_id, entries=told)
            evidence.refold(connection, incident_id=incident_id, entries=told)
            return opening
        row = incidents.get(connection, incident_id=incident_id, lock=True)
    return row


def _new_entries(
    connection: Connection, *, incident_id: str, run_id: str, entries: Sequence[Entry], head: TimelineRow | None
) -> list[Entry]:
    if not entries:
        return []
    known = entries_of_run(connection, run_id=run_id, first=entries[0].n)
    new = [entry for entry in entries if not _told(incident_id, run_id, entry, known.get(entry.n))]
    if not new:
        return []
    if any(row.incident_id != incident_id for row in known.values()):
        other = next(iter(known.values())).incident_id
        raise JournalError(f"incident {incident_id!r}: run {run_id!r} belongs to incident {other!r}")
    if known:
        _no_gap(incident_id, run_id, new[0], expected=max(known) + 1)
        return new
    if head is None or new[0].n == 0:
        _no_gap(incident_id, run_id, new[0], expected=0)
        return new
    return [_reset_mark(connection, new[0], incident_id=incident_id, run_id=run_id, head=head), *new]


def _told(incident_id: str, run_id: str, entry: Entry, row: TimelineRow | None) -> bool:
    if row is None:
        return False
    told = Entry(n=row.n, kind=row.kind, occurred_at=row.occurred_at, actor=row.actor, data=row.data)
    if row.incident_id != incident_id or not _equal(told, entry):
        raise JournalForked(incident_id, run_id, entry.n)
    return True


def _equal(told: Entry, entry: Entry) -> bool:
    # by their JSON: to Python 1, 1.0 and True are equal
    return canonical(told.model_dump(mode="json")) == canonical(entry.model_dump(mode="json"))


def _no_gap(incident_id: str, run_id: str, entry: Entry, *, expected: int) -> None:
    if entry.n != expected:
        raise JournalError(
            f"incident {incident_id!r}: run {run_id!r} gives entry {entry.n}, and the journal waits for its entry "
            f"{expected}; nothing was written"
        )


def _reset_mark(connection: Connection, entry: Entry, *, incident_id: str, run_id: str, head: TimelineRow) -> Entry:
    """A reset run has the state of the run it was cut from, and goes on counting from there."""
    furthest = furthest_of(connection, incident_id=incident_id)
    if not 0 <= entry.n <= furthest + 1:
        _no_gap(incident_id, run_id, entry, expected=furthest + 1)
    return Entry(
        n=RESET_MARK,
        kind=EntryKind.RUN_STARTED,
        occurred_at=entry.occurred_at,
        actor=ENGINE,
        data={"previous_run_id": head.run_id, "reason": "reset"},
    )
