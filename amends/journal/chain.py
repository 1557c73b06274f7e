"""The hash chain: what is hashed, how it is spelled, and how an entry is linked to the one before it.

An entry's hash is the SHA-256, in hexadecimal, of the canonical JSON of ``HASHED`` (all columns but the hash itself).
Times are spelled ``2026-11-22T17:54:00.000000+00:00``. ``prev_hash`` is the hash of the entry with the seq before; the
first entry of an incident has ``GENESIS``: the incident's id is hashed, so no two chains share a beginning.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from amends.journal.rows import TimelineRow
from amends.timeline import Entry, canonical

GENESIS = "0" * 64
"""The ``prev_hash`` of an incident's first entry."""

HASHED = (
    "incident_id",
    "seq",
    "run_id",
    "n",
    "kind",
    "occurred_at",
    "recorded_at",
    "actor",
    "data",
    "prev_hash",
)
"""The columns that an entry's hash covers."""


def hash_of(columns: Mapping[str, Any]) -> str:
    """The hash of an entry, from its columns as they are stored. Raises ``ValueError`` for what JSON does not have."""
    return hashlib.sha256(canonical({name: _spelled(columns[name]) for name in HASHED})).hexdigest()


def columns_of(row: TimelineRow) -> dict[str, Any]:
    """The columns of a row as they are stored."""
    return row.model_dump() | {"kind": row.kind.value, "actor": row.actor.model_dump(mode="json")}


def link(after: TimelineRow | None, entry: Entry, *, incident_id: str, run_id: str, at: datetime) -> TimelineRow:
    """The entry in its place behind ``after`` (``None``: it is the incident's first), recorded ``at``."""
    unhashed = TimelineRow(
        incident_id=incident_id,
        seq=1 if after is None else after.seq + 1,
        run_id=run_id,
        n=entry.n,
        kind=entry.kind,
        occurred_at=entry.occurred_at,
        recorded_at=at,
        actor=entry.actor,
        data=entry.data,
        prev_hash=GENESIS if after is None else after.hash,
        hash="",
    )
    return unhashed.model_copy(update={"hash": hash_of(columns_of(unhashed))})


def _spelled(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value
