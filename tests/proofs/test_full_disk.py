"""A disk that fills up while incidents run: nothing is acknowledged that is not kept, and all goes on with room."""

import asyncio
import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import starter
from amends.errors import Trouble
from amends.journal import Journal, Verification, verify
from amends.journal import connect as connect_journal
from amends.models import Actor, ActorKind, Data, Party
from amends.temporal import connect
from tests.stacks import WITHIN, Stack
from workflows.contract import VIEW, Receipt, View

MEI = Actor(kind=ActorKind.HUMAN, id="mei")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Stack]:
    """A stack on a disk of 48 MB that only its processes see."""
    unshare = shutil.which("unshare")
    ways = [[unshare, "-m"], [unshare, "-rm"]] if unshare else []
    allowed = [way for way in ways if subprocess.run([*way, "true"], capture_output=True).returncode == 0]  # noqa: S603
    if not allowed:
        pytest.skip("this machine lets nobody mount a small disk (unshare -m, unshare -rm)")
    mounting = f'mount -t tmpfs -o size=48m tmpfs "{tmp_path}" && cd "{tmp_path}" && exec "$@"'
    stack = Stack(
        tmp_path,
        wrapper=[*map(str, allowed[0]), "sh", "-c", mounting, "sh"],
        seen_as=lambda pid: Path(f"/proc/{pid}/root{tmp_path}"),
    )
    yield stack
    stack.clean_up()


async def test_on_a_full_disk_nothing_is_acknowledged_and_with_room_everything_goes_on(
    small_disk: Stack, tmp_path_factory: pytest.TempPathFactory
) -> None:
    small_disk.start()
    opened = await report(small_disk, "SO-1001", patience=30)
    fill = small_disk.state_dir / "fill"

    fill_up(fill)
    with pytest.raises(Trouble, match="was not answered"):
        await report(small_disk, "SO-1002", patience=2)
    fill.unlink()
    late = await report(small_disk, "SO-1002", patience=60)

    for order_id in ("SO-1001", "SO-1002"):
        await until_it_waits(small_disk, order_id)
    told = verified(small_disk, tmp_path_factory.mktemp("copy"), opened, late)
    ended = small_disk.stop()
    assert [checked.problems for checked in told] == [(), ()]
    assert ended.code == 0
    assert "the disk is nearly full: " in ended.err


async def test_on_a_disk_that_is_full_already_nothing_is_started(small_disk: Stack) -> None:
    command = small_disk.wrapper[-2].replace('exec "$@"', 'dd if=/dev/zero of=fill bs=1M count=40 2>&1 && exec "$@"')
    small_disk.wrapper = [*small_disk.wrapper[:-2], command, "sh"]

    small_disk.launch()

    ended = small_disk.ended()
    assert ended.code == 2
    assert "the disk is nearly full: " in ended.err
    assert "nothing was started, 32 MB are needed" in ended.err


async def report(stack: Stack, order_id: str, *, patience: int) -> Receipt:
    client = await connect(stack.told.temporal)
    fields: Data = {"order_id": order_id, "parcel_id": parcel(order_id)}
    return await starter.open_incident(
        client, "lost_parcel", fields, key=f"report-{order_id}", actor=MEI, patience=timedelta(seconds=patience)
    )


def fill_up(file: Path) -> None:
    with file.open("wb", buffering=0) as filling, contextlib.suppress(OSError):
        while True:
            filling.write(b"\0" * 4096)


async def until_it_waits(stack: Stack, order_id: str) -> None:
    """Waits until the incident has come to wait for the carrier, with nothing under way."""
    client = await connect(stack.told.temporal)
    handle = client.get_workflow_handle(f"lost_parcel:{order_id}:{parcel(order_id)}")
    async with asyncio.timeout(WITHIN):
        while True:
            view: View = await handle.query(VIEW, result_type=View)
            if Party.CARRIER in view.waiting_for and not view.busy:
                return
            await asyncio.sleep(0.05)


def verified(stack: Stack, folder: Path, *receipts: Receipt) -> list[Verification]:
    """What is proved of the incidents by a copy of the journal: SQLite opens no file by the way that we see it."""
    for file in stack.state_dir.glob("journal.db*"):
        shutil.copy(file, folder)
    engine = connect_journal(f"sqlite:///{folder / 'journal.db'}")
    try:
        journal = Journal(engine)
        return [verify(journal, receipt.incident_id) for receipt in receipts]
    finally:
        engine.dispose()


def parcel(order_id: str) -> str:
    return order_id.replace("SO", "PC") + "-1"
