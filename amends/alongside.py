"""What a process does alongside its other work: in threads, and again and again for as long as a block runs."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import timedelta
from typing import Any, TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T]) -> T:
    """Runs ``work`` in a thread. Who is cancelled meanwhile still waits for it: it holds a connection."""
    thread = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(thread)
    except asyncio.CancelledError:
        await asyncio.wait({thread})
        raise


@contextlib.asynccontextmanager
async def going_on(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Carries ``work`` on as long as the block runs, then cancels it. What ended it before comes through at the end."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):  # being cancelled is none
                raise ended


async def about(span: timedelta) -> None:
    """Waits about so long: those of many workers do not all go on at once."""
    await asyncio.sleep(span.total_seconds() * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
