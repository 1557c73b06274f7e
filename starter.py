"""Opening incidents, and telling what happens to orders: a library for the order system, and a command.

::

    receipt = await starter.open_incident(
        client,
        "lost_parcel",
        {"order_id": "SO-1001", "parcel_id": "PC-1001-1"},
        key="hotline-4711",
        actor=actor,
        signer=DoorKey.read(Path("door.json")),
    )
    receipt.incident_id

    await starter.observe(client, cloud_event)
"""

import asyncio
import random
import sys
from datetime import timedelta
from typing import Final

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from amends.doors.keys import DoorKey
from amends.errors import InputError, Trouble
from amends.models import Actor, Data
from amends.temporal import WORKFLOW_QUEUE
from intake.observing import hand_over
from runbooks.bundle import Bundle
from runbooks.library import load
from workflows.admission import report_refusal
from workflows.contract import BETWEEN_RUNS, INCIDENT_CLOSED, REFUSED, REPORT, IncidentInput, Receipt, ReportRequest

PATIENCE: Final = timedelta(seconds=60)
"""How long an opening may wait for a worker, or for an incident on the same subject that is just closing."""

_WAS_CLOSING = "an incident on the same subject was closing"
_CLOSING = {INCIDENT_CLOSED, "AcceptedUpdateCompletedWorkflow"}
_RETRIED = {
    RPCStatusCode.ABORTED,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.FAILED_PRECONDITION,  # the incident was just closing, or its worker away
    RPCStatusCode.NOT_FOUND,
    RPCStatusCode.RESOURCE_EXHAUSTED,  # a server takes so many updates of one workflow at a time, ten if unset
    RPCStatusCode.UNAVAILABLE,
}


async def open_incident(
    client: Client,
    exception_type: str,
    report: Data,
    *,
    key: str,
    actor: Actor,
    signer: DoorKey | None = None,
    queue: str = WORKFLOW_QUEUE,
    bundle: Bundle | None = None,
    patience: timedelta = PATIENCE,
    history_limit: int | None = None,
) -> Receipt:
    """Report an exception: opens an incident on its subject, or adds the report to the one that is open.

    ``report`` carries the fields that the runbook's ``report`` section asks for. ``key`` is the report's idempotency
    key: the same key again, whenever and however often, changes nothing and gets the same receipt, or one whose
    ``duplicate_of`` names the earlier incident that has it. ``receipt.result`` is ``opened`` or ``added``.
    ``signer``: the key of the door that vouches for ``actor``; without it the actor stays unverified. ``bundle``: what
    a new incident follows; the runbook of ``exception_type`` as it is now, if not given.

    Returns when the report is in the journal. Raises ``InputError`` for a report that does not fit, ``Trouble`` when
    nothing answered within ``patience``; then it is safe, and right, to try again with the same key.
    """
    bundle = bundle or load(exception_type)
    _require_fit(bundle, report)
    start = IncidentInput(bundle=bundle)
    if history_limit is not None:
        start = start.model_copy(update={"history_limit": history_limit})
    request = ReportRequest(key=key, report=report, actor=actor)
    if signer is not None:
        request = signer.signed(request, act=REPORT, workflow_id=bundle.workflow_id(report))
    deadline = asyncio.get_running_loop().time() + patience.total_seconds()
    trouble, pause = "nothing answered", 0.05
    update_id = key
    while asyncio.get_running_loop().time() < deadline:
        try:
            # around each call: the SDK makes an error of its own of being cancelled
            async with asyncio.timeout_at(deadline):
                return await _report(client, bundle, start, request, queue, update_id)
        except TimeoutError:
            break
        except (RPCError, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            trouble = _passing(error)
            if trouble == _WAS_CLOSING:
                update_id += "+"  # to the old id the server would go on answering with what the closed incident said
        await asyncio.sleep(random.uniform(pause / 2, pause))  # noqa: S311  # spreads callers, keeps no secret
        pause = min(pause * 2, 1.0)
    raise Trouble(
        f"the report {key!r} on {bundle.workflow_id(report)!r} was not answered within {patience} ({trouble}); "
        "is a worker running (`amends up`, `amends worker`)? The same report can be given again under the same key"
    )


async def observe(client: Client, event: Data, *, queue: str = WORKFLOW_QUEUE) -> None:
    """Tell what happened to an order: ``event`` is one CloudEvent, as a JSON object.

    Returns when Temporal has it; no worker need run, and no database of ours be reached. From then on it is not lost:
    once a worker has taken it in, what it amounts to opens, wakes or clears incidents. The same event again, whenever
    and however often, changes nothing.

    Raises ``MalformedEvent``, an ``InputError``, for what is no event, and ``Trouble`` when Temporal does not answer;
    then it is safe, and right, to try again.
    """
    try:
        await hand_over(client, event, queue=queue)
    except RPCError as error:
        if error.status not in _RETRIED:
            raise
        raise Trouble(f"Temporal did not take the event: {error.message}; give it again") from error


async def _report(
    client: Client, bundle: Bundle, start: IncidentInput, request: ReportRequest, queue: str, update_id: str
) -> Receipt:
    operation: WithStartWorkflowOperation[object, object] = WithStartWorkflowOperation(
        bundle.workflow_type,
        start,
        id=bundle.workflow_id(request.report),
        task_queue=queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        static_summary=f"{bundle.title.get('en', bundle.exception_type)}: {bundle.workflow_id(request.report)}",
        static_details=_details(bundle),
    )
    receipt: Receipt = await client.execute_update_with_start_workflow(
        REPORT,
        request,
        start_workflow_operation=operation,
        id=update_id,
        result_type=Receipt,
    )
    return receipt


def _passing(error: RPCError | WorkflowUpdateFailedError | WorkflowUpdateRPCTimeoutOrCancelledError) -> str:
    """What is in the way now and may pass; anything else is raised."""
    match error:
        case WorkflowUpdateFailedError(cause=ApplicationError() as cause):
            if cause.type == REFUSED:
                raise InputError(cause.message) from error
            if cause.type in _CLOSING:
                return _WAS_CLOSING
            if cause.type == BETWEEN_RUNS:
                return cause.message
            raise error
        case RPCError():
            if error.status not in _RETRIED:
                raise error
            return error.message
        case _:
            return str(error)


def _require_fit(bundle: Bundle, report: Data) -> None:
    """Refuse here what the incident would refuse: a refused first report would leave a workflow with nothing to do."""
    missing = [field for field in bundle.subject if not isinstance(report.get(field), str) or not report[field]]
    if missing:
        needs = ", ".join(repr(field) for field in bundle.report)
        lacks = ", ".join(map(repr, missing))
        raise InputError(f"a report of a {bundle.exception_type} needs {lacks} as text; its fields are {needs}")
    why_not = report_refusal(bundle, bundle.workflow_id(report), report)
    if why_not is not None:
        raise InputError(why_not)


def _details(bundle: Bundle) -> str:
    """The runbook, as Temporal's own pages show it beside the incident."""
    program = bundle.program
    lines = [f"**{bundle.title.get('en', '')}** {bundle.title.get('zh', '')}", bundle.about, f"`{bundle.digest}`", ""]
    for stage, steps in (("report", program.report), ("analysis", program.analysis)):
        lines.append(f"- {stage}: " + ", ".join(f"`{step.id}`" for step in steps))
    lines.append("- action: " + ", ".join(f"`{plan.name}`" for plan in program.action))
    lines.append("- follow_up: " + ", ".join(f"`{step.id}`" for step in program.follow_up))
    return "\n".join(lines)


if __name__ == "__main__":  # the same command as `amends open`
    from cli.main import run

    run(["open", *sys.argv[1:]])
