"""An incident that takes over another on the same subject, on the real server and both databases: exactly once, whoever
dies on the way."""

import asyncio
from pathlib import Path

import pytest
from temporalio import activity
from temporalio.worker import ExecuteActivityInput

import starter
from activities import inheriting
from activities.wire import INHERIT
from amends.journal.verify import verify
from amends.models import Actor, ActorKind, Status
from amends.timeline import EntryKind
from runbooks import library
from tests.proofs.rig import CHOICE, CUSTOMER, Gate, Rig, counted
from workflows.contract import ANSWER, INCIDENT_CLOSED, REFUSED, VIEW, AnswerRequest, Receipt, View

LATE = library.load(Path(__file__).parents[1] / "runbooks" / "good" / "late_parcel.yaml")
SHOP = Actor(kind=ActorKind.SYSTEM, id="shop")
ASK = "analysis.ask.lost_parcel.reship_or_refund"


class Late:
    """A late parcel on a rig's order, about which the customer has been asked."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.incident_id = rig, ""
        self.handle = rig.skipper.client.get_workflow_handle(LATE.workflow_id(rig.report))

    async def open(self) -> None:
        rig = self.rig
        receipt = await starter.open_incident(
            rig.skipper.client, "late_parcel", rig.report, key=rig.key("late"), actor=SHOP, bundle=LATE, queue=rig.queue
        )
        self.incident_id = receipt.incident_id
        while not any(each.answer_by for each in (await self.view()).asks):
            await asyncio.sleep(0.02)

    async def view(self) -> View:
        view: View = await self.handle.query(VIEW, result_type=View)
        return view

    async def answer(self, choice: str) -> None:
        request = AnswerRequest(key=self.rig.key("late-a"), ask=ASK, choice=choice, actor=CUSTOMER)
        await self.handle.execute_update(ANSWER, request, result_type=Receipt, id=request.key)


def taking_over(rig: Rig) -> Rig:
    rig.bundle = rig.bundle.model_copy(update={"supersedes": ("late_parcel",)})
    return rig


async def test_a_lost_parcel_takes_over_the_promise_and_the_answer_of_a_late_one(rig: Rig) -> None:
    late = Late(taking_over(rig))
    async with rig.serving():
        await late.open()
        await late.answer("refund")
        await rig.open()
        await late.handle.result()
        await rig.to_the_end()

    old, new = rig.journal.incident(late.incident_id), rig.journal.incident(rig.incident_id)
    assert (old.status, old.outcome, old.duplicate_of) == (Status.DUPLICATE, "superseded", new.incident_id)
    assert (new.status, new.outcome) == (Status.CLOSED, "refund")
    of_new = {row.kind: row.data for row in rig.rows()}
    assert of_new[EntryKind.INHERITED]["incident"] == old.incident_id
    assert of_new[EntryKind.ANSWER_INHERITED] == {"ask": CHOICE, "choice": "refund"}
    assert not any(row.kind is EntryKind.ANSWER_RECEIVED for row in rig.rows())
    assert [each.incident_id for each in rig.journal.pointing_at(new.incident_id)] == [old.incident_id]
    done = [(each.activity, str(each.outcome)) for each in rig.journal.effects_of(old.incident_id)]
    assert done[-2:] == [("shipping.close_trace", "applied"), ("orders.release", "applied")]
    for incident in (old, new):
        checked = verify(rig.journal, incident.incident_id)
        assert checked.ok, checked.problems


async def test_an_answer_that_is_lost_on_the_way_is_found_in_the_journal(rig: Rig) -> None:
    late = Late(taking_over(rig))
    lost: list[int] = []

    def loses_the_first(call: ExecuteActivityInput) -> bool:
        del call
        if activity.info().activity_type != INHERIT or lost:
            return False
        lost.append(activity.info().attempt)
        raise ConnectionError("the worker died before it could say so")

    async with rig.serving(Gate(loses_the_first)):
        await late.open()
        await rig.open()
        await late.handle.result()
        await rig.quiet()
        await rig.handle.cancel()
        await rig.handle.result()

    assert lost == [1]
    assert counted(rig.journal.timeline(late.incident_id), EntryKind.SUPERSEDED) == 1
    assert counted(rig.rows(), EntryKind.INHERITED) == 1


async def test_what_has_ended_by_itself_meanwhile_hands_nothing_over(rig: Rig) -> None:
    late = Late(taking_over(rig))

    def is_last_undo(call: ExecuteActivityInput) -> bool:
        del call
        return activity.info().activity_type == "orders.release"

    undo = Gate(is_last_undo)
    async with rig.serving(undo):
        await late.open()
        await late.handle.cancel()
        await undo.reached.wait()
        await rig.open()
        while not counted(rig.rows(), EntryKind.NOT_INHERITED):
            await asyncio.sleep(0.02)
        undo.opened.set()
        await late.handle.result()
        await rig.quiet()
        await rig.handle.cancel()
        await rig.handle.result()

    told = {row.kind: row.data for row in rig.rows()}
    assert "is being cancelled" in str(told[EntryKind.NOT_INHERITED]["refusal"])
    assert rig.journal.incident(late.incident_id).status is Status.CANCELLED
    assert counted(rig.rows(), EntryKind.STAGE_ENTERED) >= 1


@pytest.mark.parametrize("kind", [REFUSED, INCIDENT_CLOSED])
def test_what_the_doors_say_when_nothing_is_handed_over_is_understood(kind: str) -> None:
    assert kind in inheriting.SAYS_NO
