"""What a played scenario came to, and in what that differs from what was expected."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from amends.journal import EffectRecord, TimelineRow, verify
from amends.models import Data, Model, Status, Utc
from drills.comparing import differences
from drills.observed import Observed, observe, outcome_of
from drills.player import PATIENCE, Watch, play
from drills.scenario import Scenario
from drills.stage import Stage

AT_ONCE: Final = 4
"""Scenarios that share a stage's server and this process: more only slow each other down on two cores."""


class EffectShown(Model):
    """``outcome``: ``applied``, ``unknown``, or the refusal's name. ``at``: seconds from the opening."""

    activity: str
    step: str
    outcome: str
    undo: bool
    at: float


class Report(Model):
    """A scenario's result. Durations are in seconds: ``virtual_duration`` the incident's, ``wall_time`` real ones.

    ``incident`` is its id, ``differences`` say in plain words what was expected and what came. ``pages`` are those that
    people were sent.
    """

    runbook: str
    scenario: str
    passed: bool
    incident: str
    outcome: str | None
    status: Status
    effects: tuple[EffectShown, ...]
    pages: tuple[Data, ...] = ()
    virtual_duration: float
    wall_time: float
    differences: tuple[str, ...]
    journal_verified: bool


class Played(Model):
    """A played scenario: its report, its timeline, and where its history is on the stage's server.

    ``proved``: what was verified of the journal, in words.
    """

    report: Report
    observed: Observed
    timeline: tuple[TimelineRow, ...]
    proved: tuple[str, ...]
    opened_at: Utc
    workflow_id: str
    run_id: str


async def perform(
    stage: Stage, scenario: Scenario, *, watch: Watch | None = None, patience: timedelta = PATIENCE
) -> Played:
    """Play a scenario on a stage and compare. Raises ``Trouble`` if its incident cannot be opened."""
    async with stage.world(scenario) as world:
        began = time.monotonic()
        course = await play(world, scenario, watch=watch, patience=patience)
        wall_time = time.monotonic() - began
        timeline = world.journal.timeline(course.incident_id)
        verified = verify(world.journal, course.incident_id)
        observed = observe(world, scenario, course.incident_id)
    found = [*course.remarks, *differences(scenario.expect, observed, timeline, slack=timedelta(seconds=wall_time))]
    found += [f"the journal does not hold: {problem}" for problem in verified.problems]
    opened_at = timeline[0].occurred_at
    report = Report(
        runbook=scenario.runbook,
        scenario=scenario.name,
        passed=not found,
        incident=course.incident_id,
        outcome=observed.outcome,
        status=observed.status,
        effects=tuple(_shown(effect, opened_at) for effect in observed.effects),
        virtual_duration=(timeline[-1].occurred_at - opened_at).total_seconds(),
        wall_time=round(wall_time, 3),
        differences=tuple(found),
        journal_verified=verified.ok,
    )
    return Played(
        report=report,
        observed=observed,
        timeline=tuple(timeline),
        proved=verified.proved,
        opened_at=opened_at,
        workflow_id=scenario.bundle.workflow_id(scenario.report),
        run_id=course.run_id,
    )


async def perform_all(stage: Stage, scenarios: Sequence[Scenario], *, at_once: int = AT_ONCE) -> list[Played]:
    """Play scenarios on one stage, several at once; in the order in which they were given."""
    room = asyncio.Semaphore(at_once)

    async def one(scenario: Scenario) -> Played:
        async with room:
            return await perform(stage, scenario)

    async with asyncio.TaskGroup() as group:
        plays = [group.create_task(one(scenario)) for scenario in scenarios]
    return [each.result() for each in plays]


def _shown(effect: EffectRecord, opened_at: Utc) -> EffectShown:
    return EffectShown(
        activity=effect.activity,
        step=effect.step,
        outcome=outcome_of(effect),
        undo=effect.undoes is not None,
        at=(effect.intent_at - opened_at).total_seconds(),
    )
