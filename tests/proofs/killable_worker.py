"""A worker that dies by SIGKILL at one place: after an activity has committed, before Temporal hears of it.

``python -m tests.proofs.killable_worker ADDRESS QUEUE JOURNAL_URL SHOP_URL`` reads numbers, a line each, and makes a
worker for each, which dies behind so many activities; it says ``ready`` when the worker serves and ``died`` when it is
dead. Workers are forked, because importing what they need takes longer than what they live for.
"""

import asyncio
import os
import signal
import sys
from typing import Any

from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

import worker
from amends.connectors.shop import Shop
from amends.journal import Journal
from amends.journal import connect as connect_journal
from amends.temporal import connect


class DyingBehind(Interceptor):
    """Kills this very process when the nth activity has done its work."""

    def __init__(self, nth: int) -> None:
        self._left = nth

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        dying = self

        class Inbound(ActivityInboundInterceptor):
            async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
                result = await super().execute_activity(input)
                dying._left -= 1
                if dying._left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return result

        return Inbound(next)


async def main(address: str, queue: str, journal_url: str, shop_url: str, nth: str) -> None:
    """Serve until killed."""
    client = await connect(address)
    skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False))
    journal = Journal(connect_journal(journal_url))
    serving = worker.serving(
        skipper.client,
        journal=journal,
        connectors=Shop(shop_url),
        queue=queue,
        interceptors=[DyingBehind(int(nth))],
        cached_workflows=0,  # the next worker is asked at once, and not only when the dead one has been waited for
    )
    async with serving:
        print("ready", flush=True)
        await asyncio.Event().wait()


def breed(address: str, queue: str, journal_url: str, shop_url: str) -> None:
    """One worker after the other, as standard input asks for them."""
    for line in sys.stdin:
        worker_id = os.fork()
        if worker_id == 0:
            asyncio.run(main(address, queue, journal_url, shop_url, line))
        os.waitpid(worker_id, 0)
        print("died", flush=True)


if __name__ == "__main__":
    breed(*sys.argv[1:])
