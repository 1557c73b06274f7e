"""Whether what people do in a scenario means something: its names are those of the runbook and its people."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from amends.errors import DefinitionError
from amends.models import Party
from drills.written_acts import (
    WrittenAcknowledge,
    WrittenAct,
    WrittenAnswer,
    WrittenApprove,
    WrittenAssign,
    WrittenCancel,
    WrittenChoose,
    WrittenEscalate,
    WrittenNews,
    WrittenNote,
    WrittenReject,
    WrittenReport,
    WrittenResume,
    WrittenRetry,
    WrittenSettle,
    WrittenSeverity,
    WrittenSkip,
    WrittenSnooze,
    WrittenSuspend,
    WrittenTakeOver,
    WrittenWaive,
)
from runbooks.amounts import parse_amount
from runbooks.bundle import Bundle
from runbooks.program import AnswerKind, ApproveStep, AskStep, DoStep, MeasureStep, TellStep, WaitStep
from runbooks.suggestions import meant
from workflows.beside import confirmation
from workflows.news import FACTS

Mistake = tuple[str, str]
"""The key whose value is wrong (empty for the whole act), and what is wrong with it."""

_OF_A_CALL = ("unknown", "refused", "undo")
_OF_A_STEP = ("rejected", "undecided", "not_reckoned")
_PLAIN = ("no_plan_left", "books_differ", "taken_over")
_UNPROTECTED = "unprotected"
_WAIVE = "waive:"


CONFIRMATIONS = range(1, 5)
"""How often the customer may be asked in one scenario whether the cause is gone, and more."""


def asks_of(bundle: Bundle) -> dict[str, AskStep]:
    """The questions of a runbook, by their steps and by their messages; behind those of its stages the one whether the
    cause is gone, each time that it may be asked."""
    asks = [step for step in bundle.program.all_steps() if isinstance(step, AskStep)]
    confirmed = next((rule for rule in bundle.clears if rule.confirm is not None), None)
    if confirmed is not None:
        asks += [confirmation(confirmed, number) for number in CONFIRMATIONS]
    return {name: ask for ask in reversed(asks) for name in (ask.question, ask.id)}


def approvals_of(bundle: Bundle) -> list[str]:
    """What a scenario may call the approvals of a runbook: their roles, and their steps."""
    steps = [step for step in bundle.program.all_steps() if isinstance(step, ApproveStep)]
    asked = [(step.role, step.id) for step in steps] + protecting_approvals(bundle)
    return [*dict.fromkeys(role for role, _ in asked), *(step for _, step in asked)]


def protecting_approvals(bundle: Bundle) -> list[tuple[str, str]]:
    """The approvals without which a deadline of others is not protected: role and step."""
    return [(each.approve, f"external.{each.name}.approve") for each in bundle.external if each.approve is not None]


def protecting_steps(bundle: Bundle) -> list[str]:
    """The steps that protect the deadlines of others by themselves."""
    return [f"external.{each.name}" for each in bundle.external if each.protect_by is not None]


def people_of(bundle: Bundle) -> list[str]:
    """All who have a role in a runbook, sorted."""
    return sorted({person for role in bundle.roles.values() for person in role.team})


def mistakes(act: WrittenAct, bundle: Bundle) -> Iterator[Mistake]:
    """All that is wrong in one act."""
    match act:
        case WrittenAnswer():
            yield from _answer(act, bundle)
            yield from _once(act.at is None, act.after is None, "the question was asked")
        case WrittenApprove():
            yield from _approval("approve", act.approve, bundle)
            yield from _person(act.by, bundle)
            yield from _once(act.at is None, act.after is None, "the approval was asked for")
        case WrittenReject():
            yield from _approval("reject", act.reject, bundle)
            yield from _person(act.by, bundle)
            yield from _once(act.at is None, act.after is None, "the approval was asked for")
        case WrittenRetry():
            yield from _task("retry", act.retry, bundle)
            yield from _once(act.at is None, act.after is None, "the task was opened")
        case WrittenChoose():
            plans = [plan.name for plan in bundle.program.action]
            yield from _known("choose", "the runbook has no plan", act.choose, plans)
            yield from _once(act.at is None, act.after is None, "no plan was left")
        case WrittenSettle():
            yield from _task("settle", act.settle, bundle)
            if act.settle.startswith("unknown:") and act.happened is None:
                yield "", "nobody knows whether it happened; say what was found out: `happened: true` or `false`"
            yield from _once(act.at is None, act.after is None, "the task was opened")
        case WrittenWaive():
            yield from _task("waive", act.waive, bundle)
            if not act.waive.startswith(("undo:", "books_differ")):
                yield "waive", f"only what could not be undone, or books that differ, can be let be, not {act.waive!r}"
            yield from _person(act.by, bundle)
            yield from _once(act.at is None, act.after is None, "the task was opened")
        case WrittenAcknowledge():
            yield from _paged("acknowledge", act.acknowledge, bundle)
            yield from _once(act.at is None, act.after is None, "people were paged")
        case WrittenEscalate() | WrittenSnooze():
            yield from _paged("by", act.by, bundle)
            yield from _once(act.at is None, act.after is None, "people were paged")
        case WrittenSuspend():
            if act.suspend is Party.US:
                yield "suspend", "nobody stops the clocks for ourselves; name who is waited for"
        case WrittenAssign():
            yield from _person(act.assign, bundle, key="assign", complaint="of the roles that act here nobody is")
            if act.task is not None:
                yield from _task("task", act.task, bundle)
            yield from _once(act.at is None, act.after is None, "the task was opened")
        case WrittenResume():
            yield from _once(act.at is None, act.after is None, "it was suspended")
        case WrittenSkip():
            yield from _known("skip", "the runbook has nothing to skip named", act.skip, _skippable(bundle))
            yield from _once(act.at is None, act.after is None, "its step began to wait, ask, or need a person")
        case WrittenNews():
            yield from _news(act, bundle)
        case WrittenNote() | WrittenSeverity() | WrittenTakeOver() | WrittenReport() | WrittenCancel():
            pass
        case _:
            assert_never(act)


def task_mistakes(key: str, task: str, bundle: Bundle) -> Iterator[Mistake]:
    """What is wrong with the id of a person's task."""
    return _task(key, task, bundle)


def _answer(act: WrittenAnswer, bundle: Bundle) -> Iterator[Mistake]:
    asks = asks_of(bundle)
    wrong = list(_known("answer", "the runbook has no question", act.answer, asks))
    yield from wrong
    if not wrong:
        yield from _said(act, asks[act.answer])
        yield from _asked_person(act, asks[act.answer], bundle)


def _said(act: WrittenAnswer, ask: AskStep) -> Iterator[Mistake]:
    """What is wrong with what is answered: it is to be of the kind that is asked for."""
    wanted = ask.answer.value
    if getattr(act, wanted) is None:
        there_are = f", one of {', '.join(choice.name for choice in ask.choices)}" if ask.choices else ""
        yield "", f"{act.answer} is answered by `{wanted}`{there_are}; say it"
    for kind in AnswerKind:
        if kind is not ask.answer and getattr(act, kind.value) is not None:
            yield kind.value, f"{act.answer} is answered by `{wanted}`; leave `{kind.value}` out"
    if act.choice is not None and ask.choices:
        yield from _known("choice", f"{act.answer} has no choice", act.choice, [each.name for each in ask.choices])
    if act.amount is not None:
        try:
            parse_amount(act.amount)
        except DefinitionError as error:
            yield "amount", str(error)


def _asked_person(act: WrittenAnswer, ask: AskStep, bundle: Bundle) -> Iterator[Mistake]:
    if ask.role is None:
        return
    team = bundle.roles[ask.role].team if ask.role in bundle.roles else ()
    if act.by is None:
        yield "", f"{act.answer} is asked of {ask.role!r}; say who answers, with `by`: one of {', '.join(team)}"
    elif team:
        yield from _known("by", f"of {ask.role!r} nobody is", act.by, team)


def _news(act: WrittenNews, bundle: Bundle) -> Iterator[Mistake]:
    """A fact that the runbook does not know is left out of the news, and the timeline says so: here it is a slip."""
    facts = act.data.get(FACTS, {})
    if not isinstance(facts, dict):
        yield "data", "facts are given by their paths: `facts: {parcel.status: delivered}`"
        return
    for path in facts:
        yield from _known("data", "the runbook knows no fact", path, bundle.facts)


def _approval(key: str, named: str, bundle: Bundle) -> Iterator[Mistake]:
    if named.startswith(_WAIVE):
        yield from _task(key, named.removeprefix(_WAIVE), bundle)
    else:
        yield from _known(key, "the runbook has no approval of", named, approvals_of(bundle))


def _person(
    who: str, bundle: Bundle, *, key: str = "by", complaint: str = "of the roles that may decide nobody is"
) -> Iterator[Mistake]:
    people = people_of(bundle)
    if people:
        yield from _known(key, complaint, who, people)


def _paged(key: str, who: str, bundle: Bundle) -> Iterator[Mistake]:
    if not bundle.escalation:
        yield key, "the runbook pages nobody; give it an `escalation`, or leave this out"
    elif people_of(bundle):
        yield from _known(key, "of the roles that act here nobody is", who, people_of(bundle))


def _skippable(bundle: Bundle) -> list[str]:
    """The steps that a person may have skipped, if they wait, ask, or are left to a person."""
    kinds = AskStep | WaitStep | DoStep | TellStep | MeasureStep
    return [step.id for step in bundle.program.all_steps() if isinstance(step, kinds)]


def _task(key: str, task: str, bundle: Bundle) -> Iterator[Mistake]:
    kind, _, about = task.partition(":")
    if task in _PLAIN:
        return
    if kind == _UNPROTECTED:
        yield from _known(key, "the runbook watches no deadline", about, [each.name for each in bundle.external])
        return
    if kind not in (*_OF_A_CALL, *_OF_A_STEP) or not about:
        forms = [*(f"{each}:<step>/<try>" for each in _OF_A_CALL), *(f"{each}:<step>" for each in _OF_A_STEP), *_PLAIN]
        yield key, f"{task!r} is no task; tasks are {', '.join(forms)}"
        return
    step = about.partition("/")[0] if kind in _OF_A_CALL else about
    own = [each.id for each in bundle.program.all_steps()]
    steps = [*own, *protecting_steps(bundle), *(each for _, each in protecting_approvals(bundle))]
    yield from _known(key, "the runbook has no step", step, steps)
    if step in steps and kind in _OF_A_CALL and step == about:
        yield key, f"{task!r} lacks the try behind the step, such as {task}/1"


def _once(no_at: bool, no_after: bool, came_up: str) -> Iterator[Mistake]:
    if no_at == no_after:
        yield "", f"say when: either `at`, from the opening, or `after`, from when {came_up}"


def _known(key: str, complaint: str, word: str, known: Iterable[str]) -> Iterator[Mistake]:
    names = list(known)
    if word not in names:
        there_are = f"; there are {', '.join(sorted(set(names)))}" if names else "; there is none"
        yield key, f"{complaint} {word!r}{meant(word, names) or there_are}"
