"""The Temporal server: there, with our attributes and a long memory, served by workers, and in step with our clock."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, PollWorkflowTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from amends import upfile
from amends.embedded import RETENTION, UPDATES_IN_FLIGHT
from amends.errors import ConfigurationError
from amends.namespace import missing_attributes, registering, retention
from amends.settings import Settings
from amends.temporal import TemporalAway, connect
from cli.doctoring.databases import skew
from cli.doctoring.finding import Finding, Verdict, ok, unknown, warning, wrong
from cli.stack import server

_CLOCK_WITHIN: Final = 5.0
"""Seconds in which a poll of ours is listed."""


async def checks(settings: Settings, address: str | None) -> AsyncIterator[Finding]:
    """Every check of the server; further ones only if it answers."""
    try:
        client = await connect(address)
    except TemporalAway as error:
        says, _, mend = str(error).partition("; ")
        yield Finding(name="temporal", verdict=_weight(settings, address), says=says, mend=mend)
        return
    except ConfigurationError as error:
        yield wrong("temporal", str(error), "mend Temporal's configuration")
        return
    target = client.service_client.config.target_host
    for name, look in (
        ("temporal", _version),
        ("search attributes", _attributes),
        ("retention", _retention),
        ("workers", _workers),
        ("server clock", _clock),
    ):
        try:
            yield await look(client)
        except RPCError as error:
            yield unknown(name, f"the server at {target!r} does not say: {error.message}")
    yield _updates(settings, target)


def _weight(settings: Settings, address: str | None) -> Verdict:
    """A server that was named and is away is wrong; where none was named, perhaps none is wanted yet."""
    up = upfile.find(settings.state_dir)
    expected = address is not None or "TEMPORAL_ADDRESS" in os.environ or (up is not None and up.alive)
    return Verdict.WRONG if expected else Verdict.WARNING


async def _version(client: Client) -> Finding:
    target = client.service_client.config.target_host
    return ok("temporal", f"server {await server.version(client)} at {target}, namespace {client.namespace}")


async def _attributes(client: Client) -> Finding:
    missing = await missing_attributes(client)
    if missing:
        names = ", ".join(key.name for key in missing)
        return wrong(
            "search attributes",
            f"the namespace lacks {names}; incidents stand still without",
            f"run once: {registering(client.namespace, missing)}",
        )
    return ok("search attributes", "all are registered")


async def _retention(client: Client) -> Finding:
    kept = await retention(client)
    if kept < RETENTION:
        return warning(
            "retention",
            f"closed workflows are kept {kept.days} days; an auditor may look for longer",
            f"temporal operator namespace update --namespace {client.namespace} --retention {RETENTION.days}d",
        )
    return ok("retention", f"closed workflows are kept {kept.days} days")


async def _workers(client: Client) -> Finding:
    idle = [queue for queue, number in (await server.pollers(client)).items() if not number]
    if idle:
        return wrong(
            "workers", f"nobody serves {', '.join(idle)}; incidents stand still", "start `amends up` or `amends worker`"
        )
    return ok("workers", "all three queues are served")


async def _clock(client: Client) -> Finding:
    """The server says when a poll reached it, so we poll a queue on which nothing will ever be."""
    queue = TaskQueue(name=f"amends-doctor-{uuid4()}")
    polling = asyncio.create_task(_poll(client, queue))
    try:
        async with asyncio.timeout(_CLOCK_WITHIN):
            while True:
                described = await client.workflow_service.describe_task_queue(
                    DescribeTaskQueueRequest(
                        namespace=client.namespace,
                        task_queue=queue,
                        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
                    )
                )
                if described.pollers:
                    theirs = described.pollers[0].last_access_time.ToDatetime(UTC)
                    return skew("server clock", theirs - datetime.now(UTC), "the Temporal server's")
                await asyncio.sleep(0.02)
    except TimeoutError:
        return unknown("server clock", "the server does not tell its time")
    finally:
        polling.cancel()
        with contextlib.suppress(asyncio.CancelledError, RPCError):
            await polling


async def _poll(client: Client, queue: TaskQueue) -> None:
    await client.workflow_service.poll_workflow_task_queue(
        PollWorkflowTaskQueueRequest(namespace=client.namespace, task_queue=queue, identity="amends doctor"),
        timeout=timedelta(seconds=30),
    )


def _updates(settings: Settings, target: str) -> Finding:
    up = upfile.find(settings.state_dir)
    if up is not None and up.alive and up.written.temporal == target:
        return ok("updates in flight", f"{UPDATES_IN_FLIGHT} of one incident at a time")
    return unknown(
        "updates in flight",
        "how many the server takes of one incident at a time cannot be seen from here; it is 10 unless it was set",
        f"set history.maxInFlightUpdates to {UPDATES_IN_FLIGHT} in its dynamic configuration",
    )
