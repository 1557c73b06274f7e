"""Counting an approval, within an activity: the day is the role's, the moment the incident's."""

from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.approvals import ApprovalActivities
from activities.wire import CallReport, CountRequest
from amends.models import Money, Outcome
from tests.activities.rig import Rig


def count(rig: Rig, fen: int, *, hours: float = 0, **other: Any) -> CallReport:
    given: dict[str, Any] = {
        "incident_id": "inc-1001",
        "approval": "action.refund.approve",
        "person": "mei",
        "role": "finance",
        "order_id": "SO-1001",
        "amount": {"amount": fen, "currency": "CNY"},
        "up_to": cny(100000),
    }
    asked = CountRequest.model_validate({**given, **other})
    return rig.within(lambda: ApprovalActivities(rig.journal.approvals).count(asked), hours=hours)


def cny(fen: int) -> Money:
    return Money(amount=fen, currency="CNY")


def test_an_approval_within_a_persons_authority_counts_and_one_beyond_it_says_why(rig: Rig) -> None:
    within = count(rig, 100000)

    beyond = count(rig, 1, incident_id="inc-1002")

    assert within == CallReport(outcome=Outcome.APPLIED)
    assert beyond.outcome is Outcome.NOT_APPLIED
    assert beyond.refusal is not None
    assert beyond.refusal.reason == "BeyondAuthority"


def test_a_limit_for_an_order_holds_for_the_day_too_unless_the_day_has_its_own(rig: Rig) -> None:
    count(rig, 100000)

    without = count(rig, 1, incident_id="inc-1002", order_id="SO-1002")
    with_its_own = count(rig, 1, incident_id="inc-1002", order_id="SO-1002", per_day=cny(100001))

    assert without.outcome is Outcome.NOT_APPLIED
    assert with_its_own.outcome is Outcome.APPLIED


def test_a_day_begins_at_midnight_of_the_roles_own_zone(rig: Rig) -> None:
    shanghai = {"order_id": "SO-1002", "zone": "Asia/Shanghai"}
    count(rig, 100000, zone="Asia/Shanghai")  # Monday 17:00 there

    before = count(rig, 1, hours=6.9, incident_id="inc-1002", **shanghai)
    after = count(rig, 1, hours=7, incident_id="inc-1002", **shanghai)

    assert [before.outcome, after.outcome] == [Outcome.NOT_APPLIED, Outcome.APPLIED]


@pytest.mark.parametrize(("first", "then"), [("UTC", "Asia/Shanghai"), ("Asia/Shanghai", "UTC")])
def test_roles_in_different_zones_do_not_give_a_person_two_days_at_once(rig: Rig, first: str, then: str) -> None:
    """Monday 17:00 by UTC is Tuesday in Shanghai."""
    count(rig, 100000, hours=8, zone=first)

    beyond = count(rig, 1, hours=8.5, incident_id="inc-1002", order_id="SO-1002", role="lead", zone=then)

    assert beyond.outcome is Outcome.NOT_APPLIED


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"zone": "Mars/Olympus"}, "role 'finance': there is no time zone 'Mars/Olympus'"),
        ({"zone": "../etc"}, "there is no time zone"),
        ({"fen": -1}, "-1 is no amount that can be approved"),
    ],
    ids=["no such zone", "no zone at all", "below zero"],
)
def test_what_cannot_be_counted_is_never_tried_again(rig: Rig, other: dict[str, Any], says: str) -> None:
    with pytest.raises(ApplicationError) as error:
        count(rig, **{"fen": 100, **other})

    assert (error.value.type, error.value.non_retryable) == ("definition_error", True)
    assert says in str(error.value)
