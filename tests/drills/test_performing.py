"""What people do in a scenario reaches the incident as if they had typed it, and counts from when it came up."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from amends.timeline import EntryKind
from drills.report import Played, perform
from drills.scenario import Scenario, parse_scenarios
from drills.stage import Stage
from runbooks.bundle import Bundle
from runbooks.language.problems import RunbookErrors
from runbooks.library import load, path_of

APPROVAL = "        - {approve: operations_manager, amount: =parcel.value, decide_within: 4h, if_silent: reject}\n"
RESHIP = '    - plan: reship\n      when: choice == "reship"\n      steps:\n'
SHIPPED = "undo:action.reship.shipping.create_shipment/1"
RESERVED = "undo:action.reship.inventory.reserve/1"

STORY = """\
scenarios:
  it:
    about: What people do.
    order: {order}
    faults: {faults}
    script: [{script}]
    expect: {{status: {status}, effects: [], messages: []}}
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The runbook, with an approval before anything is sent again."""
    file = tmp_path_factory.mktemp("own") / "lost_parcel.yaml"
    text = path_of("lost_parcel").read_text(encoding="utf-8")
    assert RESHIP in text
    file.write_text(text.replace(RESHIP, RESHIP + APPROVAL), encoding="utf-8")
    return load(file)


def story(bundle: Bundle, *script: str, order: str, status: str = "closed", faults: str = "[]") -> Scenario:
    text = STORY.format(order=order, faults=faults, script=", ".join(script), status=status)
    (scenario,) = parse_scenarios(file="own.yaml", text=text, bundle=bundle)
    return scenario


def told(played: Played, *kinds: EntryKind) -> Iterator[tuple[str, str]]:
    """The entries of some kinds, by who made them."""
    return ((row.kind.value, row.actor.id) for row in played.timeline if row.kind in kinds)


def unexpected(played: Played) -> list[str]:
    return [each for each in played.report.differences if not each.startswith(("effect", "message"))]


async def test_an_approval_is_decided_by_the_person_that_is_named_and_so_long_after_it_was_asked_for(
    drill_stage: Stage, bundle: Bundle
) -> None:
    scenario = story(
        bundle,
        "{answer: lost_parcel.reship_or_refund, choice: reship, after: 1h}",
        "{approve: operations_manager, by: dai, after: 2h, note: go ahead}",
        order="SO-1001",
    )

    played = await perform(drill_stage, scenario)

    (asked,) = [row for row in played.timeline if row.kind is EntryKind.APPROVAL_ASKED]
    (decided,) = [row for row in played.timeline if row.kind is EntryKind.DECISION_RECEIVED]
    assert unexpected(played) == []
    assert played.report.outcome == "reship"
    assert (decided.actor.id, decided.data["note"]) == ("dai", "go ahead")
    assert 7190 <= (decided.occurred_at - asked.occurred_at).total_seconds() < 7260
    assert [(each.role, each.verdict) for each in played.observed.approvals] == [("operations_manager", "approved")]
    assert played.report.journal_verified


async def test_a_rejected_plan_is_undone_and_the_next_one_is_tried(drill_stage: Stage, bundle: Bundle) -> None:
    scenario = story(
        bundle,
        "{answer: lost_parcel.reship_or_refund, choice: reship, after: 1h}",
        "{reject: action.reship.approve.operations_manager, by: dai, after: 1h, note: too dear}",
        "{approve: operations_manager, by: dai, after: 2h}",
        order="SO-1001",
    )

    played = await perform(drill_stage, scenario)

    assert played.report.outcome == "refund"
    assert [each.verdict for each in played.observed.approvals] == ["rejected"]
    assert unexpected(played) == [
        "the decision of 'dai' to approve operations_manager was not played: its approval was not asked for, "
        "or the incident ended"
    ]


async def test_silence_is_what_the_runbook_says(drill_stage: Stage, bundle: Bundle) -> None:
    scenario = story(bundle, "{answer: lost_parcel.reship_or_refund, choice: reship, after: 1h}", order="SO-1001")

    played = await perform(drill_stage, scenario)

    assert unexpected(played) == []
    assert played.report.outcome == "refund"
    assert [each.verdict for each in played.observed.approvals] == ["expired"]


async def test_where_no_plan_is_left_it_is_tried_again_then_another_way_then_by_hand(
    drill_stage: Stage, bundle: Bundle
) -> None:
    scenario = story(
        bundle,
        "{retry: no_plan_left, by: an, after: 1h, note: the bank says it is open again}",
        "{choose: refund, by: bo, after: 1h}",
        "{settle: no_plan_left, by: an, how: paid in cash, evidence: receipt 12, after: 1h}",
        order="SO-1008",
    )

    played = await perform(drill_stage, scenario)

    acts = told(played, EntryKind.RETRY_REQUESTED, EntryKind.PLAN_CHOSEN, EntryKind.TASK_SETTLED)
    assert unexpected(played) == []
    assert list(acts) == [("retry_requested", "an"), ("plan_chosen", "bo"), ("task_settled", "an")]
    assert played.report.outcome == "settled by hand"


async def test_what_cannot_be_undone_is_let_be_by_two_people(drill_stage: Stage, bundle: Bundle) -> None:
    """The message that the goods are on their way comes back; when the incident is called off, they have left."""
    scenario = story(
        bundle,
        "{answer: lost_parcel.reship_or_refund, choice: reship, after: 1h}",
        "{approve: operations_manager, by: dai, after: 1h}",
        "{cancel: she has moved, by: mei, at: 30h}",
        f'{{waive: "{SHIPPED}", by: an, reason: the van has left, after: 1h}}',
        f'{{approve: "waive:{SHIPPED}", by: dai, after: 1h}}',
        f'{{waive: "{RESERVED}", by: dai, reason: and so have the goods, after: 1h}}',
        f'{{approve: "waive:{RESERVED}", by: an, after: 1h}}',
        order="SO-1001",
        status="cancelled",
        faults="[{call: customers.tell, trouble: none, times: 2}, {call: customers.tell, refuse: Undeliverable}, "
        "{call: shipping.cancel_shipment, refuse: AlreadyHandedOver}]",
    )

    played = await perform(drill_stage, scenario)

    acts = told(played, EntryKind.CANCEL_REQUESTED, EntryKind.WAIVER_REQUESTED, EntryKind.DECISION_RECEIVED)
    assert unexpected(played) == []
    assert list(acts) == [
        ("decision_received", "dai"),
        ("cancel_requested", "mei"),
        ("waiver_requested", "an"),
        ("decision_received", "dai"),
        ("waiver_requested", "dai"),
        ("decision_received", "an"),
    ]
    assert [each.verdict for each in played.observed.approvals] == ["approved"] * 3


async def test_who_is_of_no_role_that_may_decide_is_a_mistake_of_the_file(bundle: Bundle) -> None:
    with pytest.raises(RunbookErrors, match=r"own\.yaml:6:48: of the roles that may decide nobody is 'dia'; did you"):
        story(bundle, "{approve: operations_manager, by: dia, after: 2h}", order="SO-1001")


async def test_how_often_the_shop_was_called_is_counted_by_key(drill_stage: Stage, bundle: Bundle) -> None:
    scenario = story(bundle, order="SO-1002", faults="[{call: payments.refund, trouble: after}]")

    played = await perform(drill_stage, scenario)

    (refund,) = [each for each in played.observed.effects if each.activity == "payments.refund"]
    assert played.observed.calls[refund.key] == 2
    assert played.observed.books.refunds == 1


async def test_who_is_paged_has_it_go_up_puts_it_off_and_takes_it_on(drill_stage: Stage, bundle: Bundle) -> None:
    """No plan is left, so those of the second level are paged at once."""
    scenario = story(
        bundle,
        "{snooze: 2h, by: an, reason: the depot is closed, after: 10m}",
        "{escalate: he is in hospital, by: an, after: 30m}",
        "{acknowledge: chen, after: 1h, note: on it}",
        "{settle: no_plan_left, by: an, how: paid in cash, evidence: receipt 12, after: 6h}",
        order="SO-1008",
    )

    played = await perform(drill_stage, scenario)

    acts = told(played, EntryKind.SNOOZE_REQUESTED, EntryKind.ESCALATION_REQUESTED, EntryKind.ACKNOWLEDGED)
    assert unexpected(played) == []
    assert list(acts) == [("snooze_requested", "an"), ("escalation_requested", "an"), ("acknowledged", "chen")]
    assert [(page["people"], page["level"]) for page in played.report.pages] == [(["chen"], 2), (["dai"], 3)]
    assert played.report.breaches == ()
    assert played.report.journal_verified


async def test_news_wakes_what_waits_and_says_facts(drill_stage: Stage, bundle: Bundle) -> None:
    """The search would have ended with the next look, at 4 h."""
    scenario = story(
        bundle,
        "{news: shipment.scanned, data: {facts: {trace.status: found}}, at: 1h}",
        "{answer: lost_parcel.reship_or_refund, choice: still_wanted, after: 1h}",
        "{cancel: enough was seen, by: bo, at: 3h}",
        order="SO-1005",
        status="cancelled",
    )

    played = await perform(drill_stage, scenario)

    hours = timedelta(hours=1)
    came = {row.kind: (row.occurred_at - played.opened_at) // hours for row in played.timeline}
    assert unexpected(played) == []
    assert list(told(played, EntryKind.NEWS_RECEIVED)) == [("news_received", "order-system")]
    assert came[EntryKind.WAIT_ENDED] == came[EntryKind.NEWS_RECEIVED] == 1
    assert came[EntryKind.ANSWER_RECEIVED] == 2


async def test_what_people_say_give_suspend_set_skip_and_take_over_is_played(
    drill_stage: Stage, bundle: Bundle
) -> None:
    """A search that is given up, a while of waiting for the customer, and a refund by hand."""
    scenario = story(
        bundle,
        "{note: she called twice, by: bo, at: 1h}",
        "{severity: high, by: bo, reason: it is a gift, at: 2h}",
        "{suspend: customer, within: 1d, by: bo, reason: she looks around, at: 3h}",
        "{resume: bo, after: 2h, note: nothing found}",
        "{skip: analysis.wait.trace, by: an, reason: they never answer, after: 6h}",
        "{take_over: bo, reason: the press has called, at: 7h}",
        "{assign: chen, task: taken_over, by: bo, after: 10m, note: your turn}",
        "{retry: taken_over, by: chen, after: 1h}",
        order="SO-1001",
    )

    played = await perform(drill_stage, scenario)

    kinds = (EntryKind.NOTE_ADDED, EntryKind.SEVERITY_CHOSEN, EntryKind.SUSPENSION_REQUESTED)
    later = (EntryKind.RESUMPTION_REQUESTED, EntryKind.SKIP_REQUESTED, EntryKind.TAKEN_OVER, EntryKind.ASSIGNED)
    assert unexpected(played) == []
    assert list(told(played, *kinds, *later, EntryKind.RETRY_REQUESTED)) == [
        ("note_added", "bo"),
        ("severity_chosen", "bo"),
        ("suspension_requested", "bo"),
        ("resumption_requested", "bo"),
        ("skip_requested", "an"),
        ("taken_over", "bo"),
        ("assigned", "bo"),
        ("retry_requested", "chen"),
    ]
    assert played.report.journal_verified
