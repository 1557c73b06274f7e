"""What people have approved, across all incidents."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from amends.journal import Authority, Journal, schema
from amends.journal.engine import reading
from amends.models import Money, Refusal
from tests.amends.journal.givers import cny
from tests.amends.journal.test_concurrency import at_once

MONDAY, TUESDAY = datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC)

Approve = Callable[..., Refusal | None]


@pytest.fixture
def approve(journal: Journal) -> Approve:
    def count(fen: int, *, currency: str = "CNY", **other: Any) -> Refusal | None:
        given: dict[str, Any] = {
            "incident_id": "one",
            "approval": "action.refund.approve",
            "person": "mei",
            "role": "finance",
            "order_id": "SO-1001",
            "amount": Money(amount=fen, currency=currency),
            "authority": Authority(for_order=cny(100000), per_day=cny(150000)),
            "began": MONDAY,
        }
        given |= other
        return journal.approvals.count(at=given["began"] + timedelta(hours=12), **given)

    return count


def kept(journal: Journal) -> list[tuple[str, int]]:
    with reading(journal.engine) as connection:
        rows = connection.execute(select(schema.approvals).order_by(schema.approvals.c.incident_id)).mappings()
        return [(row["incident_id"], row["amount"]) for row in rows]


def test_an_approval_that_is_split_over_incidents_does_not_slip_under_a_limit(
    journal: Journal, approve: Approve
) -> None:
    first = approve(60000)

    second = approve(40001, incident_id="two")
    exactly = approve(40000, incident_id="two")

    assert (first, exactly) == (None, None)
    assert second is not None
    assert second.reason == "BeyondAuthority"
    assert second.message == (
        "with this 'mei' would have approved 100001 (minor units of CNY) for order 'SO-1001', and may approve 100000"
    )
    assert kept(journal) == [("one", 60000), ("two", 40000)]


def test_what_a_person_approves_on_a_day_is_counted_over_all_orders(approve: Approve) -> None:
    approve(100000)

    over = approve(50001, incident_id="two", order_id="SO-1002")
    next_day = approve(50001, incident_id="three", order_id="SO-1002", began=TUESDAY)

    assert over is not None
    assert "would have approved 150001 (minor units of CNY) for 2026-11-23, and may approve 150000" in over.message
    assert next_day is None


def test_the_same_approval_again_counts_once_with_its_newest_amount(journal: Journal, approve: Approve) -> None:
    refusals = [approve(60000), approve(60000), approve(90000, began=TUESDAY), approve(100001)]

    assert [refusal is None for refusal in refusals] == [True, True, True, False]
    assert kept(journal) == [("one", 90000)]


def test_what_was_approved_for_a_plan_that_was_undone_counts_no_more(journal: Journal, approve: Approve) -> None:
    assert approve(60000, approval="action.reship.approve") is None

    assert approve(60000, approval="action.refund.approve") is not None
    assert approve(60000, approval="action.refund.approve", undone=["action.reship.approve"]) is None
    assert kept(journal) == [("one", 60000)]


def test_people_are_counted_each_for_themselves_and_whatever_role_they_act_in(approve: Approve) -> None:
    approve(100000)

    another = approve(100000, incident_id="two", person="arun")
    another_role = approve(1, incident_id="two", role="operations_manager")

    assert another is None
    assert another_role is not None


def test_without_a_limit_everything_counts_and_nothing_is_refused(journal: Journal, approve: Approve) -> None:
    assert approve(10**12, authority=Authority()) is None

    later = approve(1, incident_id="two")

    assert later is not None
    assert kept(journal) == [("one", 10**12)]


def test_amounts_that_cannot_be_added_up_are_refused(approve: Approve) -> None:
    approve(100, currency="USD", authority=Authority())

    here = approve(100, incident_id="two")
    there = approve(100, incident_id="three", order_id="SO-1002", began=TUESDAY, currency="EUR")

    assert [refusal and refusal.reason for refusal in (here, there)] == ["BeyondAuthority"] * 2
    assert here is not None
    assert here.message == ("'mei' may approve amounts in CNY for order 'SO-1001'; this would add USD to them")


@pytest.mark.parametrize("round_", range(5))
def test_approvals_that_race_add_up_to_no_more_than_the_limit(journal: Journal, approve: Approve, round_: int) -> None:
    counted = at_once(lambda number: approve(30000 + round_, incident_id=f"inc-{number}") is None)

    assert sum(counted) == 3
    assert len(kept(journal)) == 3
