"""The one serialisable model of a running incident. Everything that survives a run is in here, and nothing else."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, JsonValue

from amends.models import Data, Money, Outcome, Party, Severity, Stage, Status, Utc
from runbooks.bundle import Bundle
from runbooks.policy import GoalName
from runbooks.program import IfUndecided, Undo
from workflows.events import Command


class _Part(BaseModel):
    """A part of the state: it changes, and an older worker can read a newer one's."""

    model_config = ConfigDict(extra="ignore")


class StepPhase(StrEnum):
    """``stuck``: a person's task is open for it."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STUCK = "stuck"


class AskRun(_Part):
    """An ask under way: held back until ``not_before``, then asked, then open until ``answer_by``."""

    not_before: Utc
    asked: bool = False
    offered: list[str] = []
    at_least: Money | None = None
    at_most: Money | None = None
    """What an amount must lie between, in the order's currency."""
    silence: JsonValue = None
    """What silence means, as it was when it was asked."""
    texts: dict[str, Data] = {}
    """Language → subject and body, as a role of ours reads the question."""
    delivered_at: Utc | None = None
    answer_by: Utc | None = None
    reminded: int = 0
    """How often it was asked again."""
    freed: list[str] = []
    """Incidents that have said that they ask nothing any more, while it was not known yet whether it may go out."""


class WaitRun(_Part):
    """A wait under way. ``next_check_at`` is not set while a check is out."""

    until_at: Utc
    checks: int = 0
    next_check_at: Utc | None = None
    news_at: Utc | None = None
    """When that happened which had it checked last, if news did."""


class HeldMessage(_Part):
    """A message that is held back ``until`` the night is over. ``bounced``: how many channels had sent it back before;
    ``sent``: it has gone out since. ``behind``: the incident whose question is open, if that is why, at most ``until``
    then; ``joined``: it is the same question."""

    until: Utc
    plan: str | None = None
    bounced: int = 0
    sent: bool = False
    behind: str | None = None
    joined: bool = False


class StepRun(_Part):
    phase: StepPhase = StepPhase.RUNNING
    started_at: Utc
    ask: AskRun | None = None
    wait: WaitRun | None = None
    held: HeldMessage | None = None
    """Set once its message was held back: what stands behind a message does not wait for it then."""
    answer: JsonValue = None
    silent: bool = False
    """Whether the answer is what silence means."""
    rounds: int = 0
    """How many rounds have ended."""
    held_by: str | None = None
    """The approval that a call waits for, because it would give more than was approved; or the step that has made the
    same call, as long as nobody knows what became of it."""


class EffectRun(_Part):
    """An effect, from before it is requested. ``outcome`` is not set while it is under way. ``until``: for a measure,
    when it is to be lifted; ``undo`` lifts it.

    ``undo`` is how to take it back; ``undo_inputs`` are complete once it is applied. ``undos`` counts the undo's tries,
    ``undone`` is their last outcome. ``asked`` counts how often a system was asked what became of it or of its undo.
    ``waived``: two people have decided that it need not be taken back.
    """

    command_id: str
    step: str
    activity: str
    plan: str | None = None
    attempt: int = 1
    inputs: Data
    final: bool = False
    outcome: Outcome | None = None
    undo: Undo | None = None
    undo_inputs: Data = {}
    undos: int = 0
    undone: Outcome | None = None
    asked: int = 0
    until: str | None = None
    waived: bool = False


class PlanPhase(StrEnum):
    TRYING = "trying"
    UNDOING = "undoing"
    SUCCEEDED = "succeeded"


class PlanRun(_Part):
    """``interrupt``: the type of the news that has cut in for it."""

    name: str
    phase: PlanPhase = PlanPhase.TRYING
    interrupt: str | None = None


class Interrupting(_Part):
    """News of the type ``on`` has cut in: ``plan`` is tried once what was begun has ended."""

    on: str
    plan: str


class ClearingRun(_Part):
    """News of the type ``on`` has said that the cause is gone, by the rule with this number. ``begun``: it counts, and
    the incident is being closed; until then the customer is asked."""

    on: str
    rule: int
    begun: bool = False


class HandingOver(_Part):
    """Another incident goes on with it: ``how`` is the outcome that says why."""

    to: str
    how: str


class Why(StrEnum):
    """Why a person is needed."""

    OUTCOME_UNKNOWN = "outcome_unknown"
    REFUSED = "refused"
    UNDO_FAILED = "undo_failed"
    NO_PLAN_LEFT = "no_plan_left"
    REJECTED = "rejected"
    UNDECIDED = "undecided"
    BOOKS_DIFFER = "books_differ"
    UNPROTECTED = "unprotected"
    NOT_RECKONED = "not_reckoned"
    """What a step says cannot be reckoned with what is known."""
    TAKEN_OVER = "taken_over"


class Task(_Part):
    """Something a person has to do before the incident can go on. ``owner``: the role that has to do it, by
    ``due_at``; ``assignee``: the person who was given it."""

    id: str
    step: str
    why: Why
    opened_at: Utc
    owner: str | None = None
    due_at: Utc | None = None
    overdue: bool = False
    assignee: str | None = None


class Repinning(_Part):
    """Another text that the incident is to follow, as the person ``by`` wants. ``revision``: its number, if it was
    published."""

    bundle: Bundle
    revision: int | None = None
    by: str


class Deciding(_Part):
    """A decision whose authority is being looked up. ``asked``: which asking of the approval it is for."""

    key: str
    approval: str
    asked: int
    who: str


class ApprovalRun(_Part):
    """An approval that is asked for, or was. ``about``: the step, or the task that is to be waived.

    ``requested_by``: who asks for the waiver, and cannot approve it. ``asked`` counts how often the approval was asked
    for. ``approved_by``: who has approved, of the ``approvers`` that it needs. ``given`` is not set while it is open.
    """

    id: str
    about: str
    asked: int = 1
    role: str | None = None
    amount: Money | None = None
    plan: str | None = None
    approvers: int = 1
    requested_by: list[str] = []
    reason: str = ""
    asked_at: Utc
    decide_by: Utc | None = None
    if_silent: IfUndecided = IfUndecided.ESCALATE
    overdue: bool = False
    late: bool = False
    """Its time is over, but a decision that came in time is still being counted."""
    approved_by: list[str] = []
    given: bool | None = None

    @property
    def open(self) -> bool:
        """Whether somebody may decide now."""
        return self.given is None

    @property
    def expires_at(self) -> datetime | None:
        """When silence is taken for what it means, if that is still to come."""
        return self.decide_by if self.open and not (self.overdue or self.late) else None


class Suspension(_Part):
    """A time in which a clock stood still for somebody."""

    party: Party
    since: Utc
    until: Utc | None = None


class ClockRun(_Part):
    """A promise: a budget, ``within``, of which ``consumed`` is used up, and since ``running_since`` more and more.

    ``charged_to``: for whom it stands still. ``suspensions``: the ledger of that. ``warned``: the parts of the budget,
    in percent, that have been warned of. ``breached``: it is not kept now; ``breached_at``: when it first was not,
    which nothing removes. ``words``: how often the customer had heard from us when it began. ``told``: whether the word
    that keeps the promise by itself has been sent.
    """

    goal: GoalName
    started_at: Utc
    within: timedelta
    consumed: timedelta = timedelta(0)
    running_since: Utc | None = None
    charged_to: Party | None = None
    suspensions: list[Suspension] = []
    warned: list[int] = []
    breached: bool = False
    breached_at: Utc | None = None
    stopped: bool = False
    words: int = 0
    told: bool = False


class Suspended(_Part):
    """A person has said that it waits for ``party`` alone, at most until ``until``."""

    party: Party
    until: Utc


class DeadlinePhase(StrEnum):
    """``protecting``: its steps run. ``over``: nothing is to be protected any more, or nothing can be."""

    WATCHED = "watched"
    PROTECTING = "protecting"
    PROTECTED = "protected"
    OVER = "over"


class DeadlineRun(_Part):
    """A deadline that others set: when it is, and from when on it is protected.

    ``near``: how near it has been found to be, by the spans that the rules of the severity name; no time at all once it
    was missed, and not set while it is further away than any of them or nothing has to be done for it.
    """

    due_at: Utc
    protect_at: Utc
    phase: DeadlinePhase = DeadlinePhase.WATCHED
    near: timedelta | None = None


class LadderRun(_Part):
    """Paging people until somebody takes on what is owed. ``level`` counts from 0; ``pages`` are those at this level.

    ``paged_at`` is not set when the next page is due at once. ``held``: roles whose quiet hours hold a page back;
    ``held_at``: when that was last said, from which follows when they end.
    ``out``: pages of the newest round that have not returned; ``reached``: whether one of it has reached somebody.
    ``owed``: what was owed when it last looked. ``leaves_at``: when who acknowledged goes off duty.
    """

    level: int = 0
    pages: int = 0
    paged_at: Utc | None = None
    paged: list[str] = []
    """The roles of the newest round."""
    held: list[str] = []
    held_at: Utc | None = None
    out: list[str] = []
    reached: bool = False
    owed: list[str] = []
    acknowledged_by: str | None = None
    acknowledged_at: Utc | None = None
    leaves_at: Utc | None = None
    snoozed_until: Utc | None = None
    exhausted: bool = False


class Receipt(_Part):
    """What became of an update: the entry it made (``run_id``, ``n``), or why it was refused."""

    incident_id: str
    run_id: str
    n: int
    result: str
    """``opened | added`` for a report, ``recorded | repeated | refused`` for an act."""
    duplicate_of: str | None = None
    refused: str | None = None


class State(_Part):
    """A running incident. Built by ``State.new``, changed only by ``core.step``."""

    incident_id: str
    workflow_id: str
    bundle: Bundle
    features: list[str] = []
    """Engine behaviour that this incident follows; frozen when it opened."""
    run_id: str
    next_n: int = 0
    """The number of this run's next entry."""

    opened_at: Utc | None = None
    registered: bool = False
    status: Status = Status.OPEN
    waiting_for: list[Party] = []
    stage: Stage | None = None
    severity: Severity
    contacts: int = 0
    facts: Data = {}

    steps: dict[str, StepRun] = {}
    plan: PlanRun | None = None
    plans_failed: list[str] = []
    interrupt: Interrupting | None = None
    """What cuts in, until its plan is tried."""
    cut_short: bool = False
    """Whether anything has cut in, so that what the stages before the action find out may not be known."""
    effects: list[EffectRun] = []
    reads: dict[str, int] = {}
    """How often each step has been read again at a person's wish."""
    pending: dict[str, Command] = {}
    """Commands that were issued and have not returned, by id."""
    tasks: list[Task] = []
    approvals: dict[str, ApprovalRun] = {}
    """Those that are open, and those whose verdict still holds, by id: the step's, ``waive:<task>``, or
    ``repin:<digest>``."""
    deciding: dict[str, Deciding] = {}
    """Decisions that are being counted, by their command's id."""
    counts: int = 0
    """How many decisions were counted."""
    hands: list[str] = []
    """The people who have brought the incident to where it is, other than by approving."""
    balances: int = 0
    """How often the books were compared."""
    balanced: bool = False
    """Whether the books agreed at the end."""
    clocks: dict[GoalName, ClockRun] = {}
    words: int = 0
    """How often the customer has heard from us."""
    updates: int = 0
    """How often the customer was sent a word by itself, so that a promise was kept."""
    deadlines: dict[str, DeadlineRun] = {}
    ladder: LadderRun | None = None
    """Not set while no person owes a move."""
    pages: int = 0
    """How many pages were asked for."""
    acknowledged_by: str | None = None
    """The first person who took notice of the incident."""
    escalated: bool = False
    """Whether somebody asked for those a level higher, or a deadline of others was missed, and nobody has acknowledged
    since."""
    assignee: str | None = None
    """The person who was given whatever is owed."""
    evidence: int = 0
    """How much evidence was shown."""
    suspended: Suspended | None = None
    severity_chosen: Severity | None = None
    """What a person has said over the rules."""
    repinning: Repinning | None = None
    by_hand: str | None = None
    """How a person who had taken the incident over has put it right."""
    cancelling: bool = False
    reported_by_person: bool = False
    """Whether a person is among those who have reported it."""
    clearing: ClearingRun | None = None
    """Not set as long as the cause is there, for all that we know."""
    handing_over: HandingOver | None = None
    split: dict[str, str] = {}
    """Reports that are incidents of their own now, by their keys, and as which workflow they run."""
    inherited: Data = {}
    """Answers that were given to an incident that this one took over, by their questions."""
    confirmations: list[int] = []
    """The rules by which the customer was asked whether the cause is gone, in order."""
    resolved: bool = False
    outcome: str | None = None
    handled: dict[str, Receipt] = {}
    """Updates and news that were handled, by kind and key; kept across runs."""

    @classmethod
    def new(cls, *, incident_id: str, workflow_id: str, run_id: str, bundle: Bundle) -> "State":
        """An incident that has not been reported yet."""
        return cls(
            incident_id=incident_id,
            workflow_id=workflow_id,
            run_id=run_id,
            bundle=bundle,
            severity=bundle.program.otherwise,
        )

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.status.final

    @property
    def leaving(self) -> str | None:
        """What is becoming of an incident that begins nothing new any more; ``None`` for all others."""
        if self.cancelling:
            return "is being cancelled"
        if self.handing_over is not None:
            return f"goes on as the incident {self.handing_over.to}"
        return "is being closed, as its cause is gone" if self.clearing is not None and self.clearing.begun else None

    def key(self, command_id: str) -> str:
        """The idempotency key of a command."""
        return f"{self.incident_id}/{command_id}"


class Due(NamedTuple):
    """The next moment at which something is to be done, and what."""

    at: datetime
    what: str
