"""From a file's data to the surface model, with every mistake of shape told in the language's own words."""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from amends.models import Severity, Written
from runbooks.language.problems import Problem, RunbookErrors
from runbooks.language.releases import RESERVED
from runbooks.language.salvage import respelt, salvage
from runbooks.language.source import Source
from runbooks.language.step_shapes import STEP_WORDS
from runbooks.language.surface import SHAPES, Runbook
from runbooks.suggestions import meant, nearest

_T = TypeVar("_T")


class Reading(NamedTuple):
    """What could be read of a runbook; ``None`` if nothing can be told of its meaning. ``problems`` are its mistakes of
    shape; ``lost``: names of facts that steps would have saved which could not be read."""

    runbook: Runbook | None
    problems: tuple[Problem, ...] = ()
    lost: frozenset[str] = frozenset()


def read_runbook(source: Source) -> Reading:
    """The runbook as it was written, without the parts that have no right shape. A key that is not known is taken for
    the one that it resembles, so that it does not count as missing and what stands there is checked."""
    data, misspelt = source.data, tuple[Problem, ...]()
    while True:
        try:
            return Reading(_RUNBOOK.validate_python(data), misspelt)
        except ValidationError as error:
            details = error.errors(include_url=False)
        data, told = _respelt(source, data, details)
        if not told:
            break
        misspelt += told
    problems = misspelt + _problems(source, details, SHAPES)
    data, lost = salvage(data, [(detail["type"], source.plain_path(detail["loc"])) for detail in details])
    try:
        return Reading(_RUNBOOK.validate_python(data), problems, lost)
    except ValidationError:
        return Reading(None, problems)


def read_as(adapter: TypeAdapter[_T], source: Source, *, shapes: Mapping[str, type[Written]]) -> _T:
    """The file's data as the adapter's type. ``shapes``: the model at each named part of it, for suggestions.

    Raises ``RunbookErrors``.
    """
    try:
        return adapter.validate_python(source.data)
    except ValidationError as error:
        raise RunbookErrors(_problems(source, error.errors(include_url=False), shapes)) from error


_RUNBOOK = TypeAdapter(Runbook)
_MENDS = {
    "at_most": "a wait must end: say after how long, such as `at_most: 48h`",
    "then_assume": "say what is taken as true when nothing is heard, such as `then_assume: {trace.status: lost}`",
    "waiting_for": "say who holds the ball, such as `waiting_for: carrier`",
    "answer_within": "an ask must end: say after how long, such as `answer_within: 48h`",
    "if_silent": "say what silence means: one of the choices, or `skip`",
    "approve step.if_silent": "say what silence means: `escalate` or `reject`; it never means a yes",
    "decide step.otherwise": "say which choice it is when no condition holds",
    "otherwise": "say which severity holds when no rule does, such as `otherwise: low`",
    **dict.fromkeys(
        map(str, Severity), "give a time for each of critical, high, medium and low, or one for all of them"
    ),
    "steps": "say what is done, step by step, such as `- {tell: customer, message: …}`",
    "every": "say how often it is read, such as `every: 6h`",
    "decide_within": "an approval must end: say after how long, such as `decide_within: 4h`",
    "lift": "a measure must be lifted again; say by which activity, such as `lift: orders.release`",
    "owner": "say which role does what is left to a person, such as `owner: logistics`",
    "within": "say by when it is to be done, such as `within: 1d`",
    "until": "say when it is over, such as `until: incident.resolved`",
    "above": "say which is the mildest severity that is paged at any hour, such as `above: high`",
    "max": "rounds must end: say how many there are at most, such as `max: 3`",
}


def _respelt(source: Source, data: dict[str, Any], details: list[Any]) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """The data with each misspelt key as what it was probably meant to be, and what is to be told of those keys."""
    told = []
    for detail in details:
        path, key = source.plain_path(detail["loc"]), str(detail["loc"][-1]) if detail["loc"] else ""
        if detail["type"] != "extra_forbidden" or key in RESERVED:
            continue
        near = nearest(key, _keys(detail["loc"], SHAPES))
        changed = respelt(data, path, near) if near is not None else None
        if near is not None and changed is not None:
            told.append(_problem(source, detail, SHAPES))
            source.also_as(path, near)
            data = changed
    return data, tuple(told)


def _problems(source: Source, details: list[Any], shapes: Mapping[str, type[Written]]) -> tuple[Problem, ...]:
    return tuple(_problem(source, detail, shapes) for detail in _told_once(details) if not _only_follows(detail))


def _told_once(details: list[Any]) -> list[Any]:
    """The details, but one for all the severities that are missing at one place: ``missing`` names them."""
    told: dict[Any, Any] = {}
    for detail in details:
        place, last = detail["loc"][:-1], detail["loc"][-1:]
        one_of_all = detail["type"] == "missing" and last and last[0] in set(Severity)
        at = ("severities", place) if one_of_all else (len(told), None)
        told.setdefault(at, {**detail, "missing": []})["missing"] += last
    return list(told.values())


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
            around = str(location[-2]) if len(location) > 1 else ""
            mend = _MENDS.get(f"{around}.{last}") or _MENDS.get(last, "add it")
            names = [f"`{name}`" for name in detail["missing"]]
            listed = f"{', '.join(names[:-1])} and {names[-1]} are" if len(names) > 1 else f"{names[0]} is"
            return say(path, f"{listed} missing; {mend}")
        case "extra_forbidden" if last in RESERVED:
            return source.key_problem(path, RESERVED[last])
        case "no_step" if reserved := [RESERVED[key] for key in RESERVED if key in _keys_of(detail["input"])]:
            return say(path, reserved[0])
        case "extra_forbidden":
            return source.key_problem(path, f"unknown key {last!r}{meant(last, _keys(location, shapes))}")
        case "no_step" | "no_opening":
            return say(path, detail["msg"] + _has_instead(detail["input"]))
        case "dict_type" | "model_type" | "tuple_type" | "model_attributes_type":
            shape = "a list" if detail["type"] == "tuple_type" else "keys and values"
            return say(path, f"`{last}` must be {shape}; this is {detail['input']!r}")
        case "string_pattern_mismatch" if last in ("on", "expect", "after"):
            return say(path, f"{detail['input']!r} is no kind of event; write it like order.cancel_requested")
        case "string_pattern_mismatch" if last in ("jurisdiction", "marketplace"):
            example = "two capital letters, such as CN" if last == "jurisdiction" else "small letters, such as tmall"
            return say(path, f"{detail['input']!r} is no {last}; write it with {example}")
        case "string_pattern_mismatch":
            wanted = "use small letters, digits and _, and begin with a letter"
            return say(path, f"{detail['input']!r} is not a name; {wanted}")
        case "greater_than_equal":
            return say(path, f"`{last}` must be at least {detail['ctx']['ge']}; this is {detail['input']!r}")
        case "less_than_equal":
            return say(path, f"`{last}` must be at most {detail['ctx']['le']}; this is {detail['input']!r}")
        case "int_type":
            return say(path, f"`{last}` must be a whole number; this is {detail['input']!r}")
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


def _keys_of(value: Any) -> list[str]:
    return list(value) if isinstance(value, dict) else []


def _has_instead(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    has = ", ".join(repr(key) for key in value)
    return f"; this one has {has}" + next((hint for key in value if (hint := meant(key, STEP_WORDS))), "")
