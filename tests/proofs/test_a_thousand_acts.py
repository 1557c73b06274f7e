"""A thousand acts of all kinds, from several people at once and many of them sent twice, on one incident whose runs are
cut again and again: each counts once or is refused, and what has counted is told the same for good."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.service import RPCError, RPCStatusCode

from amends.journal.verify import verify
from amends.models import Actor, ActorKind, Evidence, Party, Severity, Status
from amends.timeline import EntryKind
from tests.proofs.rig import CUSTOMER, Rig, asked, counted
from workflows.contract import (
    BETWEEN_RUNS,
    AcknowledgeRequest,
    AnswerRequest,
    AssignRequest,
    CancelRequest,
    EscalateRequest,
    EvidenceRequest,
    NoteRequest,
    Receipt,
    ResumeRequest,
    RetryRequest,
    SeverityRequest,
    SkipRequest,
    SnoozeRequest,
    SuspendRequest,
    TakeOverRequest,
)
from workflows.requests import ActRequest, update_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ACTS = 1_000

AT_ONCE = 8
"""A server takes ten updates of one workflow at a time."""

CUT = 120
"""History events after which a run is continued as new."""

KINDS = {
    NoteRequest: EntryKind.NOTE_ADDED,
    EvidenceRequest: EntryKind.EVIDENCE_ADDED,
    AssignRequest: EntryKind.ASSIGNED,
    SeverityRequest: EntryKind.SEVERITY_CHOSEN,
    SuspendRequest: EntryKind.SUSPENSION_REQUESTED,
    ResumeRequest: EntryKind.RESUMPTION_REQUESTED,
    AcknowledgeRequest: EntryKind.ACKNOWLEDGED,
    EscalateRequest: EntryKind.ESCALATION_REQUESTED,
    SnoozeRequest: EntryKind.SNOOZE_REQUESTED,
    TakeOverRequest: EntryKind.TAKEN_OVER,
    RetryRequest: EntryKind.RETRY_REQUESTED,
    SkipRequest: EntryKind.SKIP_REQUESTED,
}
"""What is sent, and the entry of each that counts."""


@dataclass
class Crowd:
    """People who act at random; ``said``: what each act's sender was told, under its key."""

    rig: Rig
    chance: random.Random = field(default_factory=lambda: random.Random(20261128))  # noqa: S311 - moments, not secrets
    said: dict[str, list[Receipt | str]] = field(default_factory=dict)
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def make(self, number: int, now: datetime) -> ActRequest:
        key = self.rig.key(f"act-{number}")
        actor = Actor(kind=ActorKind.HUMAN, id=self.chance.choice(("an", "bo", "chen", "cook")))
        soon, why = now + timedelta(hours=self.chance.randint(1, 20)), f"reason {number}"
        shown = (Evidence(what=f"mail {number}"),)
        severity = self.chance.choice(list(Severity))
        return self.chance.choice(
            (
                NoteRequest(key=key, text=why, actor=actor),
                EvidenceRequest(key=key, evidence=shown, actor=actor),
                AssignRequest(key=key, to=self.chance.choice(("an", "bo", "cook")), actor=actor),
                SeverityRequest(key=key, severity=severity, reason=why, actor=actor),
                SuspendRequest(key=key, party=Party.CARRIER, until=soon, reason=why, actor=actor),
                ResumeRequest(key=key, actor=actor),
                AcknowledgeRequest(key=key, actor=actor),
                EscalateRequest(key=key, reason=why, actor=actor),
                SnoozeRequest(key=key, until=soon, reason=why, actor=actor),
                TakeOverRequest(key=key, reason=why, actor=actor),
                RetryRequest(key=key, task="taken_over", actor=actor),
                SkipRequest(key=key, step="nowhere", reason=why, actor=actor),
            )
        )

    async def send(self, act: ActRequest) -> None:
        async with self.room:
            self.said.setdefault(act.key, []).append(await self._told(act))

    async def _told(self, act: ActRequest) -> Receipt | str:
        """The receipt, or why it was refused. What is lost between two runs is sent again under the same key."""
        while True:
            try:
                receipt: Receipt = await self.rig.handle.execute_update(
                    update_of(act), act, result_type=Receipt, id=act.key
                )
            except WorkflowUpdateFailedError as refused:
                if getattr(refused.cause, "type", "") != BETWEEN_RUNS:
                    return getattr(refused.cause, "message", "")
                await asyncio.sleep(0.02)
            except RPCError as passing:
                if passing.status not in (RPCStatusCode.RESOURCE_EXHAUSTED, RPCStatusCode.FAILED_PRECONDITION):
                    raise
                await asyncio.sleep(0.02)
            else:
                return receipt


@pytest.mark.timeout(600)
async def test_a_thousand_mixed_acts_across_many_runs_count_once_each(rig_on: Callable[[str], Rig]) -> None:
    """At any moment, safely: no act is lost, none counts twice, and whoever sends one again is told the same."""
    rig = rig_on("SO-1004")
    crowd = Crowd(rig)
    async with rig.serving():
        opened = await rig.open(history_limit=CUT)
        begins = await rig.until(asked)
        made = [crowd.make(number, begins.now) for number in range(ACTS)]
        twice = [*made, *crowd.chance.sample(made, ACTS // 4)]
        await asyncio.gather(*(crowd.send(act) for act in crowd.chance.sample(twice, len(twice))))
        again = crowd.chance.sample(made, 50)
        await asyncio.gather(*(crowd.send(act) for act in again))
        await crowd.send(AnswerRequest(key=rig.key("late"), ask="nowhere", choice="x", actor=CUSTOMER))
        await crowd.send(CancelRequest(key=rig.key("end"), reason="enough", actor=CUSTOMER))
        result = await rig.handle.result()
    rows = rig.rows()

    counts = {act.key: crowd.said[act.key] for act in made}
    entries = Counter(str(row.data["key"]) for row in rows if row.kind in KINDS.values())
    for act in made:
        told = counts[act.key]
        receipts = [each for each in told if isinstance(each, Receipt)]
        assert entries[act.key] == min(len(receipts), 1), "what counts has one entry, what is refused has none"
        if receipts:
            counted_from = told[told.index(receipts[0]) :]
            assert counted_from == [receipts[0]] * len(counted_from), "once it has counted, one is always told the same"
            (row,) = (row for row in rows if row.data.get("key") == act.key)
            assert (row.run_id, row.n, row.kind) == (receipts[0].run_id, receipts[0].n, KINDS[type(act)])
    assert {KINDS[type(act)] for act in made if entries[act.key]} == set(KINDS.values()) - {EntryKind.SKIP_REQUESTED}
    assert sum(entries.values()) > ACTS // 3
    assert counted(rows, EntryKind.RUN_STARTED) > 10
    assert result["status"] == Status.CANCELLED
    assert verify(rig.journal, opened.incident_id).ok
