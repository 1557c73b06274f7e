from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.client import ActivityFailureError, Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from activities.binding import Implementation, implementation
from activities.registry import activities_of, check
from activities.wire import PAGE, CallReport, PageRequest
from amends.connectors.shop import Shop
from amends.errors import DefinitionError
from amends.journal import Journal
from amends.models import Outcome, Severity
from runbooks.catalogue import CATALOGUE, ActivitySpec
from runbooks.catalogued.inputs import OrderRef, ParcelRef
from tests.activities.rig import request

BEHIND_THE_CATALOGUE = [Implementation(name, spec.takes, spec.gives) for name, spec in CATALOGUE.items()]


def test_every_catalogue_entry_has_its_activity(shop: Shop, journal: Journal) -> None:
    *calls, asking, settling, comparing, paging = activities_of(shop, journal.effects, journal.pages)

    assert sorted(implementation(each).name for each in calls) == sorted(CATALOGUE)
    behind = [each.__name__ for each in (asking, settling, comparing, paging)]
    assert behind == ["reconcile", "settle", "balance", "page"]


def test_what_does_not_match_the_catalogue_is_named_all_at_once() -> None:
    first, second, *rest = BEHIND_THE_CATALOGUE
    ghost = Implementation("orders.eat", OrderRef, None)
    changed = second._replace(takes=ParcelRef, gives=None)

    with pytest.raises(DefinitionError) as error:
        check(CATALOGUE, [changed, *rest, rest[0], ghost])

    assert str(error.value).removeprefix("activities: ").split("; ") == [
        f"{first.name} is in the catalogue but has no implementation",
        f"{rest[0].name} is implemented 2 times",
        f"{second.name} takes or gives other models than its catalogue entry says",
        "orders.eat is implemented but not in the catalogue",
    ]


def test_a_catalogue_and_code_that_match_are_fine() -> None:
    check(CATALOGUE, BEHIND_THE_CATALOGUE)


@pytest.mark.parametrize("spec", [spec for spec in CATALOGUE.values() if spec.undone_by], ids=lambda spec: spec.name)
def test_the_inputs_of_an_undo_are_among_the_inputs_and_the_result_of_what_it_undoes(spec: ActivitySpec) -> None:
    undo = CATALOGUE[str(spec.undone_by)]

    known = {**spec.takes.model_fields, **(spec.gives.model_fields if spec.gives else {})}

    assert undo.effect
    for name in undo.undo_takes:
        assert known[name].annotation == undo.takes.model_fields[name].annotation


async def test_a_worker_runs_them_under_their_names_and_a_reused_key_is_not_retried(
    client: Client, shop: Shop, journal: Journal
) -> None:
    queue = f"activities-{uuid4()}"
    wanted = request("k", parcel_id="PC-1001-1")
    other = request("k", parcel_id="PC-1002-1")

    async def execute(name: str, call: object) -> CallReport:
        report: CallReport = await client.execute_activity(
            name,
            call,
            id=str(uuid4()),
            task_queue=queue,
            result_type=CallReport,
            schedule_to_close_timeout=CATALOGUE[name].within,  # an endless retry would only look like patience
        )
        return report

    with ThreadPoolExecutor(4) as pool:
        activities = activities_of(shop, journal.effects, journal.pages)
        async with Worker(client, task_queue=queue, activities=activities, activity_executor=pool):
            report = await execute("inventory.reserve", wanted)
            with pytest.raises(ActivityFailureError) as failed:
                await execute("inventory.reserve", other)

    cause = failed.value.cause
    assert report == CallReport(outcome=Outcome.APPLIED, result={"reservation_id": "RS-1001-1-1"})
    assert isinstance(cause, ApplicationError)
    assert cause.type == "key_reused"


async def test_a_worker_pages_people_and_goes_on_by_itself_when_nobody_could_be_reached(
    client: Client, shop: Shop, journal: Journal
) -> None:
    queue = f"activities-{uuid4()}"
    shop.fault(call="people.page", kind="trouble_after")
    wanted = PageRequest(
        key="inc-1001/page/1",
        incident_id="inc-1001",
        exception_type="lost_parcel",
        title={"en": "Lost parcel"},
        severity=Severity.CRITICAL,
        level=1,
        levels=3,
        role="logistics",
        people=("an",),
        why="task",
        cause="task:payments.refund",
        join_within=timedelta(minutes=15),
    )

    with ThreadPoolExecutor(4) as pool:
        activities = activities_of(shop, journal.effects, journal.pages)
        async with Worker(client, task_queue=queue, activities=activities, activity_executor=pool):
            report: CallReport = await client.execute_activity(
                PAGE,
                wanted,
                id=str(uuid4()),
                task_queue=queue,
                result_type=CallReport,
                schedule_to_close_timeout=timedelta(minutes=1),
            )

    assert report.outcome is Outcome.APPLIED
    assert [(page.person, page.key) for page in shop.pages()] == [("an", "inc-1001/page/1/an/shop")]
    assert len(journal.pages.of_incident("inc-1001")) == 1
