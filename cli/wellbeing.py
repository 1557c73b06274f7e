"""The checks behind a worker's ``/ready``: Temporal answers, the journal answers, the pollers run, somebody sweeps."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Final

from temporalio.client import Client

from amends.health import OK, Check
from amends.journal import Journal
from intake.sweeping import Sweeper
from worker import Serving

TEMPORAL: Final = "temporal"
JOURNAL: Final = "journal"
POLLERS: Final = "pollers"
INTAKE: Final = "intake"

_SILENT: Final = timedelta(minutes=2)
"""How long a sweep may take: one that waits for many openings is slow, and well."""


async def not_yet() -> str:
    """The check of what has not been reached yet."""
    return "not there yet"


async def stopping() -> str:
    """The check of what takes nothing new any more."""
    return "stopping: what is running finishes first"


def temporal_answers(client: Client) -> Check:
    async def check() -> str:
        return OK if await client.service_client.check_health() else "it says that it is not serving"

    return check


def journal_answers(journal: Journal) -> Check:
    """One look at a time: a database that hangs holds up one thread, however often somebody asks."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="journal-check")

    async def check() -> str:
        await asyncio.get_running_loop().run_in_executor(pool, journal.check)
        return OK

    return check


def sweeps(sweeper: Sweeper) -> Check:
    """Well before its first sweep: the others say whether there is what it needs."""
    begun = datetime.now(UTC)

    async def check() -> str:
        if sweeper.trouble is not None:
            return f"what is overdue is not opened: {sweeper.trouble}"
        return OK if datetime.now(UTC) - (sweeper.at or begun) < _SILENT else "nobody sweeps what is overdue"

    return check


def polls(serving: Serving) -> Check:
    async def check() -> str:
        resting = [part.value for part, runs in serving.polling().items() if not runs]
        return OK if not resting else f"not polling for {', '.join(resting)}"

    return check
