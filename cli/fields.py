"""The fields of a report or a result as they are typed: ``order_id=SO-1001``."""

from collections.abc import Iterable
from datetime import datetime
from math import isfinite
from typing import assert_never

from pydantic import JsonValue

from amends.errors import DefinitionError, InputError
from amends.models import Data, plain
from runbooks.amounts import parse_amount
from runbooks.bundle import Bundle
from runbooks.catalogue import CATALOGUE
from runbooks.language.facts import fields_of
from runbooks.program import FactType
from runbooks.suggestions import meant

_FORMS = {
    FactType.STRING: "text",
    FactType.INT: "a whole number, such as 3",
    FactType.DOUBLE: "a number, such as 0.5",
    FactType.BOOL: "true or false",
    FactType.TIMESTAMP: "a time with its zone, such as 2026-11-22T18:30:00+08:00",
    FactType.MONEY: "an amount, such as 'CNY 1000.00'",
}


def parse_report(bundle: Bundle, fields: Iterable[str]) -> Data:
    """The report that ``name=value`` arguments make, each value by the type that the runbook gives its field.

    Raises ``InputError``, with the field and the form it should have, for what does not fit or is missing.
    """
    report: Data = {}
    for field in fields:
        name, equals, text = field.partition("=")
        if not equals:
            raise InputError(f"{field!r} is no field; write name=value. {_needs(bundle)}")
        if name not in bundle.report:
            near = meant(name, bundle.report) or "."
            raise InputError(f"a report of a {bundle.exception_type} has no field {name!r}{near} {_needs(bundle)}")
        if name in report:
            raise InputError(f"the field {name!r} is given twice; give it once")
        report[name] = _parse(name, text, bundle.report[name])
    missing = [name for name in bundle.report if name not in report and name not in bundle.report_optional]
    if missing:
        raise InputError(f"the report lacks {', '.join(map(repr, missing))}. {_needs(bundle)}")
    return report


def parse_result(activity: str | None, fields: Iterable[str]) -> Data:
    """What a call of ``activity`` would have given, as far as ``name=value`` arguments say it.

    Raises ``InputError`` for a call that gives nothing, and for what does not fit it.
    """
    spec = CATALOGUE.get(activity) if activity is not None else None
    if spec is None or spec.gives is None:
        raise InputError("--result: what this task is about gives no result; leave it out")
    known = fields_of(spec.gives)
    result: Data = {}
    for field in fields:
        name, equals, text = field.partition("=")
        if not equals or name not in known:
            there_are = ", ".join(f"{each}=<{_FORMS[kind]}>" for each, kind in known.items())
            raise InputError(f"--result {field!r}: {spec.name} gives {there_are}{meant(name, known) or '.'}")
        if name in result:
            raise InputError(f"--result: {name!r} is given twice; give it once")
        result[name] = _parse(name, text, known[name])
    return result


def _parse(name: str, text: str, kind: FactType) -> JsonValue:
    try:
        return _value(text, kind)
    except (ValueError, DefinitionError) as error:
        raise InputError(f"{name}={text!r}: it must be {_FORMS[kind]}") from error


def _value(text: str, kind: FactType) -> JsonValue:
    match kind:
        case FactType.STRING:
            if not text:
                raise ValueError(text)
            return text
        case FactType.INT:
            return int(text)
        case FactType.DOUBLE:
            return float(text) if isfinite(float(text)) else _no(text)
        case FactType.BOOL:
            return {"true": True, "false": False}[text] if text in ("true", "false") else _no(text)
        case FactType.TIMESTAMP:
            return text if datetime.fromisoformat(text).tzinfo is not None else _no(text)
        case FactType.MONEY:
            amount: Data = plain(parse_amount(text))
            return amount
        case _:
            assert_never(kind)


def _no(text: str) -> JsonValue:
    raise ValueError(text)


def _needs(bundle: Bundle) -> str:
    written = []
    for name, kind in bundle.report.items():
        form = f"{name}=<{_FORMS[kind]}>"
        written.append(f"[{form}]" if name in bundle.report_optional else form)
    return f"It takes {' '.join(written)}"
