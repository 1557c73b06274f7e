"""What people write in a scenario file: its keys and their shapes, and nothing of their meaning."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    JsonValue,
    StrictInt,
    Tag,
)

from amends.errors import DefinitionError
from amends.models import Data, Money, Severity, Status, Written
from amends.timeline import EntryKind
from drills.moments import read_since
from runbooks.amounts import parse_amount
from runbooks.language.durations import parse_duration
from runbooks.language.surface import ChoiceName, Name


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


class WrittenFault(Written):
    """One of ``refuse`` and ``trouble``; ``trouble: none`` lets the call go well, for faults that come later."""

    call: str
    refuse: str | None = None
    trouble: str | None = None
    times: Annotated[StrictInt, Field(ge=1)] = 1


class WrittenAnswer(Written):
    """``answer``: the step or the message of the question. One of ``at`` and ``after``."""

    answer: str
    choice: ChoiceName
    at: Moment | None = None
    after: Moment | None = None


class WrittenReport(Written):
    """``report``: the key of a further report on the same subject."""

    report: str
    at: Moment


class WrittenCancel(Written):
    """``cancel``: the reason that is given to Temporal."""

    cancel: str
    at: Moment


ACT_WORDS = ("answer", "report", "cancel")


def _word(value: Any) -> str | None:
    words = [word for word in ACT_WORDS if isinstance(value, dict) and word in value]
    return f"{words[0]} act" if words else None


WrittenAct = Annotated[
    Annotated[WrittenAnswer, Tag("answer act")]
    | Annotated[WrittenReport, Tag("report act")]
    | Annotated[WrittenCancel, Tag("cancel act")],
    Discriminator(
        _word,
        custom_error_type="no_step",
        custom_error_message=f"an act has one of the keys {', '.join(ACT_WORDS)}",
    ),
]


class WrittenMoment(Written):
    """``entry``: a kind of timeline entry. ``of``: what it is about: a step, a plan, an activity, a stage, …"""

    entry: EntryKind
    of: str | None = None
    at: Moment


class WrittenShop(Written):
    """``shipments`` and ``replacements``: how many stand at the end, without those that were called off."""

    refunded: Amount | None = None
    reserved: dict[str, StrictInt] = {}
    shipments: StrictInt | None = None
    replacements: StrictInt | None = None


class WrittenExpect(Written):
    status: Status
    outcome: str | None = None
    severity: Severity | None = None
    effects: tuple[Annotated[dict[str, str], Field(min_length=1)], ...]
    messages: tuple[str, ...]
    facts: dict[str, JsonValue] = {}
    moments: tuple[WrittenMoment, ...] = ()
    tasks: tuple[str, ...] = ()
    shop: WrittenShop = WrittenShop()


class WrittenScenario(Written):
    about: str = Field(min_length=1)
    order: str
    parcel: str | None = None
    report: Data = {}
    faults: tuple[WrittenFault, ...] = ()
    script: tuple[WrittenAct, ...] = ()
    expect: WrittenExpect


class WrittenUnreachable(Written):
    """``branch``: the id of a branch that no scenario can reach. ``why``: the reason, for people."""

    branch: str
    why: str = Field(min_length=1)


class WrittenScenarios(Written):
    scenarios: dict[Name, WrittenScenario] = Field(min_length=1)
    unreachable: tuple[WrittenUnreachable, ...] = ()


SHAPES: dict[str, type[Written]] = {
    "": WrittenScenarios,
    "scenarios": WrittenScenario,
    "faults": WrittenFault,
    "answer act": WrittenAnswer,
    "report act": WrittenReport,
    "cancel act": WrittenCancel,
    "expect": WrittenExpect,
    "moments": WrittenMoment,
    "shop": WrittenShop,
    "unreachable": WrittenUnreachable,
}
"""The shape behind each part of a validator's location, for suggestions."""
