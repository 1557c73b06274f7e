"""Reports that race with opening and closing on one subject: none is lost, none counts twice."""

import asyncio
import contextlib
import random

from temporalio.service import RPCError

from amends.models import Status
from amends.timeline import EntryKind
from tests.proofs.rig import Rig
from workflows.contract import Receipt

_REPORTS = 300


async def test_three_hundred_reports_race_with_opening_and_closing(rig: Rig) -> None:
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
