"""What a played scenario came to, and in what that differs from what was expected; and what all of them reached."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from amends.journal import EffectRecord, TimelineRow, verify
from amends.models import Data, Model, Status, Utc
from drills.branches import Branch, branches
from drills.comparing import differences, in_conversation
from drills.course import Course, Watch
from drills.coverage import reached
from drills.ends import wrong_ends
from drills.faults import Wrong, in_order, met, to_be_met
from drills.nights import with_its_nights
from drills.observed import Observed, conversation, observe, outcome_of
from drills.player import PATIENCE, play
from drills.retelling import state_of
from drills.scenario import Part, Scenario, Unreachable
from drills.stage import Stage, World
from runbooks.bundle import Bundle

TO_THE_MINUTE: Final = timedelta(minutes=1)
"""Moments are written to the minute; a call that is tried again is late by the seconds between its tries."""


class EffectShown(Model):
    """``outcome``: ``applied``, ``unknown``, or the refusal's name. ``at``: seconds from the opening."""

    activity: str
    step: str
    outcome: str
    undo: bool
    at: float


class IncidentReport(Model):
    """What came of one incident. ``virtual_duration``: seconds of its own time.

    ``incident`` is its id. ``pages`` are those that people were sent, ``breaches`` the promises that were broken.
    ``reached`` are the ids of its runbook's branches that it went, in reading order.
    """

    runbook: str
    incident: str
    outcome: str | None
    status: Status
    effects: tuple[EffectShown, ...]
    pages: tuple[Data, ...] = ()
    breaches: tuple[str, ...] = ()
    virtual_duration: float
    journal_verified: bool
    reached: tuple[str, ...] = ()


class Report(IncidentReport):
    """A scenario's result: that of its first incident, with those of its ``further`` ones by their names.

    ``wall_time``: real seconds. ``differences`` say in plain words what was expected and what came, ``faults`` which
    ways of going wrong it met.
    """

    scenario: str
    passed: bool
    wall_time: float
    differences: tuple[str, ...]
    faults: tuple[Wrong, ...] = ()
    further: dict[str, IncidentReport] = {}


class PlayedIncident(Model):
    """One incident that was played: its timeline, and where its history is on the stage's server. ``proved``: what was
    verified of the journal, in words."""

    observed: Observed
    timeline: tuple[TimelineRow, ...]
    proved: tuple[str, ...]
    opened_at: Utc
    namespace: str
    workflow_id: str
    run_id: str


class Played(PlayedIncident):
    """A played scenario: its report, its first incident, and its ``further`` ones by their names. ``unreachable``: what
    its file says no scenario can reach."""

    report: Report
    further: dict[str, PlayedIncident] = {}
    unreachable: tuple[Unreachable, ...] = ()

    @property
    def incidents(self) -> tuple[PlayedIncident, ...]:
        """All of them, the first one first."""
        return (self, *self.further.values())


class Coverage(Model):
    """How many of a runbook's branches there are, and were reached by what was played of it, and which faults.

    ``unreached`` are left to be shown; ``unreachable`` were not reached either, but are stated to be out of reach.
    ``mistakes``: what a scenario file says is out of reach and was reached all the same, each with its place.
    ``faults``: the ways of going wrong that were met, ``unmet`` those that were not.
    """

    runbook: str
    branches: int
    reached: int
    unreached: tuple[Branch, ...]
    unreachable: tuple[Unreachable, ...]
    mistakes: tuple[str, ...]
    faults: tuple[Wrong, ...] = ()
    unmet: tuple[Wrong, ...] = ()


def coverage(bundle: Bundle, played: Iterable[Played]) -> Coverage:
    """Count the branches of a runbook that were reached. Incidents of other runbooks do not count."""
    played = list(played)
    reports = [each.report for each in played]
    own = [each for each in played if each.report.runbook == bundle.exception_type]
    known = branches(bundle.program)
    by_scenario = {
        branch: each.scenario
        for each in reversed(reports)
        for incident in (each, *each.further.values())
        if incident.runbook == bundle.exception_type
        for branch in incident.reached
    }
    stated = {each.branch: each for one in own for each in one.unreachable}
    came = {fault for each in own for fault in each.report.faults}
    return Coverage(
        runbook=bundle.exception_type,
        branches=len(known),
        reached=len(by_scenario),
        unreached=tuple(branch for branch in known if branch.id not in by_scenario and branch.id not in stated),
        unreachable=tuple(each for each in stated.values() if each.branch not in by_scenario),
        mistakes=tuple(
            f"{each.place}: {each.branch!r} is reached by the scenario {by_scenario[each.branch]!r}; "
            "take it out of `unreachable`"
            for each in stated.values()
            if each.branch in by_scenario
        ),
        faults=in_order(came),
        unmet=tuple(each for each in to_be_met(bundle.program) if each not in came),
    )


def uncovered(bundle: Bundle, played: Iterable[Played]) -> tuple[Branch, ...]:
    """The branches that nothing of what was played reached, and that are not stated to be unreachable."""
    return coverage(bundle, played).unreached


async def perform(
    stage: Stage, scenario: Scenario, *, watch: Watch | None = None, patience: timedelta = PATIENCE
) -> Played:
    """Play a scenario on a stage and compare. Raises ``Trouble`` if an incident cannot be opened."""
    async with stage.world(scenario) as world:
        scenario = with_its_nights(scenario, opened_at=datetime.now(UTC))
        began = time.monotonic()
        courses = await play(world, scenario, watch=watch, patience=patience)
        wall_time = time.monotonic() - began
        begun_at = world.journal.incident(courses[scenario.name].incident_id).opened_at
        slack = TO_THE_MINUTE + timedelta(seconds=wall_time)
        seen = {
            part.name: _seen(world, part, courses[part.name], begun_at=begun_at, slack=slack)
            for part in scenario.parts
            if part.name in courses
        }
        timelines = [each.played.timeline for each in seen.values()]
        ends = wrong_ends(world, scenario.order_id, timelines)
        faults = met(scenario.faults, world.shop.faults_to_come(), timelines)
    found = [
        f"{'' if name == scenario.name else f'{name}: '}{said}" for name, one in seen.items() for said in one.found
    ]
    if scenario.conversation is not None:
        found += in_conversation(scenario.conversation, conversation(timelines))
    found += ends
    first, *others = seen.items()
    report = Report(
        **dict(first[1].report),
        scenario=scenario.name,
        passed=not found,
        wall_time=round(wall_time, 3),
        differences=tuple(found),
        faults=faults,
        further={name: each.report for name, each in others},
    )
    return Played(
        **dict(first[1].played),
        report=report,
        further={name: each.played for name, each in others},
        unreachable=scenario.unreachable,
    )


async def perform_all(
    stage: Stage,
    scenarios: Sequence[Scenario],
    *,
    finished: Callable[[Played], None] | None = None,
) -> list[Played]:
    """Play scenarios on one stage, as many at once as it has room for; in the order in which they were given.

    Those that promise to last longest begin first, so that none is left to go on alone at the end. ``finished`` is told
    each as it ends, whichever ends first.
    """

    async def one(scenario: Scenario) -> Played:
        played = await perform(stage, scenario)
        if finished is not None:
            finished(played)
        return played

    async with asyncio.TaskGroup() as group:
        begun = sorted(enumerate(scenarios), key=lambda each: _length(each[1]), reverse=True)
        plays = {place: group.create_task(one(scenario)) for place, scenario in begun}
    return [plays[place].result() for place in range(len(scenarios))]


def _length(scenario: Scenario) -> float:
    """How much is expected to happen, which is what takes time; and on a day that passes something is looked at."""
    return sum(
        len(part.expect.effects)
        + len(part.expect.messages)
        + len(part.expect.moments)
        + len(part.expect.pages or ())
        + (part.expect.ends or part.at) / timedelta(days=1)
        for part in scenario.parts
    )


class _Seen(NamedTuple):
    report: IncidentReport
    played: PlayedIncident
    found: tuple[str, ...]


def _seen(world: World, part: Part, course: Course, *, begun_at: datetime, slack: timedelta) -> _Seen:
    """What came of an incident, while its world is still there, and what of it was not as it should be."""
    timeline = world.journal.timeline(course.incident_id)
    verified = verify(world.journal, course.incident_id)
    state = state_of(part.bundle, timeline)
    observed = observe(world, part, timeline, state, begun_at=begun_at)
    opened_at = timeline[0].occurred_at
    report = IncidentReport(
        runbook=part.runbook,
        incident=course.incident_id,
        outcome=observed.outcome,
        status=observed.status,
        effects=tuple(_shown(effect, opened_at) for effect in observed.effects),
        pages=tuple(
            {"at": page.at.total_seconds(), "role": page.role, "people": [*page.people], "level": page.level}
            for page in observed.pages
        ),
        breaches=observed.breaches,
        virtual_duration=(timeline[-1].occurred_at - opened_at).total_seconds(),
        journal_verified=verified.ok,
        reached=reached(part.bundle, timeline, state),
    )
    played = PlayedIncident(
        observed=observed,
        timeline=tuple(timeline),
        proved=verified.proved,
        opened_at=opened_at,
        namespace=world.skipper.client.namespace,
        workflow_id=part.workflow_id,
        run_id=course.run_id,
    )
    found = (
        *course.remarks,
        *differences(part.expect, observed, timeline, slack=slack, begun_at=begun_at),
        *(f"the journal does not hold: {problem}" for problem in verified.problems),
    )
    return _Seen(report, played, found)


def _shown(effect: EffectRecord, opened_at: Utc) -> EffectShown:
    return EffectShown(
        activity=effect.activity,
        step=effect.step,
        outcome=outcome_of(effect),
        undo=effect.undoes is not None,
        at=(effect.intent_at - opened_at).total_seconds(),
    )
