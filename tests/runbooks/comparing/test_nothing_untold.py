"""Whatever is changed in a bundle, however deep and however little, is told; what is not changed is not."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from pydantic import JsonValue, ValidationError

from amends.models import Data, Severity
from runbooks.bundle import Bundle
from runbooks.comparing.differences import differences
from tests.runbooks.comparing.builders import rich, unpromising

Path = tuple[str | int, ...]

_WORDS = [
    *("PT1H1S", "2031-01-01", "low", "high", "escalate", "reject", "int", "bool"),
    *("continue", "task", "days", "supplier", "USD", "anyone", "text"),
]
"""Something of every kind of text that a bundle has."""


def leaves(value: JsonValue, path: Path = ()) -> Iterator[tuple[Path, JsonValue]]:
    """Every value of a JSON document that is no collection, and every collection that is empty."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    else:
        yield path, value


def other_values(value: JsonValue) -> list[JsonValue]:
    """Values that are near to one and not the same."""
    match value:
        case bool():
            return [not value]
        case int() | float():
            return [value + 1]
        case str():
            return [f"{value}x", *_WORDS]
        case None:
            return [
                "x",
                "PT1H",
                dict.fromkeys(Severity, "PT1H"),
                {"activity": "x", "takes": []},
                {"amount": 1, "currency": "USD"},
                {"begins": 0, "ends": 60, "above": "high"},
                {"begins": "PT0S", "ends": "PT1H"},
                {"message": "x", "after": ["PT1H"]},
            ]
        case []:
            sooner: JsonValue = {"when": "x", "within": {"update": dict.fromkeys(map(str, Severity), "PT1H")}}
            return [["x"], ["2031-01-01"], [{"who": "an", "begins": 0, "ends": 60}], [sooner]]
        case _:
            return [{"x": "x"}, {"x": "PT1H"}]


def at(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document


def with_other_value(document: Data, path: Path, value: JsonValue) -> Bundle | None:
    changed = deepcopy(document)
    at(changed, path[:-1])[path[-1]] = value
    try:
        return Bundle.model_validate(changed)
    except ValidationError:
        return None


def test_equal_bundles_have_no_differences() -> None:
    assert differences(rich(), Bundle.model_validate_json(rich().model_dump_json())) == ()


def test_whatever_is_changed_is_told_in_both_directions() -> None:
    whole = rich()
    document: Data = whole.model_dump(mode="json")
    tried, unchangeable = 0, []
    for path, value in leaves(document):
        changed = [with_other_value(document, path, other) for other in other_values(value)]
        valid = [each for each in changed if each is not None and each != whole]
        if not valid:
            unchangeable.append(path)
        for each in valid[:2]:
            assert differences(whole, each), f"nothing is told of {path}"
            assert differences(each, whole), f"nothing is told of {path}, the other way"
            tried += 1

    assert tried > 500
    assert {path[-1] for path in unchangeable} == {"kind"}, "only a step's kind cannot be another"


@pytest.mark.parametrize("turn", [list.reverse, list.clear])
def test_whatever_list_is_turned_round_or_emptied_is_told(turn: Any) -> None:
    whole = rich()
    document: Data = whole.model_dump(mode="json")
    lists = {path[:cut] for path, _ in leaves(document) for cut in range(len(path)) if isinstance(path[cut], int)}
    told = 0
    for path in sorted(lists, key=str):
        changed = deepcopy(document)
        turn(at(changed, path))
        try:
            each = Bundle.model_validate(changed)
        except ValidationError:  # a span of hours needs both its ends
            continue
        if each != whole:
            assert differences(whole, each), f"nothing is told of {path}"
            assert differences(each, whole), f"nothing is told of {path}, the other way"
            told += 1

    assert told > 20


def test_every_key_that_is_taken_out_is_told() -> None:
    whole = rich()
    for field in ("messages", "rates", "roles", "calendars", "tables", "facts", "title", "report"):
        items = getattr(whole, field)
        fewer = whole.model_copy(update={field: dict(list(items.items())[1:])})

        assert [each.change for each in differences(whole, fewer)][:1] == ["removed"], field
        assert [each.change for each in differences(fewer, whole)][:1] == ["new"], field


def test_what_a_rich_bundle_has_beyond_one_that_promises_nothing_is_told_whole() -> None:
    found = differences(unpromising(), rich())

    places = {each.place.partition(",")[0] for each in found}
    assert {"Service levels", "Ladder", "Deadlines of others", "People", "Calendars", "Tables"} <= places
