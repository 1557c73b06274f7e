"""Walks that are the same on every machine, whatever else its process has loaded.

Hypothesis now and then draws a constant that it has found in the source of the modules that are loaded, so its choices
differ with what ran before them.
"""

from typing import Any

from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider

BACKEND = "settled"


class Settled(HypothesisProvider):
    """Hypothesis's own way of choosing, without constants from elsewhere."""

    def _maybe_draw_constant(self, *_args: Any, **_more: Any) -> None:
        return None


AVAILABLE_PROVIDERS[BACKEND] = f"{__name__}.{Settled.__name__}"
