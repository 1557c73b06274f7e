"""What the doors say to a running incident, and what it answers. The names are wire names: add, never rename."""

from typing import Final

from amends.models import Actor, Data, Evidence, Model, Money, Outcome, Party, Severity, Stage, Status, Utc
from runbooks.bundle import Bundle, short_digest
from runbooks.policy import GoalName
from runbooks.program import AnswerKind
from workflows.events import Verdict
from workflows.state import Receipt, State, Why

REPORT: Final = "report"
ANSWER: Final = "answer"
NEWS: Final = "news"
RETRY: Final = "retry"
DECIDE: Final = "decide"
CHOOSE: Final = "choose"
SETTLE: Final = "settle"
WAIVE: Final = "waive"
ACKNOWLEDGE: Final = "acknowledge"
ESCALATE: Final = "escalate"
SNOOZE: Final = "snooze"
NOTE: Final = "note"
EVIDENCE: Final = "evidence"
ASSIGN: Final = "assign"
SUSPEND: Final = "suspend"
RESUME: Final = "resume"
SEVERITY: Final = "severity"
SKIP: Final = "skip"
TAKE_OVER: Final = "take_over"
REPIN: Final = "repin"
MERGE: Final = "merge"
SPLIT: Final = "split"
CANCEL: Final = "cancel"
VIEW: Final = "view"

INCIDENT_CLOSED: Final = "incident_closed"
"""Type of the failure that says: this incident has ended; open it anew."""

REFUSED: Final = "refused"
"""Type of the failure that says: this does not count now, and why."""

BETWEEN_RUNS: Final = "between_runs"
"""Type of the failure that says: the incident is going on in a new run; the same again in a moment."""

NOT_ITS_BUNDLE: Final = "not_its_bundle"
"""Type of the failure of a workflow whose type is not its bundle's."""


SAY_WHY: Final = "say why, for those who read the timeline later"
"""How an act is refused that needs a reason and has none."""

NOTHING_REPORTED: Final = "nothing_reported"
"""Type of the failure of a workflow whose first report was refused, and that got no other."""


class IncidentInput(Model):
    """The input of an incident's workflow: the bundle of a new one, or the state of one that goes on.

    ``history_limit``: the number of history events at which a run is continued as new, if Temporal has not suggested
    it before.
    """

    bundle: Bundle | None = None
    state: State | None = None
    history_limit: int = 10_000


class ReportRequest(Model):
    """``key``: the report's idempotency key; the same key twice changes nothing."""

    key: str
    report: Data
    actor: Actor


class AnswerRequest(Model):
    """``ask``: the step id of the question. One of ``choice``, ``text``, ``amount`` and ``files`` (each kept already,
    and named by its digest) is the answer. ``key``: the answer's idempotency key. ``at``: when it was answered, if that
    was before it is told here: clocks that stood still for the answer go on from then."""

    key: str
    ask: str
    choice: str | None = None
    text: str | None = None
    amount: Money | None = None
    files: tuple[Evidence, ...] | None = None
    actor: Actor
    at: Utc | None = None


class RetryRequest(Model):
    """``task``: the id of what is left to a person. ``key``: the act's idempotency key. ``note``: why now."""

    key: str
    task: str
    note: str = ""
    actor: Actor


class DecideRequest(Model):
    """Approves or rejects. ``approval``: its id, as the view gives it. ``amount`` and ``plan``: what who decides has
    seen; the decision counts only if that is still what is asked. ``key``: the decision's idempotency key."""

    key: str
    approval: str
    verdict: Verdict
    amount: Money | None = None
    plan: str | None = None
    note: str = ""
    actor: Actor


class ChooseRequest(Model):
    """Has a plan tried when none was left. ``key``: the act's idempotency key."""

    key: str
    plan: str
    note: str = ""
    actor: Actor


class SettleRequest(Model):
    """Says what a person has done or found out by hand, with evidence; see ``events.TaskSettled``."""

    key: str
    task: str
    how: str
    evidence: tuple[Evidence, ...]
    outcome: Outcome | None = None
    result: Data = {}
    actor: Actor


class WaiveRequest(Model):
    """Asks that a failed undo be let be; opens the approval ``waive:<task>`` for a second person."""

    key: str
    task: str
    reason: str
    actor: Actor


class CancelRequest(Model):
    """Calls the incident off. ``key``: the act's idempotency key."""

    key: str
    reason: str
    actor: Actor


class AcknowledgeRequest(Model):
    """Takes what is owed upon the actor: the ladder stops climbing. ``key``: the act's idempotency key."""

    key: str
    note: str = ""
    actor: Actor


class EscalateRequest(Model):
    """Has those a level higher paged. ``key``: the act's idempotency key."""

    key: str
    reason: str
    actor: Actor


class SnoozeRequest(Model):
    """Nobody is paged before ``until``, which is at most a day away. ``key``: the act's idempotency key."""

    key: str
    until: Utc
    reason: str
    actor: Actor


class NoteRequest(Model):
    """Says something for those who read the timeline later. ``key``: the act's idempotency key."""

    key: str
    text: str
    actor: Actor


class EvidenceRequest(Model):
    """Shows something. ``key``: the act's idempotency key."""

    key: str
    evidence: tuple[Evidence, ...]
    note: str = ""
    actor: Actor


class AssignRequest(Model):
    """Gives a task, or all that is owed now and later, to a person. ``key``: the act's idempotency key."""

    key: str
    to: str
    task: str | None = None
    note: str = ""
    actor: Actor


class SuspendRequest(Model):
    """Stops the clocks while ``party`` holds the ball, at most until ``until``. ``key``: the act's idempotency key."""

    key: str
    party: Party
    until: Utc
    reason: str
    actor: Actor


class ResumeRequest(Model):
    """Starts the clocks again, from ``at`` if the party answered before now. ``key``: the act's idempotency key."""

    key: str
    note: str = ""
    at: Utc | None = None
    actor: Actor


class SeverityRequest(Model):
    """Says how severe it is, over the rules; without ``severity``, the rules have their say again. ``key``: the act's
    idempotency key."""

    key: str
    severity: Severity | None = None
    reason: str
    actor: Actor


class SkipRequest(Model):
    """Skips a step that waits, asks, or is left to a person. ``key``: the act's idempotency key."""

    key: str
    step: str
    reason: str
    actor: Actor


class TakeOverRequest(Model):
    """Takes the incident into the actor's own hands: nothing new is begun until they hand it back (``retry``) or say
    how it was put right (``settle``). ``key``: the act's idempotency key."""

    key: str
    reason: str
    actor: Actor


class RepinRequest(Model):
    """Has the incident follow another text of its runbook from its next stage on; opens the approval
    ``repin:<digest>`` for a second person. ``digest`` is the bundle's, ``revision`` its number if it was published.
    ``key``: the act's idempotency key."""

    key: str
    digest: str
    revision: int | None = None
    bundle: Bundle
    reason: str
    actor: Actor


def repin_approval(digest: str) -> str:
    """The id of the approval that lets an incident follow the text with this digest."""
    return f"repin:{short_digest(digest).removeprefix('sha256:')}"


class MergeRequest(Model):
    """Makes the incident one with ``to``, which is about the order ``order_id``. ``key``: the act's idempotency key."""

    key: str
    to: str
    order_id: str
    reason: str
    actor: Actor


class SplitRequest(Model):
    """Has a report that was added here, by its key ``report``, opened as an incident of its own that runs as
    ``workflow_id``. ``key``: the act's idempotency key."""

    key: str
    report: str
    workflow_id: str
    reason: str
    actor: Actor


class News(Model):
    """An order-system event, as in its CloudEvent. ``data`` carries references, never personal data; ``at`` is the
    event's own time."""

    event_id: str
    event_type: str
    data: Data = {}
    actor: Actor
    at: Utc | None = None


class OpenAsk(Model):
    """A question that may be answered now. ``role``: whose it is to answer, if that is one of us; then ``texts`` has
    it by language, as it is read. ``answer``: what is
    wanted; an amount lies between ``at_least`` and ``at_most``, files are ``fewest`` to ``most``. ``answer_by`` is not
    set while it is on its way. ``if_silent``: what silence means; of files it means nothing."""

    ask: str
    question: str
    to: Party
    role: str | None = None
    texts: dict[str, Data] = {}
    answer: AnswerKind = AnswerKind.CHOICE
    choices: tuple[str, ...]
    at_least: Money | None = None
    at_most: Money | None = None
    fewest: int | None = None
    most: int | None = None
    answer_by: Utc | None
    if_silent: str | Money | None


class OpenTask(Model):
    """Something that is left to a person. ``step``: the step that it is about. ``owner``: the role that has to do it
    by ``due_at``; ``assignee``: the person who was given it."""

    task: str
    step: str
    why: Why
    opened_at: Utc
    owner: str | None = None
    due_at: Utc | None = None
    assignee: str | None = None


class OpenApproval(Model):
    """An approval that may be decided now. ``role``: whose; any second person's for a waiver. ``approved_by``: who has
    approved already, of ``approvers``. ``cannot``: who brought it here, and cannot approve it."""

    approval: str
    role: str | None
    amount: Money | None = None
    plan: str | None = None
    reason: str = ""
    approvers: int = 1
    approved_by: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()
    decide_by: Utc | None = None
    if_silent: str | None = None


class RunningClock(Model):
    """A promise that is being kept, or was broken. ``due_at`` is not set while the clock stands still; then
    ``charged_to`` says for whom, as far as it is for somebody."""

    goal: GoalName
    due_at: Utc | None = None
    charged_to: Party | None = None
    breached: bool = False


class OpenDeadline(Model):
    """A deadline that others set, and when we act on it at the latest."""

    deadline: str
    due_at: Utc
    protect_at: Utc


class LadderView(Model):
    """Whom a ladder has paged (``level`` counts from 1), and whom it pages when next. ``acknowledged_by``: who has
    taken it on; ``snoozed_until``: nobody is paged before. ``exhausted``: everybody was paged as often as
    is written."""

    level: int
    levels: int
    role: str
    owed: tuple[str, ...]
    next_page_at: Utc | None = None
    acknowledged_by: str | None = None
    snoozed_until: Utc | None = None
    exhausted: bool = False


class View(Model):
    """Where an incident stands. ``busy``: something is under way that does not wait for time or people. ``ladder`` is
    not set while no person owes a move.

    ``severity_chosen``: what a person has said over the rules. ``assignee``: the person who was given whatever is owed.
    ``suspended_for``: the party for which a person has stopped the clocks, until ``suspended_until`` at most.
    ``skippable``: the steps that a person may have skipped now.
    """

    incident_id: str
    now: Utc
    stage: Stage | None
    status: Status
    severity: Severity
    severity_chosen: Severity | None = None
    waiting_for: tuple[Party, ...]
    assignee: str | None = None
    suspended_for: Party | None = None
    suspended_until: Utc | None = None
    asks: tuple[OpenAsk, ...]
    tasks: tuple[OpenTask, ...] = ()
    approvals: tuple[OpenApproval, ...] = ()
    skippable: tuple[str, ...] = ()
    due_at: Utc | None
    due: str | None
    goes_on_at: Utc | None = None
    """When a stage next goes on by itself; not set while only people, or news, can move it."""
    clocks: tuple[RunningClock, ...] = ()
    deadlines: tuple[OpenDeadline, ...] = ()
    ladder: LadderView | None = None
    busy: bool


class IncidentResult(Model):
    """How an incident ended."""

    incident_id: str
    status: Status
    outcome: str | None = None


__all__ = [
    "ACKNOWLEDGE",
    "ANSWER",
    "ASSIGN",
    "BETWEEN_RUNS",
    "CANCEL",
    "CHOOSE",
    "DECIDE",
    "ESCALATE",
    "EVIDENCE",
    "INCIDENT_CLOSED",
    "MERGE",
    "NEWS",
    "NOTE",
    "NOTHING_REPORTED",
    "NOT_ITS_BUNDLE",
    "REFUSED",
    "REPIN",
    "REPORT",
    "RESUME",
    "RETRY",
    "SAY_WHY",
    "SETTLE",
    "SEVERITY",
    "SKIP",
    "SNOOZE",
    "SPLIT",
    "SUSPEND",
    "TAKE_OVER",
    "VIEW",
    "WAIVE",
    "AcknowledgeRequest",
    "AnswerRequest",
    "AssignRequest",
    "CancelRequest",
    "ChooseRequest",
    "DecideRequest",
    "EscalateRequest",
    "EvidenceRequest",
    "IncidentInput",
    "IncidentResult",
    "LadderView",
    "MergeRequest",
    "News",
    "NoteRequest",
    "OpenApproval",
    "OpenAsk",
    "OpenDeadline",
    "OpenTask",
    "Receipt",
    "RepinRequest",
    "ReportRequest",
    "ResumeRequest",
    "RetryRequest",
    "RunningClock",
    "SettleRequest",
    "SeverityRequest",
    "SkipRequest",
    "SnoozeRequest",
    "SplitRequest",
    "SuspendRequest",
    "TakeOverRequest",
    "Verdict",
    "View",
    "WaiveRequest",
    "repin_approval",
]
