"""What would have opened as events came in, whatever the order in which they did."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from intake.deciding import decide
from intake.events import OrderEvent
from intake.replay.rehearsing import Arrival, Opening, rehearse
from tests.intake.builders import FAR, NOON, event, rules

APPROVAL = rules("[{expect: payment.approved, after: order.created, late_after: 24h, grace: 1h}]")
CREATED = event("order.created")


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def rehearsed(*arrivals: tuple[OrderEvent, float], until: datetime = FAR) -> list[Opening]:
    return list(rehearse(APPROVAL, [Arrival(event, at(clock)) for event, clock in arrivals], until=until).openings)


def test_it_opens_at_the_end_of_its_grace() -> None:
    (opening,) = rehearsed((CREATED, 0))

    assert (opening.standing.due_at, opening.opened_at, opening.cleared_at) == (at(24), at(25), None)


def test_nothing_opens_that_is_not_over_when_the_clock_stops() -> None:
    assert rehearsed((CREATED, 0), until=at(24.9)) == []


def test_what_comes_in_after_the_clock_has_stopped_is_not_known() -> None:
    (opening,) = rehearsed((CREATED, 0), (event("payment.approved", 10), 40), until=at(30))

    assert opening.cleared_at is None


def test_what_happened_in_time_and_came_in_within_the_grace_opens_nothing() -> None:
    assert rehearsed((CREATED, 0), (event("payment.approved", 24), 24.9)) == []


def test_what_happened_in_time_and_came_in_too_late_clears_what_had_opened() -> None:
    (opening,) = rehearsed((CREATED, 0), (event("payment.approved", 10), 40))

    assert (opening.opened_at, opening.cleared_at) == (at(25), at(40))
    assert opening.cleared_by == "shop#payment.approved@10"


def test_what_is_overdue_when_it_becomes_known_opens_then() -> None:
    (opening,) = rehearsed((CREATED, 100))

    assert (opening.standing.due_at, opening.opened_at) == (at(24), at(100))


def test_what_came_in_the_wrong_order_is_awaited_no_more() -> None:
    assert rehearsed((event("payment.approved", 10), 10), (CREATED, 40)) == []


def test_a_correction_clears_what_should_not_have_opened() -> None:
    correction = event("order.withdrawn", 50, corrects="order.created@0")

    (opening,) = rehearsed((CREATED, 0), (correction, 50))

    assert (opening.opened_at, opening.cleared_at, opening.cleared_by) == (at(25), at(50), "shop#order.withdrawn@50")


def test_a_correction_that_is_corrected_has_done_its_work() -> None:
    correction = event("order.withdrawn", 50, corrects="order.created@0")

    (opening,) = rehearsed((CREATED, 0), (correction, 50), (event("order.noted", 60, corrects=correction.id), 60))

    assert opening.cleared_at == at(50)


def test_what_happens_in_the_moment_of_an_opening_that_was_told_clears_it() -> None:
    held = rules("[{match: order.hold}]", events="{hold: bool}")
    came = [event("order.held", 2, hold=True), event("order.noted", 1), event("order.released", 2, hold=False)]

    ((opening,), _) = rehearse(held, [Arrival(each, at(2)) for each in came], until=FAR)

    assert (opening.opened_at, opening.cleared_at, opening.cleared_by) == (at(2), at(2), "shop#order.released@2")


MANY = rules(
    "[{match: order.hold}, {expect: payment.approved, after: order.created, late_after: 24h, grace: 1h}]",
    events="{hold: bool}",
)
_EVENTS = st.lists(
    st.builds(
        lambda kind, hours, hold: event(kind, hours, hold=hold),
        st.sampled_from(["order.created", "payment.approved", "order.held"]),
        st.integers(0, 150),
        st.booleans(),
    ),
    max_size=8,
    unique_by=lambda each: each.id,
).flatmap(st.permutations)


@settings(deadline=None)
@given(_EVENTS, st.integers(0, 10))
def test_what_stands_in_the_end_is_what_is_decided_of_all_events_in_any_order(
    events: list[OrderEvent], ahead: int
) -> None:
    arrivals, clock = [], NOON + timedelta(hours=ahead)
    for each in events:
        clock = max(clock, each.at)
        arrivals.append(Arrival(each, clock))

    openings, _ = rehearse(MANY, arrivals, until=FAR)

    decided = decide(MANY, events, until=FAR)
    standing = {each.key for each in decided if each.cleared_at is None}
    assert {each.standing.key for each in openings if each.cleared_at is None} == standing
    assert {each.key for each in decided} <= {each.standing.key for each in openings}
    assert len({each.standing.key for each in openings}) == len(openings)
