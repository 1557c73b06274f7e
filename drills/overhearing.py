"""What outside systems are asked: every call of a play, with its key, as it reaches them."""

from collections import Counter
from collections.abc import Callable
from typing import Any, cast

from amends.connectors.ports import Call, Connectors


class Overhearing:
    """Stands before the connectors of a play. ``calls`` counts by idempotency key how often each came; a question what
    became of a call is none. It may be read while calls come."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()

    def of(self, connectors: Connectors) -> Connectors:
        """The same connectors, overheard."""
        return cast("Connectors", _Systems(connectors, self._hear))

    def _hear(self, method: str, key: str) -> None:
        if method != "recall":
            self.calls[key] += 1


class _Systems:
    def __init__(self, connectors: Connectors, hear: Callable[[str, str], None]) -> None:
        self._connectors = connectors
        self._hear = hear

    def __getattr__(self, system: str) -> "_System":
        return _System(getattr(self._connectors, system), self._hear)


class _System:
    def __init__(self, system: Any, hear: Callable[[str, str], None]) -> None:
        self._system = system
        self._hear = hear

    def __getattr__(self, method: str) -> Callable[..., Any]:
        carry_out = getattr(self._system, method)

        def overheard(call: Call, **inputs: Any) -> Any:
            self._hear(method, call.key)
            return carry_out(call, **inputs)

        return overheard
