"""The worker as a command: what it waits for, what it says of itself, and how it stops."""

from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

import starter
from amends.embedded import EmbeddedServer
from amends.models import Actor, ActorKind
from amends.server_process import free_port
from amends.temporal import connect
from cli.main import main
from tests.cli.builders import write_incidents
from tests.cli.serving_worker import Collector, RunningWorker, collecting, running_worker


def test_a_worker_without_a_server_says_what_to_start(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_incidents(state_dir)

    code = main(["worker", "--no-wait"])

    told = capsys.readouterr()
    assert code == 2
    assert "error: no Temporal server answers at '127.0.0.1:" in told.err
    assert told.out == ""


def test_a_worker_at_an_address_that_is_none_says_how_to_write_one(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_incidents(state_dir)

    code = main(["worker", "--address", "http://localhost:7233"])

    assert code == 2
    assert "write host:port, without a scheme" in capsys.readouterr().err


def test_a_worker_does_not_make_a_journal_but_says_how(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["worker"])

    assert state_dir.is_dir()
    assert code == 2
    assert "run `amends db upgrade`" in capsys.readouterr().err


def test_a_worker_that_may_not_wait_ends_over_a_database_that_is_away(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AMENDS_DATABASE_URL", "postgresql+psycopg://amends:secret@127.0.0.1:1/amends")

    code = main(["worker", "--no-wait"])

    told = capsys.readouterr().err
    assert state_dir.is_dir()
    assert code == 2
    assert "does not answer" in told
    assert "secret" not in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--queues", "incidents,journl"], "--queues: there is no queue 'journl'; did you mean 'journal'?"),
        (["--queues", ""], "--queues: there is no queue ''"),
        (["--health", "8080"], "--health: '8080' is no address; write host:port"),
        (["--metrics", "localhost:0"], "--metrics: ports go from 1 to 65535"),
    ],
)
def test_an_option_of_no_use_is_told(
    state_dir: Path, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["worker", *arguments])

    assert state_dir.is_dir()
    assert code == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"AMENDS_BUILD": "2"}, "AMENDS_BUILD is set, and AMENDS_DEPLOYMENT is not"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "is not spoken here"),
    ],
)
def test_settings_that_do_not_fit_together_are_told(
    state_dir: Path,
    settings: dict[str, str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_incidents(state_dir)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    code = main(["worker", "--no-wait"])

    assert code == 2
    assert told in capsys.readouterr().err


async def test_an_unknown_namespace_is_told_with_how_to_make_it(
    state_dir: Path, temporal_server: EmbeddedServer, tmp_path: Path
) -> None:
    write_incidents(state_dir)
    settings = {"AMENDS_STATE_DIR": str(state_dir), "TEMPORAL_NAMESPACE": "orders"}

    with running_worker(tmp_path, "--no-wait", TEMPORAL_ADDRESS=temporal_server.address, **settings) as worker:
        code = worker.process.wait(60)

    assert code == 2
    assert "has no namespace 'orders'; make it (`temporal operator namespace create" in worker.said.read_text()


async def test_what_the_sdk_s_core_says_stands_among_our_lines_and_in_their_form(tmp_path: Path) -> None:
    (tmp_path / ".amends").mkdir()
    write_incidents(tmp_path / ".amends")
    port = free_port()

    with running_worker(tmp_path, TEMPORAL_ADDRESS=f"127.0.0.1:{port}") as worker:
        async with EmbeddedServer(port=port):
            worker.until_ready()
        worker.until_it_says("sdk_core")
        worker.stop()

    assert next(line["level"] for line in worker.lines() if "sdk_core" in line["logger"]) == "warning"


@dataclass
class Served:
    """A worker that waited for its server, served one incident, and was stopped."""

    worker: RunningWorker
    code: int
    ready: list[tuple[int, dict[str, object]]]
    """What it said of its readiness: while it waited, and when it served."""
    counters: dict[str, float]
    collector: Collector
    incident_id: str


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    folder, port = tmp_path_factory.mktemp("served"), free_port()
    (folder / ".amends").mkdir()
    write_incidents(folder / ".amends")
    settings = {"TEMPORAL_ADDRESS": f"127.0.0.1:{port}"}
    with collecting() as collector:
        settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.endpoint
        with running_worker(folder, **settings) as worker:
            worker.until_it_says("waiting for the Temporal server")
            ready = [worker.ask("/ready")]
            async with EmbeddedServer(port=port) as server:
                worker.until_ready()
                ready.append(worker.ask("/ready"))
                client = await connect(server.address)
                receipt = await starter.open_incident(
                    client,
                    "lost_parcel",
                    {"order_id": "SO-9999", "parcel_id": "PC-1"},  # which the shop does not know: a task for a person
                    key=str(uuid4()),
                    actor=Actor(kind=ActorKind.HUMAN, id="mei"),
                )
                worker.until_it_says('"task_opened"')
                handle = client.get_workflow_handle("lost_parcel:SO-9999:PC-1")
                await handle.cancel(reason="the test is over")
                await handle.result()
                counters = worker.counters()
                code = worker.stop()
    return Served(worker, code, ready, counters, collector, receipt.incident_id)


async def test_a_worker_waits_for_its_server_and_is_ready_when_it_serves(served: Served) -> None:
    waiting, serving = served.ready

    assert waiting == (503, {"ready": False, "temporal": "not there yet", "pollers": "not there yet", "journal": "ok"})
    assert serving == (200, {"ready": True, "temporal": "ok", "pollers": "ok", "journal": "ok", "intake": "ok"})


async def test_waiting_is_said_once_and_its_end_too(served: Served) -> None:
    events = [line["event"] for line in served.worker.lines()]

    assert events.count("waiting for the Temporal server") == 1
    assert events.index("the Temporal server is there") < events.index("serving")


async def test_a_worker_that_is_asked_to_stop_drains_and_ends_well(served: Served) -> None:
    assert served.code == 0
    assert "stopping: what is running finishes first" in [line["event"] for line in served.worker.lines()]


async def test_every_line_of_an_activity_names_its_incident_and_of_a_call_its_step(served: Served) -> None:
    lines = served.worker.lines()

    recorded = [line for line in lines if line["event"] == "recorded"]
    (refused,) = [line for line in lines if line["event"] == "refused"]
    assert {line["incident"] for line in recorded} == {served.incident_id}
    assert recorded[0]["entries"][0] == "incident_opened"
    assert (refused["incident"], refused["step"]) == (served.incident_id, "report.orders.read")
    assert all({"at", "level", "logger", "event"} <= set(line) for line in lines)


async def test_our_counters_stand_beside_temporal_s_own(served: Served) -> None:
    totals: dict[str, float] = {}
    for line, number in served.counters.items():
        name = line.partition("{")[0]
        totals[name] = totals.get(name, 0) + number

    assert totals["amends_incidents_opened_total"] == 1
    assert totals["amends_incidents_ended_total"] == 1
    assert totals["amends_tasks_opened_total"] == 1
    assert totals["amends_journal_entries_total"] > totals["amends_journal_appends_total"] > 1
    assert any(name.startswith("temporal_activity_execution") for name in totals)
    (ended,) = [line for line in served.counters if line.startswith("amends_incidents_ended_total")]
    assert 'exception_type="lost_parcel"' in ended
    assert 'status="cancelled"' in ended


async def test_traces_reach_the_collector_that_is_named(served: Served) -> None:
    sent = [ExportTraceServiceRequest.FromString(each) for each in served.collector.received]

    resources = [resource for each in sent for resource in each.resource_spans]
    spans = [span for resource in resources for scope in resource.scope_spans for span in scope.spans]
    service = {each.value.string_value for each in resources[0].resource.attributes if each.key == "service.name"}
    assert service == {"amends-worker"}
    assert {"RunWorkflow:LostParcel", "RunActivity:journal.append", "RunActivity:orders.read"} <= {
        span.name for span in spans
    }
