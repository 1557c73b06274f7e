"""The worker: carries incidents, journal writes and effects for a Temporal server.

``python worker.py`` is the command ``amends worker``: it serves the server that Temporal's own environment
configuration names (``TEMPORAL_ADDRESS``, …), with the journal of ``AMENDS_DATABASE_URL``, until Ctrl-C or SIGTERM;
then it drains.
"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from enum import StrEnum
from typing import Final, TypedDict, TypeVar

from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import Interceptor, Worker, WorkerDeploymentConfig

from activities.inheriting import Inheriting
from activities.named import NamedInLogs
from activities.recording import Recording
from activities.registry import activities_of, activities_on
from amends import __version__
from amends.connectors.ports import Connectors
from amends.doors.trusted import Trusted
from amends.errors import ConfigurationError
from amends.journal import Journal
from amends.temporal import WORKFLOW_QUEUE, effects_queue, journal_queue
from intake.observing import Observing
from intake.receiving import Receiving
from intake.rulebook import Rulebook
from workflows.host import IncidentWorkflow
from workflows.sandbox import StrictSandbox
from workflows.vouching import Vouching

T = TypeVar("T")

JOURNAL_THREADS: Final = 8
"""More writers only queue at SQLite's one lock."""

EFFECTS_THREADS: Final = 32
"""Calls that hang fill this pool and leave the journal's alone."""

_STOPPING: Final = (signal.SIGTERM, signal.SIGINT)

_BUILD: Final = f"amends-{__version__}"
"""What histories say of the worker; without it the SDK reads all loaded modules to make a name, which takes seconds."""

WORKFLOW_TASKS: Final = 8
"""How many incidents a worker turns over at once. They share one interpreter: with the SDK's hundred, each is so slow
on a busy machine that Temporal takes all of them for stuck, and starts them anew without end."""

_GRACE: Final = timedelta(seconds=30)
"""How long running calls may take to end when the worker stops; one attempt may take as long."""


class Part(StrEnum):
    """What a worker can carry, each from a task queue of its own."""

    INCIDENTS = "incidents"
    JOURNAL = "journal"
    EFFECTS = "effects"


EVERYTHING: Final = frozenset(Part)


class Serving:
    """What is being served. Safe to ask from any thread."""

    def __init__(self, workers: Mapping[Part, Worker]) -> None:
        self._workers = workers

    def polling(self) -> dict[Part, bool]:
        """Whether each part takes tasks now."""
        return {part: each.is_running and not each.is_shutdown for part, each in self._workers.items()}


@contextlib.asynccontextmanager
async def serving(
    client: Client,
    *,
    journal: Journal | None,
    connectors: Connectors | None,
    doors: Trusted | None = None,
    queue: str = WORKFLOW_QUEUE,
    parts: Collection[Part] = EVERYTHING,
    version: WorkerDeploymentVersion | None = None,
    interceptors: Sequence[Interceptor] = (),
    cached_workflows: int = 1000,
) -> AsyncIterator[Serving]:
    """Serves incidents on ``queue`` and their activities on its two sister queues, as long as the block runs.

    Workflows, journal writes and effects have pools of their own, so that none can starve another. On leaving, each
    finishes what it is doing. ``parts``: which of the three are carried here; only effects need ``connectors``, and
    only incidents do without ``journal``. ``doors``: those whose word for a person counts; none's if not given.
    ``version``: the worker deployment version that this is; tasks come once Temporal has been told to route to it, and
    open incidents move on to it. Without it, nothing is routed.

    Raises ``ConfigurationError`` when something that is needed was not given. A worker that fails while it serves
    cancels the block and raises its error.
    """
    common = _Common(
        build_id=None if version else _BUILD,
        deployment_config=None if version is None else _deployment(version),
        interceptors=[NamedInLogs(), Vouching(doors or Trusted()), *interceptors],
    )
    async with contextlib.AsyncExitStack() as stack:
        workers: dict[Part, Worker] = {}
        if Part.JOURNAL in parts:
            pool = stack.enter_context(ThreadPoolExecutor(JOURNAL_THREADS, thread_name_prefix="journal"))
            record = _needed(journal, Part.JOURNAL)
            receiving = Receiving(record.engine, Rulebook(record.revisions))
            workers[Part.JOURNAL] = Worker(
                client,
                task_queue=journal_queue(queue),
                activities=[*activities_on(record), Observing(receiving).take],
                activity_executor=pool,
                max_concurrent_activities=JOURNAL_THREADS,
                graceful_shutdown_timeout=_GRACE,
                **common,
            )
        if Part.EFFECTS in parts:
            pool = stack.enter_context(ThreadPoolExecutor(EFFECTS_THREADS, thread_name_prefix="effects"))
            recorders = stack.enter_context(ThreadPoolExecutor(JOURNAL_THREADS, thread_name_prefix="recording"))
            kept = _needed(journal, Part.EFFECTS)
            carrying: _Common = {**common, "interceptors": [*common["interceptors"], Recording(kept, recorders)]}
            workers[Part.EFFECTS] = Worker(
                client,
                task_queue=effects_queue(queue),
                activities=[
                    *activities_of(_needed(connectors, Part.EFFECTS), kept.effects, kept.pages),
                    Inheriting(client, kept).inherit,
                ],
                activity_executor=pool,
                max_concurrent_activities=EFFECTS_THREADS,
                graceful_shutdown_timeout=_GRACE,
                **carrying,
            )
        if Part.INCIDENTS in parts:
            workers[Part.INCIDENTS] = Worker(
                client,
                task_queue=queue,
                workflows=[IncidentWorkflow],
                workflow_runner=StrictSandbox(),
                max_cached_workflows=cached_workflows,
                max_concurrent_workflow_tasks=WORKFLOW_TASKS,
                **common,
            )
        for each in workers.values():
            await stack.enter_async_context(each)
        yield Serving(workers)


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


class _Common(TypedDict):
    build_id: str | None
    deployment_config: WorkerDeploymentConfig | None
    interceptors: Sequence[Interceptor]


def _deployment(version: WorkerDeploymentVersion) -> WorkerDeploymentConfig:
    # Incidents live for weeks: they follow the newest version, and what would change for them hangs on their features.
    return WorkerDeploymentConfig(
        version=version,
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )


def _needed(given: T | None, part: Part) -> T:
    if given is None:
        raise ConfigurationError(f"to serve {part.value!r} a worker needs the journal, and for effects the connectors")
    return given


if __name__ == "__main__":
    from cli.main import run

    run(["worker", *sys.argv[1:]])
