"""The embedded Temporal server: a whole one in a process of our own, for `amends up`, drills and tests.

It is the very server that clusters run, on SQLite, with two switches of ours: time can be skipped per workflow, and
timers fire to the millisecond. Who needs more than one machine connects to a cluster instead; nothing else changes.
"""

import asyncio
import os
import signal
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from amends.errors import ConfigurationError
from amends.namespace import missing_attributes, register_attributes
from amends.server_process import HOST, ServerProcess, find_program, free_port, lock_beside, require_free
from amends.temporal import connect

NAMESPACE: Final = "default"
"""The one that Temporal's own clients ask for, if they are told of none."""

RETENTION: Final = timedelta(days=90)
"""How long closed workflows stay readable; the server's own default is one day, too short for an auditor."""

UPDATES_IN_FLIGHT: Final = 1000
"""Updates of one workflow that the server takes at a time. Past its own limit of 10 it drops workflow tasks, and each
is missed for ten seconds."""

READS: Final = 1000
"""How often in a second the server may look into its queue of tasks. It has one shard, so all incidents share it: past
its own limit of 20 each task waits for up to 50 ms, and an incident's step is two to four tasks."""

_IN_MEMORY: Final = {"GOGC": "200"}
"""Settings of a server that keeps all in memory, and works for minutes only: it may take more of it, and tidy less
often."""

_UP_WITHIN = 30.0
"""Seconds until it must serve; it takes 0.3 on a quiet machine."""

_LOOK_EACH = 0.2
"""Seconds between two looks whether it still runs."""

_TRIES = 3
"""Of free ports: another process may take one between our look and the server's start."""


class EmbeddedServer:
    """A Temporal server that runs as long as the ``async with`` block.

    ``db_file``: where its state is kept, found again by the next server on that file; ``None``: in memory. ``port``:
    of its front end, 0 for a free one; ``ui_port``: of Temporal's web pages, ``None`` for none. Inside the block
    ``address`` is ``host:port`` and the server answers, knows our search attributes and keeps what closed for 90 days,
    in each of its ``namespaces``.

    A Ctrl-C in the terminal does not reach it (workers drain first), and it does not outlive this process, however
    that ends. Raises ``ConfigurationError`` when the program is missing, a port is taken, the file is used by another
    server or cannot be, or the server does not come up; nothing is left running then.
    """

    def __init__(
        self,
        db_file: Path | None = None,
        *,
        port: int = 0,
        ui_port: int | None = None,
        namespaces: Sequence[str] = (NAMESPACE,),
        program: Path | None = None,
    ) -> None:
        self._db_file = db_file
        self._port = port
        self._ui_port = ui_port
        self._namespaces = tuple(namespaces)
        self._program = program
        self._claim: int | None = None
        self._process: ServerProcess | None = None
        self._address: str | None = None

    @property
    def address(self) -> str:
        """``host:port`` of the front end. Raises ``RuntimeError`` outside the block."""
        if self._address is None:
            raise RuntimeError("the embedded server is not running: use it in `async with`")
        return self._address

    @property
    def ui_address(self) -> str | None:
        """``host:port`` of Temporal's web pages, if they were asked for."""
        return None if self._ui_port is None else f"{HOST}:{self._ui_port}"

    @property
    def pid(self) -> int:
        """The number of the server's process. Raises ``RuntimeError`` outside the block."""
        return self._running.pid

    async def ended(self) -> str:
        """Returns when the server has ended by itself, with what can be said of it. Raises ``RuntimeError`` outside the
        block."""
        process = self._running
        while process.ended is None:
            await asyncio.sleep(_LOOK_EACH)
        return f"{_how(process.ended)} ({process.complaint()})"

    @property
    def _running(self) -> ServerProcess:
        if self._process is None:
            raise RuntimeError("the embedded server is not running: use it in `async with`")
        return self._process

    async def __aenter__(self) -> Self:
        program = find_program(self._program)
        if self._db_file is not None:
            self._claim = lock_beside(self._db_file)
        try:
            await self._start(program)
        except BaseException:
            self._give_up_claim()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process, self._process, self._address = self._process, None, None
        try:
            if process is not None:
                await asyncio.shield(asyncio.to_thread(process.stop))
        finally:
            self._give_up_claim()

    async def _start(self, program: Path) -> None:
        if self._ui_port is not None:
            require_free(self._ui_port, "--temporal-ui-port")
        if self._port:
            require_free(self._port, "--temporal-port")
            return await self._launch(program, self._port)
        for _ in range(_TRIES - 1):
            try:
                return await self._launch(program, free_port())
            except _PortTaken:
                continue
        return await self._launch(program, free_port())

    async def _launch(self, program: Path, port: int) -> None:
        command = [str(program), *_flags(self._db_file, port, self._ui_port)]
        command += [word for each in self._namespaces for word in ("--namespace", each)]
        settings = _IN_MEMORY if self._db_file is None else {}
        process = ServerProcess(command, keep=() if self._claim is None else (self._claim,), settings=settings)
        try:
            client = await _until_it_answers(process, f"{HOST}:{port}")
            await asyncio.gather(*(_prepare(client, each) for each in self._namespaces))
        except BaseException:
            process.stop()
            raise
        self._process, self._address = process, f"{HOST}:{port}"

    def _give_up_claim(self) -> None:
        if self._claim is not None:
            os.close(self._claim)
            self._claim = None


class _PortTaken(ConfigurationError):
    """The front end's port was taken before the server could bind it."""


def _how(code: int) -> str:
    return f"killed by signal {-code} ({signal.Signals(-code).name})" if code < 0 else f"ended with code {code}"


def _flags(db_file: Path | None, port: int, ui_port: int | None) -> list[str]:
    flags = ["server", "start-dev", "--ip", HOST, "--port", str(port), "--log-level", "error"]
    flags += ["--headless"] if ui_port is None else ["--ui-port", str(ui_port), "--ui-disable-news-fetch"]
    if db_file is not None:
        # Four times the default's throughput; a killed process loses nothing, a power cut perhaps the last moment.
        flags += ["--db-filename", str(db_file)]
        flags += ["--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=normal"]
    flags += ["--dynamic-config-value", "frontend.WorkflowTimeSkippingEnabled=true"]
    flags += ["--dynamic-config-value", 'history.timerProcessorMaxTimeShift="1ms"']
    flags += ["--dynamic-config-value", f"history.maxInFlightUpdates={UPDATES_IN_FLIGHT}"]
    for queue in ("transfer", "timer", "visibility"):
        flags += ["--dynamic-config-value", f"history.{queue}ProcessorMaxPollRPS={READS}"]
    # a run that follows another within a second would first wait that second out, also one that is continued as new
    flags += ["--dynamic-config-value", 'history.workflowIdReuseMinimalInterval="1ms"']
    return flags


async def _until_it_answers(process: ServerProcess, address: str) -> Client:
    deadline = time.monotonic() + _UP_WITHIN
    while True:
        if process.ended is not None:
            said = process.complaint()
            leaf = _PortTaken if "address already in use" in said else ConfigurationError
            raise leaf(f"the embedded Temporal server ended with code {process.ended}: {said}")
        try:
            return await connect(address)
        except ConfigurationError as error:
            if time.monotonic() > deadline:
                raise ConfigurationError(
                    f"the embedded Temporal server did not answer within {_UP_WITHIN:.0f} s: {process.complaint()}"
                ) from error
        await asyncio.sleep(0.02)


async def _prepare(client: Client, namespace: str) -> None:
    """Tells a namespace our search attributes and our retention. An older database lacks what is new: the server's own
    flag registers attributes on an empty one only."""
    deadline = time.monotonic() + _UP_WITHIN
    while True:
        try:
            await client.workflow_service.update_namespace(
                UpdateNamespaceRequest(
                    namespace=namespace,
                    config=NamespaceConfig(
                        workflow_execution_retention_ttl=Duration(seconds=int(RETENTION.total_seconds()))
                    ),
                )
            )
            missing = await missing_attributes(client, namespace)
            if not missing:
                return
            await register_attributes(client, missing, namespace)
        except RPCError as error:  # it answers before its namespace is there
            if time.monotonic() > deadline:
                raise ConfigurationError(f"the embedded Temporal server takes no settings: {error}") from error
        await asyncio.sleep(0.02)
