"""Answers of every kind: what a question wants, whether an answer is that, and the fact that it becomes."""

from typing import Final, assert_never

from pydantic import JsonValue

from amends.errors import DefinitionError
from amends.models import Data, Money
from runbooks.amounts import amount_in_words
from runbooks.program import AnswerKind, AskStep, Value
from workflows import facts
from workflows.admission import LONGEST_TEXT
from workflows.events import AnswerGiven
from workflows.state import AskRun, State

LARGEST_AMOUNT: Final = 10**15
"""Minor units: more than any order has, and no more than expressions can compute with."""

_NOTHING: Final = Value(expr="0", money=True)

_A: Final = {
    AnswerKind.CHOICE: "a choice",
    AnswerKind.TEXT: "a text",
    AnswerKind.AMOUNT: "an amount of money",
    AnswerKind.FILES: "files",
}


def asked_now(state: State, step: AskStep, ask: AskRun) -> AskRun:
    """The ask, as it is when it is asked now: what is known at this moment decides what can be answered, and what
    silence means.

    Raises ``DefinitionError`` when no choice could be made.
    """
    least, most = _bounds(state, step)
    offered = [choice.name for choice in step.choices if facts.condition(state, choice.when)]
    if step.answer is AnswerKind.CHOICE and not offered:
        raise DefinitionError("none of the choices can be offered", place=step.id)
    terms: Data = {"asked": True, "offered": list(offered), "silence": silence(state, step)}
    return ask.model_copy(update={**terms, "at_least": least, "at_most": most})


def silence(state: State, step: AskStep) -> JsonValue:
    """What silence means now: an amount lies where one that is given would; ``None`` for no answer."""
    if not isinstance(step.if_silent, Value):
        return step.if_silent
    amount, (least, most) = _amount(state, step.if_silent), _bounds(state, step)
    assert least is not None
    return _between(amount, least, most).model_dump()


def otherwise(state: State, step: AskStep) -> JsonValue:
    """The fact that stands for an answer which nobody gives; ``None`` for none."""
    if isinstance(step.otherwise, Value):
        return _amount(state, step.otherwise).model_dump()
    if step.answer is AnswerKind.FILES:
        return _shown(())
    return step.otherwise


def fact_of(given: AnswerGiven) -> JsonValue:
    """The fact that an answer becomes. Files are counted, and named by their digests."""
    if given.amount is not None:
        return given.amount.model_dump()
    if given.files is not None:
        return _shown(tuple(str(each.sha256) for each in given.files))
    return given.text if given.text is not None else given.choice


def told(step: AskStep, answer: JsonValue) -> Data:
    """An answer as entries tell it, under its kind; ``None`` is no answer."""
    return {step.answer.value if answer is not None else AnswerKind.CHOICE.value: answer}


def terms(step: AskStep, ask: AskRun) -> Data:
    """What can be answered, as entries tell it."""
    if step.answer is AnswerKind.CHOICE:
        return {"choices": list(ask.offered)}
    shown: Data = {"choices": [], "answer": step.answer}
    if step.answer is AnswerKind.AMOUNT:
        shown["at_least"] = ask.at_least.model_dump() if ask.at_least else None
        shown["at_most"] = ask.at_most.model_dump() if ask.at_most else None
    if step.answer is AnswerKind.FILES:
        shown |= {"fewest": step.fewest, "most": step.most}
    return shown


def refusal(step: AskStep, ask: AskRun, given: AnswerGiven) -> str | None:
    """Why an answer is not what a question wants; ``None`` if it is."""
    brought = _kinds(given)
    if brought != [step.answer]:
        what = " and ".join(_A[kind] for kind in brought) or "nothing"
        return f"{what} is no answer to {step.id!r}, which asks for {wanted(step, ask)}"
    if given.files is not None and any(each.sha256 is None for each in given.files):
        return f"{step.id!r} asks for files, and a reference in words is none; keep the file, and name its digest"
    return _misfit(step, ask, fact_of(given))


def fits(step: AskStep, ask: AskRun, answer: JsonValue) -> bool:
    """Whether a fact could be the answer to a question."""
    return _misfit(step, ask, answer) is None


def wanted(step: AskStep, ask: AskRun) -> str:
    """What a question asks for, in words."""
    match step.answer:
        case AnswerKind.CHOICE:
            return "one of " + ", ".join(repr(choice) for choice in ask.offered)
        case AnswerKind.TEXT:
            return f"a text of at most {LONGEST_TEXT} characters"
        case AnswerKind.AMOUNT:
            assert ask.at_least is not None
            most = f" to {_in_words(ask.at_most)}" if ask.at_most is not None else " or more"
            return f"an amount of {_in_words(ask.at_least)}{most}"
        case AnswerKind.FILES:
            if step.fewest < step.most:
                return f"{step.fewest} to {step.most} files"
            return f"{step.most} file{'' if step.most == 1 else 's'}"
        case _:
            assert_never(step.answer)


def in_words(answer: JsonValue) -> str:
    """An answer that was given, for people."""
    match answer:
        case {"amount": int(amount), "currency": str(currency)}:
            return amount_in_words(amount, currency)
        case {"count": int(count)}:
            return f"{count} files"
        case _:
            return repr(answer)


def _kinds(given: AnswerGiven) -> list[AnswerKind]:
    """What an answer brings; it is to be one thing."""
    parts = {
        AnswerKind.CHOICE: given.choice,
        AnswerKind.TEXT: given.text,
        AnswerKind.AMOUNT: given.amount,
        AnswerKind.FILES: given.files,
    }
    return [kind for kind, part in parts.items() if part is not None]


def _misfit(step: AskStep, ask: AskRun, answer: JsonValue) -> str | None:
    match step.answer:
        case AnswerKind.CHOICE if answer not in ask.offered:
            return f"{answer!r} is not offered at {step.id!r}; choose {wanted(step, ask)}"
        case AnswerKind.TEXT if not isinstance(answer, str) or not answer.strip():
            return f"{step.id!r} asks for {wanted(step, ask)}, and this says nothing"
        case AnswerKind.TEXT if len(str(answer)) > LONGEST_TEXT:
            return f"{step.id!r} asks for {wanted(step, ask)}, and this has {len(str(answer))}; show it as a file"
        case AnswerKind.AMOUNT:
            return _amount_misfit(step, ask, answer)
        case AnswerKind.FILES:
            count = answer.get("count") if isinstance(answer, dict) else None
            if not isinstance(count, int) or not step.fewest <= count <= step.most:
                return f"{step.id!r} asks for {wanted(step, ask)}, and {count or 'none'} are shown"
            return None
        case AnswerKind.CHOICE | AnswerKind.TEXT:
            return None
        case _:
            assert_never(step.answer)


def _amount_misfit(step: AskStep, ask: AskRun, answer: JsonValue) -> str | None:
    assert ask.at_least is not None
    if not isinstance(answer, dict):
        return f"{step.id!r} asks for {wanted(step, ask)}"
    amount = Money.model_validate(answer)
    if amount.currency != ask.at_least.currency:
        return f"{_in_words(amount)} is not in the order's currency; {step.id!r} asks for {wanted(step, ask)}"
    if amount != _between(amount, ask.at_least, ask.at_most):
        return f"{_in_words(amount)} does not fit; {step.id!r} asks for {wanted(step, ask)}"
    return None


def _bounds(state: State, step: AskStep) -> tuple[Money | None, Money | None]:
    """What an amount must lie between, if one is wanted; where the two cross, what it is at most holds."""
    if step.answer is not AnswerKind.AMOUNT:
        return None, None
    least, most = _amount(state, step.at_least or _NOTHING), facts.amount(state, step.at_most)
    return (most, most) if most is not None and most.amount < least.amount else (least, most)


def _between(amount: Money, least: Money, most: Money | None) -> Money:
    """The amount, or the nearest that can be answered."""
    highest = most.amount if most is not None else LARGEST_AMOUNT
    return Money(amount=max(least.amount, min(amount.amount, highest)), currency=amount.currency)


def _amount(state: State, value: Value) -> Money:
    amount = facts.amount(state, value)
    assert amount is not None
    return amount


def _shown(digests: tuple[str, ...]) -> Data:
    each_once = dict.fromkeys(digests)
    return {"count": len(each_once), "digests": " ".join(each_once)}


def _in_words(amount: Money) -> str:
    return amount_in_words(amount.amount, amount.currency)
