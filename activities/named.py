"""Whatever is logged around an activity names its incident and its step, also what the SDK logs when one fails."""

from typing import Any

import structlog
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities.wire import (
    AppendRequest,
    BalanceRequest,
    CallRequest,
    CountRequest,
    InheritRequest,
    PageRequest,
    ReconcileRequest,
    SettleRequest,
)


class NamedInLogs(Interceptor):
    """Binds the names of a request to the context in which its activity runs, its thread included."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _Naming(next)


class _Naming(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        match input.args:
            case [CallRequest() as request]:
                structlog.contextvars.bind_contextvars(incident=request.incident_id, step=request.step)
            case [ReconcileRequest() | SettleRequest() as asked]:
                structlog.contextvars.bind_contextvars(incident=asked.call.incident_id, step=asked.call.step)
            case [AppendRequest() | CountRequest() | BalanceRequest() | PageRequest() as request]:
                structlog.contextvars.bind_contextvars(incident=request.incident_id)
            case [InheritRequest() as request]:
                structlog.contextvars.bind_contextvars(incident=request.hand_over.to)
            case _:
                pass
        # Not unbound: the context is this attempt's own, and what the SDK says of its failure comes after us.
        return await self.next.execute_activity(input)
