"""Plays one scenario: opens its incidents, acts when the script says so, and moves time from due moment to due moment.

Time never moves on its own: each move goes to the next act, to the next due moment of an incident, or to the next try
of a call that met trouble, whichever is first. All incidents of a scenario move together, so that none is ahead of what
another does to it. Real seconds that calls take pass for them as well.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final, NamedTuple

from temporalio.exceptions import WorkflowAlreadyStartedError

from amends.errors import AmendsError
from amends.journal import TimelineRow
from drills.course import Course, InPlay, Watch, open_later, report
from drills.scenario import Part, Scenario
from drills.stage import World
from workflows.contract import Receipt

EARLY: Final = timedelta(seconds=5)
"""An act comes this long before what falls due at its moment, so that it is always the first of the two."""

PATIENCE: Final = timedelta(seconds=60)
"""Real time without any progress after which a scenario is given up; one try of a call may take 30 s."""

_MOST_TURNS = 20_000
"""More looks than any scenario needs: one that always has something due comes to an end."""

_GLANCE = 0.02
"""Real seconds until the next look at incidents of which one is busy, …"""

_LONGEST_GLANCE = 0.16
"""… twice as long after each that shows nothing new, up to this, …"""

_LONGEST_PAUSE = 1.0
"""… and while calls come and go, up to this: some hang."""


async def play(
    world: World, scenario: Scenario, *, watch: Watch | None = None, patience: timedelta = PATIENCE
) -> dict[str, Course]:
    """Play a scenario in its world until its incidents have ended, or nothing is scripted any more and nothing is due,
    or nothing but what people were paged for in vain. Gives how each of them went by its name, the first one first.

    ``watch`` is given every entry once, in order, soon after it is in the journal. What goes otherwise than scripted is
    in the remarks, also that the incidents got nowhere for ``patience``. An incident that is still open is terminated,
    so that nothing of it stays behind. Raises ``Trouble`` if one cannot be opened.
    """
    # its own key for each play: under a key that was used before, the server would name the incident of then
    receipt = await report(world, scenario, key=world.queue)
    player = _Player(world, scenario, receipt, watch=watch or _nobody, patience=patience)
    try:
        await player.go_on()
    except _GaveUp as error:
        player.incidents[0].course.remarks.append(str(error))
    for each in player.incidents:
        await each.stop()
    return {each.part.name: each.course for each in player.incidents}


class _GaveUp(AmendsError):
    """The incidents get nowhere."""

    code = "drill_gave_up"


class _Scripted(NamedTuple):
    """Something to do, and when."""

    at: datetime
    do: Callable[[], Awaitable[None]]


class _Player:
    def __init__(
        self, world: World, scenario: Scenario, receipt: Receipt, *, watch: Watch, patience: timedelta
    ) -> None:
        self._first = InPlay(world, scenario, receipt, watch=watch)
        self.incidents = [self._first]
        self._world = world
        self._watch = watch
        self._to_open = list(scenario.further)
        self._patience = patience.total_seconds()
        self._progress: tuple[object, float] = (None, time.monotonic())
        self._glance = _GLANCE

    async def go_on(self) -> None:
        for _ in range(_MOST_TURNS):
            await asyncio.gather(*(each.look() for each in self.incidents))
            self._lose_patience()
            going = self._going
            if any(each.goes_on or each.view.status.final for each in going):  # those that just close can't be moved
                await self._pause()
                continue
            act, dues = self._next_act(going), [at for each in going for at in each.dues]
            stops = [*dues, *([act.at] if act is not None else [])]
            if act is None and all(each.rests for each in going):
                break
            if act is not None and (not going or act.at <= min(each.pace.now for each in going)):
                await act.do()
            elif stops and min(stops) > max(each.pace.now for each in going) and all(each.waits for each in going):
                await asyncio.gather(*(each.move_to(min(stops)) for each in going))
            else:  # what is due is being taken up
                await self._pause()
        else:
            raise _GaveUp(f"gave up after {_MOST_TURNS} turns: something is always due")

    @property
    def _going(self) -> list[InPlay]:
        return [each for each in self.incidents if not each.ended]

    def _lose_patience(self) -> None:
        """Raises ``_GaveUp`` when nothing has been written, called or played for too long."""
        known, since = self._progress
        done = [(len(each.rows), len(each.script)) for each in self.incidents]
        progress = (done, [each.pace.calls for each in self._going])
        if progress != known:
            self._progress, self._glance = (progress, time.monotonic()), _GLANCE
        elif time.monotonic() - since > self._patience:
            waited_for = next((each.pace.under_way for each in self._going if each.pace.under_way), "the worker")
            raise _GaveUp(f"gave up: for {self._patience:g} real seconds nothing came of waiting for {waited_for}")

    async def _pause(self) -> None:
        """Until the next look. While calls come and go there is nothing to be seen yet, and asking costs."""
        until = time.monotonic() + _LONGEST_PAUSE
        await asyncio.sleep(self._glance)
        while self._world.stirring.lately and time.monotonic() < until:
            await asyncio.sleep(_GLANCE)
        self._glance = min(self._glance * 2, _LONGEST_GLANCE)

    def _next_act(self, going: list[InPlay]) -> _Scripted | None:
        """The first of what is scripted, as far as its moment is known, and when to do it."""
        begun_at = self._first.rows[0].occurred_at
        known = [_Scripted(begun_at + part.at, partial(self._open, part, begun_at + part.at)) for part in self._to_open]
        for each in going:
            scripted = each.next_act(begun_at=begun_at)
            if scripted is not None:
                known.append(_Scripted(scripted[0], partial(each.play, scripted[1])))
        if not known:
            return None
        first = min(known, key=lambda each: each.at)
        meets = any(each.view.due_at and abs(first.at - each.view.due_at) <= EARLY for each in going)
        return first._replace(at=first.at - EARLY) if meets else first

    async def _open(self, part: Part, moment: datetime) -> None:
        """Open a further incident, in the time in which the others are."""
        self._to_open.remove(part)
        now = [each.pace.now for each in self._going]
        try:
            receipt = await open_later(self._world, part, max([moment, *now]), key=f"{self._world.queue}/{part.name}")
        except WorkflowAlreadyStartedError:
            self._first.course.remarks.append(
                f"{part.name!r} was not opened: one is open on {part.workflow_id!r}; `report` it there"
            )
            return
        self.incidents.append(InPlay(self._world, part, receipt, watch=self._watch))


def _nobody(_row: TimelineRow) -> None:
    """Nobody watches."""
