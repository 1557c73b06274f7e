"""Whether anything stirs in a world: its own worker knows of every call from when it is asked for until it is taken,
and need not ask the server."""

import time
from collections.abc import Callable, Hashable
from typing import Any, Final

from temporalio import activity, workflow
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
    StartActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

_AFTERWARDS = 0.04
"""Real seconds in which a worker tells the server what it has made of what has returned."""

_ASKED_FOR: Final = "amends.asked_for"
_TAKEN: Final = "amends.taken"


class Stirring(Interceptor):
    """Stands around the calls of a world's worker, and lets them be."""

    def __init__(self) -> None:
        self._open: set[Hashable] = set()
        """Calls that were asked for, and whose return no incident has taken yet."""
        self._pausing: set[Hashable] = set()
        """Those that met trouble and wait for their next try, for which time may have to move."""
        self._last = 0.0

    @property
    def lately(self) -> bool:
        """Whether a call comes or goes, or has gone just now."""
        return bool(self._open - self._pausing) or time.monotonic() - self._last < _AFTERWARDS

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _Trying(next, self._pausing)

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002 - the SDK's name
    ) -> type[WorkflowInboundInterceptor] | None:
        input.unsafe_extern_functions[_ASKED_FOR] = self._ask_for
        input.unsafe_extern_functions[_TAKEN] = self._take
        return _Noticing

    def _ask_for(self, call: Hashable) -> None:
        self._open.add(call)

    def _take(self, call: Hashable) -> None:
        self._open.discard(call)
        self._pausing.discard(call)
        self._last = time.monotonic()


class _Trying(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, pausing: set[Hashable]) -> None:  # noqa: A002
        super().__init__(next)
        self._pausing = pausing

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        info = activity.info()
        call = (info.workflow_run_id, info.activity_id)
        self._pausing.discard(call)
        try:
            return await super().execute_activity(input)
        except BaseException:
            self._pausing.add(call)
            raise


class _Noticing(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Asking(outbound))


class _Asking(WorkflowOutboundInterceptor):
    def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:  # noqa: A002
        known: dict[str, Callable[[Hashable], None]] = workflow.extern_functions()  # type: ignore[assignment]
        asked_for, taken = known[_ASKED_FOR], known[_TAKEN]
        # one that has no id of its own is the journal's, and as good as never pauses
        call: Hashable = (workflow.info().run_id, input.activity_id) if input.activity_id else object()
        asked_for(call)
        handle = super().start_activity(input)
        handle.add_done_callback(lambda _: taken(call))
        return handle
