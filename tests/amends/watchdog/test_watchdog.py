"""The watchdog on the real server: what is done to a workflow in Temporal stands in the journal after one look."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.worker import Worker

from amends.journal import Alert, AlertKind, AlertLog, Journal
from amends.models import Status
from amends.timeline import EntryKind
from amends.watchdog import look, tell, watching
from tests.amends.journal.builders import entry, opened, told
from tests.amends.sleeper import Sleeper

Started = WorkflowHandle[Sleeper, int]

WITHIN = 30.0
"""Seconds for what takes a fraction of one."""


@pytest.fixture
def queue() -> str:
    return f"watched-{uuid4()}"


@pytest.fixture
def standing(journal: Journal) -> Callable[[], list[Alert]]:
    return AlertLog(journal.engine).standing


async def start(
    client: Client, journal: Journal, queue: str, incident_id: str, *, parcel: str | None = None
) -> Started:
    """A workflow that nobody carries, and its incident. One of a parcel that is named runs beside earlier ones."""
    parcel = parcel or f"PC-{uuid4()}"
    handle = await client.start_workflow(Sleeper.run, 3600, id=f"lost_parcel:{parcel}", task_queue=queue)
    run_id = str(handle.result_run_id)
    told(journal, opened(incident_id, parcel=parcel), incident_id=incident_id, parcel=parcel, run_id=run_id)
    return handle


async def until_listed(client: Client, queue: str, *ids: str) -> None:
    """Waits until Temporal's list, which lags behind, has these workflows and no others."""
    async with asyncio.timeout(WITHIN):
        query = f"TaskQueue = '{queue}' AND ExecutionStatus = 'Running'"
        while {each.id async for each in client.list_workflows(query)} != set(ids):
            await asyncio.sleep(0.02)


async def test_nothing_is_raised_about_what_runs(
    client: Client, journal: Journal, queue: str, standing: Callable[[], list[Alert]]
) -> None:
    await start(client, journal, queue, "running")

    await look(client, journal, queue=queue)

    assert standing() == []


async def test_a_terminated_workflow_is_told_with_who_did_it_and_why(
    client: Client, journal: Journal, queue: str, standing: Callable[[], list[Alert]]
) -> None:
    """An incident whose workflow was terminated, or is missing, is noticed and raises an alert."""

    handle = await start(client, journal, queue, "terminated")
    await handle.terminate(reason="tidying up")
    await until_listed(client, queue)

    await look(client, journal, queue=queue)

    (alert,) = standing()
    assert (alert.kind, alert.incident_id) == (AlertKind.WORKFLOW_TERMINATED, "terminated")
    assert alert.details["run_id"] == handle.result_run_id
    assert f"was terminated in Temporal by {client.identity} at 2" in tell(alert)
    assert tell(alert).endswith("(tidying up)")


async def test_two_looks_at_once_and_one_more_raise_it_once(
    client: Client, journal: Journal, queue: str, standing: Callable[[], list[Alert]]
) -> None:
    handle = await start(client, journal, queue, "terminated")
    await handle.terminate()
    await until_listed(client, queue)

    await asyncio.gather(look(client, journal, queue=queue), look(client, journal, queue=queue))
    await look(client, journal, queue=queue)

    assert len(standing()) == 1


async def test_a_workflow_of_another_server_is_missing(
    client: Client, journal: Journal, queue: str, standing: Callable[[], list[Alert]]
) -> None:
    told(journal, opened())

    await look(client, journal, queue=queue)

    (alert,) = standing()
    assert alert.kind is AlertKind.WORKFLOW_MISSING
    assert "does not know its workflow (does the journal belong to another server" in tell(alert)


async def test_a_workflow_that_completed_and_whose_journal_was_never_told_is_told(
    client: Client, journal: Journal, queue: str, standing: Callable[[], list[Alert]]
) -> None:
    handle = await start(client, journal, queue, "cancelled")
    async with Worker(client, task_queue=queue, workflows=[Sleeper]):
        await handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await handle.result()

    await look(client, journal, queue=queue)

    (alert,) = standing()
    assert alert.kind is AlertKind.WORKFLOW_ENDED
    assert "the journal does not know how" in tell(alert)


async def test_what_is_right_again_is_cleared(
    client: Client, journal: Journal, queue: str, standing: Callable[[], list[Alert]]
) -> None:
    handle = await start(client, journal, queue, "reset")
    async with Worker(client, task_queue=queue, workflows=[Sleeper]):
        await until_begun(handle)
    await handle.terminate()
    await until_listed(client, queue)
    await look(client, journal, queue=queue)
    raised = [alert.kind for alert in standing()]

    await client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=handle.id, run_id=str(handle.result_run_id)),
            reason="it was a mistake",
            workflow_task_finish_event_id=4,
            request_id=str(uuid4()),
        )
    )
    await until_listed(client, queue, handle.id)
    await look(client, journal, queue=queue)

    assert raised == [AlertKind.WORKFLOW_TERMINATED]
    assert standing() == []


async def test_an_alert_is_cleared_when_its_incident_ends(
    client: Client, journal: Journal, queue: str, standing: Callable[[], list[Alert]]
) -> None:
    told(journal, opened())
    await look(client, journal, queue=queue)
    before = len(standing())
    told(journal, entry(1, EntryKind.INCIDENT_CLOSED, status=Status.CANCELLED, outcome="settled by hand"))

    await look(client, journal, queue=queue)

    assert (before, standing()) == (1, [])


async def test_an_incident_that_lost_its_workflow_to_a_newer_one_is_told(
    client: Client, journal: Journal, queue: str, standing: Callable[[], list[Alert]]
) -> None:
    parcel = f"PC-{uuid4()}"
    first = await start(client, journal, queue, "older", parcel=parcel)
    await first.terminate()
    await start(client, journal, queue, "newer", parcel=parcel)
    await until_listed(client, queue, first.id)

    await look(client, journal, queue=queue)

    assert [alert.incident_id for alert in standing()] == ["older"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_watching_looks_at_once_and_again(
    client: Client, journal: Journal, queue: str, standing: Callable[[], list[Alert]]
) -> None:
    told(journal, opened())

    async with watching(client, journal, queue=queue, every=timedelta(milliseconds=20)), asyncio.timeout(WITHIN):
        while not standing():
            await asyncio.sleep(0.02)
        told(journal, entry(1, EntryKind.INCIDENT_CLOSED, status=Status.CLOSED, outcome="refund"))
        while standing():
            await asyncio.sleep(0.02)

    assert standing() == []


async def until_begun(handle: Started) -> None:
    """Waits until the workflow's first task has been carried out, so that it can be reset to it."""
    async with asyncio.timeout(WITHIN):
        while EventType.EVENT_TYPE_TIMER_STARTED not in [
            event.event_type for event in (await handle.fetch_history()).events
        ]:
            await asyncio.sleep(0.02)
