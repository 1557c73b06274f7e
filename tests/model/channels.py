"""Over which channel a message goes: the next one behind each that has sent it back, until a person has to bring it."""

from collections import Counter
from dataclasses import dataclass, field

from amends.timeline import Entry, EntryKind
from runbooks.bundle import Bundle
from runbooks.program import AskStep, OnRefusal, TellStep, walk
from tests.model.entries import came_back, text

MOST = 5
"""So many channels are tried."""

_OVER = (
    EntryKind.ANSWER_RECEIVED,
    EntryKind.ANSWER_INHERITED,
    EntryKind.ANSWER_SHARED,
    EntryKind.SILENCE_ASSUMED,
    EntryKind.QUESTION_WITHDRAWN,
    EntryKind.MESSAGE_WITHDRAWN,
    EntryKind.STEP_SKIPPED,
)
_WAYS_OUT = (EntryKind.CANCEL_REQUESTED, EntryKind.CLEARED, EntryKind.SUPERSEDED, EntryKind.MERGED)


@dataclass
class Channels:
    """``back``: how many channels have sent each message back since it was begun. ``over``: what nobody waits for any
    more."""

    bundle: Bundle
    back: Counter[str] = field(default_factory=Counter)
    over: set[str] = field(default_factory=set)
    leaving: EntryKind | None = None
    cut_short: bool = False
    plan: str | None = None
    """The plan that is tried, or has succeeded."""

    def __post_init__(self) -> None:
        program = self.bundle.program
        self.steps = {step.id: step for step in program.all_steps() if isinstance(step, AskStep | TellStep)}
        self.plan_of = {step.id: plan.name for plan in program.action for step in walk(plan.steps)}
        self.early = {step.id for step in walk((*program.report, *program.analysis))}

    def follow(self, entries: list[Entry]) -> None:
        """Take a turn. Raises ``AssertionError`` for a channel that is tried twice, or passed over, and for a message
        that is forgotten."""
        for entry in entries:
            self._follow(entry, entries)

    def _follow(self, entry: Entry, turn: list[Entry]) -> None:
        data, step = entry.data, text(entry.data, "step")
        match entry.kind:
            case EntryKind.EFFECT_REQUESTED if "message" in data:
                assert data.get("bounced", 0) == self.back[step], "the next channel, and no other"
                self.over.discard(step)
            case EntryKind.EFFECT_REFUSED if came_back(data):
                self.back[step] += 1
                self._check_goes_on(step, turn)
            case EntryKind.RETRY_REQUESTED:
                command = text(data, "task").partition(":")[2]
                self.back.pop(command.rpartition("/")[0], None)
                if data["task"] == "no_plan_left":
                    self.plan = None
            case EntryKind.PLAN_STARTED:
                self.plan = text(data, "plan")
                self.back = Counter({name: n for name, n in self.back.items() if self.plan_of.get(name) != self.plan})
            case EntryKind.PLAN_FAILED:
                self.plan = None
            case EntryKind.INTERRUPTED:
                self.cut_short = True
            case kind if kind in _WAYS_OUT:
                self.leaving = kind
            case kind if kind in _OVER:
                self.over.add(step or text(data, "ask"))
            case _:
                pass

    def _check_goes_on(self, step: str, turn: list[Entry]) -> None:
        """What has come back is tried elsewhere at once or in the morning, or left to a person."""
        come = [entry.kind for entry in turn if text(entry.data, "step") == step]
        again = EntryKind.EFFECT_REQUESTED in come or EntryKind.MESSAGE_HELD in come
        more = self._is_wanted(step) and self.back[step] < MOST
        assert again is more, "a message that came back goes over the next channel"
        goes_on = step not in self.steps or self.steps[step].on_refusal is OnRefusal.CONTINUE
        left = self._is_wanted(step) and not more and not goes_on
        assert (EntryKind.TASK_OPENED in come) is left, "what no channel brings is a person's"

    def _is_wanted(self, step: str) -> bool:
        if self.leaving is not None and (self.leaving, step) != (EntryKind.CLEARED, "clears.tell"):
            return False
        cut_off = self.cut_short and step in self.early
        return not (step in self.over or cut_off or self.plan_of.get(step, self.plan) != self.plan)
