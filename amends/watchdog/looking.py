"""What Temporal says of workflows: which run, how a run stands, and how one came to its end."""

from datetime import timedelta
from typing import Final

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, HistoryEventFilterType
from temporalio.api.enums.v1 import WorkflowExecutionStatus as Status
from temporalio.api.failure.v1 import Failure
from temporalio.api.workflowservice.v1 import (
    DescribeWorkflowExecutionRequest,
    GetWorkflowExecutionHistoryRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from amends.models import Data
from amends.watchdog.judging import Run, RunStatus

_PATIENCE: Final = timedelta(seconds=10)
_PAGE: Final = 1000

_NO_SUCH_RUN: Final = {RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT}
"""An id that is no run id of this server's is an invalid argument to it."""

_CLOSED: Final = {
    Status.WORKFLOW_EXECUTION_STATUS_COMPLETED: RunStatus.COMPLETED,
    Status.WORKFLOW_EXECUTION_STATUS_FAILED: RunStatus.FAILED,
    Status.WORKFLOW_EXECUTION_STATUS_CANCELED: RunStatus.CANCELLED,
    Status.WORKFLOW_EXECUTION_STATUS_TERMINATED: RunStatus.TERMINATED,
    Status.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW: RunStatus.CONTINUED,
    Status.WORKFLOW_EXECUTION_STATUS_TIMED_OUT: RunStatus.TIMED_OUT,
}


async def running(client: Client, queue: str) -> set[str]:
    """The ids of the workflows that run on ``queue``. The list may lag behind by a moment: ask ``run_of`` for truth."""
    query = f"TaskQueue = '{queue}' AND ExecutionStatus = 'Running'"
    listed = client.list_workflows(query, page_size=_PAGE, rpc_timeout=_PATIENCE)
    return {workflow.id async for workflow in listed}


async def run_of(client: Client, workflow_id: str, run_id: str = "") -> Run | None:
    """A run of a workflow, its newest if none is named; ``None`` if the server does not know it."""
    try:
        described = await client.workflow_service.describe_workflow_execution(
            DescribeWorkflowExecutionRequest(
                namespace=client.namespace,
                execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id),
            ),
            timeout=_PATIENCE,
        )
    except RPCError as error:
        if error.status in _NO_SUCH_RUN:
            return None
        raise
    info = described.workflow_execution_info
    return Run(info.execution.run_id, info.first_run_id, _CLOSED.get(info.status, RunStatus.RUNNING))


async def ending(client: Client, workflow_id: str, run_id: str) -> Data:
    """How a run that has closed came to its end: ``at``, and what Temporal knows of ``by`` and ``reason``."""
    answered = await client.workflow_service.get_workflow_execution_history(
        GetWorkflowExecutionHistoryRequest(
            namespace=client.namespace,
            execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id),
            history_event_filter_type=HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
        ),
        timeout=_PATIENCE,
    )
    if not answered.history.events:
        return {}
    event = answered.history.events[-1]
    told: Data = {"at": event.event_time.ToDatetime().isoformat(timespec="seconds") + "Z"}
    match event.event_type:
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
            terminated = event.workflow_execution_terminated_event_attributes
            told |= {"by": terminated.identity, "reason": terminated.reason}
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
            told["reason"] = _innermost(event.workflow_execution_failed_event_attributes.failure)
        case _:
            pass
    return {name: value for name, value in told.items() if value}


def _innermost(failure: Failure) -> str:
    """What began it: a failed workflow says of itself that an activity failed, and that one why."""
    while failure.HasField("cause"):
        failure = failure.cause
    return failure.message
