"""Which facts a runbook can know, and their types: its report's fields, what its steps save, the incident's own."""

import json
from collections.abc import Iterator
from datetime import datetime
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, assert_never, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, JsonValue, TypeAdapter, ValidationError

from amends.errors import DefinitionError
from amends.models import Money
from runbooks.answer_times import ANSWER_WITHIN
from runbooks.binding import bind
from runbooks.catalogue import CATALOGUE
from runbooks.language.problems import Problem
from runbooks.language.source import Path, Source
from runbooks.language.step_shapes import AnyStep, Ask, Decide, Do, Rounds, TogetherSteps, Wait
from runbooks.language.surface import Runbook
from runbooks.program import AnswerKind, FactType

INCIDENT = {"incident.severity": FactType.STRING, "incident.contacts": FactType.INT}
RESERVED = frozenset({"report", "incident", "customer", "merchant", ANSWER_WITHIN})
"""Roots of facts that no step may save."""


class Known(NamedTuple):
    """The type of every fact path; ``optional``: those that a report may lack; ``nullable``: those that an activity may
    leave open; ``uncertain``: names of which nothing can be known, because what saves them is wrong; ``problems``: what
    is wrong with the names under which facts are saved."""

    types: dict[str, FactType]
    optional: frozenset[str]
    nullable: frozenset[str]
    uncertain: frozenset[str]
    problems: tuple[Problem, ...]


def known_facts(runbook: Runbook, source: Source, lost: frozenset[str] = frozenset()) -> Known:
    """All facts of a runbook, in whatever order its steps come. ``lost``: names that unreadable steps would save."""
    types = dict(INCIDENT) | {f"report.{name}": field.type for name, field in runbook.report.items()}
    uncertain, nullable = set(lost), set[str]()
    problems: list[Problem] = []
    for where, name, saved, open_fields, _ in saves(runbook):
        nullable |= open_fields
        if name in RESERVED:
            problems.append(source.problem(where, f"{name!r} is reserved for the incident's own facts; choose another"))
        elif saved is None:
            uncertain.add(name)
        elif _clash(saved, types):
            problems.append(source.problem(where, f"{name!r} is saved with another shape elsewhere; choose another"))
        else:
            types |= saved
    optional = frozenset(f"report.{name}" for name, field in runbook.report.items() if field.optional)
    return Known(types, optional, frozenset(nullable), frozenset(uncertain), tuple(problems))


def every_step(runbook: Runbook) -> Iterator[tuple[Path, AnyStep]]:
    """Every step with its path in the file, also those within a ``together``."""
    stages = runbook.stages
    for name, steps in (("report", stages.report), ("analysis", stages.analysis), ("follow_up", stages.follow_up)):
        yield from _walk(steps, ("stages", name))
    for index, plan in enumerate(stages.action):
        yield from _walk(plan.steps, ("stages", "action", index, "steps"))


def within(step: AnyStep) -> Iterator[AnyStep]:
    """A step and, if it holds others, those within it."""
    return (each for _, each in _walk((step,), ()))


class Saved(NamedTuple):
    """A name that a step saves, and where it stands. ``facts`` are not set if nothing is known of them; ``nullable``
    are those of them that may be left open. ``for_the_record``: it is of use though nothing reads it."""

    where: Path
    name: str
    facts: dict[str, FactType] | None
    nullable: frozenset[str] = frozenset()
    for_the_record: bool = False


def saves(runbook: Runbook) -> Iterator[Saved]:
    """Everything that a runbook saves: its steps, in reading order, and what clears it."""
    for path, step in every_step(runbook):
        if isinstance(step, Ask) and step.save_as:
            yield Saved((*path, "save_as"), step.save_as, answered(step), for_the_record=True)
        if isinstance(step, Decide):
            yield Saved((*path, "decide"), step.decide, {step.decide: FactType.STRING}, for_the_record=True)
        if isinstance(step, Do) and step.save_as:
            yield _result((*path, "save_as"), step.do, step.save_as)
        if isinstance(step, Wait) and step.check:
            yield _result((*path, "check", "save_as"), step.check.do, step.check.save_as)
    for where, name in confirmed(runbook):
        yield Saved(where, name, {name: FactType.STRING}, for_the_record=True)


def confirmed(runbook: Runbook) -> Iterator[tuple[Path, str]]:
    """The names under which it is kept what a customer has said when asked whether the cause is gone."""
    for index, rule in enumerate(runbook.clears):
        if rule.confirm is not None and rule.confirm.save_as is not None:
            yield ("clears", index, "confirm", "save_as"), rule.confirm.save_as


def answered(step: Ask) -> dict[str, FactType]:
    """The facts that an answer becomes."""
    name = str(step.save_as)
    match step.answer:
        case AnswerKind.CHOICE | AnswerKind.TEXT:
            return {name: FactType.STRING}
        case AnswerKind.AMOUNT:
            return {name: FactType.MONEY}
        case AnswerKind.FILES:
            return {f"{name}.count": FactType.INT, f"{name}.digests": FactType.STRING}
        case _:
            assert_never(step.answer)


def fields_of(model: type[BaseModel]) -> dict[str, FactType]:
    """The types of a model's fields. Raises ``TypeError`` for a field that no fact can be."""
    return {name: fact_type(field.annotation) for name, field in model.model_fields.items()}


def words_of(model: type[BaseModel]) -> dict[str, frozenset[str]]:
    """All that a text can be, for each of a model's fields whose values are a closed set."""
    bare = {name: _bare(field.annotation) for name, field in model.model_fields.items()}
    return {name: frozenset(get_args(each)) for name, each in bare.items() if get_origin(each) is Literal}


def fact_type(annotation: Any) -> FactType:
    """The fact type of an annotation; of ``X | None`` that of ``X``. Raises ``TypeError`` if there is none."""
    bare = _bare(annotation)
    if get_origin(bare) is Literal and all(isinstance(each, str) for each in get_args(bare)):
        return FactType.STRING
    for kind, types in _PYTHON.items():
        if bare in types:
            return kind
    raise TypeError(f"{annotation!r} can be no fact: it is none of text, number, truth, time and money")


def fits(kind: FactType, value: JsonValue) -> bool:
    """Whether a literal is of a fact's type, so that expressions can be computed with it: a time is of our days, for
    what systems write for never, or for not known, leads beyond all calendars."""
    try:
        _ADAPTERS[kind].validate_json(json.dumps(value), strict=True)
        bound = bind("", kind, value, currency=None)
    except (ValidationError, DefinitionError):
        return False
    return not isinstance(bound, datetime) or _OLDEST <= bound.year <= _NEWEST


_OLDEST, _NEWEST = 1900, 2199

_PYTHON: dict[FactType, tuple[Any, ...]] = {
    FactType.STRING: (str,),
    FactType.INT: (int,),
    FactType.DOUBLE: (float,),
    FactType.BOOL: (bool,),
    FactType.TIMESTAMP: (AwareDatetime, datetime),
    FactType.MONEY: (Money,),
}
_ADAPTERS: dict[FactType, TypeAdapter[Any]] = {kind: TypeAdapter(types[0]) for kind, types in _PYTHON.items()}


def _bare(annotation: Any) -> Any:
    """The annotation without what is said about it, and without that it may be left open."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        kinds = [each for each in get_args(annotation) if each is not type(None)]
        if len(kinds) == 1:
            return _bare(kinds[0])
    return annotation


def _walk(steps: tuple[AnyStep, ...], path: Path) -> Iterator[tuple[Path, AnyStep]]:
    for index, step in enumerate(steps):
        yield (*path, index), step
        if isinstance(step, TogetherSteps):
            yield from _walk(step.together, (*path, index, "together"))
        if isinstance(step, Rounds):
            yield from _walk(step.rounds.steps, (*path, index, "rounds", "steps"))


def _result(where: Path, activity: str, name: str) -> Saved:
    spec = CATALOGUE.get(activity)
    if spec is None or spec.gives is None:
        return Saved(where, name, None)
    fields = spec.gives.model_fields
    nullable = frozenset(f"{name}.{field}" for field in fields if type(None) in get_args(fields[field].annotation))
    return Saved(where, name, {f"{name}.{field}": kind for field, kind in fields_of(spec.gives).items()}, nullable)


def _clash(saved: dict[str, FactType], types: dict[str, FactType]) -> bool:
    """Whether a name was saved before with other fields, or once as a value and once as an object of values."""
    roots = {path.split(".")[0] for path in saved}
    before = {path: kind for path, kind in types.items() if path.split(".")[0] in roots}
    return bool(before) and before != saved
