"""What the Temporal server says of itself and of our queues, for `amends status` and `amends doctor`."""

from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, GetSystemInfoRequest
from temporalio.client import Client

from amends.temporal import DUE_AT, WORKFLOW_QUEUE, effects_queue, journal_queue

_FORGOTTEN: Final = timedelta(seconds=90)
"""A poll lasts a minute at most: who has not polled for longer is gone, though the server lists him for five."""

_GRACE: Final = timedelta(minutes=1)
"""A due moment that has just passed is being dealt with."""

_QUEUES: Final = {
    WORKFLOW_QUEUE: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    journal_queue(WORKFLOW_QUEUE): TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    effects_queue(WORKFLOW_QUEUE): TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
}


class Overdue(NamedTuple):
    """A running workflow whose next due moment has passed and that nobody has carried on."""

    workflow_id: str
    due_at: datetime


async def version(client: Client) -> str:
    answered = await client.workflow_service.get_system_info(GetSystemInfoRequest())
    return answered.server_version


async def pollers(client: Client) -> dict[str, int]:
    """How many workers poll each of our three queues."""
    return {queue: await _pollers(client, queue, kind) for queue, kind in _QUEUES.items()}


async def overdue(client: Client, *, limit: int) -> list[Overdue]:
    """At most ``limit`` incidents that are overdue. They go on when a worker carries them."""
    before = (datetime.now(UTC) - _GRACE).isoformat(timespec="seconds")
    query = f"TaskQueue = '{WORKFLOW_QUEUE}' AND ExecutionStatus = 'Running' AND {DUE_AT.name} < '{before}'"
    found = client.list_workflows(query, limit=limit)
    due = [(each.id, each.typed_search_attributes.get(DUE_AT)) async for each in found]
    return [Overdue(workflow_id, at) for workflow_id, at in due if at is not None]


async def _pollers(client: Client, queue: str, kind: TaskQueueType.ValueType) -> int:
    described = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind)
    )
    since = datetime.now(UTC) - _FORGOTTEN
    return len({each.identity for each in described.pollers if each.last_access_time.ToDatetime(UTC) > since})
