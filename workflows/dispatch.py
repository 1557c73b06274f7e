"""From a command to an activity: its queue, its limits, and the words that Temporal's own pages show."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError
from temporalio.exceptions import TimeoutError as TimedOut

with workflow.unsafe.imports_passed_through():
    from activities.wire import (
        APPEND,
        RECONCILE,
        AppendReport,
        AppendRequest,
        CallReport,
        CallRequest,
        ReconcileRequest,
    )
    from amends.models import Outcome
    from amends.temporal import effects_queue, journal_queue
    from runbooks.catalogue import CATALOGUE, RECONCILE_RETRY, ActivitySpec, Retry
    from workflows.events import Command, CommandReturned, Role
    from workflows.state import State

_APPEND_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=10))
"""The journal is our own: it is tried until it takes the entries, and soon after it is back."""

_APPEND_WITHIN = timedelta(seconds=20)


async def append(request: AppendRequest) -> AppendReport:
    """Write entries to the journal; returns when they are committed, however long that takes."""
    first, last = request.entries[0], request.entries[-1]
    kinds = ", ".join(dict.fromkeys(entry.kind for entry in request.entries))
    report: AppendReport = await workflow.execute_activity(
        APPEND,
        request,
        result_type=AppendReport,
        task_queue=journal_queue(workflow.info().task_queue),
        start_to_close_timeout=_APPEND_WITHIN,
        retry_policy=_APPEND_RETRY,
        summary=_short(f"Record {first.n}-{last.n}: {kinds}"),
    )
    return report


async def call(state: State, command: Command) -> CommandReturned:
    """Carry a command out; its activity's id is the command's. Trouble past its limits is an unknown outcome."""
    spec = CATALOGUE[command.activity]
    request = CallRequest(
        key=state.key(command.reconciles or command.id),
        incident_id=state.incident_id,
        step=command.step,
        attempt=command.attempt,
        inputs=command.inputs,
        undoes=command.undoes,
    )
    try:
        report = await workflow.execute_activity(
            RECONCILE if command.reconciles else spec.name,
            ReconcileRequest(activity=spec.name, call=request) if command.reconciles else request,
            result_type=CallReport,
            task_queue=effects_queue(workflow.info().task_queue),
            activity_id=command.id,
            start_to_close_timeout=spec.within,
            retry_policy=_retry(RECONCILE_RETRY if command.reconciles else spec.retry),
            summary=_summary(spec, command),
        )
    except ActivityError as error:
        if isinstance(error.cause, CancelledError):
            raise
        return CommandReturned(command_id=command.id, outcome=Outcome.UNKNOWN, trouble=_trouble(error))
    return CommandReturned(command_id=command.id, outcome=report.outcome, result=report.result, refusal=report.refusal)


def _retry(retry: Retry) -> RetryPolicy:
    return RetryPolicy(initial_interval=retry.first, maximum_interval=retry.longest, maximum_attempts=retry.attempts)


def _summary(spec: ActivitySpec, command: Command) -> str:
    if command.reconciles:
        return _short(f"Ask whether it happened: {spec.says['en']} ({command.step})")
    match command.role:
        case Role.UNDO:
            return _short(f"{spec.says['en']} (undoes {command.step})")
        case Role.READ | Role.EFFECT:
            return _short(f"{spec.says['en']} ({command.step})")


def _trouble(error: ActivityError) -> str:
    match error.cause:
        case ApplicationError() as cause:
            return f"{cause.type}: {cause.message}"
        case TimedOut() as cause:
            return f"timed out: {cause.message}"
        case cause:
            return str(cause)


def _short(text: str) -> str:
    """Temporal keeps 200 bytes of a summary."""
    return text if len(text.encode()) <= 200 else text.encode()[:197].decode(errors="ignore") + "…"
