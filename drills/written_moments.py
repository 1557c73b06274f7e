"""Moments and amounts as people write them in a scenario."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator

from amends.errors import DefinitionError
from amends.models import Money
from drills.moments import read_since
from runbooks.amounts import parse_amount
from runbooks.language.durations import parse_duration


def _moment(value: Any) -> timedelta:
    """``0m``, ``26h``, several durations that add up: ``26h 12d``, or as a drill shows it: ``+13d 02:00``.

    Raises ``ValueError`` for anything else."""
    if isinstance(value, timedelta):
        return value
    words = value.split() if isinstance(value, str) else []
    if not words:
        raise ValueError(f"{value!r} is no moment; write the time since the opening, such as 0m, 30h or 26h 12d")
    shown = read_since(" ".join(words))
    if shown is not None:
        return shown
    return sum((timedelta() if word == "0m" else parse_duration(word) for word in words), timedelta())


def _amount(value: Any) -> Any:
    if isinstance(value, Money):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError(f"{value!r} has no currency; write it with one, such as CNY {value:.2f}")
    try:
        return parse_amount(str(value))
    except DefinitionError as error:
        raise ValueError(str(error)) from error


Moment = Annotated[timedelta, BeforeValidator(_moment)]
Amount = Annotated[Money, BeforeValidator(_amount)]
