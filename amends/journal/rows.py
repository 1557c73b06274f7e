"""What the journal answers with."""

from amends.models import Actor, Data, Model, Outcome, Party, Refusal, Severity, Stage, Status, Utc
from amends.timeline import EntryKind


class TimelineRow(Model):
    """An entry in its place: ``seq`` counts from 1 without gaps, ``hash`` covers all else, also ``prev_hash``.

    ``n`` is the entry's number in its run; -1 marks a ``run_started`` that the journal wrote for a reset run.
    """

    incident_id: str
    seq: int
    run_id: str
    n: int
    kind: EntryKind
    occurred_at: Utc
    recorded_at: Utc
    actor: Actor
    data: Data
    prev_hash: str
    hash: str


class IncidentRow(Model):
    """An incident as its timeline leaves it. ``entries`` and ``head_hash`` are the last entry's seq and hash."""

    incident_id: str
    exception_type: str
    workflow_id: str
    subject: Data
    order_id: str | None = None
    status: Status
    stage: Stage
    severity: Severity | None = None
    waiting_for: tuple[Party, ...] = ()
    outcome: str | None = None
    opened_at: Utc
    updated_at: Utc
    closed_at: Utc | None = None
    bundle_digest: str
    duplicate_of: str | None = None
    previous: str | None = None
    entries: int
    head_hash: str


class LostClaim(Model):
    """A report's key that another incident holds."""

    key: str
    incident_id: str


class Appended(Model):
    """The entries are committed. ``lost``: claims that other incidents hold; ``previous``: the newest earlier incident
    on the same workflow id that was no duplicate; ``new``: how many of the entries, the last ones, were new."""

    lost: tuple[LostClaim, ...] = ()
    previous: str | None = None
    new: int = 0


class EffectRecord(Model):
    """An effect: its intent and, once it is known, its outcome. While ``outcome`` is ``None`` it is not known whether
    the call was carried out."""

    key: str
    incident_id: str
    step: str
    attempt: int
    activity: str
    inputs: Data
    inputs_digest: str
    undoes: str | None = None
    intent_at: Utc
    outcome: Outcome | None = None
    result: Data = {}
    refusal: Refusal | None = None
    outcome_at: Utc | None = None


class RunbookRevision(Model):
    """A published runbook. ``bundle`` is its JSON, exactly as it was published."""

    exception_type: str
    number: int
    digest: str
    bundle: str
    published_at: Utc
    by: str
    why: str


class Publication(Model):
    """What came of publishing: the revision that is the newest now, and whether it is new."""

    revision: RunbookRevision
    new: bool
