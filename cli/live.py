"""A running incident, asked through Temporal: how it stands, and what people may do to it."""

import asyncio
from datetime import timedelta
from typing import Any, Final

from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from amends.errors import InputError, Trouble
from amends.journal import IncidentRow
from workflows.contract import ANSWER, RETRY, VIEW, AnswerRequest, Receipt, RetryRequest, View

PATIENCE: Final = timedelta(seconds=20)
"""How long a command waits for a worker."""

_LOOK: Final = timedelta(seconds=5)
"""How long it waits to be shown something."""

_NO_WORKER = "no worker answers; start one (`amends up`, `amends worker`) and type the same again"


async def view(client: Client, row: IncidentRow, *, patience: timedelta = _LOOK) -> View:
    """How the incident stands now.

    Raises ``InputError`` when Temporal does not carry it (any more), ``Trouble`` when no worker answers in time.
    """
    try:
        found: View = await _handle(client, row).query(VIEW, result_type=View, rpc_timeout=patience)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise InputError(_unknown(client, row)) from error
        raise Trouble(f"incident {row.incident_id}: {_NO_WORKER} ({error.message})") from error
    except WorkflowQueryFailedError as error:
        raise Trouble(f"incident {row.incident_id} cannot say how it stands: {error}") from error
    if found.incident_id != row.incident_id:
        raise InputError(
            f"incident {row.incident_id} has ended; on the same subject runs {found.incident_id}, "
            f"see `amends show {found.incident_id}`"
        )
    return found


async def answer(
    client: Client, row: IncidentRow, request: AnswerRequest, *, patience: timedelta = PATIENCE
) -> Receipt:
    """Answers a question. Returns when the answer is in the journal.

    Raises ``InputError`` with the reason when it does not count, ``Trouble`` when no worker answered within
    ``patience``; the same answer under the same key can then be given again.
    """
    return await _update(client, row, ANSWER, request, patience=patience)


async def retry(client: Client, row: IncidentRow, request: RetryRequest, *, patience: timedelta = PATIENCE) -> Receipt:
    """Has a task tried again. Returns and raises as ``answer`` does."""
    return await _update(client, row, RETRY, request, patience=patience)


async def _update(
    client: Client, row: IncidentRow, name: str, request: AnswerRequest | RetryRequest, *, patience: timedelta
) -> Receipt:
    update = _handle(client, row).execute_update(name, request, id=request.key, result_type=Receipt)
    try:
        receipt: Receipt = await asyncio.wait_for(update, patience.total_seconds())
    except WorkflowUpdateFailedError as error:
        if isinstance(error.cause, ApplicationError):
            raise InputError(f"incident {row.incident_id}: {error.cause.message}") from error
        raise
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise InputError(_unknown(client, row)) from error
        raise Trouble(f"incident {row.incident_id}: {_NO_WORKER} ({error.message})") from error
    except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
        raise Trouble(
            f"incident {row.incident_id}: nothing came back within {patience.total_seconds():.0f} s; {_NO_WORKER}"
        ) from error
    return receipt


async def cancel(client: Client, row: IncidentRow, *, reason: str) -> None:
    """Asks Temporal to cancel it. Returns when Temporal has noted that. Raises as ``view`` does."""
    await view(client, row)
    await _handle(client, row).cancel(reason=reason)


def _handle(client: Client, row: IncidentRow) -> WorkflowHandle[Any, Any]:
    return client.get_workflow_handle(row.workflow_id)


def _unknown(client: Client, row: IncidentRow) -> str:
    server = client.service_client.config.target_host
    return (
        f"the Temporal server at {server!r} does not carry incident {row.incident_id} ({row.workflow_id}); "
        "does the journal belong to another server? Name it with --address"
    )
