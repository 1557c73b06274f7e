"""Counted per unit and head: what has been given on an order, and what may still be."""

from datetime import timedelta
from typing import Any

import pytest

from amends.errors import KeyReused
from amends.journal import Journal
from amends.models import Head, Outcome
from tests.amends.journal.builders import NOON, opened, told
from tests.amends.journal.givers import LAMPS, PAID, begin, cny, counts, finish, give, undo, wanted

DAY = timedelta(days=1)


def test_intent_and_reservation_are_committed_together_before_the_call(journal: Journal) -> None:
    record = begin(journal, "one/refund/1", wanted(Head.REFUND, 30000))

    rows = journal.effects.remedies_of(incident_id="one")
    assert record.outcome is None
    assert [(row.unit, row.amount, row.status) for row in rows] == [
        ("SO-1001/1#1", 19900, "pending"),
        ("SO-1001/1#2", 10100, "pending"),
    ]
    assert {(row.key, row.order_id, row.head, row.currency, row.parcel_id, row.reserved_at) for row in rows} == {
        ("one/refund/1", "SO-1001", Head.REFUND, "CNY", "PC-1001-1", NOON)
    }


def test_the_same_key_again_reserves_nothing_a_second_time(journal: Journal) -> None:
    first = begin(journal, "one/refund/1", wanted(Head.REFUND, 39800))

    again = begin(journal, "one/refund/1", wanted(Head.REFUND, 39800), at=NOON + DAY)

    assert again == first
    assert counts(journal, "one") == {"one/refund/1": 39800}


def test_a_key_with_other_arguments_changes_nothing_of_what_was_reserved(journal: Journal) -> None:
    begin(journal, "one/refund/1", wanted(Head.REFUND, 39800))

    with pytest.raises(KeyReused):
        begin(journal, "one/refund/1", wanted(Head.REFUND, 100))

    assert counts(journal, "one") == {"one/refund/1": 39800}


def test_what_is_applied_stays_and_names_the_parcel_in_which_the_goods_went(journal: Journal) -> None:
    begin(journal, "one/ship/1", wanted(Head.GOODS))

    finish(journal, "one/ship/1", gave_parcel="PC-1001-2")

    rows = journal.effects.remedies_of(incident_id="one")
    assert {(row.status, row.gave_parcel, row.settled_at) for row in rows} == {
        ("applied", "PC-1001-2", NOON + timedelta(minutes=1))
    }


def test_what_is_not_applied_is_released_and_may_be_given_by_another(journal: Journal) -> None:
    begin(journal, "one/refund/1", wanted(Head.REFUND, 39800))
    finish(journal, "one/refund/1", Outcome.NOT_APPLIED)

    refusal = give(journal, "two/refund/1", Head.REFUND, 39800)

    (first, _) = journal.effects.remedies_of(incident_id="one")
    assert refusal is None
    assert (first.status, first.why, first.released_by) == ("released", "not_applied", "one/refund/1")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (wanted(Head.REFUND, 39800), wanted(Head.GOODS)),
        (wanted(Head.GOODS), wanted(Head.REFUND, 1)),
        (wanted(Head.GOODS), wanted(Head.GOODS)),
        (wanted(Head.REFUND, 39800), wanted(Head.REFUND, 1)),
        (wanted(Head.REFUND, 1), wanted(Head.GOODS)),
    ],
    ids=["refunded, then sent", "sent, then refunded", "sent twice", "refunded twice", "partly refunded, then sent"],
)
@pytest.mark.parametrize("known", [True, False], ids=["applied", "unknown"])
def test_goods_value_of_a_unit_is_given_once_refunded_or_on_its_way_again(
    journal: Journal, first: Any, second: Any, known: bool
) -> None:
    """Pending and unknown count as spent."""
    begin(journal, "one/give/1", first)
    if known:
        finish(journal, "one/give/1", gave_parcel="PC-1001-2")

    record = begin(journal, "two/give/1", second)

    assert record.outcome is Outcome.NOT_APPLIED
    assert record.refusal is not None
    assert record.refusal.reason == "AlreadyGiven"
    for named in ("SO-1001/1#1", first.head, "'one'", "1"):
        assert named in record.refusal.message
    assert journal.effects.get(key="two/give/1") == record
    assert counts(journal, "one", "two") == {"one/give/1": first.amount or 39800}


def test_what_was_refused_stays_refused_for_its_key_and_may_be_tried_under_another(journal: Journal) -> None:
    begin(journal, "one/ship/1", wanted(Head.GOODS))
    refused = begin(journal, "two/refund/1", wanted(Head.REFUND, 39800))
    finish(journal, "one/ship/1", Outcome.NOT_APPLIED)

    again = begin(journal, "two/refund/1", wanted(Head.REFUND, 39800))

    assert again == refused
    assert give(journal, "two/refund/2", Head.REFUND, 39800) is None


def test_refunds_in_parts_fill_the_units_in_order_up_to_what_each_has_left(journal: Journal) -> None:
    refusals = [give(journal, f"one/refund/{n}", Head.REFUND, 15000) for n in (1, 2, 3)]

    rows = journal.effects.remedies_of(incident_id="one")
    assert [(row.key, row.unit[-1], row.amount) for row in rows] == [
        ("one/refund/1", "1", 15000),
        ("one/refund/2", "1", 4900),
        ("one/refund/2", "2", 10100),
    ]
    assert [refusal and refusal.reason for refusal in refusals] == [None, None, "AlreadyGiven"]


def test_a_reshipped_unit_counts_while_travelling_or_delivered_and_is_released_when_lost_refused_or_returned(
    journal: Journal,
) -> None:
    """Reshipped, lost again, the replacement refunded: possible, and after it nothing more."""
    assert give(journal, "one/ship/1", Head.GOODS, gave_parcel="PC-1001-2") is None
    travelling = give(journal, "two/refund/1", Head.REFUND, 39800)

    lost_again = give(journal, "three/refund/1", Head.REFUND, 39800, parcel_id="PC-1001-2")
    more = [
        give(journal, "four/refund/1", Head.REFUND, 39800, parcel_id="PC-1001-2"),
        give(journal, "four/ship/1", Head.GOODS, parcel_id="PC-1001-2"),
        give(journal, "five/ship/1", Head.GOODS),
        give(journal, "five/refund/1", Head.REFUND, 1),
    ]

    assert travelling is not None
    assert lost_again is None
    assert [refusal and refusal.reason for refusal in more] == ["AlreadyGiven"] * 4
    assert counts(journal, "one", "two", "three", "four", "five") == {"three/refund/1": 39800}


def test_what_had_been_sent_counts_again_when_its_refund_is_not_applied(journal: Journal) -> None:
    give(journal, "one/ship/1", Head.GOODS, gave_parcel="PC-1001-2")
    begin(journal, "two/refund/1", wanted(Head.REFUND, 39800, parcel_id="PC-1001-2"))
    while_pending = counts(journal, "one", "two")

    finish(journal, "two/refund/1", Outcome.NOT_APPLIED)

    assert while_pending == {"two/refund/1": 39800}
    assert counts(journal, "one", "two") == {"one/ship/1": 39800}


def test_what_had_been_sent_counts_for_what_of_it_is_not_refunded(journal: Journal) -> None:
    give(journal, "one/ship/1", Head.GOODS, gave_parcel="PC-1001-2")
    begin(journal, "two/refund/1", wanted(Head.REFUND, 1000, parcel_id="PC-1001-2"))
    begin(journal, "three/refund/1", wanted(Head.REFUND, 5000, parcel_id="PC-1001-2"))

    finish(journal, "two/refund/1", Outcome.NOT_APPLIED)
    between = counts(journal, "one", "two", "three")
    finish(journal, "three/refund/1", Outcome.NOT_APPLIED)

    assert between == {"one/ship/1": 34800, "three/refund/1": 5000}
    assert counts(journal, "one", "two", "three") == {"one/ship/1": 39800}


@pytest.mark.parametrize("known", [True, False], ids=["applied", "unknown"])
def test_a_part_refunded_on_a_replacement_does_not_free_the_original_for_anything(
    journal: Journal, known: bool
) -> None:
    give(journal, "one/ship/1", Head.GOODS, gave_parcel="PC-1001-2")
    begin(journal, "two/refund/1", wanted(Head.REFUND, 1, parcel_id="PC-1001-2"))
    if known:
        finish(journal, "two/refund/1")

    on_the_original = [
        give(journal, "three/refund/1", Head.REFUND, 39799),
        give(journal, "three/refund/2", Head.REFUND, 1),
        give(journal, "three/ship/1", Head.GOODS),
    ]
    on_the_replacement = [
        give(journal, "four/ship/1", Head.GOODS, parcel_id="PC-1001-2"),
        give(journal, "four/refund/1", Head.REFUND, 39800, parcel_id="PC-1001-2"),
        give(journal, "four/refund/2", Head.REFUND, 39799, parcel_id="PC-1001-2"),
    ]

    assert [refusal and refusal.reason for refusal in on_the_original] == ["AlreadyGiven"] * 3
    assert [refusal and refusal.reason for refusal in on_the_replacement] == ["AlreadyGiven", "AlreadyGiven", None]
    assert counts(journal, "one", "two", "three", "four") == {"two/refund/1": 1, "four/refund/2": 39799}


def test_a_replacement_that_is_taken_back_leaves_what_was_refunded_on_it(journal: Journal) -> None:
    give(journal, "one/ship/1", Head.GOODS, gave_parcel="PC-1001-2")
    give(journal, "two/refund/1", Head.REFUND, 1, parcel_id="PC-1001-2")
    undo(journal, "one/ship/1/undo", undoes="one/ship/1")

    refusals = [give(journal, f"one/refund/{n}", Head.REFUND, fen) for n, fen in ((1, 39800), (2, 39799))]

    assert [refusal and refusal.reason for refusal in refusals] == ["AlreadyGiven", None]


def test_what_an_undo_takes_back_may_be_given_again(journal: Journal) -> None:
    give(journal, "one/ship/1", Head.GOODS, gave_parcel="PC-1001-2")

    undo(journal, "one/ship/1/undo", undoes="one/ship/1")

    assert counts(journal, "one") == {}
    assert give(journal, "one/refund/1", Head.REFUND, 39800) is None


def test_an_undo_that_is_not_applied_takes_nothing_back(journal: Journal) -> None:
    give(journal, "one/ship/1", Head.GOODS, gave_parcel="PC-1001-2")

    undo(journal, "one/ship/1/undo", undoes="one/ship/1", outcome=Outcome.NOT_APPLIED)

    assert counts(journal, "one") == {"one/ship/1": 39800}


def test_an_undo_brings_back_what_the_undone_effect_stood_for(journal: Journal) -> None:
    give(journal, "one/ship/1", Head.GOODS, gave_parcel="PC-1001-2")
    give(journal, "two/ship/1", Head.GOODS, parcel_id="PC-1001-2", gave_parcel="PC-1001-3")

    undo(journal, "two/ship/1/undo", undoes="two/ship/1")

    assert counts(journal, "one", "two") == {"one/ship/1": 39800}


def test_an_undo_brings_nothing_back_over_what_was_given_since(journal: Journal) -> None:
    give(journal, "one/ship/1", Head.GOODS, gave_parcel="PC-1001-2")
    give(journal, "two/ship/1", Head.GOODS, parcel_id="PC-1001-2", gave_parcel="PC-1001-3")
    begin(journal, "three/refund/1", wanted(Head.REFUND, 39800, parcel_id="PC-1001-3"))

    undo(journal, "two/ship/1/undo", undoes="two/ship/1")
    with_the_refund = counts(journal, "one", "two", "three")
    finish(journal, "three/refund/1", Outcome.NOT_APPLIED)

    assert with_the_refund == {"three/refund/1": 39800}
    assert counts(journal, "one", "two", "three") == {"one/ship/1": 39800}


def test_a_parcel_that_goes_on_is_not_refunded_by_an_incident_that_was_open_before(journal: Journal) -> None:
    told(journal, opened("two"), incident_id="two", run_id="run-two")
    give(journal, "one/resume/1", Head.GOODS, gave_parcel="PC-1001-1", at=NOON + timedelta(hours=1))

    refusal = give(journal, "two/refund/1", Head.REFUND, 39800, at=NOON + timedelta(hours=2))

    assert refusal is not None
    assert refusal.reason == "AlreadyGiven"


def test_a_parcel_that_went_on_and_was_lost_again_can_be_refunded_by_an_incident_opened_since(journal: Journal) -> None:
    give(journal, "one/resume/1", Head.GOODS, gave_parcel="PC-1001-1", at=NOON - DAY)
    told(journal, opened("two"), incident_id="two", run_id="run-two")

    refusal = give(journal, "two/refund/1", Head.REFUND, 39800)

    assert refusal is None
    assert counts(journal, "one", "two") == {"two/refund/1": 39800}


def test_a_unit_that_cost_nothing_is_sent_again_once(journal: Journal) -> None:
    gift: dict[str, Any] = {"units": [LAMPS[0].model_copy(update={"value": 0})]}

    first = give(journal, "one/ship/1", Head.GOODS, gave_parcel="PC-1001-2", **gift)
    second = give(journal, "two/ship/1", Head.GOODS, **gift)

    assert first is None
    assert second is not None
    assert second.reason == "AlreadyGiven"


def test_a_refund_of_the_whole_order_is_also_of_what_was_paid_beyond_its_goods_once(journal: Journal) -> None:
    whole = {"parcel_id": None, "whole": True, "captured": cny(PAID + 1200)}

    too_much = give(journal, "one/goods/1", Head.REFUND, PAID + 1200)
    all_of_it = give(journal, "one/order/1", Head.REFUND, PAID + 1200, **whole)
    again = give(journal, "two/order/1", Head.REFUND, 1200, **whole)

    assert (too_much and too_much.reason, all_of_it) == ("AboveCaptured", None)
    assert again is not None
    rows = journal.effects.remedies_of(incident_id="one")
    assert {row.unit: row.amount for row in rows} == {"SO-1001/1#1": 19900, "SO-1001/1#2": 19900, "": 1200}


def test_a_refund_of_the_whole_order_does_not_pay_for_goods_that_are_on_their_way_again(journal: Journal) -> None:
    begin(journal, "one/ship/1", wanted(Head.GOODS))

    refused = give(journal, "two/order/1", Head.REFUND, PAID, parcel_id=None, whole=True, captured=cny(PAID + 1200))

    assert refused is not None
    assert refused.reason == "AlreadyGiven"


def test_refunds_stay_within_what_was_captured(journal: Journal) -> None:
    """Refunds ≤ captured."""
    discounted = {"captured": cny(30000)}
    assert give(journal, "one/refund/1", Head.REFUND, 20000, **discounted) is None

    more = give(journal, "two/refund/1", Head.REFUND, 10001, **discounted)
    rest = give(journal, "two/refund/2", Head.REFUND, 10000, **discounted)

    assert more is not None
    assert more.reason == "AboveCaptured"
    assert "10001 and the 20000 refunded before are more than the 30000" in more.message
    assert rest is None


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"amount": 39801, "captured": cny(90000)}, "39801 is more than the 39800"),
        ({"units": (), "parcel_id": "PC-1002-1"}, "'PC-1002-1' of order 'SO-1001'"),
        ({"currency": "USD"}, "was paid in CNY, nothing in USD"),
    ],
    ids=["more than was paid for the parcel", "a parcel of another order", "another currency"],
)
def test_a_refund_of_what_was_never_paid_is_refused(journal: Journal, other: dict[str, Any], says: str) -> None:
    refusal = give(journal, "one/refund/1", Head.REFUND, **{"amount": 100, **other})

    assert refusal is not None
    assert refusal.reason == "AboveCaptured"
    assert says in refusal.message
    assert counts(journal, "one") == {}


@pytest.mark.parametrize("head", [Head.COMPENSATION, Head.FREIGHT, Head.GOODWILL])
def test_compensation_owed_by_law_or_platform_and_freight_are_heads_with_their_own_caps(
    journal: Journal, head: Head
) -> None:
    capped = {"cap": cny(5000)}
    first = give(journal, "one/give/1", head, 3000, **capped)

    over = give(journal, "two/give/1", head, 2001, **capped)
    rest = give(journal, "two/give/2", head, 2000, **capped)
    elsewhere = give(journal, "three/give/1", head, 5000, order_id="SO-1002", **capped)

    assert (first, rest, elsewhere) == (None, None, None)
    assert over is not None
    assert over.reason == "AboveCap"
    assert over.message == (
        f"{head} for order 'SO-1001': 2001 and the 3000 given before are more than 5000 (minor units of CNY)"
    )
    assert give(journal, "one/refund/1", Head.REFUND, 39800) is None


def test_goodwill_has_a_cap_and_a_daily_budget(journal: Journal) -> None:
    limits = {"cap": cny(4000), "per_day": cny(5000)}
    evening = NOON.replace(hour=23, minute=59)
    assert give(journal, "one/give/1", Head.GOODWILL, 4000, **limits) is None

    over = give(journal, "two/give/1", Head.GOODWILL, 1001, order_id="SO-1002", at=evening, **limits)
    within = give(journal, "two/give/2", Head.GOODWILL, 1000, order_id="SO-1002", at=evening, **limits)
    next_day = give(journal, "three/give/1", Head.GOODWILL, 4000, order_id="SO-1003", at=evening + DAY, **limits)

    assert over is not None
    assert over.reason == "BudgetSpent"
    assert over.message == (
        "goodwill for 2026-11-22 (UTC), all orders: 1001 and the 4000 given before are more than 5000 (minor units of "
        "CNY)"
    )
    assert (within, next_day) == (None, None)


def test_what_is_not_known_spends_the_budget_and_what_was_not_given_does_not(journal: Journal) -> None:
    budget = {"per_day": cny(5000)}
    begin(journal, "one/give/1", wanted(Head.GOODWILL, 4000, **budget))
    unknown = give(journal, "two/give/1", Head.GOODWILL, 4000, order_id="SO-1002", **budget)

    finish(journal, "one/give/1", Outcome.NOT_APPLIED)

    assert unknown is not None
    assert give(journal, "two/give/2", Head.GOODWILL, 4000, order_id="SO-1002", **budget) is None


@pytest.mark.parametrize(("limit", "reason"), [("cap", "AboveCap"), ("per_day", "BudgetSpent")])
def test_an_amount_that_cannot_be_held_against_a_limit_is_refused(journal: Journal, limit: str, reason: str) -> None:
    refusal = give(journal, "one/give/1", Head.GOODWILL, 1, currency="USD", **{limit: cny(5000)})

    assert refusal is not None
    assert refusal.reason == reason
    assert "this is USD" in refusal.message
