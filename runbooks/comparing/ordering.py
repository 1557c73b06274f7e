"""Where items stand among others, and which of them were moved."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from runbooks.comparing.naming import Item


def moved(before: Sequence[str], after: Sequence[str]) -> frozenset[str]:
    """The fewest keys, of those in both, that must have been moved to come from one order to the other."""
    at = {key: index for index, key in enumerate(before)}
    common = [key for key in after if key in at]
    return frozenset(common) - _longest_rising(common, at)


def neighbours(key: str, items: Mapping[str, Item]) -> str:
    """Where an item stands: ``between plan `reship` and plan `refund` ``."""
    keys = list(items)
    index = keys.index(key)
    behind = items[keys[index - 1]].name if index > 0 else ""
    ahead = items[keys[index + 1]].name if index + 1 < len(keys) else ""
    if behind and ahead:
        return f"between {behind} and {ahead}"
    return f"after {behind}" if behind else f"before {ahead}" if ahead else "alone"


def _longest_rising(keys: Sequence[str], at: Mapping[str, int]) -> frozenset[str]:
    """The most keys that stand in the same order on both sides."""
    ends: list[int] = []
    chains: list[tuple[str, ...]] = []
    for key in keys:
        length = bisect_left(ends, at[key])
        chain = (*(chains[length - 1] if length else ()), key)
        ends[length:], chains[length:] = [at[key], *ends[length + 1 :]], [chain, *chains[length + 1 :]]
    return frozenset(chains[-1]) if chains else frozenset()
