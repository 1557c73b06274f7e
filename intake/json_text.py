"""JSON as it comes from outside, read strictly: what the journal could not keep is refused here."""

import json
import math
from typing import Any, NoReturn

from pydantic import JsonValue

from amends.models import Data
from intake.malformed import MalformedEvent


def read_json(text: bytes) -> JsonValue:
    """The value that a JSON text in UTF-8 stands for. Raises ``MalformedEvent`` for what is no JSON, and for what no
    database can hold: half characters, the character NUL, numbers without end."""
    try:
        decoded = text.decode("utf-8")
        value: JsonValue = json.loads(decoded, parse_constant=_no_number, parse_float=_number)
    except UnicodeDecodeError as error:
        raise MalformedEvent("this is not UTF-8; write it as JSON in UTF-8") from error
    except RecursionError as error:
        raise MalformedEvent("this is nested too deep; an event's data are fields with plain values") from error
    except ValueError as error:
        raise MalformedEvent(f"this is not JSON: {error}; write one JSON object") from error
    if "\\u" in decoded:  # only an escape can name such a character
        _must_be_storable(value)
    return value


def read_object(text: bytes) -> Data:
    """The object that a JSON text stands for. Raises as ``read_json`` does, and for what is no object."""
    value = read_json(text)
    if not isinstance(value, dict):
        raise MalformedEvent(f"this is {_kind(value)}; an event is one JSON object")
    return value


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _number(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text:.40} is too large a number")
    return number


def _must_be_storable(value: Any) -> None:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting += [*each, *each.values()]
        elif isinstance(each, list):
            waiting += each
        elif isinstance(each, str) and any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in each):
            raise MalformedEvent(f"{each!r} has a character that no database keeps; leave it out")


def _kind(value: JsonValue) -> str:
    return {list: "a list", str: "text", bool: "a truth", type(None): "nothing"}.get(type(value), "a number")
