"""What an incident may do and must do, worked out from its entries and commands alone.

Nothing of the engine's own logic is used: it is told a second time, in another way, and the two must agree.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from amends.models import ActorKind, Data, Stage
from amends.timeline import Entry, EntryKind
from runbooks.program import walk
from tests.model.consent import Consent, Seen, money_of
from tests.model.entries import HANDS, KEYED, OF_THE_TEAM, text
from tests.model.shop import GIVING, TELLING, Call, Shop
from workflows.events import Command


@dataclass(kw_only=True)
class Mirror(Consent):
    """``honest``: what people have said about gifts is true, so that the shop and the timeline tell the same."""

    shop: Shop
    incident: str = "inc"
    honest: bool = True
    next_n: int = 0
    undos: dict[str, str] = field(default_factory=dict)
    """Undo's key → the effect's."""
    unheard: set[str] = field(default_factory=set)
    """Keys of calls that came back unknown and were not asked about yet."""
    tasks: set[str] = field(default_factory=set)
    plans: dict[str, str] = field(default_factory=dict)
    keys: Counter[str] = field(default_factory=Counter)
    stages: list[str] = field(default_factory=list)
    issued: set[str] = field(default_factory=set)
    cut_short: bool = False
    """News has cut in, so that stages may be left out."""
    leaving: bool = False
    cancelled: bool = False
    agreed: bool = False
    resolved: bool = False
    let_be: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.plan_of = {step.id: plan.name for plan in self.program.action for step in walk(plan.steps)}

    def follow(self, entries: list[Entry], commands: list[Command], *, outstanding: Mapping[str, Command]) -> None:
        """Take what one event has led to. Raises ``AssertionError`` for what must not be."""
        for entry in entries:
            self._number(entry)
            assert entry.kind not in OF_THE_TEAM or any(entry.actor.id in role.team for role in self.roles.values())
            self._count_key(entry)
            self._follow(entry)
        for command in commands:
            self._check_command(command, entries)
        if any(entry.kind is EntryKind.INCIDENT_CLOSED for entry in entries):
            self._check_end(entries[-1].data, outstanding)

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
                assert self.stages == [stage for stage in Stage if stage in self.stages], "stages only go forward"
                assert self.cut_short or len(self.stages) == 1 + list(Stage).index(Stage(self.stages[-1]))
            case EntryKind.INTERRUPTED:
                self.cut_short = True
            case EntryKind.STEP_SKIPPED:
                self.skipped.add(text(data, "step"))
            case EntryKind.PLAN_STARTED | EntryKind.PLAN_FAILED | EntryKind.PLAN_UNDONE | EntryKind.PLAN_SUCCEEDED:
                self._plan(text(data, "plan"), entry.kind.removeprefix("plan_"))
            case EntryKind.INCIDENT_RESOLVED:
                assert not self.resolved
                self.resolved = True
            case EntryKind.CANCEL_REQUESTED:
                assert not self.cancelled
                self.leaving, self.cancelled, self.agreed = True, True, False
            case EntryKind.CLEARED | EntryKind.SUPERSEDED | EntryKind.MERGED:
                self.leaving, self.agreed = True, False
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
                self.follow_approval(entry)

    def _effect_requested(self, data: Data) -> None:
        key, step = text(data, "key"), text(data, "step")
        for other in self.effects.values():
            gone = other.outcome == "refused" or other.undone == "applied"
            assert other.step != step or other.key == key or gone, "a new try only when the one before is known gone"
        self.check_backed(step)
        inputs = data.get("inputs")
        if text(data, "activity") in GIVING and isinstance(inputs, dict):
            call = Call(key=key, activity=text(data, "activity"), inputs=inputs)
            self.given[key] = money_of(call)
            self.check_amount(call, step)
        before = self.effects.get(key)
        if before is not None:
            assert before.outcome in ("applied", "unknown"), "the same key only for what may have been done"
            assert before.waived or not before.undoable
            assert before.undone != "unknown", "what may have been undone is not taken for done"
            before.outcome, before.undone, before.waived = None, None, False
            return
        made = self.step_of.get(step)  # none beside the stages: neither a claim nor a word is taken back
        undoable = getattr(made, "undo", None) is not None or (made is not None and made.kind == "measure")
        plan = self.plan_of.get(step)
        said_later = text(data, "activity") in TELLING and self.plans.get(plan or "") == "succeeded"
        assert plan is None or self.plans[plan] == "started" or said_later, "a plan that has failed does nothing new"
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
        beside = [each for each in later if self.leaving or each.plan == effect.plan]
        if self.leaving and self.resolved:
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
        effect = self.effects[f"{self.incident}/{text(data, 'command_id')}"]
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

    def _check_command(self, command: Command, entries: list[Entry]) -> None:
        if command.role not in ("read", "effect"):  # a plan that is tried once more reads once more
            assert command.id not in self.issued, "no command is asked for twice"
            self.issued.add(command.id)
        if command.settles is not None:
            return
        kind = EntryKind.RECONCILE_REQUESTED if command.reconciles is not None else _INTENTS.get(command.role)
        if kind is not None:
            told = [entry.data for entry in entries if entry.kind is kind and entry.data["command_id"] == command.id]
            assert len(told) == 1, "the intent is written before the call goes out"

    def _check_end(self, data: Data, outstanding: Mapping[str, Command]) -> None:
        """What stands when an incident ends."""
        assert (data["status"] == "cancelled") is self.cancelled
        left = {command.role for command in outstanding.values()}
        assert left <= {"read", "count", "page"}, "no call is left behind"
        assert not self.tasks, "nothing is left to a person"
        assert not self.open_approvals()
        assert not self.unheard
        for effect in self.effects.values():
            assert effect.outcome is not None
            assert effect.outcome != "unknown" or effect.activity in TELLING
            assert not (effect.measure and effect.stands), "measures are off at the end"
            kept = self.plans.get(effect.plan or "") == "succeeded" and self.resolved
            outside = effect.plan is None and not self.leaving
            if not kept and not outside:
                assert not effect.stands, "what was half done is undone"
        gave = any(effect.activity in GIVING for effect in self.effects.values())
        assert self.agreed or not gave, "the sums meet, or two people have let it be"
        if self.honest:
            holds = {call.key for call in self.shop.given(("orders.hold",))}
            assert holds <= self.let_be | {each.key for each in self.effects.values() if not each.measure}


_INTENTS = {"effect": EntryKind.EFFECT_REQUESTED, "undo": EntryKind.UNDO_REQUESTED}
