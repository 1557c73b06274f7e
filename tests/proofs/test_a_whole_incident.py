"""One lost parcel from report to close, on the real server and both databases."""

from collections.abc import Callable

from temporalio.client import WorkflowUpdateFailedError

from amends.journal.verify import verify
from amends.models import Stage, Status
from amends.timeline import EntryKind
from tests.proofs.rig import CHOICE, SURVEY, Rig, asked, counted, gone
from workflows.contract import Receipt


async def test_a_plan_that_cannot_be_carried_out_is_undone_and_the_customer_refunded(rig: Rig) -> None:
    async with rig.serving():
        opened = await rig.open()
        await rig.until(asked)
        await rig.answer("reship")
        end = await rig.to_the_end()

    assert opened.result == "opened"
    assert end.status is Status.CLOSED
    incident = rig.journal.incident(opened.incident_id)
    assert (incident.status, incident.outcome, incident.stage) == (Status.CLOSED, "refund", Stage.FOLLOW_UP)
    books = rig.shop.money(rig.order_id)
    assert books.refunded == books.captured
    assert [reservation.status for reservation in rig.shop.reservations(rig.order_id)] == ["released"]
    checked = verify(rig.journal, opened.incident_id)
    assert checked.ok, checked.problems


async def test_temporal_alone_tells_the_story_and_finds_the_incident(rig: Rig) -> None:
    """Every activity and timer has a summary, and the details show the runbook."""
    async with rig.serving():
        await rig.open()
        await rig.until(asked)
        await rig.answer("refund")
        await rig.until(lambda view: view.stage is Stage.FOLLOW_UP)
        found = [
            execution.id
            async for execution in rig.skipper.client.list_workflows(
                f'Stage="follow_up" AND ExceptionType="lost_parcel" AND OrderId="{rig.order_id}"'
                f' AND `Status`="resolved" AND TaskQueue="{rig.queue}"'
            )
        ]
        history = await rig.handle.fetch_history()
        description = await rig.handle.describe()
        await rig.handle.terminate()

    assert found == [rig.handle.id]
    assert description.workflow_type == "LostParcel"
    assert await description.static_summary()
    assert "action: `self_resolved`, `delivery_proven`, `resume_delivery`, `reship`, `refund`" in (
        await description.static_details() or ""
    )
    scheduled = [event for event in history.events if event.HasField("activity_task_scheduled_event_attributes")]
    timers = [event for event in history.events if event.HasField("timer_started_event_attributes")]
    assert scheduled
    assert timers
    assert all(event.user_metadata.summary.data for event in [*scheduled, *timers])


async def test_the_same_answer_again_is_harmless_and_another_is_refused_with_the_reason(rig: Rig) -> None:
    async with rig.serving():
        await rig.open()
        await rig.until(asked)
        first = await rig.answer("refund", key="a-1")
        again = await rig.answer("refund", key="a-1")
        same = await rig.answer("refund", key="a-2")
        refused = None
        try:
            await rig.answer("reship", key="a-3")
        except WorkflowUpdateFailedError as error:
            refused = error.cause
        await rig.quiet()
        await rig.handle.terminate()

    assert (first.result, same.result) == ("recorded", "repeated")
    assert again == first
    assert f"{CHOICE!r} was answered already: 'refund'" in str(refused)
    assert counted(rig.rows(), EntryKind.ANSWER_RECEIVED) == 1


async def test_an_incident_with_no_plan_left_is_tried_again_by_a_person_and_ends_well(rig: Rig) -> None:
    rig.shop.fault(call="payments.refund", kind="refuse", reason="PaymentDeclined")
    async with rig.serving():
        await rig.open()
        await rig.until(asked)
        await rig.answer("refund")
        taken_over = await rig.until(lambda view: bool(view.tasks))
        first = await rig.retry("no_plan_left")
        again = await rig.retry("no_plan_left")
        too_late = None
        try:
            await rig.retry("no_plan_left", key="r-2")
        except WorkflowUpdateFailedError as error:
            too_late = error.cause
        end = await rig.to_the_end()

    assert [(task.task, task.why) for task in taken_over.tasks] == [("no_plan_left", "no_plan_left")]
    assert taken_over.status is Status.TAKEN_OVER
    assert again == first
    assert "no task 'no_plan_left' is open; open tasks: none" in str(too_late)
    assert end.status is Status.CLOSED
    assert rig.shop.money(rig.order_id).refunds == 1
    assert counted(rig.rows(), EntryKind.RETRY_REQUESTED) == 1
    assert verify(rig.journal, rig.incident_id).ok


async def test_a_native_cancel_undoes_and_closes_and_is_told_in_the_timeline(rig: Rig) -> None:
    async with rig.serving():
        opened = await rig.open()
        await rig.until(asked)
        await rig.handle.cancel(reason="opened by mistake")
        result = await rig.handle.result()

    assert result["status"] == "cancelled"
    (cancel,) = [row for row in rig.rows() if row.kind is EntryKind.CANCEL_REQUESTED]
    assert (cancel.actor.id, cancel.data["reason"]) == ("temporal", "opened by mistake")
    closed = [row for row in rig.rows() if row.kind is EntryKind.UNDO_APPLIED]
    assert [row.data["activity"] for row in closed] == ["shipping.close_trace", "orders.release"]
    assert rig.journal.incident(opened.incident_id).status is Status.CANCELLED
    assert verify(rig.journal, opened.incident_id).ok


async def test_a_report_after_closing_starts_a_new_incident_that_names_the_old_one(rig: Rig) -> None:
    async with rig.serving():
        first = await rig.open("k-1")
        await rig.quiet()
        await rig.handle.cancel()
        await rig.handle.result()
        second = await rig.open("k-2")
        repeated = await rig.open("k-1")
        await rig.quiet()
        await rig.handle.terminate()

    assert (second.result, repeated.result) == ("opened", "added")
    assert second.incident_id != first.incident_id
    assert rig.journal.incident(second.incident_id).previous == first.incident_id
    assert (repeated.duplicate_of, repeated.incident_id) == (first.incident_id, second.incident_id)


async def test_a_repeated_report_after_closing_changes_nothing(rig: Rig) -> None:
    async with rig.serving():
        first = await rig.open("k-1")
        await rig.handle.cancel()
        await rig.handle.result()
        again = await rig.open("k-1")

    assert again == first
    assert await gone(rig)
    assert len(rig.journal.incidents(order_id=rig.order_id)) == 1


async def test_a_report_of_an_older_incident_ends_as_duplicate_and_names_the_incident_that_has_it(rig: Rig) -> None:
    async with rig.serving():
        first = await rig.open("k-1")
        await rig.handle.cancel()
        await rig.handle.result()
        await rig.open("k-2")
        await rig.handle.cancel()
        await rig.handle.result()
        again = await rig.open("k-1")
        ended = await rig.handle.result()

    assert again.duplicate_of == first.incident_id
    assert ended["status"] == "duplicate"
    assert rig.journal.incident(again.incident_id).duplicate_of == first.incident_id
    assert rig.journal.effects_of(again.incident_id) == []


async def test_the_customer_who_stays_silent_is_refunded_and_may_skip_the_survey(
    rig_on: Callable[[str], Rig],
) -> None:
    rig = rig_on("SO-1002")
    async with rig.serving():
        receipt: Receipt = await rig.open()
        await rig.to_the_end()

    assert rig.journal.incident(receipt.incident_id).outcome == "refund"
    silences = [row.data for row in rig.rows() if row.kind is EntryKind.SILENCE_ASSUMED]
    assert [silence["ask"] for silence in silences] == [CHOICE, SURVEY]
