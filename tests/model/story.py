"""What the timeline tells that promises depend on: how an incident stands, who is waited for, what is owed."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from amends.models import ActorKind, Data, Party, Severity
from amends.timeline import Entry, EntryKind
from runbooks.bundle import Bundle
from runbooks.program import AskStep, OnRefusal, walk
from tests.model.channels import MOST
from tests.model.entries import came_back, text, texts

TELL = "customers.tell"
CONFIRMATION = "clears.ask."
_GRAVE = ("critical", "high")


@dataclass(frozen=True)
class Move:
    """What a person owes. ``number``: which time it is that this is owed (a task: since when); ``role``: whose move it
    is, if it is somebody's in particular."""

    id: str
    number: int | str
    role: str | None = None
    due_at: datetime | None = None
    person: str | None = None
    """To whom it was given."""


@dataclass
class Story:
    """``asks``: whether each open question has been delivered. ``words``: when the customer has heard from us.
    ``confirming``: the question to the customer whether the cause is gone. ``suspended``: for whom a person has stopped
    the clocks, and until when."""

    bundle: Bundle
    severity: Severity = Severity.LOW
    opened_at: datetime | None = None
    registered: bool = False
    ended: bool = False
    leaving: bool = False
    """On a way out: called off, cleared, or handed over."""
    resolved: bool = False
    stage: str = ""
    acknowledged: bool = False
    escalated: bool = False
    words: list[datetime] = field(default_factory=list)
    waits: dict[str, tuple[Party, datetime]] = field(default_factory=dict)
    asks: dict[str, bool] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    tasks: dict[str, Move] = field(default_factory=dict)
    approvals: dict[str, Move] = field(default_factory=dict)
    overdue: set[str] = field(default_factory=set)
    offered: set[str] = field(default_factory=set)
    """The questions that have been sent, since their plan began."""
    channels: dict[str, int] = field(default_factory=dict)
    """How many channels had sent each message back when it last went out."""
    confirming: str | None = None
    waiting_for: list[str] = field(default_factory=list)
    suspended: tuple[Party, datetime] | None = None
    assignee: str | None = None
    taker: str | None = None
    contacts: int = 0
    breaches: dict[str, Move] = field(default_factory=dict)
    moves: int = 0

    def __post_init__(self) -> None:
        steps = self.bundle.program.all_steps()
        self.questions = {step.id: step for step in steps if isinstance(step, AskStep)}
        plans = self.bundle.program.action
        self.steps_of = {plan.name: {step.id for step in walk(plan.steps)} for plan in plans}

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody has yet to take notice of it."""
        over = self.acknowledged or self.resolved or self.leaving
        return self.severity in _GRAVE and not over

    @property
    def ours(self) -> bool:
        """Whether it waits for a person of ours."""
        return bool(self.tasks or self.approvals)

    def owed(self) -> dict[str, Move]:
        """What people owe now."""
        moves = [*self.tasks.values(), *self.breaches.values()]
        moves += [each for name, each in self.approvals.items() if f"undecided:{name}" not in self.tasks]
        roles = [(ask, step.role) for ask, step in self.questions.items() if ask in self.asks and step.role]
        moves += [Move(f"ask:{ask}", 0, role) for ask, role in roles]
        moves += [Move("unacknowledged", 0)] if self.needs_a_person else []
        moves += [Move("escalated", 0)] if self.escalated else []
        return {move.id: move for move in moves}

    def held_by(self) -> set[Party]:
        """The parties for whom the clocks stand still now; none if anybody else is waited for as well. While the
        customer is asked whether the cause is gone, what the incident waits for otherwise does not count."""
        if self.suspended is not None:
            return {self.suspended[0]}
        asked = {self.questions[ask].to if ask in self.questions else Party.CUSTOMER for ask in self.asks}
        waited = {party for party, _ in self.waits.values()} if self.confirming is None else set()
        parties = {*waited, *asked, *([Party.US] if self.ours else [])}
        pausing = self.bundle.sla.pause_while_waiting_for if self.bundle.sla else ()
        if self.leaving or not parties <= set(pausing) or not all(self.asks.values()):
            return set()
        return parties

    def follow(self, entry: Entry) -> None:
        data = entry.data
        match entry.kind:
            case EntryKind.INCIDENT_OPENED:
                self.opened_at, self.severity = entry.occurred_at, Severity(text(data, "severity"))
                self.contacts = 1
            case EntryKind.REPORT_ADDED:
                self.contacts += 1
            case EntryKind.REPORT_SPLIT:
                self.contacts -= 1
            case EntryKind.INCIDENT_REGISTERED:
                self.registered = True
                assert bool(data.get("reopens")) is self._is_soon(data)
                self.contacts += int(str(data["previous_contacts"])) if data.get("reopens") else 0
            case EntryKind.INCIDENT_CLOSED | EntryKind.DUPLICATE_FOUND:
                self.ended = True
            case EntryKind.SEVERITY_SET:
                self.severity = Severity(text(data, "severity"))
            case EntryKind.STAGE_ENTERED:
                self.stage = text(data, "stage")
            case EntryKind.INCIDENT_RESOLVED:
                self.resolved = True
            case EntryKind.CANCEL_REQUESTED | EntryKind.CLEARED | EntryKind.SUPERSEDED | EntryKind.MERGED:
                self.leaving, self.confirming, self.suspended = True, None, None
            case EntryKind.INTERRUPTED:
                self.confirming = None
            case EntryKind.STATUS_CHANGED:
                self.waiting_for = texts(data, "waiting_for")
            case EntryKind.CLEARING_ASKED:
                self.confirming = text(data, "ask")
            case EntryKind.SUSPENSION_REQUESTED:
                self.suspended = Party(text(data, "party")), moment(data, "until")
            case EntryKind.RESUMPTION_REQUESTED | EntryKind.SUSPENSION_ENDED:
                self.suspended = None
            case EntryKind.PLAN_STARTED:
                self.offered -= self.steps_of[text(data, "plan")]
            case EntryKind.ACKNOWLEDGED:
                assert entry.actor.kind is ActorKind.HUMAN
                assert any(entry.actor.id in role.team for role in self.bundle.roles.values()), "nobody from outside"
                self.acknowledged, self.escalated = True, False
            case EntryKind.ESCALATION_REQUESTED | EntryKind.DEADLINE_MISSED:
                self.escalated = True
            case EntryKind.EFFECT_APPLIED if data["activity"] == TELL:
                self.words.append(entry.occurred_at)
            case EntryKind.WAIT_STARTED:
                self.waits[text(data, "wait")] = (Party(text(data, "waiting_for")), entry.occurred_at)
            case EntryKind.WAIT_ENDED | EntryKind.WAIT_TIMED_OUT | EntryKind.WAIT_WITHDRAWN:
                self.waits.pop(text(data, "wait"), None)
            case _:
                self._asked(entry.kind, data)
                self._owed(entry)

    def _is_soon(self, data: Data) -> bool:
        """Whether the incident before ended so shortly ago that this one takes it up again."""
        within = self.bundle.reopen_for
        if "previous_ended_at" not in data or within is None:
            return False
        assert self.opened_at is not None
        return self.opened_at <= moment(data, "previous_ended_at") + within

    def _asked(self, kind: EntryKind, data: Data) -> None:
        step = text(data, "step") or text(data, "ask")
        if kind is EntryKind.TASK_SETTLED:
            what, _, command = text(data, "task").partition(":")
            step = command.rpartition("/")[0] if what == "unknown" else ""
        if step not in self.questions and not step.startswith(CONFIRMATION):
            return
        match kind:
            case EntryKind.EFFECT_REQUESTED:
                self.answered.discard(step)
                self.offered.add(step)
                self.asks[step] = False
                self.channels[step] = int(str(data.get("bounced", 0)))
            case EntryKind.MESSAGE_HELD if step in self.offered:
                self.asks[step] = False  # it is asked again, in the morning
            case EntryKind.QUESTION_HELD | EntryKind.QUESTION_JOINED:
                self.answered.discard(step)
                self.offered.discard(step)
                self.asks.pop(step, None)
            case EntryKind.RECONCILE_REQUESTED | EntryKind.TASK_SETTLED if step not in self.answered:
                self.asks[step] = False
            case EntryKind.QUESTION_ASKED:
                self.asks[step] = True
            case EntryKind.ANSWER_RECEIVED | EntryKind.SILENCE_ASSUMED | EntryKind.QUESTION_WITHDRAWN:
                self._is_over(step)
            case EntryKind.STEP_SKIPPED | EntryKind.ANSWER_INHERITED | EntryKind.ANSWER_SHARED:
                self._is_over(step)
            case EntryKind.EFFECT_REFUSED | EntryKind.EFFECT_UNKNOWN:
                self.asks.pop(step, None)
                question = self.questions.get(step)
                goes_on = question is None or question.on_refusal is OnRefusal.CONTINUE
                elsewhere = came_back(data) and self.channels[step] + 1 < MOST
                if kind is EntryKind.EFFECT_REFUSED and goes_on and not elsewhere:
                    self._is_over(step)
            case _:
                pass

    def _is_over(self, step: str) -> None:
        self.answered.add(step)
        self.asks.pop(step, None)
        self.confirming = None if step == self.confirming else self.confirming

    def _owed(self, entry: Entry) -> None:
        data = entry.data
        match entry.kind:
            case EntryKind.TASK_OPENED:
                name = text(data, "task")
                move = self._move(f"task:{name}", data["owner"], data["due_at"])
                taker = self.taker if data["why"] == "taken_over" else None
                self.tasks[name] = replace(move, number=entry.occurred_at.isoformat(), person=taker)
            case EntryKind.TAKEN_OVER:
                self.taker = entry.actor.id
            case EntryKind.ASSIGNED:
                self.assignee = self.assignee if "task" in data else text(data, "to")
                for name in [text(data, "task")] if "task" in data else list(self.tasks):
                    self.tasks[name] = replace(self.tasks[name], person=text(data, "to"))
            case EntryKind.TASK_OVERDUE:
                self.overdue.add(f"task:{text(data, 'task')}")
            case EntryKind.TASK_CLOSED | EntryKind.RETRY_REQUESTED:
                self.tasks.pop(text(data, "task"), None)
                self.overdue.discard(f"task:{text(data, 'task')}")
            case EntryKind.APPROVAL_ASKED:
                name = text(data, "approval")
                self.approvals[name] = self._move(f"approval:{name}", data["role"], data["decide_by"])
            case EntryKind.APPROVAL_GIVEN | EntryKind.APPROVAL_REJECTED | EntryKind.APPROVAL_WITHDRAWN:
                self.approvals.pop(text(data, "approval"), None)
            case EntryKind.APPROVAL_EXPIRED if data["then"] == "reject":
                self.approvals.pop(text(data, "approval"))
            case EntryKind.CLOCK_BREACHED:
                self.breaches[text(data, "goal")] = self._move(f"breach:{text(data, 'goal')}", None, None)
            case EntryKind.BREACH_REASSESSED | EntryKind.CLOCK_STOPPED:
                self.breaches.pop(text(data, "goal"), None)
            case _:
                pass

    def _move(self, name: str, role: object, due_at: object) -> Move:
        self.moves += 1
        due = datetime.fromisoformat(str(due_at)) if due_at else None
        return Move(name, self.moves, None if role is None else str(role), due)


def moment(data: Data, name: str) -> datetime:
    """A moment of an entry."""
    return datetime.fromisoformat(text(data, name))
