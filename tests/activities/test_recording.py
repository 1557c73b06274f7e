"""Entries that go along with an errand are in the journal before it is run, or it is not run."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from activities.recording import Recording
from activities.wire import AppendRequest, BalanceRequest
from amends.journal import Journal
from amends.timeline import EntryKind
from tests.activities.test_counting import request
from tests.amends.journal.builders import INCIDENT, entry, opened


class _Run(ActivityInboundInterceptor):
    """An activity that keeps how many entries the journal had whenever it was run."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.found: list[int] = []

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002, ARG002
        self.found.append(len(self._journal.timeline(INCIDENT)))


@pytest.fixture
def recording(journal: Journal) -> Iterator[Recording]:
    with ThreadPoolExecutor(1) as threads:
        yield Recording(journal, threads)


async def _try(recording: Recording, run: _Run, record: AppendRequest | None) -> None:
    errand = BalanceRequest(incident_id=INCIDENT, order_id="A-1", record=record)
    given = ExecuteActivityInput(fn=lambda: None, args=[errand], executor=None, headers={})
    await ActivityEnvironment().run(recording.intercept_activity(run).execute_activity, given)


async def test_what_goes_along_is_in_the_journal_before_the_errand_is_run_and_once(
    recording: Recording, journal: Journal
) -> None:
    run, record = _Run(journal), request(opened(), entry(1, EntryKind.NOTE_ADDED))

    await _try(recording, run, record)
    await _try(recording, run, record)
    await _try(recording, run, None)

    assert run.found == [2, 2, 2]


async def test_an_errand_whose_entries_the_journal_does_not_take_is_not_run(
    recording: Recording, journal: Journal
) -> None:
    run = _Run(journal)
    await _try(recording, run, request(opened()))

    with pytest.raises(ApplicationError, match=r"^not_recorded: nothing was done: .*\(journal_error\)$") as refused:
        await _try(recording, run, request(entry(2, EntryKind.NOTE_ADDED)))

    assert (refused.value.type, refused.value.non_retryable) == ("not_recorded", True)
    assert run.found == [1]
