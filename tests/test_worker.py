"""What a worker carries, and what it says when its engine fails."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError

import starter
import worker
from amends.connectors.shop import Shop
from amends.errors import ConfigurationError, Trouble
from amends.journal import Journal
from amends.models import Actor, ActorKind, Data
from runbooks.library import load
from worker import Part
from workflows.contract import NEWS, IncidentInput, News

MEI = Actor(kind=ActorKind.HUMAN, id="mei")

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(f"sqlite:///{tmp_path / 'shop.db'}")
    yield shop
    shop.dispose()


@pytest.fixture
def queue() -> str:
    return f"parts-{uuid4()}"


@on_sqlite
async def test_three_workers_with_a_part_each_serve_what_one_does(
    client: Client, journal: Journal, shop: Shop, queue: str
) -> None:
    async with (
        worker.serving(client, journal=None, connectors=None, queue=queue, parts=[Part.INCIDENTS]) as incidents,
        worker.serving(client, journal=journal, connectors=None, queue=queue, parts=[Part.JOURNAL]) as writer,
        worker.serving(client, journal=journal, connectors=shop, queue=queue, parts=[Part.EFFECTS]) as effects,
    ):
        receipt = await starter.open_incident(client, "lost_parcel", subject(), key=queue, actor=MEI, queue=queue)
        parts = [each.polling() for each in (incidents, writer, effects)]

    assert receipt.result == "opened"
    assert parts == [{Part.INCIDENTS: True}, {Part.JOURNAL: True}, {Part.EFFECTS: True}]


async def test_without_a_worker_for_the_journal_nothing_is_acknowledged(client: Client, queue: str) -> None:
    async with worker.serving(client, journal=None, connectors=None, queue=queue, parts=[Part.INCIDENTS]):
        with pytest.raises(Trouble):
            await starter.open_incident(
                client, "lost_parcel", subject(), key=queue, actor=MEI, queue=queue, patience=timedelta(seconds=1)
            )


@pytest.mark.parametrize("part", [Part.JOURNAL, Part.EFFECTS])
async def test_a_part_without_what_it_needs_is_refused(client: Client, part: Part) -> None:
    with pytest.raises(ConfigurationError, match=f"to serve '{part}' a worker needs the journal"):
        async with worker.serving(client, journal=None, connectors=None, parts=[part]):
            pass


async def test_what_has_stopped_no_longer_polls(client: Client, queue: str) -> None:
    async with worker.serving(client, journal=None, connectors=None, queue=queue, parts=[Part.INCIDENTS]) as serving:
        pass

    assert serving.polling() == {Part.INCIDENTS: False}


@on_sqlite
async def test_an_engine_that_fails_names_the_incident(
    client: Client, journal: Journal, shop: Shop, queue: str, caplog: pytest.LogCaptureFixture
) -> None:
    bundle, report = load("lost_parcel"), subject()
    handle = await client.start_workflow(
        bundle.workflow_type, IncidentInput(bundle=bundle), id=bundle.workflow_id(report), task_queue=queue
    )

    with caplog.at_level(logging.ERROR, "temporalio.workflow"):
        async with worker.serving(client, journal=journal, connectors=shop, queue=queue):
            # the journal takes no timeline that does not begin with a report
            await handle.signal(NEWS, News(event_id="e-1", event_type="order.note_added", actor=MEI))
            with pytest.raises(WorkflowFailureError) as raised:
                await handle.result()

    assert isinstance(raised.value.cause, ActivityError)
    assert isinstance(raised.value.cause.cause, ApplicationError)
    (said,) = [record for record in caplog.records if record.message.startswith("the engine failed")]
    assert getattr(said, "incident", "")


def subject() -> Data:
    return {"order_id": f"SO-{uuid4()}", "parcel_id": "PC-1"}
