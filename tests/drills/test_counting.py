"""What all scenarios of a runbook reached together, what is left, and what a scenario file says wrongly of it."""

from drills.branches import branches
from drills.report import coverage, uncovered
from runbooks.library import load
from tests.drills.builders import played

BUNDLE = load("lost_parcel")
IDS = [branch.id for branch in branches(BUNDLE.program)]
UNDO = "action.reship.shipping.create_shipment/undone"


def test_what_one_scenario_leaves_another_can_reach() -> None:
    first, second = played("first", *IDS[:3]), played("second", *IDS[2:-1])

    counted = coverage(BUNDLE, [first, second])

    assert (counted.branches, counted.reached) == (len(IDS), len(IDS) - 1)
    assert [branch.id for branch in counted.unreached] == [IDS[-1]]
    assert uncovered(BUNDLE, [first, second]) == counted.unreached


def test_nothing_is_left_when_all_is_reached() -> None:
    assert uncovered(BUNDLE, [played("all", *IDS)]) == ()


def test_without_a_play_all_is_left() -> None:
    assert [branch.id for branch in uncovered(BUNDLE, [])] == IDS


def test_plays_of_another_runbook_do_not_count() -> None:
    counted = coverage(BUNDLE, [played("all", *IDS, runbook="stockout", unreachable=(UNDO,))])

    assert counted.reached == 0
    assert counted.unreachable == ()


def test_what_is_stated_to_be_out_of_reach_is_not_left_and_not_reached() -> None:
    rest = [each for each in IDS if each != UNDO]

    counted = coverage(BUNDLE, [played("rest", *rest, unreachable=(UNDO,))])

    assert counted.unreached == ()
    assert counted.reached == len(IDS) - 1
    assert [(each.branch, each.why) for each in counted.unreachable] == [(UNDO, "The carrier is too fast.")]
    assert counted.mistakes == ()


def test_what_is_reached_though_it_is_stated_to_be_out_of_reach_is_a_mistake_with_its_place() -> None:
    counted = coverage(
        BUNDLE,
        [
            played("first", unreachable=(UNDO,)),
            played("second", UNDO, unreachable=(UNDO,)),
            played("third", UNDO, unreachable=(UNDO,)),
        ],
    )

    assert counted.mistakes == (
        f"scenarios/lost_parcel.yaml:7:15: {UNDO!r} is reached by the scenario 'second'; take it out of `unreachable`",
    )
    assert counted.unreachable == ()
