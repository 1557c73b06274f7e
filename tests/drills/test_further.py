"""Several incidents on one order: they move in one time, hear of each other, and what is expected is said of each."""

from datetime import timedelta
from pathlib import Path

import pytest

from amends.journal import TimelineRow
from amends.models import Status
from amends.timeline import EntryKind
from drills.branches import branches
from drills.report import Played, coverage, perform
from drills.scenario import Scenario, load_scenarios, parse_scenarios
from drills.stage import Stage
from runbooks.bundle import Bundle
from runbooks.language.problems import RunbookErrors
from runbooks.library import load, path_of
from tests.drills.builders import CALLED_OFF, played

GOOD = Path(__file__).parents[1] / "runbooks" / "good"
LATE = load(GOOD / "late_parcel.yaml")
PAY_BACK = load(GOOD / "pay_back.yaml")
LOST = load("lost_parcel").model_copy(update={"supersedes": ("late_parcel",)})

LATE_THEN_LOST = """\
scenarios:
  late_then_lost:
    about: What looked late is lost a day later. The customer has chosen already, and is not asked again.
    order: SO-1001
    script:
      - {answer: lost_parcel.reship_or_refund, choice: refund, after: 2h}
    expect:
      status: duplicate
      outcome: superseded
      effects:
        - orders.hold: applied
        - shipping.open_trace: applied
        - shipping.close_trace: applied
        - orders.release: applied
      messages: [lost_parcel.reship_or_refund]
      moments:
        - {entry: superseded, at: 25h}
      shop: {refunded: CNY 398.00, shipments: 0, holds: 0}
    further:
      lost:
        open: lost_parcel
        at: 25h
        report: {last_seen_at: "2026-11-20T09:00:00+08:00"}
        script:
          - {note: her husband has called, by: mei, at: 30h}
          - {answer: satisfaction, choice: 4, after: 2h}
        expect:
          status: closed
          outcome: refund
          effects:
            - orders.hold: applied
            - shipping.open_trace: applied
            - shipping.file_claim: applied
            - payments.refund: applied
            - orders.release: applied
            - quality.observe: applied
            - shipping.complete_claim: applied
            - shipping.intercept: applied
          messages: [lost_parcel.looking, lost_parcel.refunded, satisfaction]
          facts: {choice: refund, satisfaction: "4"}
          pages: []
          moments:
            - {entry: inherited, at: 25h}
            - {entry: note_added, of: mei, at: 30h}
    conversation: [lost_parcel.reship_or_refund, lost_parcel.looking, lost_parcel.refunded, satisfaction]
"""

REFUNDED_ALREADY = """\
scenarios:
  twice:
    about: The parcel is refunded. Another incident wants to refund it as well, and may not.
    order: SO-1002
    expect:
      status: closed
      outcome: refund
      effects:
        - orders.hold: applied
        - shipping.open_trace: applied
        - shipping.file_claim: applied
        - payments.refund: applied
        - orders.release: applied
        - quality.observe: applied
        - shipping.complete_claim: applied
        - shipping.intercept: applied
      messages:
        - lost_parcel.looking
        - lost_parcel.still_looking
        - lost_parcel.reship_or_refund
        - lost_parcel.reminder
        - lost_parcel.refunded
        - satisfaction
      shop: {refunded: CNY 289.00}
    further:
      again:
        open: pay_back
        at: 10d
        script:
          - {settle: no_plan_left, by: an, how: explained, evidence: call 4711, after: 1h}
        expect:
          status: closed
          outcome: settled by hand
          effects: [payments.refund: AlreadyGiven]
          messages: []
    conversation:
      - lost_parcel.looking
      - lost_parcel.still_looking
      - lost_parcel.reship_or_refund
      - lost_parcel.reminder
      - lost_parcel.refunded
      - satisfaction
"""

WRONG = (
    CALLED_OFF
    + """\
    further:
      late:
        open: late_parcel
        at: 10m
        script:
          - {cancel: it is not late, at: 40m}
          - {answer: lost_parcel.reship_or_refund, choice: patience, at: 2d}
        expect:
          status: closed
          effects:
            - orders.hold: applied
            - shipping.open_trace: applied
            - shipping.close_trace: applied
            - orders.release: applied
          messages: [lost_parcel.reship_or_refund]
          moments:
            - {entry: cancel_requested, at: 41m}
      again:
        open: late_parcel
        at: 20m
        expect: {status: closed, effects: [], messages: []}
    conversation: [lost_parcel.looking]
"""
)


def others(name: str) -> Bundle:
    return {"lost_parcel": LOST, "late_parcel": LATE, "pay_back": PAY_BACK}.get(name) or load(name)


def story(text: str, *changes: tuple[str, str], bundle: Bundle = LATE) -> Scenario:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (scenario,) = parse_scenarios(file="own.yaml", text=text, bundle=bundle, others=others)
    return scenario


def at(rows: tuple[TimelineRow, ...], kind: EntryKind, played: Played) -> timedelta:
    """When the first entry of a kind was written, in the time of the whole scenario."""
    return next(row.occurred_at for row in rows if row.kind is kind) - played.opened_at


async def test_a_parcel_that_was_late_is_lost_and_the_customer_is_asked_once(drill_stage: Stage) -> None:
    played = await perform(drill_stage, story(LATE_THEN_LOST))

    lost = played.further["lost"]
    day = timedelta(hours=25)
    assert played.report.differences == ()
    assert (played.report.passed, played.report.runbook) == (True, "late_parcel")
    assert played.report.further["lost"].status is Status.CLOSED
    assert day - timedelta(seconds=10) <= lost.opened_at - played.opened_at <= day + timedelta(minutes=1)
    assert at(played.timeline, EntryKind.SUPERSEDED, played) >= lost.opened_at - played.opened_at
    assert played.observed.books == lost.observed.books, "there is one shop"
    assert [each.workflow_id for each in played.incidents] == [
        "late_parcel:SO-1001:PC-1001-1",
        "lost_parcel:SO-1001:PC-1001-1",
    ]


async def test_what_was_given_is_not_given_again_by_another_incident(drill_stage: Stage) -> None:
    played = await perform(drill_stage, story(REFUNDED_ALREADY, bundle=LOST))

    assert played.report.differences == ()
    assert played.observed.books.refunds == 1


async def test_what_is_not_as_expected_of_a_further_incident_is_told_under_its_name(drill_stage: Stage) -> None:
    played = await perform(drill_stage, story(WRONG, bundle=LOST))

    assert played.report.differences == (
        "'again' was not opened: one is open on 'late_parcel:SO-1001:PC-1001-1'; `report` it there",
        "late: the answer 'patience' to analysis.ask.lost_parcel.reship_or_refund was not played: "
        "the incident ended before",
        "late: status: expected closed, got cancelled",
        "late: cancel_requested: expected at +0d 00:41 (41m), got +0d 00:40 (40m)",
        "message of the conversation 2: expected nothing, got lost_parcel.reship_or_refund",
    )
    assert played.further.keys() == {"late"}


BROKEN = [
    ("open: lost_parcel", "open: lost_parcle", "own.yaml:21:15: there is no runbook 'lost_parcle'"),
    ("      lost:\n", "      late_then_lost:\n", "own.yaml:20:7: the scenario has this name itself"),
    ("        at: 25h\n", "", "own.yaml:21:9: `at` is missing; add it"),
    (
        "report: {last_seen_at",
        "report: {lastseen_at",
        "own.yaml:23:18: a report has no field 'lastseen_at'",
    ),
    ("outcome: refund", "outcome: patience", "own.yaml:29:20: no incident comes to 'patience'"),
    (
        "          pages: []",
        "          shop: {shipments: 0}",
        "own.yaml:41:17: the shop is one; say this",
    ),
    (
        "[lost_parcel.reship_or_refund, lost_parcel.looking",
        "[looking",
        "own.yaml:45:20: none of the runbooks has a message 'looking'",
    ),
    ("    conversation: [", "    # [", "own.yaml:19:5: say what is heard of all of them, in order"),
]


@pytest.mark.parametrize(("old", "new", "told"), BROKEN, ids=[told for _, _, told in BROKEN])
def test_a_mistake_in_what_is_said_of_a_further_incident_is_told_with_its_place(old: str, new: str, told: str) -> None:
    with pytest.raises(RunbookErrors) as raised:
        story(LATE_THEN_LOST, (old, new))

    assert told in str(raised.value)


def test_there_is_no_conversation_of_one_incident_alone() -> None:
    with pytest.raises(RunbookErrors, match=r"yaml:18:5: there is one incident, with its `messages`; leave this out"):
        story(CALLED_OFF + "    conversation: []\n", bundle=LOST)


def test_the_runbook_of_a_further_incident_is_looked_for_beside_the_first_one_s(tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "late_parcel.yaml").write_text(LATE_THEN_LOST)
    (tmp_path / "late_parcel.yaml").write_text((GOOD / "late_parcel.yaml").read_text())
    own = path_of("lost_parcel").read_text().replace("about: The carrier", "about: Our carrier")
    (tmp_path / "lost_parcel.yaml").write_text(own)

    (scenario,) = load_scenarios(tmp_path / "late_parcel.yaml")

    (lost,) = scenario.further
    assert lost.bundle.about.startswith("Our carrier")
    assert (lost.at, lost.order_id, lost.report["parcel_id"]) == (timedelta(hours=25), "SO-1001", "PC-1001-1")


def test_what_a_further_incident_reached_counts_for_its_own_runbook() -> None:
    ids = [branch.id for branch in branches(LOST.program)]
    late = played("late_then_lost", "severity.low/holds", runbook="late_parcel")
    lost = late.report.model_copy(update={"runbook": "lost_parcel", "reached": tuple(ids[:3])})
    both = late.model_copy(update={"report": late.report.model_copy(update={"further": {"lost": lost}})})

    assert coverage(LOST, [both]).reached == 3
    assert [each.id for each in coverage(LOST, [both]).unreached] == ids[3:]
