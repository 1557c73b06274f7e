"""Traces: only where they are asked for, and never in the way of a replay."""

import builtins
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Interceptor, Replayer

from amends.errors import ConfigurationError
from amends.tracing import tracing
from tests.cli.serving_worker import collecting
from tests.record_histories import FOLDER
from tests.workflows.test_replay import read
from worker import strict_sandbox
from workflows.host import IncidentWorkflow


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
                workflow_runner=strict_sandbox(),
                data_converter=pydantic_data_converter,
                interceptors=[each for each in interceptors if isinstance(each, Interceptor)],
            )
            await replayer.replay_workflow(WorkflowHistory.from_json(document["workflow_id"], document["history"]))

    assert collector.received == [], "what happened before is told once, by those who did it"


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
