"""What a plan has to know before it can be followed. A checked plan finds it all, unless the stages before the action
were cut short."""

from collections.abc import Iterator

from amends.models import Stage
from runbooks.bundle import Bundle
from runbooks.expressions import CURRENCY, read_beside
from runbooks.language.guards import needed_by, proven_by
from runbooks.program import (
    AnswerKind,
    ApproveStep,
    AskStep,
    DecideStep,
    DoStep,
    MeasureStep,
    Plan,
    Step,
    Value,
    WaitStep,
    walk,
)
from runbooks.scanning import scan
from workflows import facts
from workflows.state import State


def unknown(state: State, plan: Plan, *, whatever: bool = False) -> list[str]:
    """The facts that a plan reads, that it does not find out itself, and that are not known. ``whatever``: whether it
    is to be followed whatever its own condition says."""
    return _not_known(state, _needed(None if whatever else plan.when, plan.steps, found=frozenset()))


def lacking(state: State, bundle: Bundle, stages: tuple[Stage, ...], *, found: frozenset[str]) -> list[str]:
    """The facts that ``stages`` read in a text, in their order, and that are neither known nor ``found`` (by their
    roots) nor found out by a step before. What only one of several plans finds out counts as found: the plan that
    reads it is checked by itself."""
    missing: set[str] = set()
    for stage in stages:
        for when, steps in _sequences(bundle, stage):
            missing |= _needed(when, steps, found=found)
        found |= saved_in(bundle, stage)
    return _not_known(state, missing)


def saved_in(bundle: Bundle, stage: Stage) -> frozenset[str]:
    """The roots of the facts that the steps of a stage set."""
    return frozenset(name for _, steps in _sequences(bundle, stage) for step in walk(steps) for name in _saved_by(step))


def _sequences(bundle: Bundle, stage: Stage) -> list[tuple[str | None, tuple[Step, ...]]]:
    """The plans of a stage, or its steps, each with its condition."""
    if stage is Stage.ACTION:
        return [(plan.when, plan.steps) for plan in bundle.program.action]
    return [(None, bundle.program.steps_of(stage))]


def _needed(when: str | None, steps: tuple[Step, ...], *, found: frozenset[str]) -> set[str]:
    """What is read on the way, and not ``found`` before that, by its root."""
    needed = _without(_in_expression(when), found) if when is not None else set()
    for step in walk(steps):
        if step.when is not None:
            needed |= _without(_in_expression(step.when), found)
        proven = proven_by(step.when) if step.when is not None else frozenset()
        needed |= _without(set(_read_by(step)) - proven, found)
        found |= set(_saved_by(step))
    return needed


def _not_known(state: State, paths: set[str]) -> list[str]:
    return sorted(path for path in paths if not facts.known(state, path))


def _read_by(step: Step) -> Iterator[str]:
    """The facts that must be known when a step's turn comes. What a message names may be shown as ``—``; rounds and
    measures whose end is not known go on."""
    match step:
        case DoStep() | MeasureStep():
            for value in step.inputs.values():
                yield from _in_value(value)
        case ApproveStep():
            yield from _in_value(step.amount)
        case AskStep() | DecideStep():
            for choice in step.choices:
                yield from _in_expression(choice.when or "true")
            if isinstance(step, AskStep):
                for amount in (step.at_least, step.at_most, step.if_silent, step.otherwise):
                    yield from _in_value(amount if isinstance(amount, Value) else None)
                if step.answer is AnswerKind.AMOUNT:
                    yield CURRENCY
        case WaitStep():
            yield from _in_expression(step.until)
            for value in step.check.inputs.values() if step.check is not None else ():
                yield from _in_value(value)
        case _:
            pass


def _saved_by(step: Step) -> Iterator[str]:
    """The roots of the facts that a step sets."""
    match step:
        case DoStep(save_as=str(name)) | AskStep(save_as=str(name)) | DecideStep(fact=name):
            yield name
        case WaitStep():
            if step.check is not None:
                yield step.check.save_as
            yield from (path.split(".")[0] for path in step.then_assume)
        case _:
            pass


def _in_value(value: Value | None) -> Iterator[str]:
    if value is None or value.expr is None:
        return
    yield from _in_expression(value.expr)
    if value.money:
        yield CURRENCY


def _in_expression(text: str) -> set[str]:
    return {name.path for name in needed_by(text)} | set(read_beside(scan(text)))


def _without(paths: set[str], roots: frozenset[str]) -> set[str]:
    return {path for path in paths if path.split(".")[0] not in roots}
