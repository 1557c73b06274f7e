"""Questions of every kind: who was asked what, which answers are that, what silence meant, and what is known then."""

from dataclasses import dataclass, field

from pydantic import JsonValue

from amends.models import Data
from amends.timeline import Entry, EntryKind
from runbooks.bundle import Bundle
from runbooks.program import AnswerKind, AskStep, walk
from tests.model.entries import said_in, text
from tests.model.steps import FEWEST, LEAST, MOST, SILENT
from tests.model.story import moment

_LONGEST = 4_000
_ANSWERED = (EntryKind.ANSWER_RECEIVED, EntryKind.ANSWER_INHERITED, EntryKind.ANSWER_SHARED)
_NOTHING_SHOWN: Data = {"count": 0, "digests": ""}


@dataclass
class Answering:
    """``put``: the questions that are on their way or have arrived, with what the parcel may have been worth when they
    were put. ``asked``: what the entry says of each that has arrived. ``handed``: what was answered elsewhere."""

    bundle: Bundle
    put: dict[str, set[int]] = field(default_factory=dict)
    asked: dict[str, Entry] = field(default_factory=dict)
    handed: Data = field(default_factory=dict)
    worth: int | None = None

    def __post_init__(self) -> None:
        steps = self.bundle.program.all_steps()
        self.questions = {step.id: step for step in steps if isinstance(step, AskStep)}

    def follow(self, entries: list[Entry], facts: Data) -> None:
        """Take a turn, with what is known at its end. Raises ``AssertionError`` for an answer that is none, one that
        did not come from who was asked, and for what is known and was not said."""
        worths = {each for each in (self.worth, _worth(facts)) if each is not None}
        self.worth = _worth(facts)
        known: dict[str, JsonValue] = {}
        for entry in entries:
            if entry.kind is EntryKind.INHERITED:
                self._hear(entry.data)
            if entry.kind is EntryKind.PLAN_STARTED:
                self._begin_anew(text(entry.data, "plan"))
            step = self.questions.get(text(entry.data, "ask") or text(entry.data, "step"))
            if step is not None:
                self._follow(step, entry, entries, worths)
                self._comes_to_be_known(step, entry, known)
        for name, fact in known.items():
            assert facts.get(name) == fact, f"{name} is what was said"

    def _follow(self, step: AskStep, entry: Entry, turn: list[Entry], worths: set[int]) -> None:
        match entry.kind:
            case EntryKind.EFFECT_REQUESTED:
                assert step.role is None, "one of us gets no letter"
                self._is_put(step, worths)
            case EntryKind.QUESTION_ASKED:
                self._arrives(step, entry, turn, worths)
            case EntryKind.ANSWER_RECEIVED:
                assert step.id in self.put, "only what was asked is answered"
                if step.role is not None:
                    assert entry.actor.id in self.bundle.roles[step.role].team, "nobody else answers for a role"
                self._check_fits(step, said_in(entry.data))
                del self.put[step.id]
            case EntryKind.ANSWER_INHERITED:
                self.put[step.id] = worths
                self._check_fits(step, said_in(entry.data))
                assert said_in(entry.data) == self.handed.pop(step.question)
                del self.put[step.id]
            case EntryKind.SILENCE_ASSUMED:
                asked = self.asked[step.id]
                assert entry.occurred_at >= moment(asked.data, "answer_by"), "nobody is cut short"
                assert said_in(entry.data) == asked.data["if_silent"], "what silence means was said before"
                del self.put[step.id]
            case EntryKind.QUESTION_WITHDRAWN | EntryKind.QUESTION_HELD | EntryKind.QUESTION_JOINED:
                self.put.pop(step.id, None)
            case _:
                pass

    def _is_put(self, step: AskStep, worths: set[int]) -> None:
        if step.id not in self.put:
            handed = self.handed.get(step.question)
            assert handed is None or not _fits(step, handed, worths), "what was answered is not asked again"
        self.put.setdefault(step.id, worths)

    def _arrives(self, step: AskStep, entry: Entry, turn: list[Entry], worths: set[int]) -> None:
        """A letter's time begins when it has arrived, a role's at once."""
        data = entry.data
        if step.role is not None:
            self._is_put(step, worths)
        else:
            arrived = [each.kind for each in turn if text(each.data, "step") == step.id]
            assert EntryKind.EFFECT_APPLIED in arrived, "no time runs before it has arrived"
        within = {moment(data, "answer_by") - entry.occurred_at}
        assert within <= {span for _, span in step.answer_within}, "as long as was written"
        self.asked[step.id] = entry
        if step.answer is AnswerKind.AMOUNT:
            bounds = [(min(LEAST, each), each) for each in self.put[step.id]]
            assert (_amount(data["at_least"]), _amount(data["at_most"])) in bounds, "as it was worth when it was asked"
            assert _amount(data["if_silent"]) in [max(least, min(SILENT, most)) for least, most in bounds]
        elif step.answer is AnswerKind.FILES:
            assert (data["fewest"], data["most"]) == (FEWEST, MOST)
        elif step.answer is AnswerKind.CHOICE:
            assert data["choices"] == [choice.name for choice in step.choices]

    def _check_fits(self, step: AskStep, answer: JsonValue) -> None:
        assert _fits(step, answer, self.put[step.id]), "an answer is what was asked for"

    def _comes_to_be_known(self, step: AskStep, entry: Entry, known: dict[str, JsonValue]) -> None:
        if step.save_as is None:
            return
        said = said_in(entry.data)
        if entry.kind in _ANSWERED or (entry.kind is EntryKind.SILENCE_ASSUMED and said is not None):
            known[step.save_as] = said
        elif entry.kind is EntryKind.SILENCE_ASSUMED and step.answer is AnswerKind.FILES:
            known[step.save_as] = _NOTHING_SHOWN
        elif entry.kind is EntryKind.SILENCE_ASSUMED and isinstance(step.otherwise, str):
            known[step.save_as] = step.otherwise

    def _begin_anew(self, plan: str) -> None:
        steps = {step.id for each in self.bundle.program.action if each.name == plan for step in walk(each.steps)}
        self.put = {name: worths for name, worths in self.put.items() if name not in steps}

    def _hear(self, data: Data) -> None:
        result = data.get("result")
        handed = result.get("answers", {}) if isinstance(result, dict) else {}
        assert isinstance(handed, dict)
        self.handed |= handed


def _fits(step: AskStep, answer: JsonValue, worths: set[int]) -> bool:
    match step.answer:
        case AnswerKind.CHOICE:
            return answer in [choice.name for choice in step.choices]
        case AnswerKind.TEXT:
            return isinstance(answer, str) and answer.strip() != "" and len(answer) <= _LONGEST
        case AnswerKind.AMOUNT:
            if not isinstance(answer, dict) or answer["currency"] != "CNY":
                return False
            return any(min(LEAST, worth) <= _amount(answer) <= worth for worth in worths)
        case AnswerKind.FILES:
            return isinstance(answer, dict) and FEWEST <= len(set(text(answer, "digests").split())) <= MOST


def _worth(facts: Data) -> int | None:
    parcel = facts.get("parcel")
    return _amount(parcel["value"]) if isinstance(parcel, dict) else None


def _amount(value: JsonValue) -> int:
    assert isinstance(value, dict)
    return int(str(value["amount"]))
