"""Mapping files: where, in an order system's own plain objects, stand time, type, order and fields.

Places are JMESPath expressions, from ``order_id`` to ``max(items[].ship_by)``.
"""

import hashlib
from collections.abc import Callable, Iterator
from datetime import tzinfo
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jmespath  # type: ignore[import-untyped]  # ships no types
from jmespath.exceptions import JMESPathError, JMESPathTypeError  # type: ignore[import-untyped]
from pydantic import JsonValue, TypeAdapter

from amends.errors import DefinitionError
from amends.models import Data, Money, Written
from amends.timeline import canonical
from intake.events import OrderEvent
from intake.malformed import MalformedEvent
from intake.moments import moment_of
from runbooks.amounts import decimals_of
from runbooks.language.problems import RunbookErrors
from runbooks.language.reading import read_as
from runbooks.language.source import Source
from runbooks.language.words import EventType, Name
from runbooks.language.written_times import Zone

LONGEST_NAME = 200
"""Characters of an order's or an event's name."""


_Place = Callable[[Data], JsonValue]


class WrittenMapping(Written):
    """``source``: what the system is called. ``zone``: what times without one mean. ``types``: what its types are
    called here; others keep their names. ``fields`` are taken as they are, ``times`` are read as moments, ``amounts``
    as sums of ``currency``."""

    source: str
    time: str
    type: str
    order: str
    id: str | None = None
    subject: str | None = None
    received: str | None = None
    corrects: str | None = None
    zone: Zone | None = None
    types: dict[str, EventType] = {}
    fields: dict[Name, str] = {}
    times: dict[Name, str] = {}
    amounts: dict[Name, str] = {}
    currency: str | None = None


class Mapping:
    """From an order system's object to the order event that it stands for."""

    def __init__(self, written: WrittenMapping, places: dict[tuple[str, ...], _Place]) -> None:
        self._written, self._places = written, places
        self._zone: tzinfo | None = ZoneInfo(written.zone) if written.zone else None

    def event(self, said: Data) -> OrderEvent:
        """The event. One that has no id of its own is known by all that it says, so that a copy is the same event.

        Raises ``MalformedEvent``.
        """
        written = self._written
        at = self._moment(("time",), said)
        if at is None:
            raise MalformedEvent(f"nothing stands at `{written.time}`, which says when it happened; give it")
        kind = self._name(("type",), said)
        return OrderEvent(
            source=written.source,
            id=self._optional_name(("id",), said) or hashlib.sha256(canonical(said)).hexdigest()[:32],
            type=written.types.get(kind, kind),
            order_id=self._name(("order",), said),
            at=at,
            subject=self._optional_name(("subject",), said),
            received_at=self._moment(("received",), said),
            corrects=self._optional_name(("corrects",), said),
            data=dict(self._fields(said)),
        )

    def _fields(self, said: Data) -> Iterator[tuple[str, JsonValue]]:
        for name in self._written.fields:
            if (value := self._at(("fields", name), said)) is not None:
                yield name, value
        for name in self._written.times:
            if (moment := self._moment(("times", name), said)) is not None:
                yield name, moment.isoformat().replace("+00:00", "Z")
        for name in self._written.amounts:
            if (value := self._at(("amounts", name), said)) is not None:
                yield name, self._amount(name, value)

    def _at(self, place: tuple[str, ...], said: Data) -> JsonValue:
        """What stands at a place; nothing, if that place is within nothing."""
        if place not in self._places:
            return None
        try:
            return self._places[place](said)
        except JMESPathTypeError as error:
            if error.actual_type == "null":
                return None
            raise MalformedEvent(
                f"`{'.'.join(place)}` of the mapping finds nothing that it can use: {error}"
            ) from error
        except JMESPathError as error:
            raise MalformedEvent(f"`{'.'.join(place)}` of the mapping cannot be read here: {error}") from error

    def _name(self, place: tuple[str, ...], said: Data) -> str:
        name = self._optional_name(place, said)
        if name is None:
            path = getattr(self._written, place[0])
            raise MalformedEvent(f"nothing stands at `{path}`, which says the {place[0]}; give it")
        return name

    def _optional_name(self, place: tuple[str, ...], said: Data) -> str | None:
        value = self._at(place, said)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int) or not 0 < len(str(value)) <= LONGEST_NAME:
            wanted = f"a text of 1 to {LONGEST_NAME} characters"
            raise MalformedEvent(f"the {place[0]} is {value!r:.80}; give {wanted}")
        return str(value)

    def _moment(self, place: tuple[str, ...], said: Data) -> Any:
        value = self._at(place, said)
        if value is None:
            return None
        try:
            return moment_of(value, self._zone)
        except ValueError as error:
            mend = "" if self._zone else ", or say in the mapping what a time without a zone means, such as `zone: UTC`"
            raise MalformedEvent(f"`{place[-1]}`: {error}{mend}") from error

    def _amount(self, name: str, value: JsonValue) -> JsonValue:
        currency = self._written.currency or ""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise MalformedEvent(f"`{name}` is {value!r:.80}, and no amount; give a number")
        minor = round(Decimal(str(value)).scaleb(decimals_of(currency)))
        return Money(amount=minor, currency=currency).model_dump(mode="json")


def read_mapping(path: Path) -> Mapping:
    """The mapping that a file describes. Raises ``DefinitionError`` for a file that cannot be read, and with file and
    line for what is wrong in it."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(f"the mapping cannot be read: {error}", place=str(path)) from error
    return parse_mapping(file=str(path), text=text)


def parse_mapping(*, file: str, text: str) -> Mapping:
    """The mapping that a text describes. Raises ``RunbookErrors``."""
    source = Source(file, text)
    written = read_as(_MAPPING, source, shapes={"": WrittenMapping})
    places, problems = {}, []
    for place, path in _paths(written):
        try:
            places[place] = _place(path)
        except JMESPathError as error:
            reason = str(error).splitlines()[0].rstrip(":")
            problems.append(source.problem(place, f"{path!r} is no JMESPath expression: {reason}"))
    named: set[str] = set()
    for group in _GROUPS:
        fields = getattr(written, group)
        twice = [name for name in fields if name in named]
        problems += [source.key_problem((group, name), f"the field {name!r} is here twice; keep one") for name in twice]
        named |= set(fields)
    if written.amounts:
        try:
            decimals_of(written.currency or "")
        except DefinitionError as error:
            problems.append(source.problem(("currency",), f"amounts need a `currency`: {error}"))
    if problems:
        raise RunbookErrors(problems)
    return Mapping(written, places)


def _place(path: str) -> _Place:
    """How a place is read: a field by its name, and all else by JMESPath. Raises ``JMESPathError``."""
    compiled = jmespath.compile(path)
    if compiled.parsed["type"] == "field":
        return partial(_field, compiled.parsed["value"])
    search: _Place = compiled.search
    return search


def _field(name: str, said: Data) -> JsonValue:
    return said.get(name)


_MAPPING = TypeAdapter(WrittenMapping)
_GROUPS = ("fields", "times", "amounts")
_SINGLE = ("time", "type", "order", "id", "subject", "received", "corrects")


def _paths(written: WrittenMapping) -> Iterator[tuple[tuple[str, ...], str]]:
    for name in _SINGLE:
        if (path := getattr(written, name)) is not None:
            yield (name,), path
    for group in _GROUPS:
        for name, path in getattr(written, group).items():
            yield (group, name), path
