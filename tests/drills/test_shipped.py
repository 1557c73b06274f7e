"""Every scenario that comes with Amends comes out as it says, on the real server."""

import pytest

from drills.report import Played, coverage, perform_all
from drills.scenario import drilled_runbooks, load_scenarios
from drills.stage import Stage
from runbooks.library import runbook_names

pytestmark = pytest.mark.timeout(900)  # the first test of a runbook waits until all have been played

SCENARIOS = {name: {each.name: each for each in load_scenarios(name)} for name in drilled_runbooks()}

OF_LOST_PARCELS = pytest.mark.parametrize("played", ["lost_parcel"], indirect=True)


@pytest.fixture(scope="module")
async def played(drill_stage: Stage, request: pytest.FixtureRequest) -> dict[str, Played]:
    """All scenarios of a runbook, several at once: alone, each waits most of its time."""
    scenarios = SCENARIOS[request.param]
    return dict(zip(scenarios, await perform_all(drill_stage, list(scenarios.values())), strict=True))


@pytest.mark.parametrize(
    ("played", "name"),
    [pytest.param(runbook, name, id=f"{runbook}/{name}") for runbook, named in SCENARIOS.items() for name in named],
    indirect=["played"],
)
def test_a_shipped_scenario_comes_out_as_expected(name: str, played: dict[str, Played]) -> None:
    report = played[name].report

    assert report.differences == ()
    assert report.passed
    assert report.journal_verified


def test_every_runbook_has_scenarios() -> None:
    assert drilled_runbooks() == runbook_names()


@pytest.mark.parametrize("played", SCENARIOS, indirect=True)
def test_every_branch_of_a_runbook_is_reached_or_stated_to_be_out_of_reach(
    request: pytest.FixtureRequest, played: dict[str, Played]
) -> None:
    scenarios = SCENARIOS[request.node.callspec.params["played"]]
    bundle = next(iter(scenarios.values())).bundle

    counted = coverage(bundle, played.values())

    assert [branch.id for branch in counted.unreached] == []
    assert counted.mistakes == ()
    assert counted.reached + len(counted.unreachable) == counted.branches


@OF_LOST_PARCELS
def test_every_undo_of_a_lost_parcel_is_carried_out_by_some_scenario(played: dict[str, Played]) -> None:
    rows = [row for each in played.values() for row in each.timeline]

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


@OF_LOST_PARCELS
def test_a_month_of_an_incident_takes_seconds(played: dict[str, Played]) -> None:
    report = played["high_value"].report

    assert report.virtual_duration > 37 * 24 * 3600
    assert report.wall_time < 120
