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
        problems = [_problem(source, detail, shapes) for detail in details if not _only_follows(detail)]
        raise RunbookErrors(problems) from error


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


def _only_follows(detail: Any) -> bool:
    """Whether a list is called too short only because what is in it is wrong, which is told as well."""
    return detail["type"] == "too_short" and bool(len(detail["input"]) >= detail["ctx"]["min_length"])


def _problem(source: Source, detail: Any, shapes: Mapping[str, type[Written]]) -> Problem:
    location = detail["loc"]
    path = source.plain_path(location)
    of_key = location[-1:] == ("[key]",)
    last = str(location[-2 if of_key else -1]) if location else ""
    say = source.key_problem if of_key else source.problem
    match detail["type"]:
        case "missing":
            return say(path, f"`{last}` is missing; {_MENDS.get(last, 'add it')}")
        case "extra_forbidden":
            return source.key_problem(path, f"unknown key {last!r}{meant(last, _keys(location, shapes))}")
        case "no_step":
            return say(path, detail["msg"] + _has_instead(detail["input"]))
        case "string_pattern_mismatch":
            wanted = "use small letters, digits and _, and begin with a letter"
            return say(path, f"{detail['input']!r} is not a name; {wanted}")
        case "enum":
            known = [word.strip("'") for word in detail["ctx"]["expected"].replace(" or ", ", ").split(", ")]
            suggestion = meant(str(detail["input"]), known)
            return say(path, f"{detail['input']!r} is not one of {', '.join(known)}{suggestion}")
        case "string_type":
            return say(path, f"{detail['input']!r} must be text; put it in quotation marks")
        case "too_short":
            return say(path, f"`{last}` needs at least {detail['ctx']['min_length']}")
        case _:
            return say(path, f"`{last}`: " + detail["msg"].removeprefix("Value error, "))


def _keys(location: tuple[str | int, ...], shapes: Mapping[str, type[Written]]) -> list[str]:
    around = [part for part in location[:-1] if isinstance(part, str) and part in shapes]
    fields = shapes[around[-1] if around else ""].model_fields
    return [field.alias or name for name, field in fields.items()]


def _has_instead(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    has = ", ".join(repr(key) for key in value)
    return f"; this one has {has}" + next((hint for key in value if (hint := meant(key, STEP_WORDS))), "")
