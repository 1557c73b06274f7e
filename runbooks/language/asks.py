"""From a question that people write to the one that the engine asks: of whom, for what kind of answer, and what holds
when none comes."""

from amends.errors import DefinitionError
from amends.models import Party
from runbooks.amounts import parse_amount
from runbooks.expressions import CURRENCY
from runbooks.language.context import Context
from runbooks.language.durations import in_words
from runbooks.language.sent import asked_of
from runbooks.language.source import Path
from runbooks.language.step_shapes import Ask, Remind
from runbooks.language.words import SKIP
from runbooks.program import MOST_FILES, AnswerKind, AskStep, Choice, FactType, OnRefusal, Reminders, Value
from runbooks.suggestions import meant


def compile_ask(step: Ask, path: Path, step_id: str, context: Context) -> AskStep | None:
    """The question; ``None`` if nobody is known whom it could be for."""
    asked = asked_of(step.ask, (*path, "ask"), context)
    _only_for_some(step, path, context)
    _kind(step, path, context)
    _otherwise(step, path, context)
    for name, when in step.choices.items():
        context.condition((*path, "choices", name), when)
    amounts = {name: _amount(step, name, path, context) for name in ("at_least", "at_most", "if_silent", "otherwise")}
    values = context.message((*path, "question"), step.question)
    remind = _reminders(step.remind, step, (*path, "remind"), context) if step.remind else None
    if asked is None:
        return None
    is_amount, files = step.answer is AnswerKind.AMOUNT, step.answer is AnswerKind.FILES
    return AskStep(
        id=step_id,
        when=step.when,
        to=asked.party,
        role=asked.role,
        question=step.question,
        values=values,
        safety=step.safety,
        after=step.after.by_severity() if step.after else None,
        answer=step.answer,
        choices=tuple(Choice(name=name, when=when) for name, when in step.choices.items()),
        at_least=amounts["at_least"],
        at_most=amounts["at_most"],
        fewest=_count(step.at_least, 1) if files else 1,
        most=_count(step.at_most, MOST_FILES) if files else MOST_FILES,
        answer_within=step.answer_within.by_severity(),
        remind=remind,
        if_silent=None if step.if_silent == SKIP else amounts["if_silent"] if is_amount else step.if_silent,
        save_as=step.save_as,
        otherwise=amounts["otherwise"] if is_amount else step.otherwise,
        on_refusal=step.on_refusal,
    )


def _otherwise(step: Ask, path: Path, context: Context) -> None:
    """Notes a fact that a question may leave unset, so that a later condition could not read it."""
    if step.save_as is None or step.knows_otherwise:
        return
    if step.when is not None or step.on_refusal is OnRefusal.CONTINUE:
        context.unsaid(path, step.save_as, has_when=step.when is not None)


def _kind(step: Ask, path: Path, context: Context) -> None:
    """Notes what does not go with the kind of answer."""
    wrong = context.wrong
    match step.answer:
        case AnswerKind.CHOICE:
            _choices(step, path, context)
        case AnswerKind.TEXT if not step.if_silent.strip():
            wrong((*path, "if_silent"), "silence is no empty text; write what it means, or `skip`")
        case AnswerKind.FILES:
            if step.if_silent != SKIP:
                message = f"silence shows no files, so it cannot mean {step.if_silent!r}; write `skip`"
                wrong((*path, "if_silent"), message)
            if step.otherwise is not None:
                wrong((*path, "otherwise"), "without an answer no files were shown, which is known; leave it out")
            _counts(step, path, context)
        case AnswerKind.TEXT | AnswerKind.AMOUNT:
            pass
    if step.answer is not AnswerKind.CHOICE and step.choices:
        message = f"the answer is {_A[step.answer]}, so there is nothing to choose; leave one of them out"
        wrong((*path, "choices"), message)
    if step.answer in (AnswerKind.CHOICE, AnswerKind.TEXT):
        for name in ("at_least", "at_most"):
            if getattr(step, name) is not None:
                message = f"only an amount and files have `{name}`; leave it out, or ask for `answer: amount`"
                wrong((*path, name), message)


_A = {AnswerKind.TEXT: "a text", AnswerKind.AMOUNT: "an amount", AnswerKind.FILES: "files"}


def _choices(step: Ask, path: Path, context: Context) -> None:
    if not step.choices:
        message = "say what can be answered: `choices`, or `answer: text`, `answer: amount` or `answer: files`"
        context.wrong(path, message)
    elif step.if_silent != SKIP and step.if_silent not in step.choices:
        names = ", ".join(step.choices)
        hint = meant(step.if_silent, [*step.choices, SKIP])
        message = f"{step.if_silent!r} is not a choice; choose one of {names}, or `skip`{hint}"
        context.wrong((*path, "if_silent"), message)
    elif step.choices.get(step.if_silent) is not None:
        message = f"{step.if_silent!r} is not always on offer, so silence cannot mean it; choose one that is"
        context.wrong((*path, "if_silent"), message)
    elif all(when is not None for when in step.choices.values()):
        message = "every choice has a condition, so that there may be none to offer; leave one open with `true`"
        context.wrong((*path, "choices"), message)


def _counts(step: Ask, path: Path, context: Context) -> None:
    for name in ("at_least", "at_most"):
        written = getattr(step, name)
        if written is not None and not (isinstance(written, int) and 1 <= written <= MOST_FILES):
            context.wrong((*path, name), f"{written!r} is no number of files; write one from 1 to {MOST_FILES}")
    if _count(step.at_least, 1) > _count(step.at_most, MOST_FILES):
        message = f"{step.at_least} files at least are more than {step.at_most} at most; swap them"
        context.wrong((*path, "at_least"), message)


def _count(written: object, unsaid: int) -> int:
    return written if isinstance(written, int) else unsaid


def _amount(step: Ask, name: str, path: Path, context: Context) -> Value | None:
    """An amount in the order's currency: computed, or one that is written and worth so much there."""
    written, where = getattr(step, name), (*path, name)
    if step.answer is not AnswerKind.AMOUNT or written is None or (name == "if_silent" and written == SKIP):
        return None
    if isinstance(written, str) and written.startswith("="):
        context.expression(where, written[1:], FactType.MONEY, skip=1)
        context.reads.add(CURRENCY)
        return Value(expr=written[1:].strip(), money=True)
    try:
        parse_amount(str(written))
    except DefinitionError as error:
        context.wrong(where, f"{error}; a computed one begins with `=`")
        return None
    context.expression(where, expression := f'money("{written}")', FactType.MONEY)
    return Value(expr=expression, money=True)


def _only_for_some(step: Ask, path: Path, context: Context) -> None:
    """Notes what only makes sense for those who are written to, or for customers alone."""
    if step.safety and step.ask != Party.CUSTOMER:
        context.wrong((*path, "safety"), "only customers are left in peace at night; leave `safety` out")
    if step.remind is not None and step.ask not in (Party.CUSTOMER, Party.MERCHANT):
        message = f"{step.ask!r} is paged until somebody takes it on, which reminds enough; leave `remind` out"
        context.wrong((*path, "remind"), message)


def _reminders(remind: Remind, step: Ask, path: Path, context: Context) -> Reminders:
    """One that comes when nobody is waited for any more would be a mistake."""
    shortest = min(step.answer_within.by_severity().model_dump().values())
    for index, after in enumerate(remind.after):
        if after >= shortest:
            message = f"{in_words(after)} is not before `answer_within`, which is {in_words(shortest)} at the least"
            context.wrong((*path, "after", index), f"{message}; remind earlier, or wait longer")
        if index and after <= remind.after[index - 1]:
            message = f"{in_words(after)} is not after {in_words(remind.after[index - 1])}; write them in order"
            context.wrong((*path, "after", index), message)
    values = context.message((*path, "message"), remind.message)
    return Reminders(message=remind.message, values=values, after=remind.after)
