"""Plays one scenario: opens its incident, acts when the script says so, and moves time from due moment to due moment.

Time never moves on its own: each move goes to the next act, to the incident's next due moment, or to the next try of a
call that met trouble, whichever is first. Real seconds that calls take pass for the incident as well.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from temporalio.client import WorkflowExecutionStatus, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

import starter
from amends.errors import AmendsError
from amends.journal import TimelineRow
from drills.acts import Act, CancelAct, NewsAct, ReportAct, in_words, why_not
from drills.pace import Pace, pace_of, skip_to
from drills.performing import ORDER_SYSTEM, REPORTER, moment_of, request_of
from drills.scenario import Scenario
from drills.stage import World
from workflows.contract import NEWS, VIEW, News, Receipt, View

EARLY: Final = timedelta(seconds=5)
"""An act comes this long before what falls due at its moment, so that it is always the first of the two."""

PATIENCE: Final = timedelta(seconds=60)
"""Real time without any progress after which a scenario is given up; one try of a call may take 30 s."""

_MOST_TURNS = 20_000
"""More looks than any scenario needs: one that always has something due comes to an end."""

_GLANCE = 0.02
"""Real seconds until the next look at an incident that is busy, …"""

_LONGEST_GLANCE = 0.16
"""… twice as long after each that shows nothing new, up to this."""

Watch = Callable[[TimelineRow], None]


@dataclass
class Course:
    """How a play went, beside what the journal holds. ``remarks``: in what it did not go as scripted."""

    incident_id: str
    run_id: str
    remarks: list[str] = field(default_factory=list)


async def play(
    world: World, scenario: Scenario, *, watch: Watch | None = None, patience: timedelta = PATIENCE
) -> Course:
    """Play a scenario in its world until its incident has ended, or nothing is scripted any more and nothing is due, or
    nothing but what people were paged for in vain.

    ``watch`` is given every entry once, in order, soon after it is in the journal. What goes otherwise than scripted is
    in the remarks, also that the incident got nowhere for ``patience``. An incident that is still open is terminated,
    so that nothing of it stays behind. Raises ``Trouble`` if the incident cannot be opened.
    """
    # its own key for each play: under a key that was used before, the server would name the incident of then
    receipt = await _report(world, scenario, key=world.queue)
    course = Course(incident_id=receipt.incident_id, run_id=receipt.run_id)
    player = _Player(world, scenario, course, watch or _nobody, patience)
    try:
        await player.go_on()
    except _GaveUp as error:
        course.remarks.append(str(error))
    handle = player.handle
    if (await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
        await handle.terminate(reason="the drill is over")
    return course


class _GaveUp(AmendsError):
    """The incident gets nowhere."""

    code = "drill_gave_up"


class _Player:
    def __init__(self, world: World, scenario: Scenario, course: Course, watch: Watch, patience: timedelta) -> None:
        workflow_id = scenario.bundle.workflow_id(scenario.report)
        self.handle: WorkflowHandle[Any, Any] = world.skipper.client.get_workflow_handle(workflow_id)
        self._world = world
        self._scenario = scenario
        self._course = course
        self._watch = watch
        self._patience = patience.total_seconds()
        self._script = list(scenario.script)
        self._rows: list[TimelineRow] = []
        self._progress: tuple[object, float] = (None, time.monotonic())
        self._glance = _GLANCE

    async def go_on(self) -> None:
        for _ in range(_MOST_TURNS):
            pace = pace_of(await self.handle.describe())
            self._lose_patience(pace)
            if pace.under_way and pace.next_try_at is None:
                await self._pause()
                continue
            view: View = await self.handle.query(VIEW, result_type=View)
            self._look()
            if pace.ended:
                break
            act, act_at = self._next_act(view)
            stops = [at for at in (act_at, view.due_at, pace.next_try_at) if at is not None]
            if view.status.final:  # the workflow is just closing: nothing can be moved or played any more
                await self._pause()
            elif not view.busy and (not stops or (act is None and _is_left_to_people(view))):
                break
            elif act is not None and act_at is not None and act_at <= pace.now:
                self._script.remove(act)
                await self._do(act, view)
            elif stops and min(stops) > pace.now and (pace.under_way or not view.busy):
                await skip_to(self._world.skipper, self.handle, min(stops))
            else:  # what is due is being taken up
                await self._pause()
        else:
            raise _GaveUp(f"gave up after {_MOST_TURNS} turns: something is always due")
        self._course.remarks += [f"{in_words(act)} was not played: {why_not(act)}" for act in self._script]

    def _lose_patience(self, pace: Pace) -> None:
        """Raises ``_GaveUp`` when nothing has been written, called or played for too long."""
        known, since = self._progress
        progress = (len(self._rows), len(self._script), pace.calls)
        if progress != known:
            self._progress, self._glance = (progress, time.monotonic()), _GLANCE
        elif time.monotonic() - since > self._patience:
            waited_for = pace.under_way or "the worker"
            raise _GaveUp(f"gave up: for {self._patience:g} real seconds nothing came of waiting for {waited_for}")

    async def _pause(self) -> None:
        await asyncio.sleep(self._glance)
        self._glance = min(self._glance * 2, _LONGEST_GLANCE)

    def _look(self) -> None:
        """Take in what has come into the journal since the last look."""
        new = self._world.journal.timeline(self._course.incident_id, after=len(self._rows))
        for row in new:
            self._watch(row)
        self._rows += new

    def _next_act(self, view: View) -> tuple[Act | None, datetime | None]:
        """The first of the acts whose moment is known, and when to play it."""
        known = [(at, act) for act in self._script if (at := moment_of(act, self._rows, view)) is not None]
        if not known:
            return None, None
        at, act = min(known, key=lambda each: each[0])
        meets_a_due_moment = view.due_at is not None and abs(at - view.due_at) <= EARLY
        return act, at - EARLY if meets_a_due_moment else at

    async def _do(self, act: Act, view: View) -> None:
        said = request_of(act, view, key=f"drill-act-{len(self._rows)}-{len(self._script)}")
        try:
            if said is not None:
                name, request = said
                signed = self._world.door.signed(
                    request, act=name, workflow_id=self.handle.id, incident_id=view.incident_id
                )
                await self.handle.execute_update(name, signed, result_type=Receipt)
            elif isinstance(act, NewsAct):
                await self.handle.signal(NEWS, _news(act, view))
            elif isinstance(act, CancelAct):
                await self.handle.cancel(reason=act.reason)
            elif isinstance(act, ReportAct):
                await _report(self._world, self._scenario, key=act.key)
        except WorkflowUpdateFailedError as error:
            told = error.cause.message if isinstance(error.cause, ApplicationError) else str(error.cause)
            self._course.remarks.append(f"{in_words(act)} did not count: {told}")


def _news(act: NewsAct, view: View) -> News:
    return News(event_id=act.event_id, event_type=act.event_type, data=act.data, actor=ORDER_SYSTEM, at=view.now)


async def _report(world: World, scenario: Scenario, *, key: str) -> Receipt:
    return await starter.open_incident(
        world.skipper.client,
        scenario.runbook,
        scenario.report,
        key=key,
        actor=REPORTER,
        signer=world.door,
        queue=world.queue,
        bundle=scenario.bundle,
    )


def _is_left_to_people(view: View) -> bool:
    """Whether an incident only waits for people, who were paged as often as is written: it could go on for ever."""
    return view.goes_on_at is None and bool(view.tasks) and (view.ladder is None or view.ladder.exhausted)


def _nobody(_row: TimelineRow) -> None:
    """Nobody watches."""
