"""What people do, at random and then fairly, to an incident on the real server, as its view offers it."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from temporalio.client import WorkflowUpdateFailedError
from temporalio.service import RPCError

from amends.models import Actor, Evidence, Outcome, Status
from drills.pace import pace_of, skip_to
from tests.model.walk import person
from tests.proofs.rig import CUSTOMER, OPS, Rig
from workflows import contract
from workflows.contract import OpenApproval, OpenTask, Verdict, View
from workflows.state import Why

PEOPLE = ("chen", "dai", "fang", "an", "bo")
EVIDENCE = (Evidence(what="mail of the carrier, 2 November"),)
_MOST = 150
"""More moves than any walk needs."""


@dataclass
class People:
    """``tried``: how often each task was tried again, and who was asked about which approval."""

    rig: Rig
    chance: Random
    tried: Counter[str] = field(default_factory=Counter)
    acts: int = 0

    async def walk(self, moves: int) -> None:
        """Whatever comes to mind, so often; refusals are no harm."""
        for _ in range(moves):
            view = await self.quiet()
            if view.status.final:
                return
            await self._anything(view)

    async def finish(self) -> None:
        """Bring the incident to its end by doing what is asked. Raises ``AssertionError`` if it does not come."""
        for _ in range(_MOST):
            view = await self.quiet()
            if view.status.final:
                await self.rig.handle.result()
                return
            await self._what_is_asked(view)
        raise AssertionError(f"no end after {_MOST} moves: {view}")

    async def quiet(self) -> View:
        """The view once all that is under way has returned, however many tries it takes."""
        while True:
            view = await self.rig.view()
            if view.status.final or not view.busy:
                return view
            pace = await pace_of(self.rig.skipper.client, self.rig.handle.id)
            if pace.next_try_at is not None:
                await skip_to(self.rig.skipper, self.rig.handle, pace.next_try_at)
            else:
                await asyncio.sleep(0.02)

    async def _anything(self, view: View) -> None:
        who = person(self.chance.choice(PEOPLE))
        match self.chance.randint(0, 11):
            case 0 | 1 | 2:
                await self._time_passes(view)
            case 3 | 4 if view.asks:
                ask = self.chance.choice(view.asks)
                await self.rig_act(contract.ANSWER, contract.AnswerRequest, CUSTOMER, ask=ask.ask, choice="reship")
            case 5 | 6 if view.approvals:
                approval = self.chance.choice(view.approvals)
                await self._decide(approval, who, self.chance.choice([*[Verdict.APPROVE] * 3, Verdict.REJECT]))
            case 7 if view.tasks:
                await self._see_to(self.chance.choice(view.tasks), who, self.chance.randint(0, 3))
            case 8:
                await self.rig.open(f"again-{self.chance.randint(0, 2)}")
            case 10 | 11 if view.ladder is not None:
                await self._hears_of_it(view, who)
            case 9 if self.chance.random() < 0.2:
                await self.rig_act(contract.CANCEL, contract.CancelRequest, who, reason="mistake")
            case _:
                await self._what_is_asked(view)

    async def _hears_of_it(self, view: View, who: Actor) -> None:
        """Somebody who was paged takes it on, calls others, or puts it off."""
        match self.chance.randint(0, 3):
            case 0:
                await self.rig_act(contract.ESCALATE, contract.EscalateRequest, who, reason="it is a hospital")
            case 1:
                until = view.now + timedelta(hours=self.chance.choice([2, 20]))
                said = {"until": until, "reason": "the carrier calls at two"}
                await self.rig_act(contract.SNOOZE, contract.SnoozeRequest, who, **said)
            case _:
                await self.rig_act(contract.ACKNOWLEDGE, contract.AcknowledgeRequest, who)

    async def _what_is_asked(self, view: View) -> None:
        if view.status is Status.RESOLVED and not view.tasks and self.chance.random() < 0.5:
            await self.rig_act(contract.CANCEL, contract.CancelRequest, OPS, reason="nothing is left to learn")
        elif view.approvals:
            await self._decide_fairly(view.approvals[0])
        elif view.tasks:
            self.tried[view.tasks[0].task] += 1
            await self._see_to(view.tasks[0], OPS, self.tried[view.tasks[0].task] - 1)
        elif view.asks and view.asks[0].choices:
            ask = view.asks[0]
            await self.rig_act(contract.ANSWER, contract.AnswerRequest, CUSTOMER, ask=ask.ask, choice=ask.choices[0])
        else:
            await self._time_passes(view)

    async def _time_passes(self, view: View) -> None:
        if view.due_at is not None:
            await self.rig.to_what_is_due(view)

    async def _decide_fairly(self, approval: OpenApproval) -> None:
        for name in PEOPLE:
            if name not in (*approval.cannot, *approval.approved_by) and await self._decide(approval, person(name)):
                return
        for name in PEOPLE:
            if await self._decide(approval, person(name), Verdict.REJECT):
                return
        raise AssertionError(f"nobody may decide about {approval}")

    async def _decide(self, approval: OpenApproval, who: Actor, verdict: Verdict = Verdict.APPROVE) -> bool:
        return await self.rig_act(
            contract.DECIDE,
            contract.DecideRequest,
            who,
            approval=approval.approval,
            verdict=verdict,
            amount=approval.amount,
            plan=approval.plan,
        )

    async def _see_to(self, task: OpenTask, who: Actor, how: int) -> None:
        """0: try again; 1: settle by hand; 2: let be; 3 and more: call it all off."""
        match how:
            case 1 if task.why in (Why.REFUSED, Why.NO_PLAN_LEFT):
                settled = {"task": task.task, "how": "by mail", "evidence": EVIDENCE, "outcome": Outcome.APPLIED}
                await self.rig_act(contract.SETTLE, contract.SettleRequest, who, **settled)
            case 2 if task.why is Why.UNDO_FAILED:
                await self.rig_act(contract.WAIVE, contract.WaiveRequest, who, task=task.task, reason="it is away")
            case 0 | 1 | 2 if task.why is not Why.UNDECIDED:
                await self.rig_act(contract.RETRY, contract.RetryRequest, who, task=task.task)
            case _:
                await self.rig_act(contract.CANCEL, contract.CancelRequest, who, reason="it cannot be done")

    async def rig_act(self, update: str, request: Any, who: Actor, **said: Any) -> bool:
        """Somebody acts; whether it counts."""
        self.acts += 1
        made = request(key=self.rig.key(f"act-{self.acts}"), actor=who, **said)
        try:
            await self.rig.act(update, made, id=made.key)
        except (WorkflowUpdateFailedError, RPCError):
            return False  # refused, or the incident has ended meanwhile
        return True
