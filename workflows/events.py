"""What reaches an incident (events), what it asks for (commands), and how an event is written down whole.

An event's entry holds all of it, so ``event_of(entry)`` gives the event back: the timeline alone can drive the core
again.
"""

from enum import StrEnum
from typing import Annotated, Literal, assert_never

from pydantic import Field, TypeAdapter, field_serializer

from amends.models import (
    ENGINE,
    TIMER,
    Actor,
    Data,
    Evidence,
    Model,
    Money,
    Outcome,
    Party,
    Refusal,
    Severity,
    Utc,
    plain,
)
from amends.timeline import Entry, EntryKind
from runbooks.bundle import Bundle


class ReportReceived(Model):
    """Somebody says that something went wrong. ``key``: the report's idempotency key."""

    type: Literal["report_received"] = "report_received"
    key: str
    report: Data
    actor: Actor


class Sibling(Model):
    """An incident of another type that is open on the same subject."""

    incident_id: str
    exception_type: str
    workflow_id: str


class Registered(Model):
    """The journal has the incident, and its report's key was free. ``previous``: the newest earlier incident, when it
    ended, and how often it was reported. ``superseded``: those of superseded types that are open."""

    type: Literal["registered"] = "registered"
    previous: str | None = None
    previous_ended_at: Utc | None = None
    previous_contacts: int | None = None
    superseded: tuple[Sibling, ...] | None = None


class DuplicateFound(Model):
    """The report that opened this incident was handled by an earlier one already."""

    type: Literal["duplicate_found"] = "duplicate_found"
    key: str
    of: str


class ReportRepeated(Model):
    """A report that was added here belongs to an earlier incident."""

    type: Literal["report_repeated"] = "report_repeated"
    key: str
    of: str


class RunStarted(Model):
    """The incident goes on in a new Temporal run."""

    type: Literal["run_started"] = "run_started"
    run_id: str
    previous_run_id: str
    reason: str = "continued"


class CommandReturned(Model):
    """A command's activity has ended. ``trouble`` says why an outcome is unknown; ``known_before``: the journal knew it
    by itself, so that the word of whoever settled it was not taken."""

    type: Literal["command_returned"] = "command_returned"
    command_id: str
    outcome: Outcome
    result: Data = {}
    refusal: Refusal | None = None
    trouble: str | None = None
    known_before: bool | None = None


class AnswerGiven(Model):
    """Somebody has answered, by one of ``choice``, ``text``, ``amount`` and ``files``. ``ask``: the step id of the ask.
    ``key``: the answer's idempotency key. ``at``: when the answer was given, if that was before it came here."""

    type: Literal["answer_given"] = "answer_given"
    key: str
    ask: str
    choice: str | None = None
    text: str | None = None
    amount: Money | None = None
    files: tuple[Evidence, ...] | None = None
    actor: Actor
    at: Utc | None = None


class NewsReceived(Model):
    """The order system tells that something happened. ``event_id`` and ``event_type`` as in its CloudEvent; ``at``: the
    event's own time, if it is known."""

    type: Literal["news_received"] = "news_received"
    event_id: str
    event_type: str
    data: Data = {}
    actor: Actor
    at: Utc | None = None


class CancelRequested(Model):
    """The incident is to be called off: what was done is undone, then it closes. ``key``: the act's idempotency key;
    empty when Temporal asked."""

    type: Literal["cancel_requested"] = "cancel_requested"
    key: str = ""
    reason: str
    actor: Actor


class RetryRequested(Model):
    """What a person's task stands for is to be tried again. ``key``: the act's idempotency key."""

    type: Literal["retry_requested"] = "retry_requested"
    key: str
    task: str
    note: str = ""
    actor: Actor


class Verdict(StrEnum):
    """What somebody decides about an approval."""

    APPROVE = "approve"
    REJECT = "reject"


class DecisionGiven(Model):
    """Somebody approves or rejects. ``approval``: its id. ``amount`` and ``plan``: what the decision is about, as who
    decides saw it. ``key``: the decision's idempotency key."""

    type: Literal["decision_given"] = "decision_given"
    key: str
    approval: str
    verdict: Verdict
    amount: Money | None = None
    plan: str | None = None
    note: str = ""
    actor: Actor


class PlanChosen(Model):
    """When no plan was left by itself, a person has one tried. ``key``: the act's idempotency key."""

    type: Literal["plan_chosen"] = "plan_chosen"
    key: str
    plan: str
    note: str = ""
    actor: Actor


class TaskSettled(Model):
    """A person has settled by hand what a task stands for. ``how``: what was done or found out. ``evidence``: what
    shows it, at least one.

    ``outcome``: whether it happened, for what was unknown; ``result``: what the call would have given, as far as its
    undo needs it. ``key``: the act's idempotency key.
    """

    type: Literal["task_settled"] = "task_settled"
    key: str
    task: str
    how: str
    evidence: tuple[Evidence, ...]
    outcome: Outcome | None = None
    result: Data = {}
    actor: Actor


class WaiverRequested(Model):
    """Somebody asks that a failed undo, or books that differ, be let be; a second person has to approve. ``key``: the
    act's idempotency key."""

    type: Literal["waiver_requested"] = "waiver_requested"
    key: str
    task: str
    reason: str
    actor: Actor


class Acknowledgement(Model):
    """A person takes what is owed upon them: the ladder stops climbing. ``key``: the act's idempotency key."""

    type: Literal["acknowledgement"] = "acknowledgement"
    key: str
    note: str = ""
    actor: Actor


class EscalationRequested(Model):
    """A person wants those a level higher paged. ``key``: the act's idempotency key."""

    type: Literal["escalation_requested"] = "escalation_requested"
    key: str
    reason: str
    actor: Actor


class SnoozeRequested(Model):
    """Nobody is to be paged before ``until``. ``key``: the act's idempotency key."""

    type: Literal["snooze_requested"] = "snooze_requested"
    key: str
    until: Utc
    reason: str
    actor: Actor


class NoteAdded(Model):
    """Somebody says something for those who read the timeline later. ``key``: the act's idempotency key."""

    type: Literal["note_added"] = "note_added"
    key: str
    text: str
    actor: Actor


class EvidenceAdded(Model):
    """Somebody shows something. ``key``: the act's idempotency key."""

    type: Literal["evidence_added"] = "evidence_added"
    key: str
    evidence: tuple[Evidence, ...]
    note: str = ""
    actor: Actor


class Assigned(Model):
    """Somebody gives a task, or all that is owed now and later, to a person. ``key``: the act's idempotency key."""

    type: Literal["assigned"] = "assigned"
    key: str
    to: str
    task: str | None = None
    note: str = ""
    actor: Actor


class SuspensionRequested(Model):
    """A person says that the incident waits for ``party`` alone, at most until ``until``: the clocks stand still for
    it, and nobody is paged. ``key``: the act's idempotency key."""

    type: Literal["suspension_requested"] = "suspension_requested"
    key: str
    party: Party
    until: Utc
    reason: str
    actor: Actor


class ResumptionRequested(Model):
    """A person ends a suspension. ``at``: when the party answered, if that was before now. ``key``: the act's
    idempotency key."""

    type: Literal["resumption_requested"] = "resumption_requested"
    key: str
    note: str = ""
    at: Utc | None = None
    actor: Actor


class SeverityChosen(Model):
    """A person says how severe it is; ``severity`` unset: as the runbook's rules say. ``key``: the act's idempotency
    key."""

    type: Literal["severity_chosen"] = "severity_chosen"
    key: str
    severity: Severity | None = None
    reason: str
    actor: Actor


class SkipRequested(Model):
    """A person has a step skipped that waits, asks, or is left to a person. ``key``: the act's idempotency key."""

    type: Literal["skip_requested"] = "skip_requested"
    key: str
    step: str
    reason: str
    actor: Actor


class TakeOverRequested(Model):
    """A person takes the incident into their own hands: nothing new is begun until they hand it back, or say how it was
    put right. ``key``: the act's idempotency key."""

    type: Literal["take_over_requested"] = "take_over_requested"
    key: str
    reason: str
    actor: Actor


class RepinRequested(Model):
    """A person wants the incident to follow another text of its runbook from the next stage on; a second one has to
    approve. ``digest`` is the bundle's; ``revision``: its number, if it was published. ``key``: the act's idempotency
    key."""

    type: Literal["repin_requested"] = "repin_requested"
    key: str
    digest: str
    revision: int | None = None
    bundle: Bundle
    reason: str
    actor: Actor

    @field_serializer("bundle")
    def _whole(self, bundle: Bundle) -> Data:
        """As its digest has it: what an entry leaves out of other things because it is not set stands here."""
        whole: Data = bundle.model_dump(mode="json")
        return whole


class Superseded(Model):
    """The incident ``to``, of another type on the same subject, takes over."""

    type: Literal["superseded"] = "superseded"
    to: str
    exception_type: str
    actor: Actor = ENGINE


class MergeRequested(Model):
    """A person makes this incident one with ``to``, which is about the order ``order_id``. ``key``: the act's
    idempotency key."""

    type: Literal["merge_requested"] = "merge_requested"
    key: str
    to: str
    order_id: str
    reason: str
    actor: Actor


class SplitRequested(Model):
    """A person has a report that was added here opened as an incident of its own, ``workflow_id``. ``report``: the
    report's key; ``key``: the act's idempotency key."""

    type: Literal["split_requested"] = "split_requested"
    key: str
    report: str
    workflow_id: str
    reason: str
    actor: Actor


class ConversationFreed(Model):
    """The incident ``by`` awaits no answer any more for which others had to wait."""

    type: Literal["conversation_freed"] = "conversation_freed"
    by: str


class TimeCame(Model):
    """A due moment has passed."""

    type: Literal["time_came"] = "time_came"


Act = (
    AnswerGiven
    | DecisionGiven
    | RetryRequested
    | PlanChosen
    | TaskSettled
    | WaiverRequested
    | Acknowledgement
    | EscalationRequested
    | SnoozeRequested
    | NoteAdded
    | EvidenceAdded
    | Assigned
    | SuspensionRequested
    | ResumptionRequested
    | SeverityChosen
    | SkipRequested
    | TakeOverRequested
    | RepinRequested
    | MergeRequested
    | SplitRequested
    | CancelRequested
)
"""What people do to a running incident."""

Event = Annotated[
    ReportReceived
    | Registered
    | DuplicateFound
    | ReportRepeated
    | RunStarted
    | CommandReturned
    | NewsReceived
    | Superseded
    | ConversationFreed
    | TimeCame
    | Act,
    Field(discriminator="type"),
]

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


class Role(StrEnum):
    """What a command does to the world. ``count`` does nothing: it asks whether somebody's authority reaches for a
    decision; nor does ``balance``: it asks whether the shop's books say what the journal says. ``page`` pages
    people; ``inherit`` has another incident hand over what it was at."""

    READ = "read"
    EFFECT = "effect"
    UNDO = "undo"
    COUNT = "count"
    BALANCE = "balance"
    PAGE = "page"
    INHERIT = "inherit"


class Settlement(Model):
    """What a person says became of an effect or an undo. ``by`` is the person's id."""

    outcome: Outcome
    result: Data = {}
    by: str
    how: str


class Command(Model):
    """A call of an activity. ``id`` is stable: ``<step>/<try>``, ``<step>/check/<n>`` or ``<effect's id>/undo/<n>``;
    ``<approval>/count/<n>`` and ``balance/<n>`` for our own books; ``page/<n>``; ``inherit/<n>``.

    ``attempt`` is the ``try`` of the effect protocol; ``undoes`` the key of the effect that this one takes back.
    ``reconciles``: the id of the effect's or undo's command; this one does nothing but ask what became of it, and its
    own id is that one's with ``/reconcile/<n>``; with ``settles`` nobody is asked: a person has found out, and it is
    written down (``/settle/<n>``).
    """

    id: str
    role: Role
    step: str
    activity: str
    inputs: Data
    attempt: int = 1
    undoes: str | None = None
    reconciles: str | None = None
    settles: Settlement | None = None


_RETURNED: dict[tuple[Role, Outcome], EntryKind] = {
    (Role.READ, Outcome.APPLIED): EntryKind.FACTS_READ,
    (Role.READ, Outcome.NOT_APPLIED): EntryKind.READ_REFUSED,
    (Role.READ, Outcome.UNKNOWN): EntryKind.READ_FAILED,
    (Role.EFFECT, Outcome.APPLIED): EntryKind.EFFECT_APPLIED,
    (Role.EFFECT, Outcome.NOT_APPLIED): EntryKind.EFFECT_REFUSED,
    (Role.EFFECT, Outcome.UNKNOWN): EntryKind.EFFECT_UNKNOWN,
    (Role.UNDO, Outcome.APPLIED): EntryKind.UNDO_APPLIED,
    (Role.UNDO, Outcome.NOT_APPLIED): EntryKind.UNDO_REFUSED,
    (Role.UNDO, Outcome.UNKNOWN): EntryKind.UNDO_UNKNOWN,
    (Role.COUNT, Outcome.APPLIED): EntryKind.DECISION_COUNTED,
    (Role.COUNT, Outcome.NOT_APPLIED): EntryKind.DECISION_REFUSED,
    (Role.COUNT, Outcome.UNKNOWN): EntryKind.DECISION_REFUSED,
    (Role.BALANCE, Outcome.APPLIED): EntryKind.BOOKS_AGREED,
    (Role.BALANCE, Outcome.NOT_APPLIED): EntryKind.BOOKS_DIFFER,
    (Role.BALANCE, Outcome.UNKNOWN): EntryKind.BOOKS_UNREAD,
    (Role.PAGE, Outcome.APPLIED): EntryKind.PAGE_SENT,
    (Role.PAGE, Outcome.NOT_APPLIED): EntryKind.PAGE_FAILED,
    (Role.PAGE, Outcome.UNKNOWN): EntryKind.PAGE_FAILED,
    (Role.INHERIT, Outcome.APPLIED): EntryKind.INHERITED,
    (Role.INHERIT, Outcome.NOT_APPLIED): EntryKind.NOT_INHERITED,
    (Role.INHERIT, Outcome.UNKNOWN): EntryKind.NOT_INHERITED,
}

_EVENT_TYPES: dict[EntryKind, str] = {
    EntryKind.INCIDENT_OPENED: "report_received",
    EntryKind.REPORT_ADDED: "report_received",
    EntryKind.INCIDENT_REGISTERED: "registered",
    EntryKind.DUPLICATE_FOUND: "duplicate_found",
    EntryKind.REPORT_REPEATED: "report_repeated",
    EntryKind.RUN_STARTED: "run_started",
    EntryKind.ANSWER_RECEIVED: "answer_given",
    EntryKind.NEWS_RECEIVED: "news_received",
    EntryKind.CANCEL_REQUESTED: "cancel_requested",
    EntryKind.RETRY_REQUESTED: "retry_requested",
    EntryKind.DECISION_RECEIVED: "decision_given",
    EntryKind.PLAN_CHOSEN: "plan_chosen",
    EntryKind.TASK_SETTLED: "task_settled",
    EntryKind.WAIVER_REQUESTED: "waiver_requested",
    EntryKind.ACKNOWLEDGED: "acknowledgement",
    EntryKind.ESCALATION_REQUESTED: "escalation_requested",
    EntryKind.SNOOZE_REQUESTED: "snooze_requested",
    EntryKind.NOTE_ADDED: "note_added",
    EntryKind.EVIDENCE_ADDED: "evidence_added",
    EntryKind.ASSIGNED: "assigned",
    EntryKind.SUSPENSION_REQUESTED: "suspension_requested",
    EntryKind.RESUMPTION_REQUESTED: "resumption_requested",
    EntryKind.SEVERITY_CHOSEN: "severity_chosen",
    EntryKind.SKIP_REQUESTED: "skip_requested",
    EntryKind.TAKEN_OVER: "take_over_requested",
    EntryKind.REPIN_REQUESTED: "repin_requested",
    EntryKind.SUPERSEDED: "superseded",
    EntryKind.MERGED: "merge_requested",
    EntryKind.REPORT_SPLIT: "split_requested",
    EntryKind.CONVERSATION_FREED: "conversation_freed",
    EntryKind.TIME_CAME: "time_came",
    **dict.fromkeys(_RETURNED.values(), "command_returned"),
}

EVENT_KINDS = frozenset(_EVENT_TYPES)
"""The kinds of entries that hold an event; all others are derived."""


def returned_kind(role: Role, outcome: Outcome) -> EntryKind:
    """The kind of the entry that holds a command's return."""
    return _RETURNED[role, outcome]


def held(event: Event) -> Data:
    """What an event's entry holds of it: everything but its actor, which is the entry's."""
    data: Data = plain(event)
    data.pop("type")
    data.pop("actor", None)
    return data


def actor_of(event: Event) -> Actor:
    """Who brought an event."""
    match event:
        case ReportReceived() | AnswerGiven() | NewsReceived() | CancelRequested() | RetryRequested():
            return event.actor
        case DecisionGiven() | PlanChosen() | TaskSettled() | WaiverRequested():
            return event.actor
        case Acknowledgement() | EscalationRequested() | SnoozeRequested() | NoteAdded() | EvidenceAdded() | Assigned():
            return event.actor
        case SuspensionRequested() | ResumptionRequested() | SeverityChosen() | SkipRequested() | TakeOverRequested():
            return event.actor
        case RepinRequested() | Superseded() | MergeRequested() | SplitRequested():
            return event.actor
        case TimeCame():
            return TIMER
        case (
            Registered() | DuplicateFound() | ReportRepeated() | RunStarted() | CommandReturned() | ConversationFreed()
        ):
            return ENGINE
        case _:
            assert_never(event)


def event_of(entry: Entry) -> Event | None:
    """The event that an entry holds; ``None`` for an entry that the engine derived."""
    if entry.kind not in _EVENT_TYPES:
        return None
    return _EVENT.validate_python({**entry.data, "type": _EVENT_TYPES[entry.kind], "actor": entry.actor})
