"""A journal with incidents in it, as a worker would have written them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from amends.journal import IncidentRow, Journal, connect, upgrade
from amends.models import ENGINE, Actor, ActorKind, Data, Outcome, Refusal, Status
from amends.timeline import Entry, EntryKind

MEI = Actor(kind=ActorKind.HUMAN, id="mei", verified=True)
OPENED_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def write_incidents(state_dir: Path) -> tuple[IncidentRow, IncidentRow]:
    """A journal in a state folder with two incidents: a newer one on SO-1002 that waits, an older one that closed."""
    engine = connect(f"sqlite:///{state_dir / 'journal.db'}")
    try:
        upgrade(engine)
        journal = Journal(engine)
        closed = _write(journal, "aaaa1111", "SO-1001", at=OPENED_AT, then=_REFUNDED)
        waiting = _write(journal, "bbbb2222", "SO-1002", at=OPENED_AT + timedelta(hours=1), then=_WAITING)
        _write_effects(journal, closed.incident_id)
    finally:
        engine.dispose()
    return waiting, closed


_WAITING: tuple[tuple[EntryKind, Data], ...] = (
    (EntryKind.STAGE_ENTERED, {"stage": "analysis"}),
    (EntryKind.STATUS_CHANGED, {"status": "waiting", "waiting_for": ["carrier"]}),
)
_REFUNDED: tuple[tuple[EntryKind, Data], ...] = (
    (EntryKind.STAGE_ENTERED, {"stage": "follow_up"}),
    (EntryKind.INCIDENT_RESOLVED, {"outcome": "refund"}),
    (EntryKind.INCIDENT_CLOSED, {"status": Status.CLOSED, "outcome": "refund"}),
)


def _write(
    journal: Journal, prefix: str, order_id: str, *, at: datetime, then: tuple[tuple[EntryKind, Data], ...]
) -> IncidentRow:
    incident_id = f"{prefix}-0000-4000-8000-000000000000"
    subject: Data = {"order_id": order_id, "parcel_id": "PC-1"}
    opened: Data = {
        "incident_id": incident_id,
        "exception_type": "lost_parcel",
        "workflow_id": f"lost_parcel:{order_id}:PC-1",
        "subject": subject,
        "report": subject,
        "bundle": {"digest": "sha256:00"},
        "severity": "medium",
        "key": "k-1",
    }
    entries = [Entry(n=0, kind=EntryKind.INCIDENT_OPENED, occurred_at=at, actor=MEI, data=opened)]
    entries += [
        Entry(n=n, kind=kind, occurred_at=at, actor=ENGINE, data=data) for n, (kind, data) in enumerate(then, start=1)
    ]
    journal.append(
        incident_id=incident_id,
        exception_type="lost_parcel",
        workflow_id=f"lost_parcel:{order_id}:PC-1",
        run_id=f"run-{prefix}",
        entries=entries,
        claims=(f"k-{prefix}",),
        at=at,
    )
    return journal.incident(incident_id)


def _write_effects(journal: Journal, incident_id: str) -> None:
    """A reservation that was taken back, and a shipment that was refused."""
    reserve, release = f"{incident_id}/reserve/1", f"{incident_id}/reserve/1/undo/1"
    ship = f"{incident_id}/ship/1"
    for key, step, activity, undoes in (
        (reserve, "action.reship.inventory.reserve", "inventory.reserve", None),
        (ship, "action.reship.shipping.create_shipment", "shipping.create_shipment", None),
        (release, "action.reship.inventory.reserve", "inventory.release", reserve),
    ):
        journal.effects.begin(
            key=key,
            incident_id=incident_id,
            step=step,
            attempt=1,
            activity=activity,
            inputs={},
            undoes=undoes,
            at=OPENED_AT,
        )
        refusal = Refusal(reason="NoCapacity", message="the van is full") if key == ship else None
        outcome = Outcome.NOT_APPLIED if refusal else Outcome.APPLIED
        journal.effects.finish(key=key, outcome=outcome, result={}, refusal=refusal, at=OPENED_AT)
