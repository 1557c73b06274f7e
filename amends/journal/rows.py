"""What the journal answers with."""

from amends.journal.schema.clocks import ClockKind, ClockState
from amends.journal.schema.questions import QuestionStatus
from amends.journal.schema.remedies import Release, RemedyStatus
from amends.models import (
    Actor,
    Data,
    Evidence,
    Head,
    Model,
    Outcome,
    PageResult,
    Party,
    Refusal,
    Severity,
    Stage,
    Status,
    Utc,
)
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


class ClockRow(Model):
    """What is due in an incident, or was, as its timeline leaves it.

    ``name``: the goal, the deadline, the id of the task or approval, the role that was paged. ``since``: since when it
    is so. ``owner``: the role whose move it is. ``charged_to``: for whom it stands still. ``breached_at``: when it was
    last not kept.
    """

    incident_id: str
    kind: ClockKind
    name: str
    state: ClockState
    since: Utc
    due_at: Utc | None = None
    owner: str | None = None
    charged_to: Party | None = None
    breached_at: Utc | None = None


class EvidenceRow(Evidence):
    """What was shown in an incident, ``by`` whom and when: at ``place``, from 0, of the entry ``seq``. ``about``: the
    task that was settled with it, or the question that was answered."""

    incident_id: str
    seq: int
    place: int
    by: str
    at: Utc
    about: str | None = None


class LostClaim(Model):
    """A report's key that another incident holds."""

    key: str
    incident_id: str


class Earlier(Model):
    """An earlier incident on the same workflow id: when it ended, and how often it was reported."""

    incident_id: str
    ended_at: Utc | None = None
    contacts: int = 0


class OpenIncident(Model):
    """An incident that has not ended, and the workflow that it runs as."""

    incident_id: str
    exception_type: str
    workflow_id: str


class Appended(Model):
    """The entries are committed. ``lost``: claims that other incidents hold; ``earlier``: for an incident that these
    entries open, the newest one before it; ``superseded``: those of the workflow ids that were asked about which are
    open; ``waiting``: the workflow ids of those whose questions waited for one that ends with these entries; ``new``:
    how many of the entries, the last ones, were new."""

    lost: tuple[LostClaim, ...] = ()
    earlier: Earlier | None = None
    superseded: tuple[OpenIncident, ...] = ()
    waiting: tuple[str, ...] = ()
    new: int = 0


class Gives(Model):
    """What an effect has reserved, as it was meant: in minor units for each unit of goods, or under an empty name."""

    order_id: str
    head: Head
    currency: str
    parcel_id: str | None = None
    units: dict[str, int]


class EffectRecord(Model):
    """An effect: its intent and, once it is known, its outcome. While ``outcome`` is ``None`` it is not known whether
    the call was carried out. ``settled``: ``by`` whom and ``how`` the outcome was found out, when it was a person.
    ``gives``: what it has reserved, if it gives something."""

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
    settled: Data | None = None
    gives: Gives | None = None


class RemedyRecord(Model):
    """What an effect gives for one unit, or for the order as a whole (``unit`` is empty then), in minor units.

    ``parcel_id`` is the parcel it was asked about, ``gave_parcel`` the one in which the goods went. ``settled_at``:
    when it was known whether it was given. ``why`` and ``released_by``: why it counts no more, and by which effect's
    key.
    """

    key: str
    unit: str
    incident_id: str
    order_id: str
    head: Head
    amount: int
    currency: str
    parcel_id: str | None = None
    gave_parcel: str | None = None
    status: RemedyStatus
    reserved_at: Utc
    settled_at: Utc | None = None
    why: Release | None = None
    released_by: str | None = None


class QuestionRecord(Model):
    """A try to ask a customer something, ``key`` its effect's, and what was open on the order then.

    ``units``: the pieces of goods it is about; none for the order as a whole. ``identity`` is equal in questions that
    are the same to who is asked. ``yields``: it keeps no other waiting. ``behind``: the key of the try that was open.
    ``until``: from when on nobody waits for it, or when one that was held back is tried again at the latest.
    """

    key: str
    number: int
    incident_id: str
    ask: str
    order_id: str
    units: tuple[str, ...] = ()
    question: str
    identity: str
    yields: bool = False
    status: QuestionStatus
    behind: str | None = None
    at: Utc
    until: Utc | None = None


class PageRecord(Model):
    """What became of paging a person over one channel. While ``result`` is ``None`` it is under way.

    ``requested_at``: when this channel was asked the last time. ``joined_to``: the key of another incident's page that
    this one joined; ``channel`` is empty then, and for a person without any.
    """

    key: str
    person: str
    channel: str = ""
    incident_id: str
    cause: str
    severity: Severity
    level: int
    requested_at: Utc
    result: PageResult | None = None
    detail: str = ""
    joined_to: str | None = None
    settled_at: Utc | None = None


class RunbookRevision(Model):
    """A published runbook. ``bundle`` is its JSON, exactly as it was published."""

    exception_type: str
    number: int
    digest: str
    bundle: str
    published_at: Utc
    by: str
    why: str

    @property
    def name(self) -> str:
        """As people name it: ``lost_parcel@3``."""
        return revision_name(self.exception_type, self.number)


def revision_name(exception_type: str, number: int) -> str:
    return f"{exception_type}@{number}"


class Publication(Model):
    """What came of publishing: the revision that is the newest now, and whether it is new."""

    revision: RunbookRevision
    new: bool
