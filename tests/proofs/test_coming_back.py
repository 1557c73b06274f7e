"""News that clears what a person reported once the customer agrees, and a later report that reopens it: on the real
server and both databases."""

from datetime import timedelta

from amends.journal.verify import verify
from amends.models import Actor, ActorKind, Status
from amends.timeline import EntryKind
from runbooks.policy import Clearing
from runbooks.program import BySeverity
from tests.proofs.rig import Rig, counted
from workflows.contract import NEWS, News

CARRIER = Actor(kind=ActorKind.SYSTEM, id="carrier")
CONFIRM = "clears.ask.1"
A_DAY = BySeverity(**dict.fromkeys(("critical", "high", "medium", "low"), timedelta(days=1)))


async def test_what_has_arrived_is_cleared_and_reopened_when_it_is_reported_again(rig: Rig) -> None:
    arrived = Clearing(
        on="shipment.delivered",
        tell="lost_parcel.on_its_way",
        values=("report.order_id", "report.parcel_id"),
        confirm="satisfaction",
        confirm_values=("report.order_id",),
        answer_within=A_DAY,
    )
    rig.bundle = rig.bundle.model_copy(update={"clears": (arrived,), "reopen_for": timedelta(days=30)})
    async with rig.serving():
        first = await rig.open()
        await rig.until(lambda view: view.due_at is not None)
        news = News(event_id="e-1", event_type="shipment.delivered", data={"delivered_to": "locker"}, actor=CARRIER)
        await rig.handle.signal(NEWS, news)
        await rig.until(lambda view: any(each.ask == CONFIRM and each.answer_by for each in view.asks))
        await rig.answer("yes", ask=CONFIRM)
        await rig.handle.result()
        second = await rig.open("k-2")
        await rig.handle.cancel()
        await rig.handle.result()

    cleared = rig.journal.incident(first.incident_id)
    assert (cleared.status, cleared.outcome) == (Status.CLOSED, "self_resolved")
    assert counted(rig.rows(), EntryKind.CLEARED) == 1
    assert verify(rig.journal, first.incident_id).ok
    again = {row.kind: row.data for row in rig.journal.timeline(second.incident_id)}
    registered = again[EntryKind.INCIDENT_REGISTERED]
    assert (registered["previous"], registered["reopens"]) == (first.incident_id, True)
    assert registered["previous_contacts"] == 1
    assert [each.incident_id for each in rig.journal.pointing_at(first.incident_id)] == [second.incident_id]
