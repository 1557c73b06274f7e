"""What follows from facts: which row of a table is taken, which plan is tried, how often something is gone through.

The conditions of the walks' runbooks are few, and are read here by themselves.
"""

import re
from dataclasses import dataclass, field

from amends.models import Data
from amends.timeline import Entry, EntryKind
from runbooks.bundle import Bundle
from runbooks.program import DecideStep, Rounds, Step, WaitStep, walk
from tests.model.entries import text

_WORTH = re.compile(r'(parcel\.value|offer) (>=|<) money\("CNY (\d+)\.(\d\d)"\)')
_TEXT = re.compile(r'(\w+) == "([\w ]+)"')


@dataclass
class Tables:
    """``failed``: plans that have failed and have not been allowed again; ``gone_through``: how many rounds of each
    step that repeats have ended. ``cut_short``: what the stages before the action find out may not be known."""

    bundle: Bundle
    failed: set[str] = field(default_factory=set)
    gone_through: dict[str, int] = field(default_factory=dict)
    cut_short: bool = False
    let_be: set[str] = field(default_factory=set)
    """Plans of which something was not undone, so that they may not be tried again."""

    def __post_init__(self) -> None:
        self.steps = {step.id: step for step in self.bundle.program.all_steps()}
        self.plans = {plan.name: plan for plan in self.bundle.program.action}
        self.within = {inner.id: (step, number) for step, number, inner in _repeated(self.bundle)}

    def follow(self, entries: list[Entry], facts: Data) -> None:
        """Take a turn, with what is known at its end. Raises ``AssertionError`` for what does not follow from it."""
        for entry in entries:
            self._follow(entry, facts)

    def _follow(self, entry: Entry, facts: Data) -> None:
        data = entry.data
        match entry.kind:
            case EntryKind.DECISION_MADE:
                step = self.steps[text(data, "step")]
                assert isinstance(step, DecideStep)
                rows = [choice.name for choice in step.choices if holds(choice.when, facts)]
                assert data["choice"] == [*rows, step.otherwise][0], "the first row that holds"
                self._must_be_in_its_round(step.id)
            case EntryKind.EFFECT_REQUESTED | EntryKind.WAIT_STARTED | EntryKind.APPROVAL_ASKED:
                self._must_be_in_its_round(text(data, "step") or text(data, "wait") or text(data, "approval"))
            case EntryKind.ROUND_ENDED:
                self._round_ended(data, facts)
            case EntryKind.STEP_SKIPPED if data.get("when") is not None and "done_by" not in data:
                assert holds(text(data, "when"), facts) is not True
            case EntryKind.WAIT_ENDED | EntryKind.WAIT_TIMED_OUT:
                step = self.steps[text(data, "wait")]
                assert isinstance(step, WaitStep)
                ended = entry.kind is EntryKind.WAIT_ENDED
                assert holds(step.until, facts) in (None, ended)
            case EntryKind.INTERRUPTED:
                self.cut_short = True
            case EntryKind.UNDO_WAIVED:
                self.let_be |= {name for name in self.plans if text(data, "command_id").startswith(f"action.{name}.")}
            case EntryKind.PLAN_STARTED:
                self._plan_started(data, facts)
            case EntryKind.PLAN_UNDONE:
                self.failed.add(text(data, "plan"))
            case EntryKind.RETRY_REQUESTED if data["task"] == "no_plan_left":
                self.failed.clear()
            case _:
                pass

    def _plan_started(self, data: Data, facts: Data) -> None:
        name = text(data, "plan")
        self.failed.discard(name)
        for step in walk(self.plans[name].steps):
            self.gone_through.pop(step.id, None)
        if "chosen_by" in data or "interrupt" in data or self.cut_short:
            return
        names = list(self.plans)
        passed_over = [each for each in names[: names.index(name)] if each not in self.failed | self.let_be]
        before = [self.plans[each] for each in passed_over]
        assert not any(holds(each.when, facts) for each in before), "the first plan whose condition holds"
        assert holds(self.plans[name].when, facts) is not False

    def _round_ended(self, data: Data, facts: Data) -> None:
        step = self.steps[text(data, "step")]
        assert isinstance(step, Rounds)
        before = self.gone_through.get(step.id, 0)
        assert before < step.max == data["of"], "at most so often"
        assert data["round"] == before + 1
        over = holds(step.until, facts)
        assert over in (None, data["until"])
        self.gone_through[step.id] = step.max if data["until"] else before + 1

    def _must_be_in_its_round(self, step_id: str) -> None:
        """What stands in a round is begun when those before it have ended, and not once it is enough."""
        if step_id in self.within:
            step, number = self.within[step_id]
            assert self.gone_through.get(step.id, 0) == number - 1


def holds(condition: str | None, facts: Data) -> bool | None:
    """Whether a condition holds; one whose facts are not known does not. ``None`` for one that is not read here."""
    if condition is None:
        return True
    if (worth := _WORTH.fullmatch(condition)) is not None:
        known, _, part = worth[1].partition(".")
        value, order = facts.get(known), facts.get("order")
        value = value.get(part) if part and isinstance(value, dict) else value
        if not isinstance(value, dict) or not isinstance(order, dict):
            return False  # nor is an amount compared whose currency nobody knows
        limit = int(worth[3]) * 100 + int(worth[4])
        return (int(str(value["amount"])) >= limit) is (worth[2] == ">=")
    if (said := _TEXT.fullmatch(condition)) is not None:
        return facts.get(said[1]) == said[2]
    return None


def _repeated(bundle: Bundle) -> list[tuple[Rounds, int, Step]]:
    """The steps that stand in rounds, and in the how-manieth."""
    return [
        (step, number, inner)
        for step in bundle.program.all_steps()
        if isinstance(step, Rounds)
        for number, of_one in enumerate(step.rounds, start=1)
        for inner in walk(of_one)
    ]
