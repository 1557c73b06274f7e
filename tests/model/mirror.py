"""What an incident may do and must do, worked out from its entries and commands alone.

Nothing of the engine's own logic is used: it is told a second time, in another way, and the two must agree.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from amends.models import ActorKind, Data, Stage
from amends.timeline import Entry, EntryKind
from runbooks.policy import Role
from runbooks.program import ApproveStep, Program, Step, Together, walk
from tests.model.books import Books
from tests.model.entries import HANDS, KEYED, text
from tests.model.shop import GIVING, Call, Shop, amount_of
from tests.model.votes import Approval, may_decide
from workflows.events import Command


@dataclass
class Seen:
    """An effect as the timeline tells it. ``outcome`` and ``undone``: ``applied``, ``refused``, ``unknown``, or nothing
    while it is not known."""

    key: str
    step: str
    plan: str | None
    activity: str
    undoable: bool
    measure: bool
    outcome: str | None = None
    undone: str | None = None
    waived: bool = False

    @property
    def stands(self) -> bool:
        return self.undoable and self.outcome == "applied" and self.undone != "applied" and not self.waived


@dataclass
class Mirror:
    """``honest``: what people have said about gifts is true, so that the shop and the timeline tell the same."""

    program: Program
    roles: Mapping[str, Role]
    shop: Shop
    books: Books
    honest: bool = True
    next_n: int = 0
    effects: dict[str, Seen] = field(default_factory=dict)
    given: Counter[str] = field(default_factory=Counter)
    """How much money each effect gives, by key."""
    undos: dict[str, str] = field(default_factory=dict)
    """Undo's key → the effect's."""
    unheard: set[str] = field(default_factory=set)
    """Keys of calls that came back unknown and were not asked about yet."""
    approvals: dict[str, Approval] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)
    counting: list[tuple[str, str, int]] = field(default_factory=list)
    """Votes that wait for their count: (approval, who, which asking)."""
    hands: set[str] = field(default_factory=set)
    tasks: set[str] = field(default_factory=set)
    plans: dict[str, str] = field(default_factory=dict)
    keys: Counter[str] = field(default_factory=Counter)
    stages: list[str] = field(default_factory=list)
    issued: set[str] = field(default_factory=set)
    cancelling: bool = False
    agreed: bool = False
    resolved: bool = False
    wanted: dict[str, str] = field(default_factory=dict)
    """Waiver → who asks for it."""
    let_be: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.plan_of = {step.id: plan.name for plan in self.program.action for step in walk(plan.steps)}
        self.step_of = {step.id: step for step in self.program.all_steps()}

    def follow(self, entries: list[Entry], commands: list[Command], *, outstanding: Mapping[str, Command]) -> None:
        """Take what one event has led to. Raises ``AssertionError`` for what must not be."""
        for entry in entries:
            self._number(entry)
            self._count_key(entry)
            self._follow(entry)
        for command in commands:
            self._check_command(command, entries)
        if any(entry.kind is EntryKind.INCIDENT_CLOSED for entry in entries):
            self._check_end(entries[-1].data, outstanding)

    def open_approvals(self) -> list[Approval]:
        return [approval for approval in self.approvals.values() if approval.open]

    def _number(self, entry: Entry) -> None:
        """Entries are numbered without gaps in each run."""
        self.next_n = 0 if entry.kind is EntryKind.RUN_STARTED else self.next_n
        assert entry.n == self.next_n
        self.next_n += 1

    def _count_key(self, entry: Entry) -> None:
        """A second identical act is harmless: nothing that people or systems send counts twice under one key."""
        if entry.kind in KEYED:
            group, name = KEYED[entry.kind]
            key = text(entry.data, name)
            if key:
                self.keys[f"{group}:{key}"] += 1
                assert self.keys[f"{group}:{key}"] == 1
        if entry.kind in HANDS and entry.actor.kind is ActorKind.HUMAN:
            self.hands.add(entry.actor.id)

    def _follow(self, entry: Entry) -> None:
        data = entry.data
        match entry.kind:
            case EntryKind.EFFECT_REQUESTED:
                self._effect_requested(data)
            case EntryKind.EFFECT_APPLIED | EntryKind.EFFECT_REFUSED | EntryKind.EFFECT_UNKNOWN:
                self._effect_returned(data, entry.kind.removeprefix("effect_"))
            case EntryKind.UNDO_REQUESTED:
                self._undo_requested(data)
            case EntryKind.UNDO_APPLIED | EntryKind.UNDO_REFUSED | EntryKind.UNDO_UNKNOWN:
                self._undo_returned(data, entry.kind.removeprefix("undo_"))
            case EntryKind.RECONCILE_REQUESTED:
                self.unheard.discard(text(data, "key"))
            case EntryKind.UNDO_WAIVED:
                self._waived(data)
            case EntryKind.STAGE_ENTERED:
                self.stages.append(text(data, "stage"))
                assert self.stages == [stage.value for stage in Stage][: len(self.stages)], "stages only go forward"
            case EntryKind.STEP_SKIPPED:
                self.skipped.add(text(data, "step"))
            case EntryKind.PLAN_STARTED | EntryKind.PLAN_FAILED | EntryKind.PLAN_UNDONE | EntryKind.PLAN_SUCCEEDED:
                self._plan(text(data, "plan"), entry.kind.removeprefix("plan_"))
            case EntryKind.INCIDENT_RESOLVED:
                assert not self.resolved
                self.resolved = True
            case EntryKind.CANCEL_REQUESTED:
                assert not self.cancelling
                self.cancelling = True
            case EntryKind.TASK_OPENED:
                assert text(data, "task") not in self.tasks
                assert data["owner"], "what is left to a person is left to somebody"
                self.tasks.add(text(data, "task"))
            case EntryKind.TASK_CLOSED:
                self._task_closed(data)
            case EntryKind.RETRY_REQUESTED:
                self.tasks.remove(text(data, "task"))
            case EntryKind.BOOKS_AGREED:
                self.agreed = True
            case _:
                self._follow_approval(entry)

    def _follow_approval(self, entry: Entry) -> None:
        data = entry.data
        match entry.kind:
            case EntryKind.WAIVER_REQUESTED:
                self.wanted[f"waive:{text(data, 'task')}"] = entry.actor.id
            case EntryKind.APPROVAL_ASKED:
                before = self.approvals.get(text(data, "approval"))
                assert before is None or not before.open
                self.approvals[text(data, "approval")] = Approval.asked(data, number=before.number + 1 if before else 1)
            case EntryKind.DECISION_RECEIVED:
                self._decided(data, entry.actor.id)
                assert entry.actor.kind is ActorKind.HUMAN
            case EntryKind.DECISION_COUNTED | EntryKind.DECISION_REFUSED:
                self._counted(data, good=entry.kind is EntryKind.DECISION_COUNTED)
            case EntryKind.APPROVAL_GIVEN:
                approval = self.approvals[text(data, "approval")]
                assert data["by"] == approval.votes
                assert len(set(approval.votes)) == len(approval.votes) == approval.approvers
                approval.state = "given"
            case EntryKind.APPROVAL_REJECTED | EntryKind.APPROVAL_WITHDRAWN:
                self.approvals[text(data, "approval")].state = "gone"
            case EntryKind.APPROVAL_EXPIRED:
                approval = self.approvals[text(data, "approval")]
                assert approval.open
                approval.overdue = True
                approval.state = "gone" if data["then"] == "reject" else approval.state
            case _:
                pass

    def _effect_requested(self, data: Data) -> None:
        key, step = text(data, "key"), text(data, "step")
        for other in self.effects.values():
            gone = other.outcome == "refused" or other.undone == "applied"
            assert other.step != step or other.key == key or gone, "a new try only when the one before is known gone"
        self._check_backed(step)
        before = self.effects.get(key)
        if before is not None:
            assert before.outcome in ("applied", "unknown"), "the same key only for what may have been done"
            assert before.waived or not before.undoable
            before.outcome, before.undone, before.waived = None, None, False
            return
        made = self.step_of[step]
        undoable = getattr(made, "undo", None) is not None or made.kind == "measure"
        plan = self.plan_of.get(step)
        assert plan is None or self.plans[plan] == "started", "a plan that has failed does nothing new"
        self.effects[key] = Seen(
            key=key,
            step=step,
            plan=plan,
            activity=text(data, "activity"),
            undoable=undoable,
            measure=bool(data.get("measure")),
        )

    def _effect_returned(self, data: Data, outcome: str) -> None:
        key = text(data, "key")
        effect = self.effects[key]
        assert effect.outcome is None or effect.outcome == "unknown", "an outcome that is known does not change"
        effect.outcome = outcome
        done = self.shop.carried_out[key] == 1
        if outcome == "unknown":
            self._unheard(data)
        elif self.honest:
            assert done is (outcome == "applied"), "what the timeline says happened has happened"

    def _undo_requested(self, data: Data) -> None:
        key, undoes = text(data, "key"), text(data, "undoes")
        effect = self.effects[undoes]
        assert effect.outcome == "applied", "nothing is undone that was not applied"
        assert effect.undone != "applied"
        assert not effect.waived
        assert key not in self.undos
        assert effect.undone != "unknown", "an undo is tried anew only when the try before is known to have failed"
        self.undos[key] = undoes
        effect.undone = None
        if not data.get("lifts"):
            self._check_order(effect)

    def _undo_returned(self, data: Data, outcome: str) -> None:
        key = text(data, "key")
        effect = self.effects[self.undos[key]]
        assert effect.undone in (None, "unknown")
        effect.undone = outcome
        if outcome == "unknown":
            self._unheard(data)
        elif self.honest:
            assert (self.shop.taken_back[effect.key] == 1) is (outcome == "applied")

    def _unheard(self, data: Data) -> None:
        if "reconciles" not in data:
            self.unheard.add(text(data, "key"))

    def _check_order(self, effect: Seen) -> None:
        """Undo runs last-in first-out: what came later in the same plan has been taken back before."""
        later = list(self.effects.values())
        later = later[later.index(effect) + 1 :]
        beside = [each for each in later if self.cancelling or each.plan == effect.plan]
        if self.cancelling and self.resolved:
            beside = [each for each in beside if self.plans.get(each.plan or "") != "succeeded"]
        assert not any(each.stands for each in beside)
        assert not any(each.undoable and each.outcome in (None, "unknown") for each in beside)

    def _waived(self, data: Data) -> None:
        by = data["by"]
        assert isinstance(by, list)
        waiver = self.approvals[f"waive:{text(data, 'task')}"]
        wanted = self.wanted[f"waive:{text(data, 'task')}"]
        assert waiver.state == "given"
        assert by == [wanted, *waiver.votes]
        assert len(set(by)) == 2, "a second person waives"
        effect = self.effects[f"inc/{text(data, 'command_id')}"]
        assert effect.stands
        assert effect.undone in ("refused", "unknown")
        effect.waived = True
        self.let_be.add(effect.key)

    def _plan(self, plan: str, phase: str) -> None:
        before = {"started": (None, "undone"), "failed": ("started",), "undone": ("failed",), "succeeded": ("started",)}
        assert self.plans.get(plan) in before[phase]
        others = [name for name, other in self.plans.items() if name != plan and other in ("started", "failed")]
        assert not others, "one plan at a time"
        self.plans[plan] = phase
        own = [effect for effect in self.effects.values() if effect.plan == plan]
        if phase == "started":
            steps = {step for step, name in self.plan_of.items() if name == plan}
            self.approvals = {name: each for name, each in self.approvals.items() if name not in steps}
            self.skipped -= steps
        if phase == "undone":
            assert not any(effect.stands for effect in own), "each applied effect of a failed plan is undone"
            assert not any(effect.outcome == "unknown" and effect.undoable for effect in own)
            final = [effect for effect in own if effect.activity in GIVING and not effect.undoable]
            assert not any(effect.outcome != "refused" for effect in final), "behind what is final a plan goes forward"

    def _task_closed(self, data: Data) -> None:
        task = text(data, "task")
        self.tasks.remove(task)
        if data["how"] == "waived" and task == "books_differ":
            waiver = self.approvals[f"waive:{task}"]
            assert waiver.state == "given"
            assert self.wanted[f"waive:{task}"] not in waiver.votes
            self.agreed = True

    def _decided(self, data: Data, who: str) -> None:
        approval = self.approvals[text(data, "approval")]
        assert approval.open, "what is decided or withdrawn is not decided again"
        waiver = approval.role is None
        if data["verdict"] == "approve":
            assert (data.get("amount"), data.get("plan")) == (approval.amount, approval.plan), "as it was seen"
            barred = {self.wanted[approval.id]} if waiver else self.hands
            assert who not in barred, "requester ≠ approver"
            assert who not in approval.votes
        assert may_decide(self.roles, approval, who, rejecting=data["verdict"] == "reject")
        if data["verdict"] == "approve" and approval.amount is None:
            approval.votes.append(who)
        elif data["verdict"] == "approve":
            self.counting.append((approval.id, who, approval.number))

    def _counted(self, data: Data, *, good: bool) -> None:
        name, who = text(data, "approval"), text(data, "by")
        vote = next(each for each in self.counting if each[:2] == (name, who))
        self.counting.remove(vote)
        approval = self.approvals.get(name)
        if good and approval is not None and approval.open and approval.number == vote[2]:
            approval.votes.append(who)

    def _check_backed(self, step: str) -> None:
        """Nothing of value is given behind an approval that was not given."""
        if getattr(self.step_of[step], "activity", None) not in GIVING:
            return
        for before in _before(self.program, step):
            approval = self.approvals.get(before.id)
            if before.id not in self.skipped and before.on_refusal != "continue":
                assert approval is not None
            if approval is not None:
                assert approval.state == "given", "nothing of value is given behind an approval that was not given"

    def _check_amount(self, call: Call) -> None:
        """Nothing is given above the amount that was approved, all in all."""
        step = call.key.split("/")[1]
        for before in _before(self.program, step):
            approval = self.approvals.get(before.id)
            if approval is None or approval.amount is None:
                continue
            others = [each for each in self.effects.values() if each.outcome != "refused" and each.undone != "applied"]
            behind = [each for each in others if before in _before(self.program, each.step) and each.key != call.key]
            given = sum(self.given[each.key] for each in behind) + _money_of(call)
            assert given <= int(str(approval.amount["amount"]))

    def _check_command(self, command: Command, entries: list[Entry]) -> None:
        if command.role not in ("read", "effect"):  # a plan that is tried once more reads once more
            assert command.id not in self.issued, "no command is asked for twice"
            self.issued.add(command.id)
        if command.settles is not None:
            return
        key = f"inc/{command.id}"
        kind = EntryKind.RECONCILE_REQUESTED if command.reconciles is not None else _INTENTS.get(command.role)
        if kind is not None:
            told = [entry.data for entry in entries if entry.kind is kind and entry.data["command_id"] == command.id]
            assert len(told) == 1, "the intent is written before the call goes out"
        if command.role == "effect" and command.reconciles is None and command.activity in GIVING:
            call = Call(key=key, activity=command.activity, inputs=command.inputs)
            self.given[key] = _money_of(call)
            self._check_amount(call)

    def _check_end(self, data: Data, outstanding: Mapping[str, Command]) -> None:
        """What stands when an incident ends."""
        cancelled = data["status"] == "cancelled"
        assert all(command.role in ("read", "count") for command in outstanding.values()), "no call is left behind"
        assert not self.tasks, "nothing is left to a person"
        assert not self.open_approvals()
        assert not self.unheard
        for effect in self.effects.values():
            assert effect.outcome is not None
            assert effect.outcome != "unknown" or effect.activity == "customers.tell"
            assert not (effect.measure and effect.stands), "measures are off at the end"
            kept = self.plans.get(effect.plan or "") == "succeeded" and self.resolved
            outside = effect.plan is None and not cancelled
            if not kept and not outside:
                assert not effect.stands, "what was half done is undone"
        if self.honest:
            holds = {call.key for call in self.shop.given(("orders.hold",))}
            assert holds <= self.let_be | {each.key for each in self.effects.values() if not each.measure}


_INTENTS = {"effect": EntryKind.EFFECT_REQUESTED, "undo": EntryKind.UNDO_REQUESTED}


def _money_of(call: Call) -> int:
    return amount_of(call) if "amount" in call.inputs else 0


def _before(program: Program, step_id: str) -> list[ApproveStep]:
    """The approvals that stand before a step in its stage or plan."""
    for steps in program.sequences():
        ids = [step.id for step in walk(steps)]
        if step_id in ids:
            return [each for each in _up_to(steps, step_id) if isinstance(each, ApproveStep)]
    raise KeyError(step_id)


def _up_to(steps: tuple[Step, ...], step_id: str) -> list[Step]:
    flat: list[Step] = [each for each in walk(steps) if not isinstance(each, Together)]
    return flat[: [each.id for each in flat].index(step_id)]
