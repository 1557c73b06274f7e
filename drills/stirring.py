"""Whether anything stirs in a world: its own worker knows of every call that comes and goes, and need not ask."""

import time
from typing import Any

from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

_AFTERWARDS = 0.04
"""Real seconds in which what has returned is taken up, and mostly leads to something else."""


class Stirring(Interceptor):
    """Stands around the calls of a world's worker, and lets them be."""

    def __init__(self) -> None:
        self._running = 0
        self._last = 0.0

    @property
    def lately(self) -> bool:
        """Whether a call is running, or has returned just now."""
        return self._running > 0 or time.monotonic() - self._last < _AFTERWARDS

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _Noticing(next, self)

    def begin(self) -> None:
        self._running += 1

    def end(self) -> None:
        self._running -= 1
        self._last = time.monotonic()


class _Noticing(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, stirring: Stirring) -> None:  # noqa: A002
        super().__init__(next)
        self._stirring = stirring

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        self._stirring.begin()
        try:
            return await super().execute_activity(input)
        finally:
            self._stirring.end()
