"""The journal's database is away for a while: updates wait, nothing is acknowledged, and nothing is lost."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator

from sqlalchemy import Engine, text

from amends.journal.verify import verify
from amends.timeline import EntryKind
from tests.proofs.rig import Rig, asked, counted


@contextlib.contextmanager
def _away(engine: Engine) -> Iterator[None]:
    """Nobody can write to the journal while the block runs: another connection holds what every append needs."""
    if engine.dialect.name == "sqlite":
        assert engine.url.database is not None
        with contextlib.closing(sqlite3.connect(engine.url.database, isolation_level=None)) as file:
            file.execute("BEGIN IMMEDIATE")
            yield
            file.execute("ROLLBACK")
        return
    with engine.connect() as blocker:
        blocker.execute(text("LOCK TABLE incidents, timeline, effects, claims IN ACCESS EXCLUSIVE MODE"))
        yield
        blocker.rollback()


async def test_updates_wait_while_the_journal_is_away_and_count_once_when_it_is_back(rig: Rig) -> None:
    async with rig.serving():
        await rig.open()
        await rig.until(asked)
        before = len(rig.rows())
        with _away(rig.journal.engine):
            answering = asyncio.create_task(rig.answer("reship"))
            reporting = asyncio.create_task(rig.open("k-2"))
            await asyncio.sleep(1.5)
            acknowledged = [task.done() for task in (answering, reporting)]
        answer, report = await asyncio.gather(answering, reporting)
        await rig.to_the_end()
    rows = rig.rows()

    assert acknowledged == [False, False]
    assert (answer.result, report.result) == ("recorded", "added")
    assert len(rows) > before
    assert counted(rows, EntryKind.ANSWER_RECEIVED) == 1
    assert counted(rows, EntryKind.REPORT_ADDED) == 1
    assert verify(rig.journal, rig.incident_id).ok


async def test_an_incident_opened_while_the_journal_is_away_is_acknowledged_only_when_it_is_written(rig: Rig) -> None:
    async with rig.serving():
        with _away(rig.journal.engine):
            opening = asyncio.create_task(rig.open())
            await asyncio.sleep(1.5)
            acknowledged = opening.done()
        receipt = await opening
        await rig.quiet()
        await rig.handle.cancel()
        await rig.handle.result()

    assert not acknowledged
    assert rig.journal.incident(receipt.incident_id).incident_id == receipt.incident_id
    assert counted(rig.rows(), EntryKind.INCIDENT_OPENED) == 1
