"""Traces: only where they are asked for, and never in the way of a replay."""

import builtins
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Interceptor, Replayer

import starter
import worker
from amends.connectors.shop import Shop
from amends.embedded import EmbeddedServer
from amends.errors import ConfigurationError
from amends.journal import Journal
from amends.models import ENGINE, Data, Status
from amends.temporal import connect
from amends.tracing import tracing
from tests.cli.serving_worker import collecting
from tests.record_histories import FOLDER
from tests.workflows.test_replay import read
from workflows.contract import IncidentResult
from workflows.host import IncidentWorkflow
from workflows.sandbox import StrictSandbox


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENDPOINT", "TRACES_ENDPOINT", "PROTOCOL", "TRACES_PROTOCOL"):
        monkeypatch.delenv(f"OTEL_EXPORTER_OTLP_{name}", raising=False)


def test_without_a_collector_nothing_is_traced() -> None:
    with tracing("amends-test") as interceptors:
        assert interceptors == []


async def test_a_history_recorded_without_traces_is_replayed_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    document = read(FOLDER / "lost_parcel.no_capacity.json.gz")
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint)
        with tracing("amends-test") as interceptors:
            replayer = Replayer(
                workflows=[IncidentWorkflow],
                workflow_runner=StrictSandbox(),
                data_converter=pydantic_data_converter,
                interceptors=[each for each in interceptors if isinstance(each, Interceptor)],
            )
            await replayer.replay_workflow(WorkflowHistory.from_json(document["workflow_id"], document["history"]))

    assert collector.received == [], "what happened before is told once, by those who did it"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_incident_that_is_replayed_at_each_step_is_traced_once(
    temporal_server: EmbeddedServer, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, shop = f"traced-{uuid4()}", Shop(f"sqlite:///{tmp_path / 'shop.db'}")
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint)
        with tracing("amends-test") as interceptors:
            client = await connect(temporal_server.address, interceptors=interceptors)
            async with worker.serving(client, journal=journal, connectors=shop, queue=queue, cached_workflows=0):
                report: Data = {"order_id": queue, "parcel_id": "PC-1"}
                await starter.open_incident(client, "lost_parcel", report, key=queue, actor=ENGINE, queue=queue)
                handle = client.get_workflow_handle(f"lost_parcel:{queue}:PC-1", result_type=IncidentResult)
                await handle.cancel(reason="the test is over")
                ended = await handle.result()
    shop.dispose()

    names = [span.name for each in collector.received for span in spans_of(each)]
    assert ended.status is Status.CANCELLED
    assert names.count("RunWorkflow:LostParcel") == 1
    assert names.count("RunActivity:journal.append") == names.count("StartActivity:journal.append") > 1


def spans_of(sent: bytes) -> Iterator[Span]:
    for resource in ExportTraceServiceRequest.FromString(sent).resource_spans:
        for scope in resource.scope_spans:
            yield from scope.spans


def test_another_protocol_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")

    with (
        pytest.raises(ConfigurationError, match="OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' is not spoken here"),
        tracing("t"),
    ):
        pass


def test_packages_that_are_missing_are_named_with_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:1")
    imported = builtins.__import__

    def without_opentelemetry(name: str, *rest: Any, **more: Mapping[str, Any]) -> ModuleType:
        if name.startswith("opentelemetry"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return imported(name, *rest, **more)  # type: ignore[arg-type]  # whatever it was called with

    monkeypatch.setattr(builtins, "__import__", without_opentelemetry)

    with (
        pytest.raises(
            ConfigurationError, match=r"OTLP_TRACES_ENDPOINT asks for traces.*pip install 'amends\[traces\]'"
        ),
        tracing("t"),
    ):
        pass
