"""What the events of one order amount to, whatever their order."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.deciding import decide, unreckoned
from intake.events import OrderEvent
from tests.intake.builders import FAR, NOON, event, rules, standings

APPROVAL = rules("[{expect: payment.approved, after: order.created, late_after: 24h, grace: 1h}]")
SCANS = rules("[{expect: shipment.scanned, after: shipment.scanned, late_after: 72h}]", subject="order_id, parcel_id")
CREATED = event("order.created")


def test_what_comes_in_time_opens_nothing() -> None:
    assert standings(APPROVAL, CREATED, event("payment.approved", 24)) == []


def test_what_never_comes_opens_when_the_grace_is_over_and_is_due_before() -> None:
    assert standings(APPROVAL, CREATED) == [{"due": 24, "opens": 25, "by": "order.created@0"}]


@pytest.mark.parametrize(("hours", "opened"), [(24.99, 0), (25, 1)])
def test_it_opens_at_the_end_of_its_grace_and_no_sooner(hours: float, opened: int) -> None:
    assert len(standings(APPROVAL, CREATED, until=NOON + timedelta(hours=hours))) == opened


def test_what_comes_late_clears_what_it_did_not_prevent() -> None:
    assert standings(APPROVAL, CREATED, event("payment.approved", 30)) == [
        {"due": 24, "opens": 25, "cleared": 30, "by": "order.created@0"}
    ]


def test_grace_gives_news_time_to_arrive_and_nobody_more_time() -> None:
    assert standings(APPROVAL, CREATED, event("payment.approved", 24.5)) == [
        {"due": 24, "opens": 25, "cleared": 24.5, "by": "order.created@0"}
    ]


def test_what_has_not_happened_yet_clears_nothing_yet() -> None:
    found = standings(APPROVAL, CREATED, event("payment.approved", 30), until=NOON + timedelta(hours=29))

    assert found == [{"due": 24, "opens": 25, "by": "order.created@0"}]


def test_what_happened_before_what_it_should_follow_has_come() -> None:
    assert standings(APPROVAL, CREATED, event("payment.approved", -0.1)) == []


def test_two_events_of_one_moment_follow_each_other_whatever_their_names() -> None:
    created, approved = event("order.created", 0, "z"), event("payment.approved", 0, "a")

    assert standings(APPROVAL, created, approved) == []


def test_a_repeated_cause_in_time_is_awaited_anew_from_there() -> None:
    again = event("order.created", 20)

    assert standings(APPROVAL, CREATED, again) == [{"due": 44, "opens": 45, "by": "order.created@20"}]
    assert standings(APPROVAL, CREATED, event("payment.approved", 10), again) == [
        {"due": 44, "opens": 45, "by": "order.created@20"}
    ]


def test_a_cause_repeated_too_late_does_not_unmake_what_was_missed() -> None:
    found = standings(APPROVAL, CREATED, event("order.created", 30), event("payment.approved", 40))

    assert found == [{"due": 24, "opens": 25, "cleared": 40, "by": "order.created@0"}]


def test_each_scan_of_a_parcel_awaits_the_next_one_of_that_parcel() -> None:
    one, two = event("shipment.scanned", 0, parcel_id="P1"), event("shipment.scanned", 1, parcel_id="P2")
    late = event("shipment.scanned", 100, parcel_id="P2")

    assert standings(SCANS, one, two, late) == [
        {"due": 72, "by": "shipment.scanned@0", "parcel": "P1"},
        {"due": 73, "cleared": 100, "by": "shipment.scanned@1", "parcel": "P2"},
        {"due": 172, "by": "shipment.scanned@100", "parcel": "P2"},
    ]


def test_two_scans_of_one_moment_leave_the_parcel_waiting() -> None:
    scans = [event("shipment.scanned", 0, name, parcel_id="P1") for name in ("a", "b")]

    assert [each["due"] for each in standings(SCANS, *scans)] == [72]


def test_what_names_no_parcel_is_about_all_of_them() -> None:
    closing = rules("[{expect: order.closed, after: shipment.scanned, late_after: 72h}]", subject="order_id, parcel_id")
    scans = [event("shipment.scanned", 0, parcel_id=parcel) for parcel in ("P1", "P2")]

    assert standings(closing, *scans, event("order.closed", 5)) == []


def test_a_subject_that_no_event_says_is_told_as_lacking() -> None:
    found = decide(SCANS, [event("shipment.scanned"), event("order.created", -1, parcel_id="P1")], until=FAR)

    assert [(each.report, each.lacking) for each in found] == [({"order_id": "A"}, ("parcel_id",))]


def test_a_limit_may_hang_on_the_order() -> None:
    limit = '=order.payment_method == "boleto" ? duration("72h") : duration("24h")'
    slips = rules(
        f"[{{expect: payment.approved, after: order.created, late_after: '{limit}', grace: 1h}}]",
        events="{payment_method: string}",
    )

    assert standings(slips, event("order.created", payment_method="boleto"))[0]["due"] == 72
    assert standings(slips, event("order.created", payment_method="credit_card"))[0]["due"] == 24
    assert standings(slips, event("order.created"), event("order.priced", -1, payment_method="boleto"))[0]["due"] == 72


def test_a_limit_may_stand_in_a_table() -> None:
    late = rules("""[{expect: payment.approved, after: order.created, late_after: '=table("claim_window")'}]""")

    assert standings(late, event("order.created", market="cn")) == [{"due": 24, "by": "order.created@0"}]
    assert standings(late, event("order.created")) == []


def test_a_promise_of_a_day_lasts_to_its_end_in_its_zone() -> None:
    promised = rules(
        "[{expect: shipment.delivered, after: order.created, by: =event.promised_by, whole_day_in: Asia/Shanghai}]",
        events="{promised_by: timestamp}",
    )

    found = standings(promised, event("order.created", promised_by="2026-03-04T17:00:00Z"))

    assert found[0]["due"] == 76  # 5 March 24:00 in Shanghai is 16:00 UTC


def test_a_promise_that_nobody_made_opens_nothing_and_is_told() -> None:
    promised = rules(
        "[{expect: shipment.delivered, after: order.created, by: =event.promised_by}]",
        events="{promised_by: timestamp}",
    )
    events = [CREATED, event("order.created", 1, promised_by="tomorrow")]

    assert standings(promised, *events) == []
    assert [each.why for each in unreckoned(promised, events)] == [
        "the fact 'event.promised_by' is not set",
        "the fact 'event.promised_by' should be a time with its zone but is 'tomorrow'",
    ]


def test_a_promise_beyond_all_calendars_is_told() -> None:
    promised = rules(
        "[{expect: shipment.delivered, after: order.created, by: =event.promised_by, grace: 1d}]",
        events="{promised_by: timestamp}",
    )

    events = [event("order.created", promised_by="9999-12-31T23:00:00Z")]

    assert standings(promised, *events) == []
    assert [each.why for each in unreckoned(promised, events)] == ["it is due beyond all calendars"]


def test_a_correction_counts_in_the_place_of_what_it_corrects() -> None:
    wrong = event("payment.approved", 2)
    right = event("payment.approved", 30, corrects="payment.approved@2")
    withdrawn = event("event.withdrawn", 3, corrects="payment.approved@2")

    assert standings(APPROVAL, CREATED, wrong, right)[0]["cleared"] == 30
    assert standings(APPROVAL, CREATED, wrong, withdrawn) == [{"due": 24, "opens": 25, "by": "order.created@0"}]


def test_a_condition_over_the_order_stands_until_any_event_ends_it() -> None:
    stuck = rules("[{match: order.hold}]", events="{hold: bool}")
    events = [event("order.held", 1, hold=True), event("order.noted", 2), event("order.freed", 3, hold=False)]

    assert standings(stuck, *events) == [{"due": 1, "cleared": 3, "by": "order.held@1"}]
    assert standings(stuck, *events, event("order.held", 4, hold=True))[1] == {"due": 4, "by": "order.held@4"}


def test_a_condition_over_the_event_is_ended_only_by_one_of_its_type() -> None:
    short = rules("[{match: event.stock < event.demand}]", events="{stock: int, demand: int}")
    events = [event("stock.changed", 1, stock=1, demand=2), event("order.noted", 2)]

    assert standings(short, *events) == [{"due": 1, "by": "stock.changed@1"}]
    assert standings(short, *events, event("stock.changed", 3, stock=2, demand=2)) == [
        {"due": 1, "cleared": 3, "by": "stock.changed@1"}
    ]


def test_a_condition_over_a_field_of_another_kind_is_told_and_holds_nowhere() -> None:
    stuck = rules("[{match: order.hold}]", events="{hold: bool}")
    events = [event("order.held", 1, hold="yes"), event("order.held", 2, hold=True)]

    assert standings(stuck, *events) == [{"due": 2, "by": "order.held@2"}]
    assert [each.why for each in unreckoned(stuck, events)] == ["the fact 'order.hold' should be bool but is 'yes'"]


def test_of_two_contents_under_one_identity_the_same_one_counts_always() -> None:
    stuck = rules("[{match: order.hold}]", events="{hold: bool}")
    pair = [event("order.held", 1, "one", hold=True), event("order.held", 1, "one", hold=False)]

    assert standings(stuck, *pair) == standings(stuck, *reversed(pair))


def test_a_standing_is_the_same_one_before_and_after_it_is_cleared() -> None:
    pending = decide(APPROVAL, [CREATED], until=FAR)
    cleared = decide(APPROVAL, [CREATED, event("payment.approved", 30)], until=FAR)

    assert [each.key for each in pending] == [each.key for each in cleared]
    assert pending[0].key == "late_parcel:opens[0]:A:shop#order.created@0"


MANY = (
    *rules(
        "[{expect: payment.approved, after: order.created, late_after: 24h, grace: 1h}, {match: order.hold},"
        " {match: event.hold && event.type == 'order.held'}]",
        events="{hold: bool}",
    ),
    *(each.model_copy(update={"exception_type": "lost_parcel"}) for each in SCANS),
)
_EVENTS = st.lists(
    st.builds(
        lambda kind, hours, name, hold, parcel: event(kind, hours, name, hold=hold, parcel_id=parcel),
        st.sampled_from(["order.created", "payment.approved", "shipment.scanned", "order.held"]),
        st.integers(0, 150),
        st.sampled_from("abcdefghijkl"),
        st.booleans(),
        st.sampled_from(["P1", "P2"]),
    ),
    max_size=9,
)
_TOLD_APART = _EVENTS.map(lambda events: list({each.id: each for each in events}.values()))


@settings(deadline=None)
@given(_EVENTS.flatmap(lambda events: st.tuples(st.just(events), st.permutations(events * 2))), st.integers(0, 300))
def test_neither_order_nor_repetition_changes_what_stands(
    both: tuple[list[OrderEvent], list[OrderEvent]], hours: int
) -> None:
    events, shuffled = both
    until = NOON + timedelta(hours=hours)

    assert decide(MANY, shuffled, until=until) == decide(MANY, events, until=until)


@settings(deadline=None)
@given(_TOLD_APART, st.integers(0, 300))
def test_what_has_opened_is_never_unmade_by_what_happens_later(events: list[OrderEvent], hours: int) -> None:
    until = NOON + timedelta(hours=hours)

    opened = {each.key for each in decide(MANY, events, until=until)}

    assert opened <= {each.key for each in decide(MANY, events, until=FAR)}
