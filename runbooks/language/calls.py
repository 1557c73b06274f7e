"""What a runbook gives to the activities that it calls."""

import json
from typing import Any

from pydantic import JsonValue, TypeAdapter, ValidationError

from runbooks.catalogue import CATALOGUE, MESSAGES, TELLING, ActivitySpec
from runbooks.expressions import CURRENCY
from runbooks.language.context import Context
from runbooks.language.facts import fact_type
from runbooks.language.source import Path
from runbooks.language.step_shapes import CheckRead, Do
from runbooks.program import FactType, Value
from runbooks.suggestions import meant


def spec_of(step: Do | CheckRead, path: Path, context: Context) -> ActivitySpec | None:
    """The catalogue's entry for what a step calls, or ``None`` if it cannot be called by it."""
    where = (*path, "do")
    spec = CATALOGUE.get(step.do)
    callable_names = [name for name, each in CATALOGUE.items() if not each.undo_only and name not in MESSAGES]
    if spec is None:
        context.wrong(where, f"there is no activity {step.do!r}{meant(step.do, callable_names)}")
    elif step.do in MESSAGES:
        party = next(each for each, activity in TELLING.items() if activity == step.do)
        context.wrong(where, f"{step.do!r} is called by `tell: {party}` with a `message`")
        return None
    elif spec.undo_only:
        context.wrong(where, f"{step.do!r} only takes back what another step has done; name it as that step's `undo`")
        return None
    return spec


def inputs_of(spec: ActivitySpec, written: dict[str, JsonValue], path: Path, context: Context) -> dict[str, Value]:
    """The value of every input: as ``with`` gives it, or the report's field of the same name."""
    fields = spec.takes.model_fields
    for name in written:
        if name not in fields:
            message = f"{spec.name!r} takes {', '.join(fields)}, but no {name!r}{meant(name, fields)}"
            context.problems.append(context.source.key_problem((*path, "with", name), message))
    inputs = {}
    for name, field in fields.items():
        if name in written:
            inputs[name] = given(written[name], field.annotation, (*path, "with", name), context)
        elif _always_reported(name, fact_type(field.annotation), context):
            inputs[name] = _value(f"report.{name}", fact_type(field.annotation))
        elif field.is_required():
            message = f"{spec.name!r} needs {name!r}, which not every report carries; give it in `with`"
            context.wrong(path, message)
    return inputs


def given(value: JsonValue, annotation: Any, path: Path, context: Context) -> Value:
    """The value that is written at ``path`` for an input of a type; one of another type is told."""
    kind = fact_type(annotation)
    if isinstance(value, str) and value.startswith("="):
        context.expression(path, value[1:], kind, skip=1)
        context.reads |= {CURRENCY} if kind is FactType.MONEY else set()
        return _value(value[1:].strip(), kind)
    try:
        TypeAdapter(annotation).validate_json(json.dumps(value), strict=True)
    except ValidationError:
        context.wrong(path, f"{path[-1]!r} is {kind.value}; {value!r} is not. A computed value begins with `=`")
    return Value(literal=value)


def _always_reported(name: str, kind: FactType, context: Context) -> bool:
    fact = f"report.{name}"
    return context.types.get(fact) is kind and fact not in context.optional


def _value(expression: str, kind: FactType) -> Value:
    return Value(expr=expression, money=kind is FactType.MONEY)
