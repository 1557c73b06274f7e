"""Every scenario that comes with Amends comes out as it says, on the real server."""

import pytest

from drills.report import Played, coverage, perform_all
from drills.scenario import drilled_runbooks, load_scenarios
from drills.stage import Stage
from runbooks.library import runbook_names

pytestmark = pytest.mark.timeout(900)  # the first test waits until all have been played

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
def test_every_branch_of_a_runbook_is_reached_or_stated_to_be_out_of_reach(
    runbook: str, played: dict[str, Played]
) -> None:
    bundle = next(each.bundle for each in SCENARIOS.values() if each.runbook == runbook)

    counted = coverage(bundle, played.values())

    assert [branch.id for branch in counted.unreached] == []
    assert counted.mistakes == ()
    assert counted.reached + len(counted.unreachable) == counted.branches


def test_every_undo_of_a_lost_parcel_is_carried_out_by_some_scenario(played: dict[str, Played]) -> None:
    rows = [row for each in played.values() if each.report.runbook == "lost_parcel" for row in each.timeline]

    undone = {row.data["activity"] for row in rows if row.kind == "undo_applied"}

    assert undone == {
        "shipping.close_trace",
        "shipping.withdraw_proof",
        "shipping.cancel_shipment",
        "inventory.release",
        "orders.drop_replacement",
        "orders.release",
        "shipping.withdraw_intercept",
        "payments.cancel_link",
        "orders.cancel_return",
        "ledger.reverse",
        "quality.withdraw_observation",
    }


def test_a_month_of_an_incident_takes_seconds(played: dict[str, Played]) -> None:
    report = played["lost_parcel/high_value"].report

    assert report.virtual_duration > 37 * 24 * 3600
    assert report.wall_time < 120
