"""Facts as they are saved, and as CEL takes them."""

import math
from datetime import datetime
from typing import Any, assert_never

from pydantic import JsonValue, ValidationError

from amends.errors import DefinitionError
from amends.models import Data, Money
from runbooks.program import FactType


def lookup(facts: Data, path: str) -> JsonValue:
    """The value at a dotted path, or ``None`` if it is not set."""
    value: JsonValue = facts
    for part in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def bind(path: str, kind: FactType, value: JsonValue, *, currency: JsonValue) -> Any:
    """A fact as CEL takes it: times as ``datetime``, money as minor units.

    ``currency``: the order's, if it is known; money in another one cannot be computed with. Raises
    ``DefinitionError`` for a value that is not of its type.
    """
    match kind:
        case FactType.STRING if isinstance(value, str):
            return value
        case FactType.BOOL if isinstance(value, bool):
            return value
        case FactType.INT if isinstance(value, int) and not isinstance(value, bool) and _SMALLEST <= value <= _LARGEST:
            return value
        case FactType.DOUBLE if isinstance(value, int | float) and not isinstance(value, bool) and _is_finite(value):
            return float(value)
        case FactType.TIMESTAMP if isinstance(value, str):
            return _time(path, value)
        case FactType.MONEY if isinstance(value, dict):
            return _minor_units(path, value, currency)
        case FactType.STRING | FactType.BOOL | FactType.INT | FactType.DOUBLE | FactType.TIMESTAMP | FactType.MONEY:
            raise DefinitionError(f"the fact {path!r} should be {kind.value} but is {value!r}")
    assert_never(kind)


def _time(path: str, value: str) -> datetime:
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise DefinitionError(f"the fact {path!r} should be a time with its zone but is {value!r}")
    return time


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _minor_units(path: str, value: Data, currency: JsonValue) -> int:
    try:
        money = Money.model_validate(value)
    except ValidationError as error:
        raise DefinitionError(f"the fact {path!r} should be money but is {value!r}") from error
    if currency is not None and currency != money.currency:
        raise DefinitionError(f"the fact {path!r} is in {money.currency}, but the order is in {currency}")
    if not _SMALLEST <= money.amount <= _LARGEST:
        raise DefinitionError(f"the fact {path!r} should be money but is {value!r}")
    return money.amount


_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
