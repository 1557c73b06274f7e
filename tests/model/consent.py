"""Approvals as they bind: who has had a hand in it, who has agreed to what, and what stands behind it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from amends.models import ActorKind, Data
from amends.timeline import Entry, EntryKind
from runbooks.policy import Role
from runbooks.program import ApproveStep, Program, Step, Together, walk
from tests.model.entries import text
from tests.model.shop import GIVING, Call, amount_of
from tests.model.votes import Approval, may_decide


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


@dataclass(kw_only=True)
class Consent:
    """The part of the mirror that is about approvals."""

    program: Program
    roles: Mapping[str, Role]
    effects: dict[str, Seen] = field(default_factory=dict)
    given: Counter[str] = field(default_factory=Counter)
    """How much money each effect gives, by key."""
    approvals: dict[str, Approval] = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)
    counting: list[tuple[str, str, int]] = field(default_factory=list)
    """Votes that wait for their count: (approval, who, which asking)."""
    hands: set[str] = field(default_factory=set)
    wanted: dict[str, str] = field(default_factory=dict)
    """Waiver, or move to another text → who asks for it."""
    moving: str = ""
    """The approval of the other text that it is to follow, until that is decided and done."""
    follows: str = ""
    """The digest of the text to which it has moved last."""

    def __post_init__(self) -> None:
        self.step_of = {step.id: step for step in self.program.all_steps()}

    def open_approvals(self) -> list[Approval]:
        return [approval for approval in self.approvals.values() if approval.open]

    def follow_approval(self, entry: Entry) -> None:
        data = entry.data
        match entry.kind:
            case EntryKind.WAIVER_REQUESTED:
                self.wanted[f"waive:{text(data, 'task')}"] = entry.actor.id
            case EntryKind.REPIN_REQUESTED:
                assert not self.moving, "one other text at a time"
                self.moving = f"repin:{text(data, 'digest').removeprefix('sha256:')[:12]}"
                self.wanted[self.moving] = entry.actor.id
            case EntryKind.REPINNED | EntryKind.REPIN_PUT_OFF:
                self._moved(entry)
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
                self.moving = "" if text(data, "approval") == self.moving else self.moving
            case EntryKind.APPROVAL_EXPIRED:
                approval = self.approvals[text(data, "approval")]
                assert approval.open
                approval.overdue = True
                approval.state = "gone" if data["then"] == "reject" else approval.state
            case _:
                pass

    def _moved(self, entry: Entry) -> None:
        """Two people want it, of whom one has approved; then it is done once, or put off and at the end let be."""
        data, approval = entry.data, self.approvals[self.moving]
        assert approval.state == "given"
        assert self.wanted[self.moving] not in approval.votes
        assert self.moving == f"repin:{text(data, 'to').removeprefix('sha256:')[:12]}"
        if entry.kind is EntryKind.REPINNED:
            assert (data["by"], data["approved_by"]) == (self.wanted[self.moving], approval.votes)
            assert self.follows != data["to"], "it is another text"
            self.follows = text(data, "to")
        if not data.get("again"):
            self.moving = ""

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

    def check_backed(self, step: str) -> None:
        """Nothing of value is given behind an approval that was not given."""
        if getattr(self.step_of.get(step), "activity", None) not in GIVING:
            return
        for before in _before(self.program, step):
            approval = self.approvals.get(before.id)
            if before.id not in self.skipped and before.on_refusal != "continue":
                assert approval is not None
            if approval is not None:
                assert approval.state == "given", "nothing of value is given behind an approval that was not given"

    def check_amount(self, call: Call, step: str) -> None:
        """Nothing is given above the amount that was approved, all in all."""
        for before in _before(self.program, step):
            approval = self.approvals.get(before.id)
            if approval is None or approval.amount is None:
                continue
            others = [each for each in self.effects.values() if each.outcome != "refused" and each.undone != "applied"]
            behind = [each for each in others if before in _before(self.program, each.step) and each.key != call.key]
            given = sum(self.given[each.key] for each in behind) + money_of(call)
            assert given <= int(str(approval.amount["amount"]))


def money_of(call: Call) -> int:
    """How much money a call gives."""
    return amount_of(call) if "amount" in call.inputs else 0


def _before(program: Program, step_id: str) -> list[ApproveStep]:
    """The approvals that stand before a step in its stage or plan; none before a step beside them."""
    for steps in program.sequences():
        ids = [step.id for step in walk(steps)]
        if step_id in ids:
            return [each for each in _up_to(steps, step_id) if isinstance(each, ApproveStep)]
    return []


def _up_to(steps: tuple[Step, ...], step_id: str) -> list[Step]:
    flat: list[Step] = [each for each in walk(steps) if not isinstance(each, Together)]
    return flat[: [each.id for each in flat].index(step_id)]
