"""What may be known at one place of a runbook: one world for each way of getting there that makes a difference."""

import json
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache

from pydantic import JsonValue

from amends.errors import DefinitionError
from amends.models import Data
from runbooks.expressions import holds
from runbooks.language.guards import proven_by
from runbooks.program import FactType
from runbooks.scanning import scan

SET, MAYBE = "set", "maybe"
"""A fact that is set, to something; one that may be set or not. What is not in a world is not set in it."""

MANY = 64
"""Worlds at one place; when there are more, what differs between them is forgotten."""


def known_as(value: JsonValue) -> str:
    """The standing of a fact whose very value is known."""
    return f"={json.dumps(value, sort_keys=True)}"


Facts = frozenset[tuple[str, str]]
"""What is known under one root: the paths that may be set, each with its standing."""


class World:
    """The standing of every fact that may be set: ``SET``, ``MAYBE``, or its very value. It is kept by root, for a step
    changes all that stands under one root and nothing else; most worlds share most of what they know."""

    def __init__(self, known: Mapping[str, Facts]) -> None:
        self._known = known
        self._hash = hash(frozenset(known.values()))

    @classmethod
    def of(cls, facts: Mapping[str, str]) -> "World":
        return cls({}).assuming(facts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, World) and self._known == other._known

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def vague(self) -> "World":
        """The same without what the values are."""
        return World({root: _vague(facts) for root, facts in self._known.items()})

    @property
    def roots(self) -> Iterable[str]:
        """The roots under which there may be facts."""
        return self._known.keys()

    @property
    def facts(self) -> dict[str, str]:
        """Every fact that may be set, with its standing."""
        return {path: standing for facts in self._known.values() for path, standing in facts}

    def standing(self, path: str) -> str | None:
        return _standings(self.under(root_of(path))).get(path)

    def is_set(self, path: str) -> bool:
        return self.standing(path) not in (None, MAYBE)

    def saving(self, root: str, facts: Mapping[str, str]) -> "World":
        """After ``root`` was saved: whatever stood under it before is gone."""
        return self.having({root: frozenset(facts.items())})

    def having(self, known: Mapping[str, Facts]) -> "World":
        """With other facts under some roots than before."""
        after = {**self._known, **known}
        return World(after if all(known.values()) else {root: facts for root, facts in after.items() if facts})

    def assuming(self, facts: Mapping[str, str]) -> "World":
        """After single facts were taken as true."""
        if not facts:
            return self
        known: dict[str, dict[str, str]] = {}
        for path, standing in facts.items():
            root = root_of(path)
            known.setdefault(root, dict(self.under(root)))[path] = standing
        return self.having({root: frozenset(each.items()) for root, each in known.items()})

    def given(self, condition: str | None) -> "World":
        """Where a condition holds: what it reads is set."""
        if condition is None:
            return self
        return self.assuming({path: SET for path in proven_by(condition) if not self.is_set(path)})

    def under(self, root: str) -> Facts:
        """The facts under a root."""
        return self._known.get(root, _NOTHING)


_NOTHING: Facts = frozenset()

Worlds = frozenset[World]


@lru_cache(maxsize=4096)
def root_of(path: str) -> str:
    return path.split(".")[0]


@lru_cache(maxsize=4096)
def _standings(facts: Facts) -> dict[str, str]:
    return dict(facts)


@lru_cache(maxsize=4096)
def _vague(facts: Facts) -> Facts:
    return frozenset((path, SET if standing.startswith("=") else standing) for path, standing in facts)


def gathered(worlds: Iterable[World]) -> Worlds:
    """The worlds without repetitions; when they are too many, fewer that say less."""
    found = frozenset(worlds)
    if len(found) <= MANY:
        return found
    vague = frozenset(each.vague for each in found)
    return vague if len(vague) <= MANY else frozenset([agreed(vague)])


def agreed(worlds: Worlds) -> World:
    """What all the worlds agree on; the rest may be."""
    roots = {root for world in worlds for root in world.roots}
    return World({root: _agreed(frozenset(world.under(root) for world in worlds)) for root in roots})


def _agreed(alternatives: frozenset[Facts]) -> Facts:
    """What all the ways to know the facts under one root agree on."""
    known = [_standings(each) for each in alternatives]
    paths = {path for each in known for path in each}
    return frozenset((path, SET if all(each.get(path, MAYBE) != MAYBE for each in known) else MAYBE) for path in paths)


def verdict(world: World, condition: str | None, types: Mapping[str, FactType]) -> bool | None:
    """Whether a condition holds in a world; ``None`` if that depends."""
    if condition is None:
        return True
    return _verdict(condition, tuple((path, types.get(path), world.standing(path)) for path in _named(condition)))


@lru_cache(maxsize=4096)
def _named(condition: str) -> tuple[str, ...]:
    """The facts that a condition reads or asks ``has`` of."""
    scanned = scan(condition)
    return tuple(dict.fromkeys(name.path for name in (*scanned.names, *scanned.presence.values())))


@lru_cache(maxsize=4096)
def _verdict(condition: str, named: tuple[tuple[str, FactType | None, str | None], ...]) -> bool | None:
    """The verdict in all worlds that differ only in facts that the condition does not name."""
    scanned = scan(condition)
    standings = {path: standing for path, _, standing in named if standing is not None}
    values: Data = {}
    for path in {name.path for name in scanned.presence.values()} & standings.keys():
        if standings[path] == MAYBE:
            return None
        _put(values, path, True)
    for path in {name.path for name in scanned.names} & standings.keys():
        if not standings[path].startswith("="):
            return None
        _put(values, path, json.loads(standings[path][1:]))
    types = {path: kind for path, kind, _ in named if kind is not None}
    try:
        return None if scanned.amounts or scanned.tables else holds(condition, types=types, facts=values, rates={})
    except DefinitionError:
        return None


def _put(values: Data, path: str, value: JsonValue) -> None:
    *parents, leaf = path.split(".")
    node = values
    for parent in parents:
        inner = node.setdefault(parent, {})
        assert isinstance(inner, dict), "a fact that is a value has nothing within it"
        node = inner
    node[leaf] = value
