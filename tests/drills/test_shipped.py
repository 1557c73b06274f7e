"""Every scenario that comes with Amends comes out as it says, on the real server."""

import pytest

from drills.report import coverage, perform, perform_all
from drills.scenario import choose, drilled_runbooks, load_scenarios
from drills.stage import Stage
from runbooks.library import runbook_names

pytestmark = pytest.mark.timeout(900)  # a runbook's scenarios are played several at once: alone, each waits mostly


@pytest.mark.parametrize("runbook", drilled_runbooks())
async def test_the_scenarios_of_a_runbook_come_out_as_expected_and_reach_every_branch(
    runbook: str, drill_stage: Stage
) -> None:
    scenarios = load_scenarios(runbook)

    played = await perform_all(drill_stage, scenarios)

    assert {each.report.scenario: each.report.differences for each in played if not each.report.passed} == {}
    assert [each.report.scenario for each in played if not each.report.journal_verified] == []
    counted = coverage(scenarios[0].bundle, played)
    assert [branch.id for branch in counted.unreached] == []
    assert counted.mistakes == ()
    assert counted.reached + len(counted.unreachable) == counted.branches
    assert counted.unmet == ()


def test_every_runbook_has_scenarios() -> None:
    assert drilled_runbooks() == runbook_names()


async def test_a_month_of_an_incident_takes_seconds(drill_stage: Stage) -> None:
    (scenario,) = choose(load_scenarios("lost_parcel"), "high_value")

    report = (await perform(drill_stage, scenario)).report

    assert report.virtual_duration > 37 * 24 * 3600
    assert report.wall_time < 120
