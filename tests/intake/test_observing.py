"""Events that come over Temporal: kept there until a worker takes them in."""

from uuid import uuid4

import pytest
from temporalio.client import Client

import starter
import worker
from amends.journal import Journal
from intake.malformed import MalformedEvent
from intake.observing import TAKE
from intake.quarantine import Quarantine
from tests.intake.kept import cloud_event, expected, publish
from worker import Part

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def queue() -> str:
    return f"observed-{uuid4()}"


async def test_an_event_is_kept_by_temporal_until_a_worker_takes_it_in_once(
    client: Client, journal: Journal, queue: str
) -> None:
    publish(journal)
    event = cloud_event("shipment.handed_over", name=queue)
    for _ in range(2):
        await starter.observe(client, event, queue=queue)
    assert expected(journal) == []

    async with worker.serving(client, journal=journal, connectors=None, queue=queue, parts=[Part.JOURNAL]):
        await starter.observe(client, event, queue=queue)
        await client.get_activity_handle(f"{TAKE}:shop#{queue}").result()

    assert len(expected(journal)) == 1


async def test_what_happens_in_the_future_is_kept_apart(client: Client, journal: Journal, queue: str) -> None:
    ahead = cloud_event("shipment.handed_over", 24 * 365 * 50, queue)

    await starter.observe(client, ahead, queue=queue)
    async with worker.serving(client, journal=journal, connectors=None, queue=queue, parts=[Part.JOURNAL]):
        await client.get_activity_handle(f"{TAKE}:shop#{queue}").result()

    (kept,) = Quarantine(journal.engine).listed()
    assert (kept.via, kept.event) == ("Temporal", ahead)


async def test_what_is_no_event_is_refused_to_whoever_gives_it(client: Client, journal: Journal, queue: str) -> None:
    with pytest.raises(MalformedEvent, match="`id` is missing"):
        await starter.observe(client, {"specversion": "1.0", "source": "shop"}, queue=queue)

    assert journal.exception_types() == []
