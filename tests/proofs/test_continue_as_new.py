"""A run that is continued as new every few events tells the same story, and takes each update once."""

import asyncio
from collections.abc import Callable

import pytest
from temporalio import activity
from temporalio.client import WorkflowExecutionStatus

from amends.journal.verify import verify
from amends.models import Status
from amends.timeline import EntryKind
from tests.proofs.rig import CUSTOMER, Gate, Rig, asked, counted
from workflows.contract import NEWS, News

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

_EVERY_FEW = 8
"""History events: less than one turn makes, so that every run drains as soon as it has taken one event."""


async def test_continuing_as_new_every_few_events_changes_nothing_in_the_story(
    rig_on: Callable[[str], Rig],
) -> None:
    whole, cut = rig_on("SO-1004"), rig_on("SO-1004")
    for rig, limit in ((whole, None), (cut, _EVERY_FEW)):
        async with rig.serving():
            await rig.open(history_limit=limit)
            await rig.until(asked)
            await rig.answer("reship")
            await rig.to_the_end()
    cut_rows = cut.rows()

    assert cut.strands() == whole.strands()
    assert counted(cut_rows, EntryKind.RUN_STARTED) > 20
    assert verify(cut.journal, cut_rows[0].incident_id).ok


async def test_updates_repeated_across_runs_count_once(rig: Rig) -> None:
    async with rig.serving():
        opened = await rig.open(history_limit=_EVERY_FEW)
        await rig.until(asked)
        answers = [rig.answer("reship", key=f"a-{number % 3}") for number in range(9)]
        reports = [rig.open(f"k-{number % 4}") for number in range(12)]
        receipts = await asyncio.gather(*answers, *reports)
        await rig.quiet()
        again = await rig.answer("reship", key="a-0")
        first = await rig.open("k-1")
        await rig.to_the_end()
    rows = rig.rows()

    assert {receipt.incident_id for receipt in receipts} == {opened.incident_id}
    assert counted(rows, EntryKind.ANSWER_RECEIVED) == 1
    assert counted(rows, EntryKind.REPORT_ADDED) == 3
    assert again in receipts
    assert first in receipts
    assert rows[-1].data["status"] == Status.CLOSED


async def test_news_that_arrives_while_a_run_is_cut_is_neither_lost_nor_doubled(rig: Rig) -> None:
    async with rig.serving():
        await rig.open(history_limit=_EVERY_FEW)
        await rig.until(lambda view: view.due_at is not None)
        for number in range(30):
            news = News(event_id=f"e-{number % 20}", event_type="shipment.scanned", actor=CUSTOMER)
            await rig.handle.signal(NEWS, news)
        await rig.until(asked)
        await rig.handle.cancel()
        await rig.handle.result()

    received = [row.data["event_id"] for row in rig.rows() if row.kind is EntryKind.NEWS_RECEIVED]
    assert sorted(map(str, received)) == sorted(f"e-{number}" for number in range(20))


async def test_an_incident_that_ends_while_its_run_drains_does_not_go_on_in_a_new_run(rig: Rig) -> None:
    reading = Gate(lambda _call: activity.info().activity_type == "orders.read")
    async with rig.serving(reading):
        opened = await rig.open(history_limit=1)  # drains from its second event on, and waits for the read
        await reading.reached.wait()
        await rig.handle.cancel()
        result = await rig.handle.result()
        reading.opened.set()
        description = await rig.handle.describe()

    assert result["status"] == Status.CANCELLED
    assert description.status is WorkflowExecutionStatus.COMPLETED
    assert counted(rig.rows(), EntryKind.RUN_STARTED) == 0
    assert verify(rig.journal, opened.incident_id).ok
