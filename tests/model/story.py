"""What the timeline tells that promises depend on: how an incident stands, who is waited for, what is owed."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from amends.models import ActorKind, Data, Party, Severity
from amends.timeline import Entry, EntryKind
from runbooks.bundle import Bundle
from runbooks.program import AskStep, OnRefusal
from tests.model.entries import text

TELL = "customers.tell"
_GRAVE = ("critical", "high")


@dataclass(frozen=True)
class Move:
    """What a person owes. ``number``: which time it is that this is owed (a task: since when); ``role``: whose move it
    is, if it is somebody's in particular."""

    id: str
    number: int | str
    role: str | None = None
    due_at: datetime | None = None


@dataclass
class Story:
    """``asks``: whether each open question has been delivered. ``words``: when the customer has heard from us."""

    bundle: Bundle
    severity: Severity = Severity.LOW
    opened_at: datetime | None = None
    registered: bool = False
    ended: bool = False
    cancelling: bool = False
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
    breaches: dict[str, Move] = field(default_factory=dict)
    moves: int = 0

    def __post_init__(self) -> None:
        steps = self.bundle.program.all_steps()
        self.questions = {step.id: step for step in steps if isinstance(step, AskStep)}

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody has yet to take notice of it."""
        over = self.acknowledged or self.resolved or self.cancelling
        return self.severity in _GRAVE and not over

    @property
    def ours(self) -> bool:
        """Whether it waits for a person of ours."""
        return bool(self.tasks or self.approvals)

    def owed(self) -> dict[str, Move]:
        """What people owe now."""
        moves = [*self.tasks.values(), *self.breaches.values()]
        moves += [each for name, each in self.approvals.items() if f"undecided:{name}" not in self.tasks]
        moves += [Move("unacknowledged", 0)] if self.needs_a_person else []
        moves += [Move("escalated", 0)] if self.escalated else []
        return {move.id: move for move in moves}

    def held_by(self) -> set[Party]:
        """The parties for whom the clocks stand still now; none if anybody else is waited for as well."""
        asked = {self.questions[ask].to for ask in self.asks}
        parties = {*(party for party, _ in self.waits.values()), *asked, *([Party.US] if self.ours else [])}
        pausing = self.bundle.sla.pause_while_waiting_for if self.bundle.sla else ()
        if self.cancelling or not parties <= set(pausing) or not all(self.asks.values()):
            return set()
        return parties

    def follow(self, entry: Entry) -> None:
        data = entry.data
        match entry.kind:
            case EntryKind.INCIDENT_OPENED:
                self.opened_at, self.severity = entry.occurred_at, Severity(text(data, "severity"))
            case EntryKind.INCIDENT_REGISTERED:
                self.registered = True
            case EntryKind.INCIDENT_CLOSED | EntryKind.DUPLICATE_FOUND:
                self.ended = True
            case EntryKind.SEVERITY_SET:
                self.severity = Severity(text(data, "severity"))
            case EntryKind.STAGE_ENTERED:
                self.stage = text(data, "stage")
            case EntryKind.INCIDENT_RESOLVED:
                self.resolved = True
            case EntryKind.CANCEL_REQUESTED:
                self.cancelling = True
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

    def _asked(self, kind: EntryKind, data: Data) -> None:
        step = text(data, "step") or text(data, "ask")
        if kind is EntryKind.TASK_SETTLED:
            what, _, command = text(data, "task").partition(":")
            step = command.rpartition("/")[0] if what == "unknown" else ""
        if step not in self.questions:
            return
        match kind:
            case EntryKind.EFFECT_REQUESTED:
                self.answered.discard(step)
                self.asks[step] = False
            case EntryKind.RECONCILE_REQUESTED | EntryKind.TASK_SETTLED if step not in self.answered:
                self.asks[step] = False
            case EntryKind.QUESTION_ASKED:
                self.asks[step] = True
            case EntryKind.ANSWER_RECEIVED | EntryKind.SILENCE_ASSUMED | EntryKind.QUESTION_WITHDRAWN:
                self.answered.add(step)
                self.asks.pop(step, None)
            case EntryKind.EFFECT_REFUSED | EntryKind.EFFECT_UNKNOWN:
                self.asks.pop(step, None)
                goes_on = kind is EntryKind.EFFECT_REFUSED and self.questions[step].on_refusal is OnRefusal.CONTINUE
                if goes_on:
                    self.answered.add(step)
            case _:
                pass

    def _owed(self, entry: Entry) -> None:
        data = entry.data
        match entry.kind:
            case EntryKind.TASK_OPENED:
                name = text(data, "task")
                move = self._move(f"task:{name}", data["owner"], data["due_at"])
                self.tasks[name] = replace(move, number=entry.occurred_at.isoformat())
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
