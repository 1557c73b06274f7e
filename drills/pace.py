"""Where an incident stands in its own time, what is under way in it, and how its time is moved on."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import PendingActivityState, WorkflowExecutionStatus
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import TimeSkipper

from amends.models import Model, Utc

SHORT_OF: Final = timedelta(milliseconds=50)
"""A skip ends this long before the moment it goes to, and must: its end is only noticed while nothing happens.

One whose end came while a call is running, or while a run is continued as new, would go on past it to whatever is due
next.
"""


class Pace(Model):
    """``now``: in the incident's time. ``calls``: the ids of those that have not returned; ``under_way``: in words.

    ``next_try_at``: set when all of these are pausing between two tries; then the first of them goes on. ``thinks``: it
    has something to take up, and a worker is at it, or is to be. ``history``: its run, and how long that one's history
    is; as long as it is the same, nothing has happened.
    """

    ended: bool
    now: Utc
    calls: tuple[str, ...]
    under_way: str
    next_try_at: Utc | None
    thinks: bool
    history: tuple[str, int]


async def pace_of(client: Client, workflow_id: str) -> Pace:
    """The pace of an incident. One whose time was never moved lives in real time.

    It is asked for so often that it is read off the server's answer itself: most of that is of no account here.
    """
    asked_for = WorkflowExecution(workflow_id=workflow_id)
    raw = await client.workflow_service.describe_workflow_execution(
        DescribeWorkflowExecutionRequest(namespace=client.namespace, execution=asked_for), retry=True
    )
    info = raw.workflow_extended_info
    skipped = info.HasField("time_skipping_info")
    now = info.time_skipping_info.current_time.ToDatetime(tzinfo=UTC) if skipped else datetime.now(UTC)
    tries = [_next_try(activity, now) for activity in raw.pending_activities]
    pausing = [at for at in tries if at is not None]
    return Pace(
        ended=raw.workflow_execution_info.status != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING,
        now=now,
        calls=tuple(activity.activity_id for activity in raw.pending_activities),
        under_way=", ".join(_shown(activity) for activity in raw.pending_activities),
        next_try_at=min(pausing) if pausing and len(pausing) == len(tries) else None,
        thinks=raw.HasField("pending_workflow_task"),
        history=(raw.workflow_execution_info.execution.run_id, raw.workflow_execution_info.history_length),
    )


async def skip_to(skipper: TimeSkipper, handle: WorkflowHandle[Any, Any], moment: datetime) -> None:
    """Let an incident's time pass up to a moment. The last bit of it, like all that is shorter, passes in real time."""
    left = moment - await skipper.get_current_time(handle)
    if left > SHORT_OF:
        await skipper.fast_forward(handle, left - SHORT_OF)
        left = SHORT_OF
    await asyncio.sleep(max(left.total_seconds(), 0))


def _next_try(activity: PendingActivityInfo, now: datetime) -> datetime | None:
    if activity.state != PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED or activity.attempt < 2:
        return None
    at = activity.next_attempt_schedule_time.ToDatetime(tzinfo=UTC)
    return at if at > now else None


def _shown(activity: PendingActivityInfo) -> str:
    tries = f" (try {activity.attempt})" if activity.attempt > 1 else ""
    return f"{activity.activity_type.name} {activity.activity_id}{tries}"
