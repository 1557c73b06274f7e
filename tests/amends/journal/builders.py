"""Builders of entries and appends: a lost parcel, told by a run of a workflow."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from amends.journal import Appended, Journal
from amends.models import ENGINE, Data
from amends.timeline import Entry, EntryKind

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
INCIDENT = "0192-lost-parcel"
RUN = "run-1"
DIGEST = "sha256:" + "b" * 64


def entry(n: int, kind: EntryKind = EntryKind.PLAN_STARTED, /, **data: object) -> Entry:
    """Entry ``n``, told ``n`` minutes after noon."""
    return Entry.model_validate(
        {"n": n, "kind": kind, "occurred_at": NOON + timedelta(minutes=n), "actor": ENGINE, "data": data}
    )


def opened(incident_id: str = INCIDENT, *, parcel: str = "PC-1001-1", order: str = "SO-1001") -> Entry:
    """The first entry of an incident."""
    report: Data = {"order_id": order, "parcel_id": parcel}
    return entry(
        0,
        EntryKind.INCIDENT_OPENED,
        incident_id=incident_id,
        exception_type="lost_parcel",
        workflow_id=f"lost_parcel:{parcel}",
        subject={"parcel_id": parcel},
        report=report,
        key="report-1",
        bundle={"digest": DIGEST, "revision": None},
        run_id=RUN,
    )


def told(
    journal: Journal,
    *entries: Entry,
    incident_id: str = INCIDENT,
    parcel: str = "PC-1001-1",
    run_id: str = RUN,
    claims: Sequence[str] = (),
    at: datetime = NOON + timedelta(hours=1),
) -> Appended:
    """Appends entries to an incident."""
    return journal.append(
        incident_id=incident_id,
        exception_type="lost_parcel",
        workflow_id=f"lost_parcel:{parcel}",
        run_id=run_id,
        entries=entries,
        claims=claims,
        at=at,
    )
