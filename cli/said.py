"""What an entry says, in words, piece by piece, for the sentences that are made of it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol

from pydantic import JsonValue

from amends.models import Actor, ActorKind, Data
from amends.timeline import EntryKind
from cli import wording
from cli.times import roughly
from runbooks.bundle import short_digest
from runbooks.program import AnswerKind
from workflows.contract import repin_approval

TASKS: Final = {
    "outcome_unknown": "nobody can say whether it happened",
    "refused": "it was refused",
    "undo_failed": "it could not be undone",
    "no_plan_left": "no plan is left that could put it right",
    "rejected": "it was rejected",
    "undecided": "nobody has decided in time",
    "books_differ": "the shop's books do not say what the journal says",
    "unprotected": "what it needs is not known",
    "not_reckoned": "what it says cannot be reckoned",
    "taken_over": "somebody has it in their own hands",
}
"""Why a person is needed."""

_ABOUT_NO_STEP: Final = frozenset({"no_plan_left", "books_differ", "taken_over"})


class Told(Protocol):
    """What a sentence needs of an entry: an ``Entry`` of the engine has it, and a ``TimelineRow`` of the journal."""

    @property
    def kind(self) -> EntryKind: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def data(self) -> Data: ...


def named(actor: Actor) -> str:
    """Somebody by id, marked where no door vouches for who it is."""
    return actor.id if actor.verified else f"{actor.id} (unverified)"


def due(what: str) -> str:
    """What becomes due, as the engine names it, in words."""
    kind, _, of = what.partition(" ")
    match kind:
        case "check" if of:
            return f"another look, during {wording.step(of)}"
        case "approval" if of:
            return f"a decision about {wording.approval(of)}"
        case "task" if of:
            return f"the deadline of the task {of}"
        case "goal" if of:
            return f"the promise of {wording.goal(of)}"
        case "word" if of:
            return "the word that the customer was promised"
        case "suspension":
            return "the end of the suspension"
        case "page" if of:
            return f"a page{of.removeprefix('of').replace(' level', ', level', 1)}"
        case "protection" if of:
            return f"what protects {wording.goal(of.removeprefix('of '))}"
        case "nearness" if of:
            return f"how near it is: {wording.goal(of.removeprefix('of '))}"
        case "deadline" if of:
            return f"the deadline of others, {wording.goal(of)}"
        case _ if kind.endswith("%") and of:
            return f"{kind.removesuffix('%')} % of the time for {wording.goal(of.removeprefix('of '))}"
        case _:
            return wording.step(what)


class Said:
    """What an entry says, in words; ``?`` for what it does not say."""

    def __init__(self, entry: Told, moment: Callable[[datetime], str], texts: Mapping[str, str]) -> None:
        self._data = {name: _with_times(given, moment) for name, given in entry.data.items()}
        self._actor = entry.actor
        self._texts = texts

    def __getitem__(self, name: str) -> str:
        return wording.value(self._data[name]) if name in self._data else "?"

    @property
    def actor(self) -> str:
        """Who did it, and whether no door vouches for that."""
        return "The clock" if self._actor.kind is ActorKind.TIMER else named(self._actor)

    @property
    def activity(self) -> str:
        return wording.activity(self["activity"], wording.message_of(self["step"]))

    @property
    def found(self) -> str:
        return self.maybe(" ({})", "result")

    @property
    def refusal(self) -> str:
        match self._data.get("refusal"):
            case {"reason": reason, "message": message}:
                return f" ({reason}: {message})"
            case _:
                return ""

    @property
    def dues(self) -> str:
        return " and ".join(due(name) for name in self.many("due")) or "?"

    @property
    def task(self) -> str:
        why = TASKS.get(self["why"], self["why"])
        return why if self["why"] in _ABOUT_NO_STEP else f"{self.step('step')}: {why}"

    @property
    def goal(self) -> str:
        return wording.goal(self["goal"])

    @property
    def deadline(self) -> str:
        return wording.goal(self["deadline"])

    @property
    def is_measure(self) -> bool:
        return wording.is_measure(self["step"])

    @property
    def undoing(self) -> str:
        return "Lifting" if self.is_measure else "Undoing"

    @property
    def by(self) -> str:
        """``, by chen and fang``; nothing where nobody is named."""
        named = self.many("by") or ([self["by"]] if "by" in self._data else [])
        return f", by {' and '.join(named)}" if named else ""

    @property
    def evidence(self) -> str:
        given = self._data.get("evidence")
        shown = [str(each.get("what")) for each in given if isinstance(each, dict)] if isinstance(given, list) else []
        return ", ".join(shown) or "?"

    @property
    def approval(self) -> str:
        return wording.approval(self["approval"], self._texts)

    @property
    def owed(self) -> str:
        """For what people are paged."""
        return "; ".join(wording.owed(each, self._texts) for each in self.many("owed")) or "?"

    def text(self, digest: str) -> str:
        """Which text of its runbook, by the name of the field that has its digest."""
        revision = self._texts.get(repin_approval(self[digest])) or self.maybe("revision {} of its runbook", "revision")
        return revision or f"the text {short_digest(self[digest])} of its runbook"

    @property
    def asked_for(self) -> str:
        """An amount and a plan behind what is to be approved; nothing where neither is said."""
        about = [self.maybe("{}", "amount"), self.maybe("the plan {}", "plan")]
        return f" ({', '.join(filter(None, about))})" if any(about) else ""

    def maybe(self, words: str, name: str) -> str:
        """``words`` around a value; nothing where there is none."""
        given = self._data.get(name)
        return words.format(wording.value(given)) if given not in (None, "", {}, []) else ""

    def reasons(self, name: str) -> str:
        """``trace.colour (the runbook knows no such fact)``, for each of several."""
        given = self._data.get(name)
        return ", ".join(f"{each} ({why})" for each, why in given.items()) if isinstance(given, dict) else "something"

    def many(self, name: str) -> list[str]:
        given = self._data.get(name)
        return [str(each) for each in given] if isinstance(given, list) else []

    def length(self, name: str) -> str:
        """A number of seconds, roughly."""
        given = self._data.get(name)
        return roughly(timedelta(seconds=given)) if isinstance(given, int | float) else "?"

    def pairs(self, name: str) -> list[tuple[str, str]]:
        """An object's fields with their values."""
        given = self._data.get(name)
        return [(field, wording.value(each)) for field, each in given.items()] if isinstance(given, dict) else []

    def objects(self, *path: str) -> list[dict[str, str]]:
        """The objects of a list that lies within others, with their values as text."""
        given: JsonValue = dict(self._data)
        for name in path:
            given = given.get(name) if isinstance(given, dict) else None
        found = given if isinstance(given, list) else []
        return [{name: str(value) for name, value in each.items()} for each in found if isinstance(each, dict)]

    def step(self, name: str) -> str:
        return wording.step(self[name])

    def party(self, name: str) -> str:
        return wording.party(self[name])

    def silence(self, *names: str) -> str:
        """What silence means, by the first of several that says it."""
        given = next((self[name] for name in names if self._data.get(name) is not None), None)
        return "silence means that we go on without one" if given is None else f"silence means {given}"

    @property
    def asked(self) -> str:
        """Who is asked."""
        return wording.role(self["role"]) if self._data.get("role") else self.party("to")

    @property
    def answers(self) -> str:
        """What can be answered."""
        match self._data.get("answer"):
            case AnswerKind.TEXT:
                return "a text"
            case AnswerKind.AMOUNT:
                return f"an amount of {self['at_least']}{self.maybe(' to {}', 'at_most') or ' or more'}"
            case AnswerKind.FILES:
                return f"files, {self['fewest']} to {self['most']}"
            case _:
                return self["choices"]

    @property
    def answer(self) -> str:
        """What was answered."""
        match self._data.get("files"):
            case list(files):
                return ", ".join(str(each.get("what")) for each in files if isinstance(each, dict))
            case {"count": count}:
                return f"{count} files"
            case _:
                return next((self[name] for name in ("choice", "text", "amount") if name in self._data), "?")

    def assumed(self, name: str) -> str:
        given = self._data.get(name)
        facts = [f"{fact} is {wording.value(each)}" for fact, each in given.items()] if isinstance(given, dict) else []
        return f"we take it that {' and '.join(facts)}" if facts else "we go on"


def _with_times(given: JsonValue, moment: Callable[[datetime], str]) -> JsonValue:
    """The value with its times rendered."""
    match given:
        case dict():
            return {name: _with_times(each, moment) for name, each in given.items()}
        case list():
            return [_with_times(each, moment) for each in given]
        case str():
            return _with_time(given, moment)
        case _:
            return given


def _with_time(text: str, moment: Callable[[datetime], str]) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment(at) if at.tzinfo is not None else text
