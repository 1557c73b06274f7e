"""YAML 1.2 read with the place of every key and value, and with nothing in it that surprises.

Keys are always text; dates stay text; duplicate keys, anchors and tags are refused.
"""

import math
import warnings
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from runbooks.language.problems import Problem, RunbookErrors

Path = tuple[str | int, ...]
"""The keys and indexes that lead to a value."""


class Place(NamedTuple):
    """Where something begins, counted from 1. ``text_column``: where the text of a scalar begins, if it is written on
    one line, so that a place within it can be told."""

    line: int
    column: int
    text_column: int | None = None


class Source:
    """A file's data, and the places in it."""

    def __init__(self, file: str, text: str) -> None:
        """Raises ``RunbookErrors`` for text that is not YAML, or not a mapping of the plain kind that we take."""
        self.file = file
        self._keys: dict[Path, Place] = {}
        self._values: dict[Path, Place] = {}
        self._problems: list[Problem] = []
        root = self._compose(text)
        self.data: dict[str, Any] = self._mapping(root, ())
        if self._problems:
            raise RunbookErrors(self._problems)

    def problem(self, path: Path, message: str, *, inside: tuple[int, int] | None = None, skip: int = 0) -> Problem:
        """A problem with the value at ``path`` (or the nearest value around it).

        ``inside``: line and column within its text, which begins ``skip`` characters behind the value's beginning.
        """
        place = self._values[self._nearest(path)]
        column = place.column
        if inside is not None and inside[0] == 1 and place.text_column is not None:
            column = place.text_column + skip + inside[1] - 1
        return Problem(file=self.file, line=place.line, column=column, message=message)

    def key_problem(self, path: Path, message: str) -> Problem:
        """A problem with the key that ``path`` ends with."""
        place = self._keys.get(path) or self._values[self._nearest(path)]
        return Problem(file=self.file, line=place.line, column=place.column, message=message)

    def also_as(self, path: Path, key: str) -> None:
        """From now on what stands at ``path``, with all within it, is also found as ``key`` beside it."""
        for places in (self._keys, self._values):
            within = [each for each in places if each[: len(path)] == path]
            places |= {(*path[:-1], key, *each[len(path) :]): places[each] for each in within}

    def plain_path(self, location: Path) -> Path:
        """A validator's location without the parts that are no keys of the file."""
        path: Path = ()
        for part in location:
            if (*path, part) in self._values:
                path = (*path, part)
        return path

    def _nearest(self, path: Path) -> Path:
        while path not in self._values:
            path = path[:-1]
        return path

    def _compose(self, text: str) -> MappingNode:
        try:
            with warnings.catch_warnings():  # an anchor that stands twice is refused below like any other
                warnings.simplefilter("ignore", ReusedAnchorWarning)
                root = YAML(typ="safe", pure=True).compose(text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            message = f"this is not YAML: {error.problem or error.context}; {_mend(text, line, column)}"
            raise RunbookErrors([Problem(file=self.file, line=line, column=column, message=message)]) from error
        except YAMLError as error:  # a character that YAML does not allow has no mark
            message = f"this is not YAML: {str(error).splitlines()[0]}; write it anew as plain text"
            raise RunbookErrors([Problem(file=self.file, line=1, column=1, message=message)]) from error
        if not isinstance(root, MappingNode):
            message = "the file must hold keys and values, such as `runbook: lost_parcel`"
            raise RunbookErrors([Problem(file=self.file, line=1, column=1, message=message)])
        return root

    def _value(self, node: Node, path: Path) -> Any:
        self._values[path] = _place_of(node)
        if node.anchor is not None:  # not followed: a nest of aliases can stand for more than memory holds
            self._problems.append(self.problem(path, "anchors and aliases are not used here; write the value out"))
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, ScalarNode), "YAML has three kinds of node"
        return self._scalar(node, path)

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        self._values[path] = _place_of(node)
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._encodable(str(key_node.value), path)
            inner = (*path, key)
            if key in data:
                first = self._keys[inner].line
                place = _place_of(key_node)
                message = f"the key {key!r} is here twice (first on line {first}); keep one"
                self._problems.append(Problem(file=self.file, line=place.line, column=place.column, message=message))
                continue
            self._keys[inner] = _place_of(key_node)
            data[key] = self._value(value_node, inner)
        return data

    def _scalar(self, node: ScalarNode, path: Path) -> Any:
        text = self._encodable(str(node.value), path)
        match str(node.tag).removeprefix("tag:yaml.org,2002:"):
            case "int":
                return _int(text)
            case "float":
                return self._number(text, path)
            case "bool":
                return text.lower() == "true"
            case "null":
                return None
            case "str" | "timestamp" | "value":
                return text
            case tag:
                self._problems.append(self.problem(path, f"the tag {tag!r} is not used here; write a plain value"))
                return text

    def _number(self, text: str, path: Path) -> float:
        try:
            number = float(text)
        except ValueError:  # .inf and .nan, which JSON does not have
            number = math.inf
        if not math.isfinite(number):
            self._problems.append(self.problem(path, f"{text!r} is no number that can be counted with"))
        return number

    def _encodable(self, text: str, path: Path) -> str:
        """The text, if UTF-8 can spell it: an escape such as ``\\ud800`` names half a character."""
        if any("\ud800" <= character <= "\udfff" for character in text):
            self._problems.append(self.problem(path, "half a character is escaped here; write the character itself"))
            return ""
        return text


def _int(text: str) -> int | str:
    for base in (0, 10):  # 007: YAML 1.2 counts it as a decimal number
        try:
            return int(text, base)
        except ValueError:
            continue
    return text  # 72_: the parser takes it for a number, and YAML 1.2 for text


def _mend(text: str, line: int, column: int) -> str:
    lines = text.splitlines()
    if line <= len(lines) and lines[line - 1][column - 1 : column] == "\t":
        return "begin lines with spaces, not with tabs"
    return (
        "look here and at the line above for a bracket, a quotation mark or a colon too few or too many, and for "
        "spaces at its beginning that do not fit"
    )


def _place_of(node: Node) -> Place:
    start, end = node.start_mark, node.end_mark
    text_column = None
    if isinstance(node, ScalarNode) and start.line == end.line:
        text_column = start.column + (2 if node.style else 1)
    return Place(start.line + 1, start.column + 1, text_column)
