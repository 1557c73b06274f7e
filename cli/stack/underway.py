"""Which calls are under way in this process: whoever stops it wants to know what it still waits for."""

import threading
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities.wire import AppendRequest, CallRequest
from cli.output import short


class Underway(Interceptor):
    """Keeps the names of the calls that run."""

    def __init__(self) -> None:
        self._calls: dict[int, str] = {}
        self._lock = threading.Lock()

    def names(self) -> tuple[str, ...]:
        """The calls that run now, such as ``payments.refund of 09e8ed54``, sorted."""
        with self._lock:
            return tuple(sorted(self._calls.values()))

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _Noting(next, self)

    def begin(self, call: object, name: str) -> None:
        with self._lock:
            self._calls[id(call)] = name

    def end(self, call: object) -> None:
        with self._lock:
            del self._calls[id(call)]


class _Noting(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, underway: Underway) -> None:  # noqa: A002
        super().__init__(next)
        self._underway = underway

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        self._underway.begin(input, _name(input))
        try:
            return await self.next.execute_activity(input)
        finally:
            self._underway.end(input)


def _name(call: ExecuteActivityInput) -> str:
    match call.args:
        case [CallRequest() | AppendRequest() as request]:
            return f"{activity.info().activity_type} of {short(request.incident_id)}"
        case _:
            return activity.info().activity_type
