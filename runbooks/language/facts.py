"""Which facts a runbook can know, and their types: its report's fields, what its steps save, the incident's own."""

import json
from collections.abc import Iterator
from datetime import datetime
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, JsonValue, TypeAdapter, ValidationError

from amends.models import Money
from runbooks.catalogue import CATALOGUE
from runbooks.language.problems import Problem
from runbooks.language.source import Path, Source
from runbooks.language.surface import AnyStep, Ask, CheckRead, Do, Runbook, TogetherSteps, Wait
from runbooks.program import FactType

INCIDENT = {"incident.severity": FactType.STRING, "incident.contacts": FactType.INT}
RESERVED = frozenset({"report", "incident", "customer"})
"""Roots of facts that no step may save."""


class Known(NamedTuple):
    """The type of every fact path; ``optional``: those that a report may lack; ``uncertain``: names saved by activities
    that do not exist; ``problems``: what is wrong with the names under which facts are saved."""

    types: dict[str, FactType]
    optional: frozenset[str]
    uncertain: frozenset[str]
    problems: tuple[Problem, ...]


def known_facts(runbook: Runbook, source: Source) -> Known:
    """All facts of a runbook, in whatever order its steps come."""
    types = dict(INCIDENT) | {f"report.{name}": field.type for name, field in runbook.report.items()}
    uncertain: set[str] = set()
    problems: list[Problem] = []
    for path, name, saved in _saved(runbook):
        where = (*path, "save_as")
        if name in RESERVED:
            problems.append(source.problem(where, f"{name!r} is reserved for the incident's own facts; choose another"))
        elif saved is None:
            uncertain.add(name)
        elif _clash(saved, types):
            problems.append(source.problem(where, f"{name!r} is saved with another shape elsewhere; choose another"))
        else:
            types |= saved
    optional = frozenset(f"report.{name}" for name, field in runbook.report.items() if field.optional)
    return Known(types=types, optional=optional, uncertain=frozenset(uncertain), problems=tuple(problems))


def every_step(runbook: Runbook) -> Iterator[tuple[Path, AnyStep]]:
    """Every step with its path in the file, also those within a ``together``."""
    stages = runbook.stages
    for name, steps in (("report", stages.report), ("analysis", stages.analysis), ("follow_up", stages.follow_up)):
        yield from _walk(steps, ("stages", name))
    for index, plan in enumerate(stages.action):
        yield from _walk(plan.steps, ("stages", "action", index, "steps"))


def fields_of(model: type[BaseModel]) -> dict[str, FactType]:
    """The types of a model's fields. Raises ``TypeError`` for a field that no fact can be."""
    return {name: fact_type(field.annotation) for name, field in model.model_fields.items()}


def fact_type(annotation: Any) -> FactType:
    """The fact type of an annotation; of ``X | None`` that of ``X``. Raises ``TypeError`` if there is none."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return fact_type(get_args(annotation)[0])
    if origin in (Union, UnionType):
        kinds = [each for each in get_args(annotation) if each is not type(None)]
        if len(kinds) == 1:
            return fact_type(kinds[0])
    for kind, types in _PYTHON.items():
        if annotation in types:
            return kind
    raise TypeError(f"{annotation!r} can be no fact: it is none of text, number, truth, time and money")


def fits(kind: FactType, value: JsonValue) -> bool:
    """Whether a literal is of a fact's type."""
    try:
        _ADAPTERS[kind].validate_json(json.dumps(value), strict=True)
    except ValidationError:
        return False
    return True


_PYTHON: dict[FactType, tuple[Any, ...]] = {
    FactType.STRING: (str,),
    FactType.INT: (int,),
    FactType.DOUBLE: (float,),
    FactType.BOOL: (bool,),
    FactType.TIMESTAMP: (AwareDatetime, datetime),
    FactType.MONEY: (Money,),
}
_ADAPTERS: dict[FactType, TypeAdapter[Any]] = {kind: TypeAdapter(types[0]) for kind, types in _PYTHON.items()}


def _walk(steps: tuple[AnyStep, ...], path: Path) -> Iterator[tuple[Path, AnyStep]]:
    for index, step in enumerate(steps):
        yield (*path, index), step
        if isinstance(step, TogetherSteps):
            yield from _walk(step.together, (*path, index, "together"))


def _saved(runbook: Runbook) -> Iterator[tuple[Path, str, dict[str, FactType] | None]]:
    """What is saved where: the step's or check's path, the name, and the facts under it, if that can be known."""
    for path, step in every_step(runbook):
        if isinstance(step, Ask) and step.save_as:
            yield path, step.save_as, {step.save_as: FactType.STRING}
        if isinstance(step, Do) and step.save_as:
            yield path, step.save_as, _result(step, step.save_as)
        if isinstance(step, Wait) and step.check:
            yield (*path, "check"), step.check.save_as, _result(step.check, step.check.save_as)


def _result(step: Do | CheckRead, name: str) -> dict[str, FactType] | None:
    spec = CATALOGUE.get(step.do)
    if spec is None or spec.gives is None:
        return None
    return {f"{name}.{field}": kind for field, kind in fields_of(spec.gives).items()}


def _clash(saved: dict[str, FactType], types: dict[str, FactType]) -> bool:
    """Whether a name was saved before with other fields, or once as a value and once as an object of values."""
    roots = {path.split(".")[0] for path in saved}
    before = {path: kind for path, kind in types.items() if path.split(".")[0] in roots}
    return bool(before) and before != saved
