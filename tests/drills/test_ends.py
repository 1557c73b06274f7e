"""Money and goods are looked after at the end of each scenario, whatever it expects."""

from datetime import UTC, datetime
from uuid import uuid4

from amends.connectors.ports import Call
from amends.models import Money
from amends.timeline import EntryKind
from drills.ends import wrong_ends
from drills.player import play
from drills.stage import Stage
from tests.drills.builders import called_off


async def test_what_is_left_over_or_was_given_without_a_word_is_told_unasked(drill_stage: Stage) -> None:
    scenario = called_off()
    async with drill_stage.world(scenario) as world:
        (course,) = (await play(world, scenario)).values()
        timelines = [world.journal.timeline(course.incident_id)]
        before = wrong_ends(world, "SO-1001", timelines)

        def call(key: str) -> Call:
            return Call(key=key, at=datetime.now(UTC))

        world.shop.orders.hold(call(str(uuid4())), order_id="SO-1001")
        given = call(f"{course.incident_id}/somebody/1")
        amount = Money(amount=100, currency="CNY")
        world.shop.payments.refund(given, order_id="SO-1001", parcel_id="PC-1001-1", amount=amount)
        texts = {"zh": {"subject": "again", "body": "again"}, "en": {"subject": "again", "body": "again"}}
        world.shop.customers.tell(call(str(uuid4())), order_id="SO-1001", texts=texts, values={})
        after = wrong_ends(world, "SO-1001", timelines)
        settled = timelines[0][-1].model_copy(update={"kind": EntryKind.TASK_SETTLED})
        by_hand = wrong_ends(world, "SO-1001", [[*timelines[0], settled]])

    assert before == []
    assert after == [
        "order 'SO-1001' is still held, by 'HD-1001-2'",
        f"refund stands in the books under '{course.incident_id}/somebody/1', of which the journal knows nothing",
        "2 letters were written about order 'SO-1001', and the journal has 1 messages",
    ]
    assert by_hand == [], "what people settle by hand stands in no books"
