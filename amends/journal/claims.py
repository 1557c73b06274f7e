"""Claiming reports: which incident a report's key belongs to."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from amends.journal import schema
from amends.journal.rows import LostClaim
from amends.journal.statements import insert_once

_claims = schema.claims


def holder(connection: Connection, *, exception_type: str, key: str) -> str | None:
    """The incident that holds a report's key; ``None`` if none does."""
    held = select(_claims.c.incident_id).where(
        _claims.c.exception_type == exception_type, _claims.c.idempotency_key == key
    )
    return connection.execute(held).scalar_one_or_none()


def claim(
    connection: Connection, *, exception_type: str, keys: Sequence[str], incident_id: str
) -> tuple[LostClaim, ...]:
    """Claims each key for the incident, and names those that another incident holds, in the order of ``keys``.

    A claim is never given up, so the answer to a repeat is the same.
    """
    if not keys:
        return ()
    # In one order everywhere, so that two incidents that claim the same keys cannot wait for each other.
    for key in sorted(set(keys)):
        values = {"exception_type": exception_type, "idempotency_key": key, "incident_id": incident_id}
        insert_once(connection, _claims, values)
    held = select(_claims.c.idempotency_key, _claims.c.incident_id).where(
        _claims.c.exception_type == exception_type, _claims.c.idempotency_key.in_(keys)
    )
    holders = {row.idempotency_key: row.incident_id for row in connection.execute(held)}
    return tuple(
        LostClaim(key=key, incident_id=holders[key]) for key in dict.fromkeys(keys) if holders[key] != incident_id
    )
