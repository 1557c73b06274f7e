"""What `amends worker` does for the stack that has no `amends up`: it watches, and it asks for what it needs."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client

from amends.embedded import EmbeddedServer
from amends.journal import Journal
from amends.temporal import connect
from tests.amends.journal.builders import INCIDENT, opened, told
from tests.amends.test_namespace import until_listed
from tests.cli.serving_worker import running_worker
from tests.stacks import WITHIN

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_a_worker_watches_too(
    temporal_server: EmbeddedServer, journal: Journal, database_url: str, tmp_path: Path
) -> None:
    told(journal, opened())

    settings = {"TEMPORAL_ADDRESS": temporal_server.address, "AMENDS_DATABASE_URL": database_url}
    with running_worker(tmp_path, "--no-wait", **settings) as worker:
        worker.until_it_says("alert_raised")
        code = worker.stop()

    (line,) = [line for line in worker.lines() if line["event"] == "alert_raised"]
    assert (line["incident"], line["kind"], line["level"]) == (INCIDENT, "workflow_missing", "warning")
    assert code == 0


async def test_a_worker_does_not_start_on_a_namespace_that_lacks_our_attributes(
    client: Client, temporal_server: EmbeddedServer, database_url: str, tmp_path: Path
) -> None:
    bare = f"bare-{uuid4()}"
    kept = Duration(seconds=int(timedelta(days=1).total_seconds()))
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(namespace=bare, workflow_execution_retention_period=kept)
    )
    await until_listed(await connect(temporal_server.address, namespace=bare))

    settings = {"TEMPORAL_ADDRESS": temporal_server.address, "TEMPORAL_NAMESPACE": bare}
    with running_worker(tmp_path, AMENDS_DATABASE_URL=database_url, **settings) as worker:
        code = worker.process.wait(WITHIN)

    assert code == 2
    assert f"run once: temporal operator search-attribute create --namespace {bare} " in worker.said.read_text()
