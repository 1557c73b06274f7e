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
from workflows.contract import BETWEEN_RUNS, VIEW, Receipt, View
from workflows.requests import ActRequest, update_of

PATIENCE: Final = timedelta(seconds=20)
"""How long a command waits for a worker."""

_LOOK: Final = timedelta(seconds=5)
"""How long it waits to be shown something."""

_BETWEEN: Final = 0.1
"""Seconds after which an incident that is between two runs is asked again."""

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


async def act(client: Client, row: IncidentRow, request: ActRequest, *, patience: timedelta = PATIENCE) -> Receipt:
    """Does what a person wants, signed if this door has a key. Returns when it is in the journal.

    Raises ``InputError`` with the reason when it does not count, ``Trouble`` when no worker answered within
    ``patience``; the same can then be done again under the same key.
    """
    try:
        return await asyncio.wait_for(_update(client, row, _signed(row, request)), patience.total_seconds())
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


async def _update(client: Client, row: IncidentRow, request: ActRequest) -> Receipt:
    """Sends it, again and again while the incident is between two runs."""
    while True:
        try:
            receipt: Receipt = await _handle(client, row).execute_update(
                update_of(request), request, id=request.key, result_type=Receipt
            )
        except WorkflowUpdateFailedError as error:
            if not isinstance(error.cause, ApplicationError) or error.cause.type != BETWEEN_RUNS:
                raise
            await asyncio.sleep(_BETWEEN)
        else:
            return receipt


def _signed(row: IncidentRow, act: ActRequest) -> ActRequest:
    from cli import signing  # whoever only looks needs no key, and is not kept waiting for what reads one

    door = signing.signer()
    if door is None:
        return act
    return door.signed(act, act=update_of(act), workflow_id=row.workflow_id, incident_id=row.incident_id)


def _handle(client: Client, row: IncidentRow) -> WorkflowHandle[Any, Any]:
    return client.get_workflow_handle(row.workflow_id)


def _unknown(client: Client, row: IncidentRow) -> str:
    server = client.service_client.config.target_host
    return (
        f"the Temporal server at {server!r} does not carry incident {row.incident_id} ({row.workflow_id}); "
        "does the journal belong to another server? Name it with --address"
    )
