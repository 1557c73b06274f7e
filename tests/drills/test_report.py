"""A scenario that does not come out as expected says in what; one that gets nowhere says what it waited for."""

from datetime import timedelta

from amends.models import Status
from drills.report import Played, perform, perform_all
from drills.stage import Stage
from tests.drills.builders import called_off

WRONG = [
    ("status: cancelled", "status: closed", "status: expected closed, got cancelled"),
    (
        "shipping.close_trace: applied",
        "shipping.close_trace: unknown",
        "effect 3: expected shipping.close_trace: unknown, got shipping.close_trace: applied",
    ),
    ("at: 30m}\n      shop", "at: 2h}\n      shop", "incident_closed: expected at +0d 02:00 (2h), got +0d 00:30 (30m)"),
    (
        "moments:",
        "moments:\n        - {entry: incident_resolved, of: reship, at: 20m}",
        "incident_resolved of reship: expected at +0d 00:20 (20m), got none",
    ),
    ("CNY 0.00", "CNY 398.00", "refunded by the shop: expected CNY 398.00, got CNY 0.00"),
    ("LAMP-OAK: 0", "LAMP-OAK: 2", "LAMP-OAK reserved in the shop: expected 2, got 0"),
    ("shipments: 0", "shipments: 1", "shipments of the shop: expected 1, got 0"),
    ("replacements: 0", "replacements: 1", "replacements of the shop: expected 1, got 0"),
    ("[lost_parcel.looking]", "[]", "message 1: expected nothing, got lost_parcel.looking"),
    (
        "      messages:",
        "      severity: low\n      outcome: reship\n      tasks: [no_plan_left]\n"
        "      facts: {choice: refund}\n      messages:",
        "severity: expected low, got medium",
    ),
]


async def test_every_wrong_expectation_is_told(drill_stage: Stage) -> None:
    scenario = called_off(*((old, new) for old, new, _ in WRONG))

    played = await perform(drill_stage, scenario)

    assert not played.report.passed
    assert set(played.report.differences) == {
        *(told for _, _, told in WRONG),
        "outcome: expected reship, got cancelled: found behind the shelf",
        "task 1: expected no_plan_left, got nothing",
        "choice: expected refund, got nothing",
    }
    assert played.report.journal_verified


async def test_an_act_that_does_not_count_and_one_that_never_comes_are_told(drill_stage: Stage) -> None:
    acts = """script:
      - {answer: lost_parcel.reship_or_refund, choice: refund, at: 10m}
      - {answer: satisfaction, choice: 5, after: 1h}
      - {report: much-later, at: 3d}"""

    played = await perform(drill_stage, called_off(("script:", acts), order="SO-1001"))

    refused, never, late = played.report.differences
    assert "the answer 'refund' to analysis.ask.lost_parcel.reship_or_refund did not count: nothing is asked" in refused
    assert never == (
        "the answer '5' to follow_up.ask.satisfaction was not played: its question was not asked, or the incident ended"
    )
    assert late == "the report 'much-later' was not played: the incident ended before"


async def test_the_watch_sees_every_entry_once_and_in_order(drill_stage: Stage) -> None:
    seen: list[int] = []

    played = await perform(drill_stage, called_off(), watch=lambda row: seen.append(row.seq))

    assert seen == [row.seq for row in played.timeline]
    assert seen == list(range(1, len(seen) + 1))


async def test_a_scenario_that_gets_nowhere_says_what_it_waited_for(drill_stage: Stage) -> None:
    broken = "faults: [{call: shipping.read_parcel, trouble: before, times: 1000000}]\n    script:"
    never_called_off = ("at: 30m", "at: 300d")
    scenario = called_off(never_called_off, ("script:", broken))

    played = await perform(drill_stage, scenario, patience=timedelta(seconds=1))

    told = played.report.differences[0]
    assert told.startswith("gave up: for 1 real seconds nothing came of waiting for shipping.read_parcel ")
    assert "(try " in told
    assert played.report.status is Status.IN_PROGRESS


async def test_scenarios_on_one_subject_play_one_after_the_other(drill_stage: Stage) -> None:
    ended: list[Played] = []

    first, second = await perform_all(drill_stage, [called_off(), called_off()], finished=ended.append)

    assert (first.report.passed, second.report.passed) == (True, True)
    assert first.report.incident != second.report.incident
    assert sorted(each.report.incident for each in ended) == sorted([first.report.incident, second.report.incident])


async def test_a_call_that_meets_trouble_is_tried_again_without_real_pauses(drill_stage: Stage) -> None:
    broken = "faults: [{call: shipping.read_parcel, trouble: before, times: 9}]\n    script:"

    played = await perform(drill_stage, called_off(("script:", broken)))

    assert played.report.differences == ()
    read = next(row for row in played.timeline if row.data.get("activity") == "shipping.read_parcel")
    assert read.occurred_at - played.opened_at > timedelta(minutes=8)  # 1 + 2 + 4 + … + 256 s
    assert played.report.wall_time < 60
