"""From a file's data to the surface model, with every mistake of shape told in the language's own words."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from amends.models import Written
from runbooks.language.problems import Problem, RunbookErrors
from runbooks.language.source import Source
from runbooks.language.surface import SHAPES, STEP_WORDS, Runbook
from runbooks.suggestions import meant

_T = TypeVar("_T")


def read_runbook(source: Source) -> Runbook:
    """The runbook as it was written. Raises ``RunbookErrors`` with every mistake of shape."""
    return read_as(_RUNBOOK, source, shapes=SHAPES)


def read_as(adapter: TypeAdapter[_T], source: Source, *, shapes: Mapping[str, type[Written]]) -> _T:
    """The file's data as the adapter's type. ``shapes``: the model at each named part of it, for suggestions.

    Raises ``RunbookErrors``.
    """
    try:
        return adapter.validate_python(source.data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise RunbookErrors(_problem(source, detail, shapes) for detail in details) from error


_RUNBOOK = TypeAdapter(Runbook)
_MENDS = {
    "at_most": "a wait must end: say after how long, such as `at_most: 48h`",
    "then_assume": "say what is taken as true when nothing is heard, such as `then_assume: {trace.status: lost}`",
    "waiting_for": "say who holds the ball, such as `waiting_for: carrier`",
    "answer_within": "an ask must end: say after how long, such as `answer_within: 48h`",
    "if_silent": "say what silence means: one of the choices, or `skip`",
    "otherwise": "say which severity holds when no rule does, such as `otherwise: low`",
    "every": "say how often it is read, such as `every: 6h`",
}


def _problem(source: Source, detail: Any, shapes: Mapping[str, type[Written]]) -> Problem:
    location = detail["loc"]
    path = source.plain_path(location)
    last = str(location[-1]) if location else ""
    match detail["type"]:
        case "missing":
            mend = _MENDS.get(last, "add it")
            return source.problem(path, f"`{last}` is missing; {mend}")
        case "extra_forbidden":
            return source.key_problem(path, f"unknown key {last!r}{meant(last, _keys(location, shapes))}")
        case "no_step":
            return source.problem(path, detail["msg"] + _has_instead(detail["input"]))
        case "string_pattern_mismatch":
            message = f"{detail['input']!r} is not a name; use small letters, digits and _, and begin with a letter"
            return source.key_problem(path, message) if last == "[key]" else source.problem(path, message)
        case "enum":
            known = [word.strip("'") for word in detail["ctx"]["expected"].replace(" or ", ", ").split(", ")]
            message = f"{detail['input']!r} is not one of {', '.join(known)}{meant(str(detail['input']), known)}"
            return source.problem(path, message)
        case "string_type":
            return source.problem(path, f"{detail['input']!r} must be text; put it in quotation marks")
        case "too_short":
            return source.problem(path, f"`{last}` needs at least {detail['ctx']['min_length']}")
        case _:
            return source.problem(path, f"`{last}`: " + detail["msg"].removeprefix("Value error, "))


def _keys(location: tuple[str | int, ...], shapes: Mapping[str, type[Written]]) -> list[str]:
    around = [part for part in location[:-1] if isinstance(part, str) and part in shapes]
    fields = shapes[around[-1] if around else ""].model_fields
    return [field.alias or name for name, field in fields.items()]


def _has_instead(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    has = ", ".join(repr(key) for key in value)
    return f"; this one has {has}" + next((hint for key in value if (hint := meant(key, STEP_WORDS))), "")
