"""A runbook that decides, asks in rounds and makes way for news, on the real server and both databases."""

from pathlib import Path

from temporalio.client import WorkflowHandle

import starter
from amends.journal.verify import verify
from amends.models import Actor, ActorKind, Status
from amends.timeline import EntryKind
from drills.pace import skip_to
from runbooks import library
from tests.proofs.rig import CUSTOMER, OPS, Rig
from workflows.contract import ANSWER, NEWS, VIEW, AnswerRequest, News, Receipt, View

BARGAINED = Path(__file__).parents[1] / "runbooks" / "good" / "bargained_parcel.yaml"
ASK = "analysis.ask.satisfaction"
SHOP = Actor(kind=ActorKind.SYSTEM, id="shop")


class Bargain:
    """An incident of that runbook on a rig's order."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.bundle = library.load(BARGAINED)
        workflow_id = self.bundle.workflow_id(rig.report)
        self.handle: WorkflowHandle[object, object] = rig.skipper.client.get_workflow_handle(workflow_id)

    async def open(self) -> None:
        receipt = await starter.open_incident(
            self.rig.skipper.client,
            self.bundle.exception_type,
            self.rig.report,
            key=self.rig.key("k-1"),
            actor=OPS,
            bundle=self.bundle,
            queue=self.rig.queue,
        )
        self.rig.incident_id = receipt.incident_id

    async def until_asked(self, ask: str) -> None:
        """Let time pass until a round's question has arrived."""
        while True:
            view = await self.view()
            if any(each.ask == ask and each.answer_by is not None for each in view.asks):
                return
            if view.due_at is not None and any(each.answer_by is not None for each in view.asks):
                await skip_to(self.rig.skipper, self.handle, view.due_at)

    async def until_over(self) -> None:
        await self.handle.result()

    async def answer(self, ask: str, choice: str) -> None:
        request = AnswerRequest(key=self.rig.key(f"a-{ask}"), ask=ask, choice=choice, actor=CUSTOMER)
        await self.handle.execute_update(ANSWER, request, result_type=Receipt, id=request.key)

    async def view(self) -> View:
        view: View = await self.handle.query(VIEW, result_type=View)
        return view


async def test_rounds_end_a_plan_is_begun_and_news_has_it_undone_for_another(rig: Rig) -> None:
    bargain = Bargain(rig)
    async with rig.serving():
        await bargain.open()
        await bargain.until_asked(ASK)
        await bargain.answer(ASK, "no")
        await bargain.until_asked(f"{ASK}@3")  # nobody answers the second
        await bargain.answer(f"{ASK}@3", "yes")
        while not any(row.kind is EntryKind.WAIT_STARTED for row in rig.rows()):
            await bargain.view()
        delivered = {"facts": {"parcel.status": "delivered", "parcel.colour": "red"}}
        news = News(event_id="e-1", event_type="parcel.delivered", data=delivered, actor=SHOP)
        await bargain.handle.signal(NEWS, news)
        await bargain.until_over()

    of = {row.kind: row.data for row in rig.rows()}
    assert of[EntryKind.DECISION_MADE]["choice"] == "dear"
    assert [row.data["until"] for row in rig.rows() if row.kind is EntryKind.ROUND_ENDED] == [False, False, True]
    assert [row.data["plan"] for row in rig.rows() if row.kind is EntryKind.PLAN_STARTED] == ["reship", "leave_it"]
    assert of[EntryKind.INTERRUPTED] == {"on": "parcel.delivered", "plan": "leave_it"}
    assert of[EntryKind.NEWS_IGNORED]["fields"] == {"parcel.colour": "the runbook knows no such fact"}
    incident = rig.journal.incident(rig.incident_id)
    assert (incident.status, incident.outcome) == (Status.CLOSED, "leave_it")
    assert [each.status for each in rig.shop.reservations(rig.order_id)] == ["released"]
    checked = verify(rig.journal, rig.incident_id)
    assert checked.ok, checked.problems
