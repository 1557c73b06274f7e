"""The file that says how people are reached: for each person a language, and channels in the order of trying."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from amends.errors import ConfigurationError
from amends.models import Written
from amends.paging.addresses import Address, Kind, NoAddress, parse
from amends.paging.wording import Language


class WrittenPerson(Written):
    language: Language = "en"
    channels: tuple[str, ...] = Field(min_length=1, repr=False)


class WrittenDirectory(Written):
    people: dict[str, WrittenPerson]


@dataclass(frozen=True)
class Reached:
    """How a person is reached: ``channels`` by name, in the order of trying. A channel is named after its kind; a
    second one of a kind is ``mail-2``."""

    language: Language
    channels: Mapping[str, Address]


@dataclass(frozen=True)
class Directory:
    """Everybody who can be reached. ``file``: where it is said."""

    file: str
    people: Mapping[str, Reached]

    def kinds(self) -> dict[Kind, int]:
        """How many channels there are of each kind that is used."""
        used = [address.kind for each in self.people.values() for address in each.channels.values()]
        return {kind: used.count(kind) for kind in Kind if kind in used}


def read_directory(file: str, text: str) -> Directory:
    """Reads the file's text. Raises ``ConfigurationError`` with the place of each mistake and its mend, and with
    nothing of what is secret."""
    data, places = _composed(file, text)
    try:
        written = WrittenDirectory.model_validate(data)
    except ValidationError as error:
        problems = [_problem(each["type"], each["loc"], each["msg"]) for each in error.errors(include_input=False)]
        raise ConfigurationError(_told(file, places, problems)) from None
    people = {}
    wrong = []
    for name, person in written.people.items():
        addresses = []
        for index, channel in enumerate(person.channels):
            try:
                addresses.append(parse(channel))
            except NoAddress as error:
                wrong.append(_Problem(("people", name, "channels", index), str(error)))
        people[name] = Reached(person.language, _named(addresses))
    if wrong:
        raise ConfigurationError(_told(file, places, wrong))
    return Directory(file, people)


def load_directory(path: Path) -> Directory:
    """Reads the file. Raises ``ConfigurationError``."""
    try:
        return read_directory(str(path), path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: the file is not UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise ConfigurationError(
            f"{path}: the file cannot be read: {error.strerror}; give the right to read it, or mend AMENDS_CHANNELS"
        ) from error


def _named(addresses: list[Address]) -> dict[str, Address]:
    named: dict[str, Address] = {}
    for address in addresses:
        before = sum(each.kind is address.kind for each in named.values())
        named[address.kind if not before else f"{address.kind}-{before + 1}"] = address
    return named


_Path = tuple[str | int, ...]


class _Place(NamedTuple):
    line: int
    column: int


class _Problem(NamedTuple):
    path: _Path
    says: str


_KEYS = {1: "people", 2: "names of people", 3: "language and channels"}
"""What may stand how deep in the file."""


def _problem(kind: str, path: _Path, message: str) -> _Problem:
    match kind:
        case "extra_forbidden":
            return _Problem(path, f"there is no key {path[-1]!r} here, only {_KEYS.get(len(path), 'plain values')}")
        case "missing":
            return _Problem(path[:-1], f"{path[-1]!r} is missing here; write it")
        case "too_short":
            return _Problem(path, "there must be one channel at least; write one, such as mail:name@shop.example")
        case "tuple_type":
            return _Problem(path, "this must be a list of channels; begin each line of it with a dash")
        case "literal_error":
            return _Problem(path, "this is no language that pages are written in; write en or zh")
        case "string_type":
            return _Problem(path, "this must be one channel, such as mail:name@shop.example")
        case "dict_type" | "model_type":
            return _Problem(path, "there must be keys and values here, a colon behind each key")
        case _:
            return _Problem(path, message)


def _told(file: str, places: Mapping[_Path, _Place], problems: list[_Problem]) -> str:
    return "; ".join(f"{file}:{_nearest(places, each.path)}: {each.says}" for each in problems)


def _nearest(places: Mapping[_Path, _Place], path: _Path) -> str:
    while path not in places:
        path = path[:-1]
    return f"{places[path].line}:{places[path].column}"


def _composed(file: str, text: str) -> tuple[dict[str, Any], dict[_Path, _Place]]:
    """The file's data, all of it text, with the place of each part. Loaded in the usual way, a mistake would be told
    with the value that it is in, and that may be a secret."""
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"
        raise ConfigurationError(
            f"{file}:{where}: this is not YAML; look here and at the line above for a bracket, a quotation mark or a "
            "colon too few or too many"
        ) from None
    except YAMLError:
        raise ConfigurationError(f"{file}:1:1: this is not YAML; write it anew as plain text") from None
    if not isinstance(root, MappingNode):
        raise ConfigurationError(f"{file}:1:1: the file must begin with `people:`")
    places: dict[_Path, _Place] = {}
    problems: list[_Problem] = []
    data = _value(root, (), places, problems)
    if problems:
        raise ConfigurationError(_told(file, places, problems))
    return data, places


def _value(node: Node, path: _Path, places: dict[_Path, _Place], problems: list[_Problem]) -> Any:
    places[path] = _Place(node.start_mark.line + 1, node.start_mark.column + 1)
    if node.anchor is not None:
        problems.append(_Problem(path, "anchors and aliases are not used here; write the value out"))
        return None
    match node:
        case MappingNode():
            return dict(_entries(node, path, places, problems))
        case SequenceNode():
            return [_value(each, (*path, index), places, problems) for index, each in enumerate(node.value)]
        case ScalarNode(tag=tag, value=value):
            return None if str(tag).endswith(":null") else str(value)
        case _:
            return None


def _entries(
    node: MappingNode, path: _Path, places: dict[_Path, _Place], problems: list[_Problem]
) -> Iterator[tuple[str, Any]]:
    for key, value in node.value:
        inner = (*path, str(key.value))
        if inner in places:
            places[inner] = _Place(key.start_mark.line + 1, key.start_mark.column + 1)
            problems.append(_Problem(inner, f"{inner[-1]!r} is here twice; keep one"))
            continue
        yield str(key.value), _value(value, inner, places, problems)
        places[inner] = _Place(key.start_mark.line + 1, key.start_mark.column + 1)
