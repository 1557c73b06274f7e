"""The worker dies by SIGKILL behind one activity after the other: each time after the commit, before Temporal hears.

News arrives while nobody works; then another worker takes over, carries the lost activity out again, and dies behind
the next. All places of a whole incident are met in turn, up to the claim's first check: what follows repeats it.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from temporalio.api.activity.v1 import ActivityOptions
from temporalio.api.common.v1 import RetryPolicy, WorkflowExecution
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import UpdateActivityOptionsRequest
from temporalio.client import (
    Client,
    Interceptor,
    OutboundInterceptor,
    StartWorkflowUpdateWithStartInput,
    WorkflowUpdateHandle,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper

from amends.embedded import EmbeddedServer
from amends.journal.verify import verify
from amends.models import Outcome
from amends.timeline import EntryKind
from drills.pace import skip_to
from tests.proofs.rig import CUSTOMER, Rig, asked
from workflows.contract import NEWS, News

pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.timeout(600),
]

_LOST_TASK = timedelta(seconds=1)
"""How long Temporal waits for a workflow task that died with its worker; ten seconds, if nobody says otherwise."""

_NEWS_AT_EACH = 4
"""Deaths between two news: each costs a journal write of its own, behind which a worker dies as well."""


async def test_a_worker_killed_behind_every_activity_changes_nothing(
    rig_on: Callable[[str], Rig], temporal_server: EmbeddedServer, database_url: str, tmp_path: Path
) -> None:
    disturbed, undisturbed = rig_on("SO-1004"), rig_on("SO-1004")
    disturbed.skipper = _hasty(disturbed.skipper)
    async with undisturbed.serving():
        await undisturbed.open()
        await undisturbed.until(asked)
        await undisturbed.answer("reship")
        await undisturbed.to_the_end()

    deaths, news = await _die_again_and_again(disturbed, temporal_server.address, database_url, tmp_path / "shop-0.db")
    async with disturbed.serving():
        await disturbed.to_the_end()

    assert deaths > 30
    assert _essence(disturbed) == _essence(undisturbed)
    received = [row.data["event_id"] for row in disturbed.rows() if row.kind is EntryKind.NEWS_RECEIVED]
    assert received == news
    assert len(news) > 5
    checked = verify(disturbed.journal, disturbed.incident_id)
    assert checked.ok, checked.problems
    assert await _entries_in_history(disturbed) == [(row.run_id, row.n) for row in disturbed.rows()]
    for rig in (undisturbed, disturbed):
        books = rig.shop.money(rig.order_id)
        assert books.refunded == books.captured
        assert len(rig.shop.refunds(rig.order_id)) == 1
        assert [reservation.status for reservation in rig.shop.reservations(rig.order_id)] == ["released"]
        assert len(rig.shop.claims(rig.order_id)) == 1
    assert len(disturbed.shop.messages(disturbed.order_id)) == len(undisturbed.shop.messages(undisturbed.order_id))
    effects = disturbed.journal.effects_of(disturbed.incident_id)
    assert {effect.outcome for effect in effects} == {Outcome.APPLIED, Outcome.NOT_APPLIED}


class _LosingTasksSoon(Interceptor):
    """Starts incidents whose lost workflow tasks are missed soon."""

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:  # noqa: A002
        class Outbound(OutboundInterceptor):
            async def start_update_with_start_workflow(
                self,
                input: StartWorkflowUpdateWithStartInput,  # noqa: A002
            ) -> WorkflowUpdateHandle[Any]:
                input.start_workflow_input.task_timeout = _LOST_TASK
                return await super().start_update_with_start_workflow(input)

        return Outbound(next)


def _hasty(skipper: TimeSkipper) -> TimeSkipper:
    config = skipper.client.config()
    config["interceptors"] = [_LosingTasksSoon()]
    return TimeSkipper(Client(**config), config=skipper.config)


async def _die_again_and_again(rig: Rig, address: str, journal_url: str, shop_file: Path) -> tuple[int, list[str]]:
    """Workers die until the claim's first check; returns how many did, and the news that came meanwhile."""
    deaths, told, opening = 0, [], asyncio.create_task(rig.open())
    async with _breeder(address, rig.queue, journal_url, shop_file) as breeder:
        # the first dies behind its first activity; each later one carries that out again, and dies behind its second
        death = await _new_worker(breeder, behind=1)
        while "follow_up.wait.claim/check/1" not in [row.data.get("command_id") for row in rig.rows()]:
            if not death.done():
                await _drive_until(death, rig)
                continue
            deaths += 1
            if deaths % _NEWS_AT_EACH == 0:
                news = News(event_id=f"e-{deaths}", event_type="order.note_added", actor=CUSTOMER)
                await rig.handle.signal(NEWS, news)
                told.append(news.event_id)
            await _give_up_on_the_dead(rig)
            death = await _new_worker(breeder, behind=2)
        await opening
        death.cancel()
    await _give_up_on_the_dead(rig)
    return deaths, told


async def _drive_until(death: asyncio.Task[None], rig: Rig) -> None:
    """Do the next thing; what waits for a worker is given up when that is dead."""
    driving = asyncio.create_task(_drive(rig))
    await asyncio.wait({driving, death}, return_when=asyncio.FIRST_COMPLETED)
    driving.cancel()
    with contextlib.suppress(asyncio.CancelledError, RPCError, WorkflowUpdateRPCTimeoutOrCancelledError):
        await driving


async def _drive(rig: Rig) -> None:
    """The next thing that a customer or the time does, if nothing is under way."""
    view = await rig.view()
    if view.busy or not rig.incident_id:
        await asyncio.sleep(0.05)
    elif asked(view):
        await rig.answer("reship")
    elif view.due_at is not None:
        await skip_to(rig.skipper, rig.handle, view.due_at)


@contextlib.asynccontextmanager
async def _breeder(
    address: str, queue: str, journal_url: str, shop_file: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.proofs.killable_worker"),
        *(address, queue, journal_url, f"sqlite:///{shop_file}"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _new_worker(breeder: asyncio.subprocess.Process, *, behind: int) -> asyncio.Task[None]:
    """Returns when the worker serves; the task ends when it is dead."""
    assert breeder.stdin is not None
    breeder.stdin.write(f"{behind}\n".encode())
    await _says(breeder, b"ready\n")
    return asyncio.create_task(_says(breeder, b"died\n"))


async def _says(breeder: asyncio.subprocess.Process, expected: bytes) -> None:
    assert breeder.stdout is not None
    line = b""
    while not line.endswith(expected):
        line = await breeder.stdout.readline()
        assert line, "the breeder of workers is dead itself"


async def _give_up_on_the_dead(rig: Rig) -> None:
    """Have Temporal miss the attempts that died with their worker now, and not at the end of their real limit."""
    for pending in await _pending(rig):
        await rig.skipper.client.workflow_service.update_activity_options(
            UpdateActivityOptionsRequest(
                namespace="default",
                execution=WorkflowExecution(workflow_id=rig.handle.id),
                id=pending.activity_id,
                activity_options=ActivityOptions(
                    start_to_close_timeout=_soon(), retry_policy=RetryPolicy(initial_interval=_soon())
                ),
                update_mask=FieldMask(paths=["start_to_close_timeout", "retry_policy.initial_interval"]),
            )
        )


async def _pending(rig: Rig) -> list[PendingActivityInfo]:
    description = await rig.handle.describe()
    return list(description.raw_description.pending_activities)


def _soon() -> Duration:
    duration = Duration()
    duration.FromTimedelta(timedelta(milliseconds=200))
    return duration


def _essence(rig: Rig) -> dict[str, list[tuple[str, ...]]]:
    """The story of each step without the checks, which news brings about earlier and more often."""
    return {
        step: [told for told in strand if told[0] != EntryKind.TIME_CAME]
        for step, strand in rig.strands().items()
        if ".wait." not in step
    }


async def _entries_in_history(rig: Rig) -> list[tuple[str, int]]:
    """The identities of the entries that the inputs of Temporal's activities hold, in order: those of appends, and
    those that go along with calls. What is not known to be written comes again with what follows."""
    history = await rig.handle.fetch_history()
    found: dict[tuple[str, int], None] = {}
    for event in history.events:
        scheduled = event.activity_task_scheduled_event_attributes
        for request in await rig.skipper.client.data_converter.decode(list(scheduled.input.payloads)):
            record = request if scheduled.activity_type.name == "journal.append" else request.get("record")
            if record is not None:
                found.update(((record["run_id"], entry["n"]), None) for entry in record["entries"])
    return list(found)
