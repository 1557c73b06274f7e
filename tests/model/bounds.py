"""What may begin, and what may not: while a person has the incident in hand, while the customer is asked whether its
cause is gone, once news has cut in, and on every way out. And what news must have come of, told a second time."""

from dataclasses import dataclass, field

from pydantic import JsonValue

from amends.models import ActorKind, Data
from amends.timeline import Entry, EntryKind
from runbooks.bundle import Bundle
from runbooks.program import AskStep, DoStep, walk
from tests.model.entries import came_back, said_in, text
from tests.model.shop import GIVING
from tests.model.tables import holds

_TOLD = "clears.tell"
_BESIDE = ("external.", "sla.update.")
_OF_CLEARING = (EntryKind.CLEARED, EntryKind.CLEARING_ASKED, EntryKind.CLEARING_IGNORED)
_OF_INTERRUPTS = (EntryKind.INTERRUPTED, EntryKind.INTERRUPT_IGNORED)
_BEGINS = (
    EntryKind.STAGE_ENTERED,
    EntryKind.PLAN_STARTED,
    EntryKind.PLAN_SUCCEEDED,
    EntryKind.INCIDENT_RESOLVED,
    EntryKind.EFFECT_REQUESTED,
    EntryKind.MESSAGE_HELD,
    EntryKind.APPROVAL_ASKED,
    EntryKind.WAIT_STARTED,
    EntryKind.DECISION_MADE,
    EntryKind.ROUND_ENDED,
)
"""What takes an incident further on its way."""

_TRIED_AGAIN = (EntryKind.EFFECT_REQUESTED, EntryKind.MESSAGE_HELD, EntryKind.APPROVAL_ASKED)
"""What a person may have tried again at any time."""


@dataclass
class Bounds:
    """``leaving``: on which way out it is. ``cut_in``: of news, its type and the plan for which it has cut in.
    ``hands_over``: how many other incidents have yet to say what they hand over. ``confirming``: the question whether
    the cause is gone; ``said``: its answer. ``skipped``: steps that a person has had skipped. ``inherited``: answers
    that were given to another incident, by their questions."""

    bundle: Bundle
    leaving: str = ""
    goes_to: str = ""
    """Which incident goes on with it."""
    tasks: set[str] = field(default_factory=set)
    by_hand: bool = False
    resolved: bool = False
    by_person: bool = False
    plan: str | None = None
    plan_cut_in: bool = False
    cut_in: tuple[str, str] | None = None
    confirming: str | None = None
    said: str | None = None
    told: bool = False
    hands_over: int = 0
    answers: Data = field(default_factory=dict)
    """What was really answered, by its step."""
    inherited: Data = field(default_factory=dict)
    skipped: set[str] = field(default_factory=set)
    final: dict[str, DoStep] = field(default_factory=dict)
    """The calls that cannot be called back, and have happened or may have, by key."""
    come: list[Entry] = field(default_factory=list)
    """What has come of the newest news itself."""

    def __post_init__(self) -> None:
        program = self.bundle.program
        self.steps = {step.id: step for step in program.all_steps()}
        self.plan_of = {step.id: plan.name for plan in program.action for step in walk(plan.steps)}

    def follow(self, entries: list[Entry], facts: Data, *, held: set[str]) -> None:
        """Take a turn, with what is known at its end. ``held``: the messages that waited for the morning. Raises
        ``AssertionError`` for what must not begin, and for news that has come to something else."""
        first = entries[0]
        if first.kind is EntryKind.NEWS_RECEIVED:
            self._check_news(entries, facts)
        for entry in entries:
            back = came_back(first.data) and entry.data.get("step") == first.data["step"]  # it goes on, over another
            again = (back or first.kind is EntryKind.RETRY_REQUESTED) and entry.kind in _TRIED_AGAIN
            if entry.kind in _BEGINS and not again:
                self._check_begins(entry, held)
            self._follow(entry)

    def _check_begins(self, entry: Entry, held: set[str]) -> None:
        kind, data = entry.kind, entry.data
        step = text(data, "step") or text(data, "approval") or text(data, "wait")
        if step.startswith(("waive:", "repin:", *_BESIDE)):
            assert not self.leaving or step.startswith("waive:"), "on its way out an incident keeps no promises"
            return
        if kind is EntryKind.PLAN_STARTED and "chosen_by" in data:
            assert not self.leaving
            return
        assert step not in self.skipped, "what was skipped does nothing"
        assert not self.hands_over or step == self.confirming, "nothing is begun before others hand over"
        if self.leaving:
            assert (self.leaving, step) == ("cleared", _TOLD), "what leaves begins nothing new"
            return
        assert "taken_over" not in self.tasks, "what a person has in hand begins nothing by itself"
        if self.confirming is not None:
            assert step == self.confirming or step in held, "nothing is begun while the customer is asked"
        elif self.cut_in is not None and step not in held:
            assert kind in (EntryKind.STAGE_ENTERED, EntryKind.PLAN_STARTED, EntryKind.INCIDENT_RESOLVED)
            assert data.get("stage", "action") == "action", "news leads straight to its plan"
            if kind is EntryKind.PLAN_STARTED:
                assert (data.get("interrupt"), data["plan"]) == self.cut_in, "it comes before all others"
        elif self.cut_in is None:
            assert "interrupt" not in data, "one piece of news, one plan"

    def _follow(self, entry: Entry) -> None:
        data = entry.data
        match entry.kind:
            case EntryKind.INCIDENT_OPENED | EntryKind.REPORT_ADDED:
                self.by_person = self.by_person or entry.actor.kind is ActorKind.HUMAN
            case EntryKind.INCIDENT_REGISTERED:
                siblings = data.get("superseded") or []
                assert isinstance(siblings, list)
                self.hands_over = len(siblings)
            case EntryKind.INHERITED | EntryKind.NOT_INHERITED:
                self._inherited(data)
            case EntryKind.ANSWER_INHERITED:
                question = getattr(self.steps[text(data, "ask")], "question", "")
                assert said_in(data) == self.inherited.pop(question), "what was answered is not asked again"
                self.skipped.add(text(data, "ask"))
                self.answers[text(data, "ask")] = said_in(data)
            case EntryKind.TASK_OPENED:
                self.tasks.add(text(data, "task"))
            case EntryKind.TASK_CLOSED | EntryKind.RETRY_REQUESTED:
                self.tasks.discard(text(data, "task"))
                if entry.kind is EntryKind.RETRY_REQUESTED and data["task"] == "no_plan_left":
                    self._forget(set(self.plan_of))
            case EntryKind.TASK_SETTLED if data["task"] in ("taken_over", "no_plan_left"):
                self.by_hand = True
            case EntryKind.TAKEN_OVER:
                assert not self.leaving
                assert "taken_over" not in self.tasks
            case EntryKind.STEP_SKIPPED if "by" in data:
                assert text(data, "step") not in self.skipped, "a step is skipped once"
                assert not self.leaving
                self.skipped.add(text(data, "step"))
                self._answered(text(data, "step"), None)
            case EntryKind.INCIDENT_RESOLVED:
                self.resolved, self.cut_in = True, None
            case EntryKind.INTERRUPTED:
                self.cut_in, self.confirming = (text(data, "on"), text(data, "plan")), None
            case EntryKind.INTERRUPT_IGNORED if entry not in self.come:
                assert self.cut_in == (data["on"], data["plan"])
                self.cut_in = None  # its plan needs what is not known
            case EntryKind.PLAN_STARTED:
                self.plan, self.plan_cut_in, self.cut_in = text(data, "plan"), "interrupt" in data, None
                self._forget({step for step, plan in self.plan_of.items() if plan == self.plan})
            case EntryKind.PLAN_FAILED | EntryKind.PLAN_SUCCEEDED:
                self.plan = None
            case _:
                self._follow_ways(entry)

    def _follow_ways(self, entry: Entry) -> None:
        data = entry.data
        match entry.kind:
            case EntryKind.CLEARING_ASKED:
                self.confirming, self.said = text(data, "ask"), None
            case EntryKind.CLEARING_IGNORED if entry not in self.come and self.said is not None:
                assert self.said != "yes" or self._too_late(), "a yes counts"
                self.confirming = None
            case EntryKind.ANSWER_RECEIVED | EntryKind.SILENCE_ASSUMED | EntryKind.ANSWER_SHARED:
                if entry.kind is EntryKind.ANSWER_SHARED:
                    self.skipped.add(text(data, "ask"))
                if entry.kind is not EntryKind.SILENCE_ASSUMED:
                    self.answers[text(data, "ask")] = said_in(data)
                self._answered(text(data, "ask"), said_in(data))
            case EntryKind.EFFECT_REFUSED if text(data, "step") == self.confirming and not came_back(data):
                self._answered(text(data, "step"), None)
            case EntryKind.CLEARED:
                confirmed = "confirmed_by" in data
                assert confirmed is (self.confirming is not None and self.said == "yes")
                assert not self._too_late()
                self.leaving, self.confirming = "cleared", None
            case EntryKind.SUPERSEDED | EntryKind.MERGED:
                if entry.kind is EntryKind.SUPERSEDED:
                    self._hands_over(data)
                if entry.kind is EntryKind.MERGED:
                    assert not self.resolved
                    assert not self.final, "the other would not know of it"
                assert self.leaving in ("", "merged"), "an incident leaves one way"
                assert not self.leaving or (entry.kind is EntryKind.SUPERSEDED and data["to"] == self.goes_to)
                self.leaving, self.goes_to = entry.kind.value, text(data, "to")
                self.confirming, self.cut_in = None, None
            case EntryKind.CANCEL_REQUESTED:
                assert self.leaving in ("", "cleared"), "what another goes on with is called off there"
                self.leaving, self.confirming, self.cut_in = "cancelled", None, None
            case EntryKind.INCIDENT_CLOSED:
                self._closed(data)
            case _:
                self._called(entry)

    def _called(self, entry: Entry) -> None:
        data = entry.data
        key, step = text(data, "key"), text(data, "step")
        match entry.kind:
            case EntryKind.EFFECT_REQUESTED:
                self.told = self.told or step == _TOLD
                made = self.steps.get(step)
                if isinstance(made, DoStep) and made.final:
                    self.final[key] = made
            case EntryKind.EFFECT_REFUSED:
                self.final.pop(key, None)
            case _:
                pass

    def _answered(self, ask: str, said: JsonValue) -> None:
        if ask == self.confirming:
            self.said = str(said or "nothing")

    def _inherited(self, data: Data) -> None:
        self.hands_over -= 1
        assert self.hands_over >= 0, "each hands over once"
        result = data.get("result")
        if isinstance(result, dict):
            self.by_person = self.by_person or result.get("reported_by_person") is True
            answers = result.get("answers", {})
            assert isinstance(answers, dict)
            self.inherited |= answers

    def _hands_over(self, data: Data) -> None:
        """Whatever the customer has answered is not asked again, and silence is no answer."""
        handed = data["handed"]
        assert isinstance(handed, dict)
        answered = [(step, self.answers[name]) for name, step in self.steps.items() if name in self.answers]
        assert handed["answers"] == {step.question: choice for step, choice in answered if isinstance(step, AskStep)}
        assert handed["reported_by_person"] is self.by_person

    def _forget(self, steps: set[str]) -> None:
        """What is tried once more is skipped no more, nor answered."""
        self.skipped -= steps
        self.answers = {name: choice for name, choice in self.answers.items() if name not in steps}

    def _closed(self, data: Data) -> None:
        """Each way out has its status, and its outcome, unless the customer is whole."""
        statuses = {"cancelled": "cancelled", "superseded": "duplicate", "merged": "duplicate"}
        assert data["status"] == statuses.get(self.leaving, "closed")
        assert self.leaving not in ("superseded", "merged") or self.resolved or data["outcome"] == self.leaving
        assert (data["outcome"] == "self_resolved") is (self.leaving == "cleared")
        assert self.leaving != "cleared" or self.told, "the customer is told that it has come right"
        assert self.cut_in is None, "what cuts in is not forgotten"

    def _check_news(self, entries: list[Entry], facts: Data) -> None:
        """News cuts in, clears, or is said to come too late; and does none of it if its rules do not hold."""
        of = text(entries[0].data, "event_type")
        cuts = next((each for each in self.bundle.interrupts if each.on == of and holds(each.when, facts)), None)
        come = [entry for entry in entries if entry.kind in _OF_INTERRUPTS]
        before, self.come = (self.cut_in, self.confirming), []
        if cuts is None:
            assert all(entry.kind is EntryKind.INTERRUPT_IGNORED for entry in come)
        else:
            too_late = self._decided() or self.plan == cuts.plan or self._gives(self.plan)
            self.come.append(come[0])
            assert come[0].kind is (EntryKind.INTERRUPT_IGNORED if too_late else EntryKind.INTERRUPTED)
            if not too_late:
                assert (come[0].data["on"], come[0].data["plan"]) == (cuts.on, cuts.plan)
                self.cut_in, self.confirming = (cuts.on, cuts.plan), None
        clears = next((each for each in self.bundle.clears if each.on == of and holds(each.when, facts)), None)
        if clears is not None:
            come = [entry for entry in entries if entry.kind in _OF_CLEARING]
            self.come.append(come[0])
            assert come[0].kind is self._comes_of(entries[0].data, asks=clears.confirm is not None)
        self.cut_in, self.confirming = before

    def _comes_of(self, news: Data, *, asks: bool) -> EntryKind:
        """A system's word is not enough against a person's, nor where the parcel was left with somebody else."""
        said = news["data"]
        assert isinstance(said, dict)
        if self._too_late():
            return EntryKind.CLEARING_IGNORED
        if not (self.by_person or self.hands_over) and said.get("delivered_to", "customer") == "customer":
            return EntryKind.CLEARED
        return EntryKind.CLEARING_ASKED if asks and self.confirming is None else EntryKind.CLEARING_IGNORED

    def _decided(self) -> bool:
        """Whether somebody or something has decided already."""
        in_hand = self.by_hand or bool(self.tasks & {"taken_over", "no_plan_left"})
        cut = self.cut_in is not None or (self.plan is not None and self.plan_cut_in)
        return bool(self.leaving) or self.resolved or in_hand or cut

    def _too_late(self) -> bool:
        return self._decided() or any(step.activity in GIVING for step in self.final.values())

    def _gives(self, plan: str | None) -> bool:
        """Whether a plan that is being tried has done what cannot be called back, or may have."""
        return plan is not None and any(self.plan_of.get(step.id) == plan for step in self.final.values())
