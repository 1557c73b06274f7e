"""Every scenario that comes with Amends comes out as it says, on the real server."""

import pytest

from drills.report import Played, perform_all
from drills.scenario import Scenario, drilled_runbooks, load_scenarios
from drills.stage import Stage
from runbooks.library import runbook_names

SCENARIOS = {f"{name}/{each.name}": each for name in drilled_runbooks() for each in load_scenarios(name)}


@pytest.fixture(scope="module")
async def played(drill_stage: Stage) -> dict[str, Played]:
    """All of them, several at once: alone, each waits most of its time."""
    return dict(zip(SCENARIOS, await perform_all(drill_stage, list(SCENARIOS.values())), strict=True))


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_shipped_scenario_comes_out_as_expected(name: str, played: dict[str, Played]) -> None:
    report = played[name].report

    assert report.differences == ()
    assert report.passed
    assert report.journal_verified


def test_every_runbook_has_scenarios() -> None:
    assert drilled_runbooks() == runbook_names()


@pytest.mark.parametrize("runbook", drilled_runbooks())
def test_every_plan_of_a_runbook_is_tried_by_some_scenario(runbook: str, played: dict[str, Played]) -> None:
    rows = [row for each in played.values() if each.report.runbook == runbook for row in each.timeline]
    tried = {row.data["plan"] for row in rows if row.kind == "plan_started"}

    assert tried == {plan.name for plan in _any(runbook).bundle.program.action}


@pytest.mark.parametrize("runbook", drilled_runbooks())
def test_every_undo_of_a_runbook_but_that_of_its_last_effects_is_seen(runbook: str, played: dict[str, Played]) -> None:
    rows = [row for each in played.values() if each.report.runbook == runbook for row in each.timeline]
    undone = {row.data["activity"] for row in rows if row.kind == "undo_applied"}

    steps = _any(runbook).bundle.program.all_steps()
    undos = {step.undo.activity for step in steps if step.kind == "do" and step.undo is not None}
    # nothing that can be refused follows the shipment, so nothing but a cancel in that very moment takes it back
    assert undos - undone == {"shipping.cancel_shipment"}


def test_a_month_of_an_incident_takes_seconds(played: dict[str, Played]) -> None:
    report = played["lost_parcel/high_value"].report

    assert report.virtual_duration > 37 * 24 * 3600
    assert report.wall_time < 120


def _any(runbook: str) -> Scenario:
    return next(each for each in SCENARIOS.values() if each.runbook == runbook)
