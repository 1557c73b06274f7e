"""The worker: carries incidents, journal writes and effects for a Temporal server.

``python worker.py`` serves the server that Temporal's own environment configuration names (``TEMPORAL_ADDRESS``, …),
with the journal of ``AMENDS_DATABASE_URL``, until Ctrl-C or SIGTERM; then it drains.
"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final

from temporalio.client import Client
from temporalio.worker import Interceptor, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import SandboxImportNotificationPolicy

from activities.journal import JournalActivities
from activities.registry import activities_of
from amends import __version__
from amends.connectors.ports import Connectors
from amends.connectors.shop import Shop
from amends.journal import Journal
from amends.journal import connect as connect_journal
from amends.settings import Settings
from amends.temporal import WORKFLOW_QUEUE, connect, effects_queue, journal_queue
from workflows.host import IncidentWorkflow

JOURNAL_THREADS: Final = 8
"""More writers only queue at SQLite's one lock."""

EFFECTS_THREADS: Final = 32
"""Calls that hang fill this pool and leave the journal's alone."""

_STOPPING: Final = (signal.SIGTERM, signal.SIGINT)

_BUILD: Final = f"amends-{__version__}"
"""What histories say of the worker; without it the SDK reads all loaded modules to make a name, which takes seconds."""

_GRACE: Final = timedelta(seconds=30)
"""How long running calls may take to end when the worker stops; one attempt may take as long."""


@contextlib.asynccontextmanager
async def serving(
    client: Client,
    *,
    journal: Journal,
    connectors: Connectors,
    queue: str = WORKFLOW_QUEUE,
    interceptors: Sequence[Interceptor] = (),
    cached_workflows: int = 1000,
) -> AsyncIterator[None]:
    """Serves incidents on ``queue`` and their activities on its two sister queues, as long as the block runs.

    Workflows, journal writes and effects have pools of their own, so that none can starve another. On leaving, each
    finishes what it is doing.
    """
    with (
        ThreadPoolExecutor(JOURNAL_THREADS, thread_name_prefix="journal") as journal_pool,
        ThreadPoolExecutor(EFFECTS_THREADS, thread_name_prefix="effects") as effects_pool,
    ):
        effects = Worker(
            client,
            task_queue=effects_queue(queue),
            activities=activities_of(connectors, journal.effects),
            activity_executor=effects_pool,
            max_concurrent_activities=EFFECTS_THREADS,
            graceful_shutdown_timeout=_GRACE,
            interceptors=interceptors,
            build_id=_BUILD,
        )
        writer = Worker(
            client,
            task_queue=journal_queue(queue),
            activities=[JournalActivities(journal).append],
            activity_executor=journal_pool,
            max_concurrent_activities=JOURNAL_THREADS,
            graceful_shutdown_timeout=_GRACE,
            interceptors=interceptors,
            build_id=_BUILD,
        )
        incidents = Worker(
            client,
            task_queue=queue,
            workflows=[IncidentWorkflow],
            workflow_runner=strict_sandbox(),
            max_cached_workflows=cached_workflows,
            interceptors=interceptors,
            build_id=_BUILD,
        )
        async with writer, effects, incidents:
            yield


def strict_sandbox() -> SandboxedWorkflowRunner:
    """The sandbox of workers and of replays: a module that slips into it unannounced is an error at the start."""
    policy = (
        SandboxImportNotificationPolicy.WARN_ON_DYNAMIC_IMPORT
        | SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
    )
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_import_notification_policy(policy))


def stop_on_signals() -> asyncio.Event:
    """The event that Ctrl-C or SIGTERM sets, once, from now on; a second signal ends the process at once."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def request() -> None:
        stop.set()
        for each in _STOPPING:
            loop.remove_signal_handler(each)

    for each in _STOPPING:
        loop.add_signal_handler(each, request)
    return stop


async def main(address: str | None = None) -> None:
    """Serve until SIGTERM or Ctrl-C, for the server at ``address`` or the one that Temporal's configuration names.

    Raises ``ConfigurationError`` when a setting, a server or the journal is wrong.
    """
    stop = stop_on_signals()
    settings = Settings()
    engine = connect_journal(settings.database_url)
    shop = Shop(settings.shop_url)
    try:
        journal = Journal(engine)
        client = await connect(address)
        async with serving(client, journal=journal, connectors=shop):
            target = client.service_client.config.target_host
            print(f"serving {WORKFLOW_QUEUE!r} on {target}; Ctrl-C stops it", file=sys.stderr, flush=True)
            await stop.wait()
    finally:
        shop.dispose()
        engine.dispose()


if __name__ == "__main__":
    from cli.main import run

    run(["worker", *sys.argv[1:]])
