"""What is left of a runbook's data when all that has no right shape is taken out, so that the rest is checked too, and
what it is when misspelt keys are taken for those that they resemble."""

from collections.abc import Iterable, Iterator
from typing import Any

from runbooks.language.source import Path
from runbooks.language.step_shapes import Unreadable

_OPTIONAL = frozenset(
    {"about", "supersedes", "reopen_for", "events", "opens", "sla", "external", "escalation", "interrupts", "clears"}
)


def salvage(data: dict[str, Any], mistakes: Iterable[tuple[str, Path]]) -> tuple[dict[str, Any], frozenset[str]]:
    """A copy without the mistakes, given by type and place, and the names of facts that were lost with them.

    An unknown key goes alone; any other mistake takes its step or its optional part with it. A mistake elsewhere stays.
    """
    rest = _copy(data)
    lost: set[str] = set()
    for kind, path in mistakes:
        if kind == "extra_forbidden" and len(path) > 0:
            _take_out(rest, path)
        elif step := _step_around(path):
            lost |= set(_saved_in(_at(data, step)))
            _replace(rest, step, Unreadable())
        elif path and path[0] in _OPTIONAL:
            rest.pop(str(path[0]), None)
    return rest, frozenset(lost)


def respelt(data: dict[str, Any], path: Path, key: str) -> dict[str, Any] | None:
    """A copy in which the key that ``path`` ends with is ``key``, in its place; ``None`` if that is there already."""
    rest: dict[str, Any] = _copy(data)
    around = _reach(rest, path[:-1])
    if not isinstance(around, dict) or key in around:
        return None
    items = [(key if each == path[-1] else each, value) for each, value in around.items()]
    around.clear()
    around.update(items)
    return rest


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(each) for key, each in value.items()}
    return [_copy(each) for each in value] if isinstance(value, list) else value


def _step_around(path: Path) -> Path | None:
    """The innermost step that a place lies in: an item of a list, but for the list of plans."""
    if path[:1] != ("stages",):
        return None
    first = 5 if path[1:2] == ("action",) else 3
    ends = [end for end in range(first, len(path) + 1) if _is_step(path[:end])]
    return path[: ends[-1]] if ends else None


def _is_step(path: Path) -> bool:
    return isinstance(path[-1], int) and path[-2] in ("report", "analysis", "follow_up", "steps", "together")


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _replace(data: Any, path: Path, value: Any) -> None:
    around = _reach(data, path[:-1])
    if isinstance(around, list):
        around[int(path[-1])] = value


def _take_out(data: Any, path: Path) -> None:
    around = _reach(data, path[:-1])
    if isinstance(around, dict):
        around.pop(path[-1], None)


def _reach(data: Any, path: Path) -> Any:
    """The value at a place; ``None`` if what lay around it was taken out already."""
    for part in path:
        if not isinstance(data, dict | list):
            return None
        data = data.get(part) if isinstance(data, dict) else data[int(part)]
    return data


def _saved_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (name for key in ("save_as", "decide") if isinstance(name := value.get(key), str))
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _saved_in(each)
