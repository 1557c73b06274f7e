"""What may be known at one place of a runbook: one world for each way of getting there that makes a difference."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class World:
    """The standing of every fact that may be set: ``SET``, ``MAYBE``, or its very value."""

    facts: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, facts: Mapping[str, str]) -> "World":
        return cls(frozenset(facts.items()))

    @cached_property
    def _standings(self) -> dict[str, str]:
        return dict(self.facts)

    @cached_property
    def vague(self) -> "World":
        """The same without what the values are."""
        return World(frozenset((fact[0], SET) if fact[1].startswith("=") else fact for fact in self.facts))

    def standing(self, path: str) -> str | None:
        return self._standings.get(path)

    def is_set(self, path: str) -> bool:
        return self.standing(path) not in (None, MAYBE)

    def saving(self, root: str, facts: Mapping[str, str]) -> "World":
        """After ``root`` was saved: whatever stood under it before is gone."""
        return World(frozenset(each for each in self.facts if root_of(each[0]) != root) | frozenset(facts.items()))

    def assuming(self, facts: Mapping[str, str]) -> "World":
        """After single facts were taken as true."""
        return World.of({**self._standings, **facts}) if facts else self

    def given(self, condition: str | None) -> "World":
        """Where a condition holds: what it reads is set."""
        if condition is None:
            return self
        proven = {path: SET for path in proven_by(condition) if not self.is_set(path)}
        return self.assuming(proven)

    def under(self, roots: Iterable[str]) -> dict[str, str]:
        """The facts under some roots."""
        wanted = set(roots)
        return {path: standing for path, standing in self.facts if root_of(path) in wanted}


Worlds = frozenset[World]


@lru_cache(maxsize=4096)
def root_of(path: str) -> str:
    return path.split(".")[0]


def gathered(worlds: Iterable[World]) -> Worlds:
    """The worlds without repetitions; when they are too many, fewer that say less."""
    found = frozenset(worlds)
    if len(found) <= MANY:
        return found
    vague = frozenset(each.vague for each in found)
    return vague if len(vague) <= MANY else frozenset([agreed(vague)])


def agreed(worlds: Worlds) -> World:
    """What all the worlds agree on; the rest may be."""
    paths = {path for world in worlds for path, _ in world.facts}
    return World.of({path: SET if all(world.is_set(path) for world in worlds) else MAYBE for path in paths})


def verdict(world: World, condition: str | None, types: Mapping[str, FactType]) -> bool | None:
    """Whether a condition holds in a world; ``None`` if that depends."""
    if condition is None:
        return True
    scanned = scan(condition)
    values: Data = {}
    for path in {name.path for name in scanned.presence.values()}:
        standing = world.standing(path)
        if standing == MAYBE:
            return None
        if standing is not None:
            _put(values, path, True)
    for path in {name.path for name in scanned.names}:
        standing = world.standing(path)
        if standing is not None and not standing.startswith("="):
            return None
        if standing is not None:
            _put(values, path, json.loads(standing[1:]))
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
