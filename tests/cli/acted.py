"""An incident on the real server that people act on: its runbook has an approval before anything else."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

import starter
import worker
from amends.connectors.shop import Shop
from amends.journal import IncidentRow, Journal, TimelineRow, connect, upgrade
from amends.models import Actor, ActorKind
from amends.settings import Settings
from amends.timeline import EntryKind
from cli import signing
from cli.main import main
from cli.quiet import quiet
from runbooks.bundle import Bundle
from runbooks.library import load
from tests.runbooks.comparing.builders import text
from tests.shops import seeded_file
from workflows.contract import VIEW, View

_AS_OF = datetime.now(UTC)
"""The moment around which the orders of all shops here were seeded."""

BO = Actor(kind=ActorKind.HUMAN, id="bo")
READ = "    - {do: shipping.read_parcel, save_as: parcel}\n"
APPROVAL = (
    "    - {approve: logistics_lead, amount: =parcel.value, decide_within: 4h, if_silent: escalate}\n"
    '    - {approve: operations_manager, when: parcel.value < money("CNY 300.00"), amount: =parcel.value, '
    "decide_within: 4h, if_silent: reject}\n"
)


def own_runbook(folder: Path) -> Bundle:
    """The runbook ``acted_parcel``: everybody who is of a role has to say something before the search begins."""
    file = folder / "acted_parcel.yaml"
    file.write_text(text(("runbook: lost_parcel", "runbook: acted_parcel"), (READ, READ + APPROVAL)))
    return load(file)


@dataclass
class Acted:
    """One incident; ``state_dir`` has the journal that commands read."""

    client: Client
    journal: Journal
    shop: Shop
    bundle: Bundle
    queue: str
    capsys: pytest.CaptureFixture[str]
    incident: str = ""

    async def open(self, order: str) -> None:
        """Reported by Bo, and gone on as far as it goes by itself."""
        report = {"order_id": order, "parcel_id": f"{order.replace('SO', 'PC')}-1"}
        receipt = await starter.open_incident(
            self.client,
            "acted_parcel",
            {**report},
            key=str(uuid4()),
            actor=BO,
            queue=self.queue,
            bundle=self.bundle,
        )
        self.incident = receipt.incident_id

    async def amends(self, command: str, *arguments: str, by: str = "chen", expect: int = 0) -> tuple[str, str]:
        """What a command says on stdout and on stderr, once it is over."""
        typed = [command, self.incident, *arguments]
        code = await asyncio.to_thread(main, typed if command == "show" else [*typed, "--actor", by])
        told = self.capsys.readouterr()
        assert code == expect, told
        return told.out, told.err

    async def all(self, command: str, *arguments: str, by: str = "chen", expect: int = 0) -> tuple[str, str]:
        """What a command says that names no incident."""
        code = await asyncio.to_thread(main, [command, *arguments, "--actor", by])
        told = self.capsys.readouterr()
        assert code == expect, told
        return told.out, told.err

    async def json(self, command: str, *arguments: str, by: str = "chen") -> Any:
        out, _ = await self.amends(command, *arguments, "--format", "json", by=by)
        return json.loads(out)

    async def until(self, reached: Callable[[View], bool]) -> View:
        """How it stands, once that is so and nothing is under way."""
        handle = self.client.get_workflow_handle(self.row.workflow_id)
        async with asyncio.timeout(60):
            while True:
                view: View = await handle.query(VIEW, result_type=View)
                if reached(view) and not view.busy:
                    return view
                await asyncio.sleep(0.02)

    @property
    def row(self) -> IncidentRow:
        return self.journal.incident(self.incident)

    def everything(self) -> list[TimelineRow]:
        """The entries of all incidents."""
        return [entry for row in self.journal.incidents(limit=99) for entry in self.journal.timeline(row.incident_id)]

    def entries(self, kind: EntryKind) -> list[TimelineRow]:
        return [row for row in self.journal.timeline(self.incident) if row.kind is kind]


@contextlib.asynccontextmanager
async def acted(client: Client, state_dir: Path, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[Acted]:
    """A journal where commands find it, a shop, and workers; all incidents in it are ended with the block."""
    quiet()  # the workers' logs would stand between what commands say
    engine, shop = connect(f"sqlite:///{state_dir / 'journal.db'}"), Shop(seeded_file(state_dir / "shop.db", _AS_OF))
    upgrade(engine)
    signing.make_own(Settings())
    doors = signing.trusted(Settings())
    it = Acted(client, Journal(engine), shop, own_runbook(state_dir), f"acted-{uuid4()}", capsys)
    try:
        async with worker.serving(client, journal=it.journal, connectors=shop, doors=doors, queue=it.queue):
            yield it
            for row in it.journal.incidents(limit=99):
                await _end(client.get_workflow_handle(row.workflow_id))
    finally:
        shop.dispose()
        engine.dispose()


async def _end(incident: WorkflowHandle[Any, Any]) -> None:
    """Ends an incident, so that its subject is free. The journal may show its end before the server has it."""
    try:
        await incident.terminate(reason="the test is over")
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
