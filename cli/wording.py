"""Words for the ids and values of a timeline: activities, steps, amounts, parties."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from pydantic import JsonValue

from amends.models import Party
from runbooks.amounts import amount_in_words
from runbooks.catalogue import CATALOGUE

_STEP = re.compile(r"^[a-z_]+\.(?:.*\.)?(?P<kind>tell|ask|wait|approve|measure)\.(?P<name>.+)$")

_BESIDE = re.compile(r"^(?P<of>external|sla)\.(?P<name>[^.]+)(?P<decided>\.approve)?(\.\d+)?$")

_REMINDER = "reminder."

NO_TEXTS: Final[Mapping[str, str]] = {}
"""Where nobody knows what was published; else ``versions.texts`` says it."""

_PARTIES = {
    Party.US: "us",
    Party.PAYMENT_PROVIDER: "the payment provider",
}


def activity(name: str, message: str = "") -> str:
    """What an activity does, to stand behind a colon: ``add a replacement order at no cost``."""
    spec = CATALOGUE.get(name)
    said = spec.says["en"].removesuffix(".") if spec else name
    words = said[:1].lower() + said[1:] if spec else said
    return f"{words}, {message}" if message else words


def step(step_id: str) -> str:
    """What a step is about: its activity's words, or the name of its message, question or wait."""
    plain, number = _plain(step_id)
    if plain.startswith(_REMINDER):
        return f"the reminder of {step(step_id.split('.', 2)[2])}"
    named = _STEP.match(plain)
    if beside := _BESIDE.match(plain):
        return _beside(beside["of"], beside["name"], decided=bool(beside["decided"]))
    words = activity(".".join(plain.split(".")[-2:])) if named is None else _named(named["kind"], named["name"])
    return f"{words}, round {number}" if number else words


def _named(kind: str, name: str) -> str:
    match kind:
        case "tell":
            return f"the message {name}"
        case "ask":
            return f"the question {name}"
        case "approve":
            return f"the approval of {role(name)}"
        case "measure":
            return activity(name)
        case _:
            return f"the wait for {name}"


def _plain(step_id: str) -> tuple[str, str]:
    """A step's id without what tells it from others of its name, and the round that it stands in, if not the first."""
    written, _, number = step_id.partition("@")
    return written.partition("#")[0], number


def message_of(step_id: str) -> str:
    """The message that a step sends, ``""`` for a step that sends none."""
    if step_id.startswith("sla.update."):
        return "as promised"
    if step_id.startswith(_REMINDER):
        return f"as a reminder of {message_of(step_id.split('.', 2)[2])}"
    named = _STEP.match(_plain(step_id)[0])
    return named["name"] if named and named["kind"] in ("tell", "ask") else ""


def approval(approval_id: str, texts: Mapping[str, str] = NO_TEXTS) -> str:
    """What is to be approved, by its id: a step's, ``waive:<task>``, or ``repin:<digest>``, of which ``texts`` may say
    which revision it is."""
    kind, _, of = approval_id.partition(":")
    match kind:
        case "waive" if of:
            return f"a second person's word to let {of} be"
        case "repin" if of:
            text = texts.get(approval_id) or f"the text sha256:{of} of its runbook"
            return f"a second person's word to follow {text}"
        case _:
            return step(approval_id)


def goal(name: str) -> str:
    """A promise, or a deadline of others, as people say it: ``first response``."""
    return name.replace("_", " ")


def owed(move: str, texts: Mapping[str, str] = NO_TEXTS) -> str:
    """Why people are paged, as the engine names it, in words. ``texts``: as for ``approval``."""
    kind, _, of = move.partition(":")
    match kind:
        case "task":
            return f"the task {of}"
        case "approval":
            return approval(of, texts)
        case "ask":
            return step(of)
        case "breach":
            return f"not kept is {goal(of)}"
        case "unacknowledged":
            return "nobody has acknowledged the incident"
        case "escalated":
            return "those a level higher are wanted"
        case _:
            return move


def is_measure(step_id: str) -> bool:
    """Whether a step switches something on that is switched off again."""
    named = _STEP.match(step_id)
    return named is not None and named["kind"] == "measure"


def role(name: str) -> str:
    """A role as people say it: ``logistics lead``."""
    return name.replace("_", " ")


def either(names: Iterable[str]) -> str:
    """``mei``, ``mei or bo``, ``mei, bo or an``"""
    *first, last = [*names] or ["nobody"]
    return f"{', '.join(first)} or {last}" if first else last


def party(name: str) -> str:
    """Who holds the ball: ``the customer``, ``us``."""
    return _PARTIES.get(Party(name), f"the {name}") if name in set(Party) else name


def parties(names: Iterable[str]) -> str:
    return " and ".join(party(name) for name in names)


def value(given: JsonValue) -> str:
    """A value as people write it; an amount of money with its currency in front."""
    match given:
        case {"amount": int(amount), "currency": str(currency)}:
            return money(amount, currency)
        case dict():
            return values(given)
        case list():
            return ", ".join(value(each) for each in given)
        case bool():
            return "yes" if given else "no"
        case None:
            return "nothing"
        case _:
            return str(given)


def values(given: Mapping[str, JsonValue]) -> str:
    """``status shipped, total CNY 398.00``"""
    return ", ".join(f"{name.replace('_', ' ')} {value(each)}" for name, each in given.items())


def _beside(of: str, name: str, *, decided: bool) -> str:
    """A step that stands in no stage: it keeps a promise, or protects a deadline of others, by itself."""
    if of == "sla":
        return "the word that the customer was promised"
    return f"{'the approval of ' if decided else ''}what protects {goal(name)}"


def money(amount: int, currency: str) -> str:
    """An amount of minor units: ``CNY 1,234.50``."""
    return amount_in_words(amount, currency)
