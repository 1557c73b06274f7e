"""The branches of a runbook: every way that its plans, steps and conditions can go. What is repeated in rounds has its
branches once: whichever round goes that way.

Left out is what the runbook has no say in: calls whose outcome stays unknown, and undos that fail.
"""

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import assert_never

from amends.models import Model, Severity
from runbooks.catalogue import CATALOGUE, TELLING
from runbooks.program import (
    AnswerKind,
    ApproveStep,
    AskStep,
    DecideStep,
    DoStep,
    IfUndecided,
    MeasureStep,
    OnRefusal,
    Plan,
    Program,
    Rounds,
    Step,
    TellStep,
    Together,
    WaitStep,
    may_fail_plan,
    within,
)


class Way(StrEnum):
    """How a plan, a step or a severity went. The values are the ends of branch ids: add, never rename."""

    HOLDS = "holds"
    TAKEN = "taken"
    SKIPPED = "skipped"
    PASSED_OVER = "passed_over"
    UNDONE = "undone"
    APPLIED = "applied"
    REFUSED = "refused"
    CHOSEN = "chosen"
    ANSWERED = "answered"
    NOT_OFFERED = "not_offered"
    SILENCE = "silence"
    EARLY = "early"
    ON_TIME = "on_time"
    ENDED = "ended"
    TIMED_OUT = "timed_out"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    LIFTED = "lifted"
    EXHAUSTED = "exhausted"


class Branch(Model):
    """``id``: ``<step, plan or severity>/<way>[/<choice>]``, stable for a given runbook.

    ``words``: the same for people. ``hint``: how a scenario comes there.
    """

    id: str
    words: str
    hint: str


def branches(program: Program) -> tuple[Branch, ...]:
    """Every branch of a runbook, each once, in reading order."""
    return tuple(_all(program))


def branch_id(of: str, way: Way, *rest: str) -> str:
    """The id of a branch; ``rest`` is the choice that it is about, if any."""
    return "/".join((of, way, *rest))


def of_plan(name: str) -> str:
    """The part of a branch id that names a plan."""
    return f"action.{name}"


def of_severity(severity: Severity | str) -> str:
    """The part of a branch id that names a severity."""
    return f"severity.{severity}"


def _all(program: Program) -> Iterator[Branch]:
    for rule in program.severity:
        if rule.severity is not program.otherwise:
            hint = f"play an incident in which `{rule.when}` holds, and no rule before it"
            yield _branch(of_severity(rule.severity), Way.HOLDS, f"severity `{rule.severity}`", hint)
    for steps in (program.report, program.analysis):
        yield from _of_steps(steps)
    for plan in program.action:
        yield from _of_plan(plan)
        yield from _of_steps(plan.steps, plan=plan)
    yield from _of_steps(program.follow_up)


def _of_plan(plan: Plan) -> Iterator[Branch]:
    of, words = of_plan(plan.name), f"plan `{plan.name}`"
    holds = f"`{plan.when}` holds and " if plan.when is not None else ""
    yield _branch(of, Way.TAKEN, f"{words}: taken", f"play an incident in which {holds}no plan before it goes through")
    if plan.when is not None:
        hint = f"let `{plan.when}` not hold when a plan is chosen"
        yield _branch(of, Way.PASSED_OVER, f"{words}: passed over, its condition does not hold", hint)
    failing = list(_failing(plan.steps))
    if failing:
        yield _branch(of, Way.UNDONE, f"{words}: undone after a refusal", _let_fail(failing[-1]))


def _of_steps(steps: tuple[Step, ...], *, plan: Plan | None = None, at_once: bool = False) -> Iterator[Branch]:
    for step in steps:
        yield from _of_step(step, plan)
        if isinstance(step, AskStep) and step.after is not None and at_once and len(steps) > 1:
            yield from _of_holding_back(step)
        yield from _of_steps(within(step), plan=plan, at_once=isinstance(step, Together))


def _of_step(step: Step, plan: Plan | None) -> Iterator[Branch]:
    match step:
        case DoStep():
            words = f"`{step.activity}`"
            yield from _of_condition(step, words)
            yield from _of_call(step, words, plan)
        case TellStep():
            words = f"message `{step.message}`"
            yield from _of_condition(step, words)
            yield _branch(step.id, Way.APPLIED, f"{words}: sent", "play an incident that comes that far")
            yield _comes_back(step, words)
        case AskStep():
            words = f"ask `{step.question}`"
            yield from _of_condition(step, words)
            if step.to in TELLING:
                yield _comes_back(step, words)
            yield from _of_answers(step, words)
        case ApproveStep():
            words = f"approval by `{step.role}`"
            yield from _of_condition(step, words)
            yield from _of_approval(step, words, plan)
        case MeasureStep():
            words = f"measure `{step.activity}`"
            yield from _of_condition(step, words)
            yield from _of_measure(step, words, plan)
        case WaitStep():
            words = f"wait `{step.id}`"
            yield from _of_condition(step, words)
            yield _branch(step.id, Way.ENDED, f"{words}: its condition holds", f"let `{step.until}` come true in time")
            assumed = json.dumps(step.then_assume, ensure_ascii=False)
            hint = f"play an order for which `{step.until}` does not come true in time"
            yield _branch(step.id, Way.TIMED_OUT, f"{words}: timed out, assumes {assumed}", hint)
        case DecideStep():
            yield from _of_decision(step)
        case Together():
            yield from _of_condition(step, f"together `{step.id}`")
        case Rounds():
            words = f"rounds `{step.id}`"
            yield from _of_condition(step, words)
            yield _branch(
                step.id, Way.ENDED, f"{words}: its condition holds", f"let `{step.until}` hold behind a round"
            )
            hint = f"let `{step.until}` not hold behind any round"
            yield _branch(step.id, Way.EXHAUSTED, f"{words}: all {step.max} rounds without it", hint)
        case _:
            assert_never(step)


def _of_condition(step: Step, words: str) -> Iterator[Branch]:
    if step.when is not None:
        yield _branch(step.id, Way.TAKEN, f"{words}: not skipped", f"let `{step.when}` hold when its turn comes")
        yield _branch(step.id, Way.SKIPPED, f"{words}: skipped", f"let `{step.when}` not hold when its turn comes")


def _of_call(step: DoStep, words: str, plan: Plan | None) -> Iterator[Branch]:
    """A read's refusal is a branch only where the runbook says what then: elsewhere it is always a person's task."""
    if step.effect:
        yield _branch(step.id, Way.APPLIED, f"{words}: applied", "play an incident that comes that far")
    fails = plan is not None and step in _failing(plan.steps)
    if CATALOGUE[step.activity].refusals and (step.effect or fails or step.on_refusal is OnRefusal.CONTINUE):
        yield _branch(step.id, Way.REFUSED, f"{words}: refused, {_follows(step, plan)}", _let_refuse(step.activity))
    if step.undo is not None:
        hint = "cancel the incident after it" + (", before the plan has gone through" if plan is not None else "")
        behind = [each for each in _failing(plan.steps) if _is_behind(each, step, plan)] if plan is not None else []
        if behind:
            hint = f"{_is_refused(behind[-1])} after it"
        yield _branch(step.id, Way.UNDONE, f"`{step.undo.activity}`: undoes {words}", hint)


def _of_approval(step: ApproveStep, words: str, plan: Plan | None) -> Iterator[Branch]:
    asked = f"{step.role}, by: …, after: 1h}}` in a `script`"
    people = f", by {step.approvers} people" if step.approvers > 1 else ""
    yield _branch(step.id, Way.APPROVED, f"{words}: approved", f"approve it: `{{approve: {asked}{people}")
    yield _branch(step.id, Way.REJECTED, f"{words}: rejected, {_follows(step, plan)}", f"reject it: `{{reject: {asked}")
    match step.if_silent:
        case IfUndecided.ESCALATE:
            then = "a person is needed"
        case IfUndecided.REJECT:
            then = f"which counts as rejected, {_follows(step, plan)}"
        case _:
            assert_never(step.if_silent)
    yield _branch(step.id, Way.EXPIRED, f"{words}: not decided in time, {then}", "let it be asked, and nobody decide")


def _of_measure(step: MeasureStep, words: str, plan: Plan | None) -> Iterator[Branch]:
    yield _branch(step.id, Way.APPLIED, f"{words}: switched on", "play an incident that comes that far")
    if CATALOGUE[step.activity].refusals:
        yield _branch(step.id, Way.REFUSED, f"{words}: refused, {_follows(step, plan)}", _let_refuse(step.activity))
    hint = f"let `{step.until}` come true behind it, or the incident end"
    yield _branch(step.id, Way.LIFTED, f"`{step.lift.activity}`: lifts {words}", hint)


def _comes_back(step: TellStep | AskStep, words: str) -> Branch:
    hint = f"{_let_refuse(TELLING[step.to])}, behind `trouble: none` for the messages before it"
    return _branch(step.id, Way.REFUSED, f"{words}: comes back, {_then(step.on_refusal)}", hint)


def _of_answers(step: AskStep, words: str) -> Iterator[Branch]:
    by = "by: …, after: 1h}` in a `script`" if step.role is not None else "after: 1h}` in a `script`"
    if step.answer is not AnswerKind.CHOICE:
        hint = f"answer it: `{{answer: {step.question}, {step.answer}: …, {by}"
        yield _branch(step.id, Way.ANSWERED, f"{words}: answered", hint)
    for choice in step.choices:
        hint = f"answer it: `{{answer: {step.question}, choice: {choice.name}, {by}"
        yield _branch(step.id, Way.CHOSEN, f"{words}: `{choice.name}` is chosen", hint, choice.name)
        if choice.when is not None:
            hint = f"let `{choice.when}` not hold when the question goes out"
            yield _branch(step.id, Way.NOT_OFFERED, f"{words}: `{choice.name}` is not offered", hint, choice.name)
    yield _branch(step.id, Way.SILENCE, f"{words}: silence", "let it be asked, and nobody answer")


def _of_decision(step: DecideStep) -> Iterator[Branch]:
    conditions = {choice.name: choice.when for choice in step.choices}
    for name in dict.fromkeys([*conditions, step.otherwise]):
        holds = f"let `{conditions[name]}` hold" if name in conditions else "let none of its conditions hold"
        words = f"decision `{step.fact}`: `{name}`"
        yield _branch(step.id, Way.CHOSEN, words, f"{holds} when its turn comes", name)


def _of_holding_back(step: AskStep) -> Iterator[Branch]:
    words = f"ask `{step.question}`"
    early = f"{words}: asked early, all that runs beside it is done"
    yield _branch(step.id, Way.EARLY, early, "let all that runs beside it be done before its `after` is over")
    on_time = f"{words}: asked when its `after` is over"
    yield _branch(step.id, Way.ON_TIME, on_time, "let what runs beside it last longer than its `after`")


_MayFail = DoStep | MeasureStep | ApproveStep


def _failing(steps: tuple[Step, ...]) -> Iterator[_MayFail]:
    """The steps of a plan whose refusal fails it: those that come when nothing final has been done for certain."""
    for step in steps:
        for each in _as_written((step,)):
            if isinstance(each, _MayFail) and may_fail_plan(each) and _can_be_refused(each):
                yield each
        if _is_surely_final(step):
            return


def _can_be_refused(step: _MayFail) -> bool:
    return isinstance(step, ApproveStep) or bool(CATALOGUE[step.activity].refusals)


def _as_written(steps: tuple[Step, ...]) -> Iterator[Step]:
    """The steps and those within them, each once."""
    for step in steps:
        yield step
        yield from _as_written(within(step))


def _is_surely_final(step: Step) -> bool:
    if isinstance(step, Together | Rounds):
        return step.when is None and any(_is_surely_final(child) for child in within(step))
    return isinstance(step, DoStep) and step.final and step.when is None and may_fail_plan(step)


def _is_behind(one: Step, other: Step, plan: Plan) -> bool:
    order = [step.id for step in _as_written(plan.steps)]
    return order.index(one.id) > order.index(other.id)


def _follows(step: _MayFail, plan: Plan | None) -> str:
    """What comes of it that a step is refused or rejected."""
    if plan is not None and step in _failing(plan.steps):
        return f"plan `{plan.name}` fails"
    return _then(step.on_refusal)


def _let_fail(step: _MayFail) -> str:
    if isinstance(step, ApproveStep):
        return f"reject it: `{{reject: {step.role}, by: …, after: 1h}}` in a `script`"
    return _let_refuse(step.activity)


def _is_refused(step: _MayFail) -> str:
    if isinstance(step, ApproveStep):
        return f"let `{step.role}` reject what it is asked"
    return f"let `{step.activity}` be refused"


def _let_refuse(activity: str) -> str:
    return f"let `faults` refuse `{activity}` ({', '.join(CATALOGUE[activity].refusals)})"


def _then(on_refusal: OnRefusal) -> str:
    match on_refusal:
        case OnRefusal.CONTINUE:
            return "it goes on without"
        case OnRefusal.TASK:
            return "a person is needed"
        case _:
            assert_never(on_refusal)


def _branch(of: str, way: Way, words: str, hint: str, *rest: str) -> Branch:
    return Branch(id=branch_id(of, way, *rest), words=words, hint=hint)
