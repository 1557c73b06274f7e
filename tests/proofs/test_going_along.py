"""Entries go along with a call; when nobody carries the call out, or the journal did not take them, none is missing."""

import asyncio
import contextlib
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

import worker
from activities.wire import NOT_RECORDED, AppendRequest, Errand
from amends.journal.verify import verify
from amends.timeline import EntryKind
from drills.overhearing import Overhearing
from tests.proofs.rig import Gate, Rig, asked, counted
from worker import Part
from workflows import dispatch


class _NeverRecorded(Interceptor):
    """A journal that takes no entries that come along with a call."""

    def __init__(self) -> None:
        self.tried: list[str] = []

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        tried = self.tried

        class Inbound(ActivityInboundInterceptor):
            async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
                match input.args:
                    case [Errand(record=AppendRequest())]:
                        tried.append(activity.info().activity_id)
                        raise ApplicationError("nothing was done", type=NOT_RECORDED, non_retryable=True)
                    case _:
                        return await super().execute_activity(input)

        return Inbound(next)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_call_whose_entries_were_not_taken_is_made_once_they_are_written(rig: Rig) -> None:
    refusing, heard = _NeverRecorded(), Overhearing()
    async with worker.serving(
        rig.skipper.client,
        journal=rig.journal,
        connectors=heard.of(rig.shop),
        queue=rig.queue,
        interceptors=[refusing],
    ):
        await rig.open()
        await rig.until(asked)
        await rig.answer("reship")
        await rig.to_the_end()

    effects = {effect.key: effect.outcome for effect in rig.journal.effects_of(rig.incident_id)}
    assert len(refusing.tried) > 5
    assert set(Counter(refusing.tried).values()) == {1}, "nothing goes along a second time"
    assert {key: heard.calls[key] for key in effects} == dict.fromkeys(effects, 1)
    assert verify(rig.journal, rig.incident_id).ok


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_entries_do_not_wait_for_a_worker_that_carries_calls_out(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(lambda given: given.fn.__name__ == "read_parcel")
    async with worker.serving(
        rig.skipper.client,
        journal=rig.journal,
        connectors=None,
        queue=rig.queue,
        parts={Part.INCIDENTS, Part.JOURNAL},
    ):
        async with _effects(rig, gate):
            await rig.open()
            await gate.reached.wait()
            monkeypatch.setattr(dispatch, "_TAKEN_UP_WITHIN", timedelta(milliseconds=300))
            asyncio.get_running_loop().call_later(0.2, gate.opened.set)  # by then no worker asks for more
        while counted(rig.rows(), EntryKind.FACTS_READ) < 2:
            await asyncio.sleep(0.02)
        monkeypatch.undo()  # of what follows nothing is to be late, however busy the machine is
        async with _effects(rig):
            await rig.until(asked)
            await rig.answer("reship")
            await rig.to_the_end()

    history = await rig.handle.fetch_history()
    assert sum(event.HasField("activity_task_timed_out_event_attributes") for event in history.events) == 1
    assert verify(rig.journal, rig.incident_id).ok


def _effects(rig: Rig, *interceptors: Interceptor) -> contextlib.AbstractAsyncContextManager[Any]:
    return worker.serving(
        rig.skipper.client,
        journal=rig.journal,
        connectors=rig.shop,
        queue=rig.queue,
        parts={Part.EFFECTS},
        interceptors=interceptors,
    )
