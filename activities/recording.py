"""Entries that go along with a call: they are in the journal before anything is done."""

import asyncio
import contextvars
from concurrent.futures import Executor
from functools import partial
from typing import Any

import structlog
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities.journal import JournalActivities
from activities.wire import NOT_RECORDED, AppendRequest, Errand
from amends.journal import Journal

_log = structlog.get_logger("amends.journal")


class Recording(Interceptor):
    """Commits what comes along with an errand, in threads of its own, and then has the errand run.

    What the journal does not take, or cannot now, is ``not_recorded``: nothing is done then, and nothing retried. The
    incident writes the entries by the journal's own activity, which waits for the journal as long as it is away, and
    has the errand run again.
    """

    def __init__(self, journal: Journal, threads: Executor) -> None:
        self._append = JournalActivities(journal).append
        self._threads = threads

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        return _RecordingFirst(next, self)

    async def commit(self, record: AppendRequest) -> None:
        """Raises ``ApplicationError`` of the type ``not_recorded``."""
        in_context = partial(contextvars.copy_context().run, self._append, record)
        try:
            await asyncio.get_running_loop().run_in_executor(self._threads, in_context)
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing has been done
            what = error.type if isinstance(error, ApplicationError) else type(error).__name__
            _log.warning("not_recorded", incident=record.incident_id, error=str(error))
            # the error's own words stay in the log: they may quote what was to be written
            raise ApplicationError(
                f"nothing was done: the entries that came along are not in the journal ({what})",
                type=NOT_RECORDED,
                non_retryable=True,
            ) from None


class _RecordingFirst(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, recording: Recording) -> None:  # noqa: A002
        super().__init__(next)
        self._recording = recording

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        match input.args:
            case [Errand(record=AppendRequest() as record)]:
                await self._recording.commit(record)
            case _:
                pass
        return await self.next.execute_activity(input)
