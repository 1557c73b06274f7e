"""Releases of workers side by side, with incidents open across the change: by Temporal's worker deployments or without.

What the releases have in common is proved elsewhere: recorded histories are replayed by each of them.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode

import worker
from amends.errors import Trouble
from amends.journal.verify import verify
from amends.models import Status
from amends.temporal import connect
from starter import open_incident
from tests.proofs.rig import OPS, Rig
from worker import EVERYTHING, Part

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

UNVERSIONED = ""


class Deployment:
    """A worker deployment of a test's own."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._client: Client = rig.skipper.client
        self.name = f"amends-{uuid4()}"

    @contextlib.asynccontextmanager
    async def serving(self, build: str, *, parts: Collection[Part] = EVERYTHING) -> AsyncIterator[None]:
        """A worker of this build; an unversioned one without a build."""
        rig, version = self._rig, WorkerDeploymentVersion(self.name, build) if build else None
        # with a client of its own, as a process would have
        client = await connect(self._client.service_client.config.target_host)
        async with worker.serving(
            client, journal=rig.journal, connectors=rig.shop, queue=rig.queue, version=version, parts=parts
        ):
            yield

    async def make_current(self, build: str, *, whole: bool = True) -> None:
        """Routes to this build, once Temporal knows it, and, if it will be ``whole``, that all its parts are served."""
        passing = {RPCStatusCode.NOT_FOUND, *([RPCStatusCode.FAILED_PRECONDITION] if whole else [])}
        request = SetWorkerDeploymentCurrentVersionRequest(
            namespace="default", deployment_name=self.name, build_id=build, identity="test"
        )
        while True:
            try:
                await self._client.workflow_service.set_worker_deployment_current_version(request)
            except RPCError as error:
                if error.status not in passing:
                    raise
                await asyncio.sleep(0.1)
            else:
                return

    async def move_to(self, build: str) -> None:
        """Makes a build current, and gives the incident something to do until that build does it: what is on its way to
        another still goes there."""
        await self.make_current(build)
        while await self.build_of() != build:
            await self._rig.open(str(uuid4()))
            await self._rig.quiet()

    async def build_of(self) -> str:
        """The build that has worked on the rig's incident last."""
        description = await self._rig.handle.describe()
        info = description.raw_description.workflow_execution_info
        return str(info.versioning_info.deployment_version.build_id)


@pytest.fixture
def rig(rig_on: Callable[[str], Rig]) -> Rig:
    return rig_on("SO-1002")


@pytest.fixture
def deployment(rig: Rig) -> Deployment:
    return Deployment(rig)


async def test_an_open_incident_moves_on_to_the_release_that_is_made_current(rig: Rig, deployment: Deployment) -> None:
    async with deployment.serving("1"):
        await deployment.make_current("1")
        await rig.open()
        await rig.quiet()
        began_on = await deployment.build_of()
        async with deployment.serving("2"):
            await deployment.move_to("2")
    async with deployment.serving("2"):  # the old one has gone: nothing waits for it
        await rig.open("k-2")
        await _call_off(rig)

    assert began_on == "1"
    assert await deployment.build_of() == "2"
    assert verify(rig.journal, rig.incident_id).problems == ()


async def test_incidents_of_unversioned_workers_are_taken_over_by_the_first_version_and_go_back(
    rig: Rig, deployment: Deployment
) -> None:
    async with deployment.serving(UNVERSIONED):
        await rig.open()
        await rig.quiet()
        async with deployment.serving("1"):
            await deployment.move_to("1")

            await deployment.move_to(UNVERSIONED)
        await _call_off(rig)

    assert await deployment.build_of() == UNVERSIONED
    assert verify(rig.journal, rig.incident_id).problems == ()


async def test_a_version_that_nobody_has_made_current_gets_nothing_and_takes_nothing_away(
    rig: Rig, deployment: Deployment
) -> None:
    async with deployment.serving("1"):
        with pytest.raises(Trouble):
            await open_incident(
                rig.skipper.client,
                "lost_parcel",
                rig.report,
                key=rig.key("k-1"),
                actor=OPS,
                queue=rig.queue,
                patience=timedelta(seconds=1),
            )
        async with deployment.serving(UNVERSIONED):
            await rig.open()
            await _call_off(rig)
            served_by = await deployment.build_of()

    assert served_by == UNVERSIONED


async def test_a_version_that_lacks_a_part_is_not_made_current(rig: Rig, deployment: Deployment) -> None:
    async with deployment.serving("1"):
        await deployment.make_current("1")
        await rig.open()
        await rig.quiet()
        async with deployment.serving("2", parts=[Part.INCIDENTS]):
            with pytest.raises(RPCError, match="missing active task queues"):
                await deployment.make_current("2", whole=False)

        await _call_off(rig)

    assert await deployment.build_of() == "1"


async def test_releases_without_versions_share_the_work(rig: Rig, deployment: Deployment) -> None:
    async with deployment.serving(UNVERSIONED):
        await rig.open()
        async with deployment.serving(UNVERSIONED):
            await rig.open("k-2")
            await rig.quiet()
    async with deployment.serving(UNVERSIONED):
        await _call_off(rig)

    assert verify(rig.journal, rig.incident_id).problems == ()


async def _call_off(rig: Rig) -> None:
    await rig.handle.cancel(reason="the test is over")
    result = await rig.handle.result()
    assert Status(result["status"]) is Status.CANCELLED
