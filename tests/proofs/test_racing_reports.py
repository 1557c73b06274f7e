"""Reports that race with opening and closing on one subject: none is lost, none counts twice."""

import asyncio
import contextlib
import random
from collections.abc import Callable

from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.service import RPCError
from temporalio.worker import ExecuteActivityInput

from activities.wire import AppendRequest
from amends.models import Status
from amends.timeline import EntryKind
from tests.proofs.rig import OPS, Gate, Rig, asked
from workflows.contract import NEWS, News, Receipt

_REPORTS = 300


def _writes_news(call: ExecuteActivityInput) -> bool:
    request = call.args[0]
    written = request.entries if isinstance(request, AppendRequest) else ()
    return any(entry.kind is EntryKind.NEWS_RECEIVED for entry in written)


def _is_the_last_undo(_call: ExecuteActivityInput) -> bool:
    return activity.info().activity_type == "orders.release"


async def test_a_report_that_an_incident_took_but_closed_over_opens_the_next(rig: Rig) -> None:
    undo, news = Gate(_is_the_last_undo), Gate(_writes_news)
    async with rig.serving(undo, news):
        first = await rig.open("k-1")
        await rig.until(asked)
        await rig.handle.cancel()
        await undo.reached.wait()
        await rig.handle.signal(NEWS, News(event_id="e-1", event_type="order.note_added", actor=OPS))
        await news.reached.wait()
        undo.opened.set()
        await _until(rig, lambda count: count("ACTIVITY_TASK_SCHEDULED") - count("ACTIVITY_TASK_COMPLETED") == 1)
        reporting = asyncio.create_task(rig.open("k-2"))
        await _until(rig, lambda count: count("WORKFLOW_EXECUTION_UPDATE_ACCEPTED") == 2)
        news.opened.set()
        second = await reporting
        await rig.handle.cancel()
        await rig.handle.result()

    assert second.result == "opened"
    assert second.incident_id != first.incident_id
    assert rig.journal.incident(second.incident_id).previous == first.incident_id


async def _until(rig: Rig, reached: Callable[[Callable[[str], int]], bool]) -> None:
    """Returns when the workflow has taken in all that came, and the counts of its events by type are as wanted."""
    while True:
        history = await rig.handle.fetch_history()
        kinds = [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events]
        if kinds.count("WORKFLOW_TASK_SCHEDULED") == kinds.count("WORKFLOW_TASK_COMPLETED") and reached(kinds.count):
            return
        await asyncio.sleep(0.02)


async def test_three_hundred_reports_race_with_opening_and_closing(rig: Rig) -> None:
    """However many reports race with opening and closing, none is lost and none counts twice."""
    closings = 0
    done = asyncio.Event()

    async def close_now_and_then() -> None:
        nonlocal closings
        while not done.is_set():
            await asyncio.sleep(0.15)
            with contextlib.suppress(RPCError):  # between two incidents there is nothing to close
                await rig.handle.cancel()
                closings += 1

    async def report(number: int) -> Receipt:
        await asyncio.sleep(random.Random(number).uniform(0, 6))  # noqa: S311
        return await rig.open(f"k-{number}")

    async with rig.serving():
        closing = asyncio.create_task(close_now_and_then())
        numbers = [*range(_REPORTS), *range(0, _REPORTS, 5)]
        given = await asyncio.gather(*(report(number) for number in numbers), return_exceptions=True)
        done.set()
        await closing
        assert [one for one in given if isinstance(one, BaseException)] == []
        await rig.open("the-last")
        await rig.handle.cancel()
        await rig.handle.result()

    incidents = rig.journal.incidents(order_id=rig.order_id, limit=1000)
    ended = {incident.incident_id: incident for incident in incidents}
    told: dict[str, list[str]] = {}
    for incident in incidents:
        rows = rig.journal.timeline(incident.incident_id)
        repeated = {row.data["key"] for row in rows if row.kind is EntryKind.REPORT_REPEATED}
        for row in rows:
            is_report = row.kind in (EntryKind.INCIDENT_OPENED, EntryKind.REPORT_ADDED)
            if is_report and incident.status is not Status.DUPLICATE and row.data["key"] not in repeated:
                told.setdefault(str(row.data["key"]), []).append(incident.incident_id)

    assert closings > 5
    assert {key: len(where) for key, where in told.items()} == {
        rig.key(name): 1 for name in [*(f"k-{number}" for number in range(_REPORTS)), "the-last"]
    }
    for number, receipt in zip(numbers, given, strict=True):
        assert isinstance(receipt, Receipt)
        assert told[rig.key(f"k-{number}")] == [receipt.duplicate_of or receipt.incident_id]
    assert all(incident.status.final for incident in ended.values())
