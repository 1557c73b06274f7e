"""The incident as its timeline leaves it: a pure fold over entries, and nothing but entries."""

from collections.abc import Callable, Iterable
from typing import Any

from pydantic import JsonValue, ValidationError

from amends.errors import JournalError
from amends.journal.rows import IncidentRow, TimelineRow
from amends.models import Data, Model, Party, Severity, Stage, Status, Utc
from amends.timeline import EntryKind


def project(row: IncidentRow | None, entry: TimelineRow) -> IncidentRow:
    """The incident after ``entry``. ``row`` is ``None`` before the first entry, which must be ``incident_opened``.

    Raises ``JournalError`` for an entry whose data does not say what its kind promises.
    """
    try:
        folded = _opened(entry) if row is None else row.model_copy(update=_changes(row, entry))
    except ValidationError as error:
        raise unusable(entry, error) from error
    return folded.model_copy(
        update={"updated_at": entry.occurred_at, "entries": entry.seq, "head_hash": entry.hash},
    )


def fold(entries: Iterable[TimelineRow], *, onto: IncidentRow | None = None) -> IncidentRow | None:
    """The incident after all entries; ``onto`` if there are none."""
    row = onto
    for entry in entries:
        row = project(row, entry)
    return row


def unusable(entry: TimelineRow, error: ValidationError) -> JournalError:
    """That an entry's data does not say what its kind promises."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return JournalError(
        f"incident {entry.incident_id!r}: entry {entry.n} of run {entry.run_id!r} ({entry.kind}) cannot be used: "
        f"data.{where}: {first['msg']}"
    )


class _BundleRef(Model):
    digest: str


class _Opened(Model):
    incident_id: str
    exception_type: str
    workflow_id: str
    subject: Data
    report: Data
    bundle: _BundleRef
    severity: Severity | None = None


class _Registered(Model):
    previous: str | None = None


class _Duplicate(Model):
    of: str


class _HandedOver(Model):
    to: str


class _Repinned(Model):
    to: str


class _StageEntered(Model):
    stage: Stage


class _SeveritySet(Model):
    severity: Severity


class _StatusChanged(Model):
    status: Status
    waiting_for: tuple[Party, ...] = ()


class _Resolved(Model):
    outcome: str


class _Closed(Model):
    status: Status
    outcome: str | None = None


def _opened(entry: TimelineRow) -> IncidentRow:
    if entry.kind is not EntryKind.INCIDENT_OPENED:
        raise JournalError(
            f"incident {entry.incident_id!r}: the first entry is {entry.kind}, and must be incident_opened"
        )
    opened = _Opened.model_validate(entry.data)
    if opened.incident_id != entry.incident_id:
        raise JournalError(f"incident {entry.incident_id!r}: its first entry opens {opened.incident_id!r} instead")
    return IncidentRow(
        incident_id=opened.incident_id,
        exception_type=opened.exception_type,
        workflow_id=opened.workflow_id,
        subject=opened.subject,
        order_id=_text(opened.report.get("order_id")) or _text(opened.subject.get("order_id")),
        status=Status.OPEN,
        stage=Stage.REPORT,
        severity=opened.severity,
        opened_at=entry.occurred_at,
        updated_at=entry.occurred_at,
        bundle_digest=opened.bundle.digest,
        entries=entry.seq,
        head_hash=entry.hash,
    )


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None


def _changes(row: IncidentRow, entry: TimelineRow) -> dict[str, Any]:
    if entry.kind is EntryKind.INCIDENT_OPENED:
        raise JournalError(f"incident {row.incident_id!r} is opened a second time, by entry {entry.n} of its run")
    change = _CHANGES.get(entry.kind)
    return {} if change is None else change(row, entry)


def _registered(_row: IncidentRow, entry: TimelineRow) -> dict[str, Any]:
    return {"previous": _Registered.model_validate(entry.data).previous}


def _duplicate(row: IncidentRow, entry: TimelineRow) -> dict[str, Any]:
    found = _Duplicate.model_validate(entry.data)
    return {"duplicate_of": found.of, **_status(row, Status.DUPLICATE, entry.occurred_at)}


def _handed_over(_row: IncidentRow, entry: TimelineRow) -> dict[str, Any]:
    return {"duplicate_of": _HandedOver.model_validate(entry.data).to}


def _stage_entered(_row: IncidentRow, entry: TimelineRow) -> dict[str, Any]:
    return {"stage": _StageEntered.model_validate(entry.data).stage}


def _repinned(_row: IncidentRow, entry: TimelineRow) -> dict[str, Any]:
    return {"bundle_digest": _Repinned.model_validate(entry.data).to}


def _severity_set(_row: IncidentRow, entry: TimelineRow) -> dict[str, Any]:
    return {"severity": _SeveritySet.model_validate(entry.data).severity}


def _status_changed(row: IncidentRow, entry: TimelineRow) -> dict[str, Any]:
    changed = _StatusChanged.model_validate(entry.data)
    return _status(row, changed.status, entry.occurred_at, changed.waiting_for)


def _resolved(_row: IncidentRow, entry: TimelineRow) -> dict[str, Any]:
    return {"outcome": _Resolved.model_validate(entry.data).outcome}


def _closed(row: IncidentRow, entry: TimelineRow) -> dict[str, Any]:
    closed = _Closed.model_validate(entry.data)
    return {"outcome": closed.outcome or row.outcome, **_status(row, closed.status, entry.occurred_at)}


def _status(row: IncidentRow, status: Status, at: Utc, waiting_for: tuple[Party, ...] = ()) -> dict[str, Any]:
    closed_at = (row.closed_at or at) if status.final else None
    return {"status": status, "waiting_for": waiting_for, "closed_at": closed_at}


_CHANGES: dict[EntryKind, Callable[[IncidentRow, TimelineRow], dict[str, Any]]] = {
    EntryKind.INCIDENT_REGISTERED: _registered,
    EntryKind.DUPLICATE_FOUND: _duplicate,
    EntryKind.SUPERSEDED: _handed_over,
    EntryKind.MERGED: _handed_over,
    EntryKind.STAGE_ENTERED: _stage_entered,
    EntryKind.REPINNED: _repinned,
    EntryKind.SEVERITY_SET: _severity_set,
    EntryKind.STATUS_CHANGED: _status_changed,
    EntryKind.INCIDENT_RESOLVED: _resolved,
    EntryKind.INCIDENT_CLOSED: _closed,
}
"""What the kinds change; all others tell the story and leave the incident as it is."""
