"""From the steps that people write to those that are explained."""

from collections.abc import Callable, Mapping
from typing import TypeGuard, assert_never

from pydantic import JsonValue

from amends.models import Money, Party, Severity
from runbooks.amounts import parse_amount
from runbooks.bundle import MessageText
from runbooks.catalogue import CATALOGUE, TELLING, ActivitySpec
from runbooks.explaining.conditions import Amount, Condition, Given, Operand
from runbooks.explaining.items import (
    ApproveItem,
    AskItem,
    Assumed,
    ChoiceItem,
    DecideItem,
    DoItem,
    Input,
    Item,
    Limit,
    Look,
    MeasureItem,
    Message,
    PlanItem,
    Refusal,
    RoundsItem,
    TellItem,
    Then,
    Times,
    TogetherItem,
    WaitItem,
)
from runbooks.explaining.understanding import read_condition, read_operand
from runbooks.language.approvals import amount_of
from runbooks.language.durations import Durations
from runbooks.language.facts import within
from runbooks.language.step_shapes import (
    AnyStep,
    Approve,
    Ask,
    Decide,
    Do,
    Measure,
    PlanSteps,
    Rounds,
    Tell,
    TogetherSteps,
    Unreadable,
    Wait,
)
from runbooks.language.words import SKIP
from runbooks.policy import RemedyPolicy
from runbooks.program import MOST_FILES, AnswerKind, OnRefusal


def condition_of(text: str | None) -> Condition | None:
    return None if text is None else read_condition(text)


def message_of(key: str, texts: Callable[[str], Mapping[str, MessageText]]) -> Message:
    """The message with its subjects. ``texts``: a message's key → its text by language."""
    return Message(key=key, subjects={language: text.subject for language, text in texts(key).items()})


def times_of(written: Durations, severities: tuple[Severity, ...]) -> Times:
    """The durations of the severities that there can be."""
    each = written.by_severity()
    return Times(by={severity: each.of(severity) for severity in severities})


class Steps:
    """Explains the steps of one runbook, which must be right. ``texts``: a message's key → its text by language.
    ``severities``: those that the runbook can give. ``remedies``: how much may be given."""

    def __init__(
        self,
        texts: Callable[[str], Mapping[str, MessageText]],
        severities: tuple[Severity, ...],
        remedies: RemedyPolicy | None,
    ) -> None:
        self._texts, self._severities, self._remedies = texts, severities, remedies

    def items(self, steps: tuple[AnyStep, ...]) -> tuple[Item, ...]:
        """The steps of a stage that has no plans."""
        return tuple(self._item(step, None) for step in steps)

    def plan(self, written: PlanSteps) -> PlanItem:
        plan, items = _Plan(), []
        for number, step in enumerate(written.steps, start=1):
            plan.left = written.steps[number:]
            items.append(self._item(step, plan))
        return PlanItem(name=written.plan, only_if=condition_of(written.when), items=tuple(items))

    def _item(self, step: AnyStep, plan: "_Plan | None", *, sure: bool = True, beside: bool = False) -> Item:
        """``plan``: what was done before in the plan that the step is in; ``sure``: what it stands in is not skipped;
        ``beside``: it runs at once with others."""
        sure = sure and getattr(step, "when", None) is None
        match step:
            case Do():
                return self._do(step, plan, sure=sure)
            case Tell():
                refusal = Refusal(then=Then(step.on_refusal.value), reasons=CATALOGUE[TELLING[step.tell]].refusals)
                return TellItem(
                    only_if=condition_of(step.when),
                    to=step.tell,
                    message=message_of(step.message, self._texts),
                    safety=step.safety,
                    refusal=refusal,
                )
            case Ask():
                return self._ask(step, beside=beside)
            case Approve():
                return ApproveItem(
                    only_if=condition_of(step.when),
                    role=step.approve,
                    amount=_amount(step, plan),
                    approvers=step.approvers,
                    within=times_of(step.decide_within, self._severities),
                    if_silent=step.if_silent,
                    rejected=_refusal((), step.on_refusal, plan, passes=False),
                )
            case Decide():
                return DecideItem(fact=step.decide, choices=_choices(step.choices), otherwise=step.otherwise)
            case Measure():
                return MeasureItem(
                    only_if=condition_of(step.when),
                    activity=step.measure,
                    inputs=_inputs(step.with_),
                    lift=step.lift,
                    until=read_condition(step.until),
                    refusal=_refusal(CATALOGUE[step.measure].refusals, step.on_refusal, plan),
                )
            case Wait():
                return self._wait(step)
            case TogetherSteps():
                return TogetherItem(
                    only_if=condition_of(step.when), items=self._inner(step.together, plan, sure=sure, beside=True)
                )
            case Rounds():
                return RoundsItem(
                    only_if=condition_of(step.when),
                    most=step.rounds.max,
                    until=read_condition(step.rounds.until),
                    items=self._inner(step.rounds.steps, plan, sure=sure, beside=False),
                )
            case Unreadable():
                raise AssertionError("a checked runbook has no unreadable steps")
            case _:
                assert_never(step)

    def _inner(self, steps: tuple[AnyStep, ...], plan: "_Plan | None", *, sure: bool, beside: bool) -> tuple[Item, ...]:
        """What runs beside a step, or comes again in another round, may have been done before it wherever it stands."""
        if plan is not None and _has_final(steps):
            plan.done_final(sure=False)
        items = tuple(self._item(step, plan, sure=sure and not beside, beside=beside) for step in steps)
        if plan is not None and sure and any(_is_final(step) and _is_surely_done(step) for step in steps):
            plan.done_final(sure=True)
        return items

    def _do(self, step: Do, plan: "_Plan | None", *, sure: bool) -> DoItem:
        spec = CATALOGUE[step.do]
        refusal = _refusal(spec.refusals, step.on_refusal, plan)
        if plan is not None and spec.final:
            plan.done_final(sure=sure and _is_surely_done(step))
        return DoItem(
            only_if=condition_of(step.when),
            activity=step.do,
            inputs=_inputs(step.with_),
            effect=spec.effect,
            undone_by=step.undo,
            final=spec.final,
            refusal=refusal if spec.refusals else None,
            limit=self._limit(spec),
            otherwise=tuple(
                Assumed(path=f"{step.save_as}.{name}", value=value)
                for name, value in sorted((step.otherwise or {}).items())
            ),
        )

    def _limit(self, spec: ActivitySpec) -> Limit | None:
        if spec.remedy is None or self._remedies is None:
            return None
        cap, per_day = self._remedies.caps.get(spec.remedy.head), self._remedies.per_day.get(spec.remedy.head)
        return Limit(cap=cap, per_day=per_day) if cap or per_day else None

    def _ask(self, step: Ask, *, beside: bool) -> AskItem:
        party = Party(step.ask) if step.ask in TELLING else Party.US
        told = CATALOGUE[TELLING[party]].refusals if party in TELLING else None
        counts = step.answer is AnswerKind.FILES
        return AskItem(
            only_if=condition_of(step.when),
            to=party,
            role=step.ask if party is Party.US else None,
            question=message_of(step.question, self._texts),
            safety=step.safety,
            after=times_of(step.after, self._severities) if step.after else None,
            beside_others=beside,
            answer=step.answer,
            choices=_choices(step.choices),
            at_least=_answer(step, step.at_least) if not counts else None,
            at_most=_answer(step, step.at_most) if not counts else None,
            fewest=step.at_least if counts and isinstance(step.at_least, int) else 1,
            most=step.at_most if counts and isinstance(step.at_most, int) else MOST_FILES,
            within=times_of(step.answer_within, self._severities),
            reminded=step.remind.after if step.remind else (),
            reminder=message_of(step.remind.message, self._texts) if step.remind else None,
            if_silent=None if step.if_silent == SKIP else _answer(step, step.if_silent),
            save_as=step.save_as,
            otherwise=_answer(step, step.otherwise),
            refusal=Refusal(then=Then(step.on_refusal.value), reasons=told) if told is not None else None,
        )

    def _wait(self, step: Wait) -> WaitItem:
        return WaitItem(
            only_if=condition_of(step.when),
            until=read_condition(step.wait),
            look=Look(activity=step.check.do, every=step.check.every) if step.check else None,
            at_most=times_of(step.at_most, self._severities),
            assumed=tuple(Assumed(path=path, value=value) for path, value in sorted(step.then_assume.items())),
            waiting_for=step.waiting_for,
        )


class _Plan:
    """What a plan has done by a step: whether something that cannot be called back may have been, or has been; and
    which steps are ``left`` behind it."""

    def __init__(self) -> None:
        self.maybe_final = self.surely_final = False
        self.left: tuple[AnyStep, ...] = ()

    def done_final(self, *, sure: bool) -> None:
        self.maybe_final, self.surely_final = True, self.surely_final or sure


def _is_final(step: AnyStep) -> TypeGuard[Do]:
    return isinstance(step, Do) and CATALOGUE[step.do].final


def _is_surely_done(step: Do) -> bool:
    """Whether no plan goes past a step without it: neither skipped, nor refused and passed over."""
    return step.when is None and step.on_refusal is not OnRefusal.CONTINUE


def _has_final(steps: tuple[AnyStep, ...]) -> bool:
    inner = (
        step.together if isinstance(step, TogetherSteps) else step.rounds.steps if isinstance(step, Rounds) else ()
        for step in steps
    )
    return any(map(_is_final, steps)) or any(map(_has_final, inner))


def _refusal(reasons: tuple[str, ...], on_refusal: OnRefusal, plan: _Plan | None, *, passes: bool = True) -> Refusal:
    """``passes``: a plan may go on without the step, if that is what is written."""
    written = Then(on_refusal.value)
    if plan is None or plan.surely_final or (passes and written is Then.CONTINUE):
        return Refusal(reasons=reasons, then=written)
    return Refusal(reasons=reasons, then=Then.PLAN_FAILS, after_final=written if plan.maybe_final else None)


def _amount(step: Approve, plan: _Plan | None) -> Operand | None:
    """As it is written, or as what comes behind it in the plan spends."""
    behind = plan.left if plan is not None else ()
    spent = (amount_of(each) for outer in behind for each in within(outer))
    written = step.amount if step.amount is not None else next((each for each in spent if each is not None), None)
    return None if written is None else _operand(written)


def _answer(step: Ask, written: JsonValue) -> Operand | None:
    """What stands for an answer, or bounds it; amounts are computed, or written as people do."""
    if written is None:
        return None
    if step.answer is not AnswerKind.AMOUNT:
        return _given(written)
    text = str(written)
    return read_operand(text[1:]) if text.startswith("=") else Amount(money=parse_amount(text))


def _choices(written: Mapping[str, str | None]) -> tuple[ChoiceItem, ...]:
    return tuple(ChoiceItem(name=name, when=condition_of(when)) for name, when in written.items())


def _inputs(written: Mapping[str, JsonValue]) -> tuple[Input, ...]:
    """What a reader wants to know of the inputs: not the ids that only say of which thing."""
    return tuple(
        Input(name=name, value=_operand(value)) for name, value in sorted(written.items()) if not name.endswith("_id")
    )


def _operand(value: JsonValue) -> Operand:
    match value:
        case str() if value.startswith("="):
            return read_operand(value[1:])
        case {"amount": int(amount), "currency": str(currency)}:
            return Amount(money=Money(amount=amount, currency=currency))
        case _:
            return _given(value)


def _given(value: JsonValue) -> Given:
    return Given(value=value if isinstance(value, bool | int | float | str) else str(value))
