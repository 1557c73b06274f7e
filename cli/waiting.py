"""Waiting for what a worker needs, and saying so: first at once, then every half minute."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar

import structlog

T = TypeVar("T")

_log = structlog.get_logger("amends.worker")

_BETWEEN: Final = timedelta(seconds=1)
_SAY_EVERY: Final = timedelta(seconds=30)


async def until(
    there: Callable[[], Awaitable[T]],
    *,
    what: str,
    away: type[Exception],
    wait: bool = True,
    between: timedelta = _BETWEEN,
    say_every: timedelta = _SAY_EVERY,
) -> T:
    """What ``there`` returns, once it no longer raises ``away``; any other error ends the waiting, as does ``away``
    itself without ``wait``. ``what`` is being waited for."""
    told_at: float | None = None
    while True:
        try:
            found = await there()
        except away as error:
            if not wait:
                raise
            now = time.monotonic()
            if told_at is None or now - told_at >= say_every.total_seconds():
                _log.warning(f"waiting for {what}", why=str(error))
                told_at = now
            await asyncio.sleep(between.total_seconds())
            continue
        if told_at is not None:
            _log.info(f"{what} is there")
        return found
