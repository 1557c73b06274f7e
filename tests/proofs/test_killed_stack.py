"""Each process of `amends up` is killed in turn while an incident is on its way, and the incident goes on."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from temporalio.api.activity.v1 import ActivityOptions
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import UpdateActivityOptionsRequest

import starter
from amends import upfile
from amends.journal import Journal, verify
from amends.models import Actor, ActorKind, Outcome, Status
from amends.temporal import connect
from amends.timeline import EntryKind
from tests.stacks import Stack, stack_in, until
from workflows.contract import ANSWER, AnswerRequest, Receipt

MEI = Actor(kind=ActorKind.HUMAN, id="an")
REPORT = {"order_id": "SO-1001", "parcel_id": "PC-1001-1"}
WORKFLOW_ID = "lost_parcel:SO-1001:PC-1001-1"
CHOICE = "analysis.ask.lost_parcel.reship_or_refund"

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with stack_in(tmp_path) as stack:
        yield stack


async def test_an_incident_goes_on_over_every_death(stack: Stack) -> None:
    first = stack.start()
    with stack.shop() as shop:
        shop.fault(call="shipping.open_trace", kind="refuse", reason="TraceRefused")  # so that the customer is asked

    with stack.hanging_shop():
        opened = await report(stack)
        until(lambda: bool(begun(stack)), what="a call is under way")
        os.kill(first.server_pid, signal.SIGKILL)
    without_server = stack.ended()

    second = stack.start()
    again = await report(stack)
    await give_up_on_the_dead(stack)
    with stack.journal() as journal:
        until(lambda: told(journal, opened, EntryKind.QUESTION_ASKED), what="the customer is asked")
        stack.kill()
        left = upfile.find(stack.state_dir)
        third = stack.start()
        await answer(stack, "reship")
        until(lambda: told(journal, opened, EntryKind.INCIDENT_RESOLVED), what="the customer is whole")
        stopped = stack.stop()
        checked = verify(journal, opened.incident_id)
        row, effects = journal.incident(opened.incident_id), journal.effects_of(opened.incident_id)
        (alone,) = journal.incidents()
    with stack.shop() as shop:
        shipments = shop.shipments("SO-1001")
        letters = [letter.subject for letter in shop.messages("SO-1001")]

    assert without_server.code == 1
    assert "the Temporal server has ended by itself, killed by signal 9 (SIGKILL)" in without_server.err
    assert left == (second, False)
    assert len({first.pid, second.pid, third.pid}) == 3
    assert again.incident_id == opened.incident_id == alone.incident_id
    assert (row.status, row.outcome) == (Status.RESOLVED, "reship")
    assert checked.ok, checked.problems
    assert {effect.outcome for effect in effects} == {Outcome.APPLIED, Outcome.NOT_APPLIED}
    assert len(shipments) == 1
    assert len(letters) == len(set(letters))
    assert (stopped.code, "stopped; everything is kept in" in stopped.err) == (0, True)


async def test_what_is_under_way_finishes_before_it_stops(stack: Stack) -> None:
    stack.start()
    with stack.hanging_shop():
        opened = await report(stack)
        until(lambda: bool(begun(stack)), what="a call is under way")
        stack.process.send_signal(signal.SIGTERM)
        until(lambda: bool(stack.told.waits_for), what="it says what it waits for")
        waits_for = stack.told.waits_for
        running = stack.process.poll() is None
    ended = stack.ended()

    short = opened.incident_id[:8]
    with stack.journal() as journal:
        effects = {effect.activity: effect.outcome for effect in journal.effects_of(opened.incident_id)}
    assert running
    assert waits_for == (f"orders.hold of {short}",)
    assert f"stopping: waits for orders.hold of {short}" in ended.err
    assert ended.code == 0
    assert effects == {"orders.hold": Outcome.APPLIED}


async def report(stack: Stack) -> Receipt:
    client = await connect(stack.told.temporal)
    return await starter.open_incident(client, "lost_parcel", dict(REPORT), key="hotline-1", actor=MEI)


async def answer(stack: Stack, choice: str) -> None:
    client = await connect(stack.told.temporal)
    handle = client.get_workflow_handle(WORKFLOW_ID)
    request = AnswerRequest(key="answer-1", ask=CHOICE, choice=choice, actor=MEI)
    await handle.execute_update(ANSWER, request, id=request.key, result_type=Receipt)


async def give_up_on_the_dead(stack: Stack) -> None:
    """Have Temporal miss the calls that it never heard of again now, and not at the end of their real limit."""
    client = await connect(stack.told.temporal)
    described = await client.get_workflow_handle(WORKFLOW_ID).describe()
    for pending in described.raw_description.pending_activities:
        await client.workflow_service.update_activity_options(
            UpdateActivityOptionsRequest(
                namespace=client.namespace,
                execution=WorkflowExecution(workflow_id=WORKFLOW_ID),
                id=pending.activity_id,
                activity_options=ActivityOptions(start_to_close_timeout=Duration(seconds=1)),
                update_mask=FieldMask(paths=["start_to_close_timeout"]),
            )
        )


def begun(stack: Stack) -> list[str]:
    """The calls whose intent is in the journal and whose outcome is not."""
    with stack.journal() as journal:
        rows = [effect for row in journal.incidents() for effect in journal.effects_of(row.incident_id)]
    return [effect.activity for effect in rows if effect.outcome is None]


def told(journal: Journal, opened: Receipt, kind: EntryKind) -> bool:
    return kind in [entry.kind for entry in journal.timeline(opened.incident_id)]
