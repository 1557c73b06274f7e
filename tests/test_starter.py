"""Opening incidents, on the real server: start or attach, once for each key, with errors that name the mend."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError

import starter
import worker
from amends.connectors.shop import Shop
from amends.errors import DefinitionError, InputError, Trouble
from amends.journal import Journal
from amends.models import Actor, ActorKind, Data, Status
from amends.timeline import EntryKind
from workflows.contract import IncidentResult, Receipt

MEI = Actor(kind=ActorKind.HUMAN, id="mei")


@dataclass
class Desk:
    """Where reports on one subject of its own come in: an order that the shop does not know, so nothing is sent."""

    client: Client
    journal: Journal
    queue: str = field(default_factory=lambda: f"desk-{uuid4()}")
    order_id: str = field(default_factory=lambda: f"SO-{uuid4()}")

    @property
    def report(self) -> Data:
        return {"order_id": self.order_id, "parcel_id": "PC-1"}

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(f"lost_parcel:{self.order_id}:PC-1", result_type=IncidentResult)

    async def open(self, report: Data | None = None, *, key: str = "k-1", patience: float = 20) -> Receipt:
        return await starter.open_incident(
            self.client,
            "lost_parcel",
            self.report if report is None else report,
            key=f"{self.queue}:{key}",
            actor=MEI,
            queue=self.queue,
            patience=timedelta(seconds=patience),
        )

    async def close(self) -> IncidentResult:
        """Calls the incident off, natively, and waits for its end."""
        await self.handle.cancel(reason="the test is over")
        result: IncidentResult = await self.handle.result()
        return result

    def kinds(self, incident_id: str) -> list[EntryKind]:
        return [entry.kind for entry in self.journal.timeline(incident_id)]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(f"sqlite:///{tmp_path / 'shop.db'}")
    yield shop
    shop.dispose()


@pytest.fixture
async def unserved(client: Client, journal: Journal) -> AsyncIterator[Desk]:
    """A desk without a worker."""
    desk = Desk(client, journal)
    yield desk
    try:
        await desk.handle.terminate()
    except RPCError:
        return  # it has ended, or never was


@pytest.fixture
async def desk(unserved: Desk, shop: Shop) -> AsyncIterator[Desk]:
    """A desk with a worker."""
    async with worker.serving(unserved.client, journal=unserved.journal, connectors=shop, queue=unserved.queue):
        yield unserved


async def test_the_first_report_on_a_subject_opens_an_incident(desk: Desk) -> None:
    """An incident's id is minted by its workflow, and returned to whoever reports."""
    receipt = await desk.open()

    incident = desk.journal.incident(receipt.incident_id)
    assert receipt.result == "opened"
    assert receipt.duplicate_of is None
    assert incident.exception_type == "lost_parcel"
    assert incident.subject == desk.report
    assert desk.kinds(receipt.incident_id)[0] is EntryKind.INCIDENT_OPENED
    assert desk.journal.timeline(receipt.incident_id)[0].actor == MEI


async def test_the_same_report_given_twice_counts_once(desk: Desk) -> None:
    first = await desk.open()

    again = await desk.open()

    assert again.incident_id == first.incident_id
    assert (again.run_id, again.n) == (first.run_id, first.n)
    assert EntryKind.REPORT_ADDED not in desk.kinds(first.incident_id)


async def test_the_same_report_given_many_times_at_once_counts_once(desk: Desk) -> None:
    receipts = await asyncio.gather(*(desk.open() for _ in range(5)))

    assert len({receipt.incident_id for receipt in receipts}) == 1
    assert EntryKind.REPORT_ADDED not in desk.kinds(receipts[0].incident_id)


async def test_another_report_on_an_open_incident_is_added_to_it(desk: Desk) -> None:
    first = await desk.open()

    second = await desk.open(key="k-2")

    assert (second.result, second.incident_id) == ("added", first.incident_id)
    assert desk.kinds(first.incident_id).count(EntryKind.REPORT_ADDED) == 1


async def test_a_repeat_after_closing_names_the_incident_that_had_the_report(desk: Desk) -> None:
    first = await desk.open()
    ended = await desk.close()

    repeat = await desk.open()

    assert ended.status is Status.CANCELLED
    assert repeat.incident_id == first.incident_id
    assert len(desk.journal.incidents(order_id=desk.order_id)) == 1


async def test_a_repeat_that_the_server_has_forgotten_ends_as_a_duplicate_of_the_earlier_incident(desk: Desk) -> None:
    first = await desk.open()
    await desk.close()
    await desk.open(key="k-2")
    await desk.close()  # Temporal remembers the keys of a subject's last run only

    repeat = await desk.open()

    ended: IncidentResult = await desk.handle.result()
    assert repeat.duplicate_of == first.incident_id
    assert (ended.incident_id, ended.status) == (repeat.incident_id, Status.DUPLICATE)


async def test_a_repeat_while_a_later_incident_is_open_is_noted_there_with_the_earlier_one(desk: Desk) -> None:
    first = await desk.open()
    await desk.close()
    second = await desk.open(key="k-2")

    repeat = await desk.open()

    await desk.close()
    (noted,) = [entry for entry in desk.journal.timeline(second.incident_id) if entry.kind is EntryKind.REPORT_REPEATED]
    assert repeat.incident_id == second.incident_id
    assert noted.data["of"] == first.incident_id


async def test_a_new_report_after_closing_opens_a_new_incident_that_names_the_old_one(desk: Desk) -> None:
    first = await desk.open()
    await desk.close()

    second = await desk.open(key="k-2")
    await desk.close()  # by then the journal has all that it says

    assert (second.result, second.duplicate_of) == ("opened", None)
    assert second.incident_id != first.incident_id
    assert desk.journal.incident(second.incident_id).previous == first.incident_id


async def test_a_report_without_its_subject_is_refused_with_the_fields_it_needs(unserved: Desk) -> None:
    with pytest.raises(InputError, match="needs 'parcel_id' as text; its fields are 'order_id', 'parcel_id'"):
        await unserved.open({"order_id": unserved.order_id})


@pytest.mark.parametrize("value", [7, "", None, {"id": "PC-1"}])
async def test_a_subject_that_is_no_text_is_refused(unserved: Desk, value: Any) -> None:
    with pytest.raises(InputError, match="needs 'parcel_id' as text"):
        await unserved.open({"order_id": unserved.order_id, "parcel_id": value})


async def test_a_field_that_the_runbook_does_not_ask_for_is_refused_and_nothing_is_opened(desk: Desk) -> None:
    with pytest.raises(InputError, match="has no field 'colour'; it has 'order_id', 'parcel_id', 'last_seen_at'"):
        await desk.open({**desk.report, "colour": "red"})

    assert desk.journal.incidents(order_id=desk.order_id) == []


async def test_a_value_of_another_type_is_refused_with_the_type_it_should_have(desk: Desk) -> None:
    with pytest.raises(InputError, match="'last_seen_at' is 'yesterday', which is no timestamp"):
        await desk.open({**desk.report, "last_seen_at": "yesterday"})


async def test_a_good_report_after_a_refused_one_opens_the_incident(desk: Desk) -> None:
    with pytest.raises(InputError):
        await desk.open({**desk.report, "colour": "red"})

    receipt = await desk.open(key="k-2")

    assert receipt.result == "opened"


async def test_an_exception_type_without_a_runbook_is_refused_with_the_one_that_may_be_meant(client: Client) -> None:
    with pytest.raises(DefinitionError, match="did you mean 'lost_parcel'"):
        await starter.open_incident(client, "lost_parcl", {}, key="k", actor=MEI)


async def test_without_a_worker_the_report_is_given_up_with_what_to_start(unserved: Desk) -> None:
    with pytest.raises(Trouble, match=r"is a worker running \(`amends up`"):
        await unserved.open(patience=0.5)


async def test_a_report_that_was_given_up_counts_once_when_it_is_given_again(unserved: Desk, shop: Shop) -> None:
    with pytest.raises(Trouble):
        await unserved.open(patience=0.5)

    async with worker.serving(unserved.client, journal=unserved.journal, connectors=shop, queue=unserved.queue):
        receipt = await unserved.open()

    assert receipt.result == "opened"
    assert EntryKind.REPORT_ADDED not in unserved.kinds(receipt.incident_id)


def test_the_file_run_as_a_program_is_the_command_amends_open() -> None:
    program = Path(starter.__file__)

    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, program, "lost_parcel", "order_id=SO-1"], cwd=program.parent, capture_output=True, text=True
    )

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: the report lacks 'parcel_id'.")
