"""One incident while it is played: where it stands, what is scripted for it, and how it goes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from temporalio.client import (
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.exceptions import ApplicationError

import starter
from amends.journal import TimelineRow
from drills.acts import Act, CancelAct, NewsAct, ReportAct, in_words, why_not
from drills.pace import SHORT_OF, Pace, pace_of, skip_to
from drills.performing import ORDER_SYSTEM, REPORTER, moment_of, request_of
from drills.scenario import Part
from drills.stage import World
from workflows.contract import NEWS, VIEW, IncidentInput, News, Receipt, View
from workflows.requests import update_of

Watch = Callable[[TimelineRow], None]


@dataclass
class Course:
    """How an incident went, beside what the journal holds. ``remarks``: in what it did not go as scripted."""

    incident_id: str
    run_id: str
    remarks: list[str] = field(default_factory=list)


class InPlay:
    """An incident that has been opened. Where it stands is known as of the last ``look``; ``rows`` is its timeline."""

    def __init__(self, world: World, part: Part, receipt: Receipt, *, watch: Watch) -> None:
        self.part = part
        self.course = Course(incident_id=receipt.incident_id, run_id=receipt.run_id)
        self.rows: list[TimelineRow] = []
        self.script = list(part.script)
        self.pace: Pace
        self.view: View
        self._world = world
        self._watch = watch
        self._handle: WorkflowHandle[Any, Any] = world.skipper.client.get_workflow_handle(part.workflow_id)
        self._ended = False
        self._seen: tuple[str, int] | None = None
        """The history after which ``view`` and ``rows`` stand."""

    @property
    def ended(self) -> bool:
        """Whether it is over. From then on its name on the server may be another's."""
        return self._ended

    @property
    def goes_on(self) -> bool:
        """Whether it goes on by itself, and soon: it thinks, or a call is under way that is not between two tries."""
        return self.pace.thinks or (bool(self.pace.under_way) and self.pace.next_try_at is None)

    @property
    def waits(self) -> bool:
        """Whether nothing happens in it until a moment comes."""
        return bool(self.pace.under_way) or not self.view.busy

    @property
    def dues(self) -> list[datetime]:
        """The moments at which it goes on by itself."""
        return [at for at in (self.view.due_at, self.pace.next_try_at) if at is not None]

    @property
    def rests(self) -> bool:
        """Whether nothing more comes of it by itself; or it only waits for people, who were paged as often as is
        written: it could go on for ever."""
        if self.view.busy:
            return False
        left = self.view.goes_on_at is None and bool(self.view.tasks)
        return not self.dues or (left and (self.view.ladder is None or self.view.ladder.exhausted))

    async def look(self) -> None:
        """See where it stands, and what has come into the journal since the last look."""
        if self._ended:
            return
        self.pace = await pace_of(self._world.skipper.client, self._handle.id)
        if self.pace.ended:  # it is not asked any more: to answer, a worker would go through its whole history again
            self._read()
            self._ended = True
            return
        if self.goes_on or self.pace.history == self._seen:
            return
        try:
            self.view = await self._handle.query(VIEW, result_type=View)
        except WorkflowQueryFailedError:  # its worker was too busy to answer, and goes on
            self.pace = self.pace.model_copy(update={"thinks": True})
            return
        self._read()
        self._seen = self.pace.history

    def next_act(self, *, begun_at: datetime) -> tuple[datetime, Act] | None:
        """The first of the acts whose moment is known, and that moment."""
        known = [
            (at, act)
            for act in self.script
            if (at := moment_of(act, self.rows, self.view, begun_at=begun_at)) is not None
        ]
        return min(known, key=lambda each: each[0], default=None)

    async def play(self, act: Act) -> None:
        """Carry out an act, which is scripted no more. That it does not count becomes a remark."""
        self.script.remove(act)
        request = request_of(act, self.view, key=f"drill-act-{len(self.rows)}-{len(self.script)}")
        try:
            if request is not None:
                name = update_of(request)
                signed = self._world.door.signed(
                    request, act=name, workflow_id=self._handle.id, incident_id=self.view.incident_id
                )
                await self._handle.execute_update(name, signed, result_type=Receipt)
            elif isinstance(act, NewsAct):
                await self._handle.signal(NEWS, _news(act, self.view))
            elif isinstance(act, CancelAct):
                await self._handle.cancel(reason=act.reason)
            elif isinstance(act, ReportAct):
                await report(self._world, self.part, key=act.key)
        except WorkflowUpdateFailedError as error:
            told = error.cause.message if isinstance(error.cause, ApplicationError) else str(error.cause)
            self.course.remarks.append(f"{in_words(act)} did not count: {told}")

    async def move_to(self, moment: datetime) -> None:
        """Let its time pass up to a moment."""
        await skip_to(self._world.skipper, self._handle, moment)

    async def stop(self) -> None:
        """Leave nothing of it behind on the server. What was not played becomes a remark."""
        self.course.remarks += [f"{in_words(act)} was not played: {why_not(act)}" for act in self.script]
        if not self._ended and not (await pace_of(self._world.skipper.client, self._handle.id)).ended:
            await self._handle.terminate(reason="the drill is over")

    def _read(self) -> None:
        new = self._world.journal.timeline(self.course.incident_id, after=len(self.rows))
        for row in new:
            self._watch(row)
        self.rows += new


async def open_later(world: World, part: Part, moment: datetime, *, key: str) -> Receipt:
    """Open an incident at a moment that is yet to come. Raises ``WorkflowAlreadyStartedError`` while one is open on its
    subject."""
    ahead = moment - datetime.now(UTC)
    handle = await world.skipper.client.start_workflow(
        part.bundle.workflow_type,
        IncidentInput(bundle=part.bundle),
        id=part.workflow_id,
        task_queue=world.queue,
        start_delay=ahead,  # else it would begin now, and have no time before the moment to skip
    )
    await world.skipper.fast_forward(handle, ahead - SHORT_OF)
    return await report(world, part, key=key)


async def report(world: World, part: Part, *, key: str) -> Receipt:
    """Report what an incident is about, which opens it if it is not open."""
    return await starter.open_incident(
        world.skipper.client,
        part.runbook,
        part.report,
        key=key,
        actor=REPORTER,
        signer=world.door,
        queue=world.queue,
        bundle=part.bundle,
    )


def _news(act: NewsAct, view: View) -> News:
    return News(event_id=act.event_id, event_type=act.event_type, data=act.data, actor=ORDER_SYSTEM, at=view.now)
