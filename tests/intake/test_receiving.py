"""What becomes of an event that comes: taken once, repeated without harm, or kept apart with the reason."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest

from amends.errors import InputError
from amends.journal import Journal
from amends.journal.schema.intake import ExpectationState, QuarantineEnd
from intake.events import OrderEvent
from intake.quarantine import Quarantine
from intake.receiving import LARGEST, Outcome, Receiving
from intake.rulebook import Rulebook
from tests.intake.builders import NOON
from tests.intake.kept import SCANS, cloud_event, expected, hence, outcomes, publish, receive

HANDED_OVER = cloud_event("shipment.handed_over")


def standing(journal: Journal, order: str = "A") -> list[tuple[datetime, datetime | None]]:
    """What stands or has been cleared, by when it was due."""
    return sorted((each.due_at, each.cleared_at) for each in expected(journal, order) if not each.withdrawn_at)


def test_what_is_awaited_is_a_row_with_the_moment_at_which_it_is_due(journal: Journal) -> None:
    publish(journal)

    assert outcomes(receive(journal, HANDED_OVER)) == [Outcome.TAKEN]

    (row,) = expected(journal)
    assert (row.due_at, row.opens_at, row.state) == (hence(72), hence(73), ExpectationState.WAITING)
    assert row.report == {"order_id": "A", "parcel_id": "P"}
    assert row.stands


def test_the_same_event_again_changes_nothing(journal: Journal) -> None:
    publish(journal)
    receive(journal, HANDED_OVER)
    before = expected(journal)

    again = receive(journal, HANDED_OVER, HANDED_OVER, hours=2000)

    assert outcomes(again) == [Outcome.REPEATED, Outcome.REPEATED]
    assert expected(journal) == before


def test_what_was_awaited_clears_its_row_and_what_comes_in_time_after_all_withdraws_it(journal: Journal) -> None:
    publish(journal)
    receive(journal, HANDED_OVER)

    receive(journal, cloud_event("shipment.delivered", 80, "late"))
    (row,) = expected(journal)
    assert (row.cleared_at, row.cleared_by) == (hence(80), "shop#late")

    receive(journal, cloud_event("shipment.delivered", 70, "in time"))
    (row,) = expected(journal)
    assert row.withdrawn_at is not None


def test_a_correction_stands_beside_what_it_corrects_and_counts_in_its_place(journal: Journal) -> None:
    publish(journal)
    receive(journal, HANDED_OVER)

    receive(journal, cloud_event("shipment.handed_over", 5, "right", corrects=HANDED_OVER["id"]))

    wrong, right = expected(journal)
    assert wrong.withdrawn_at is not None
    assert (right.due_at, right.withdrawn_at) == (hence(77), None)


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ({**HANDED_OVER, "time": "yesterday"}, "`time` cannot be 'yesterday'"),
        ("delivered", "is no event"),
        (cloud_event("shipment.handed_over", 2000), "which is yet to come"),
        (cloud_event("shipment.handed_over", note="x" * LARGEST), "it has more than 65536 bytes"),
        (cloud_event("shipment.handed_over", name="a\0b"), "has a NUL character"),
    ],
)
def test_what_cannot_be_taken_is_kept_apart_once_with_the_reason(journal: Journal, event: Any, why: str) -> None:
    publish(journal)

    results = receive(journal, HANDED_OVER, event) + receive(journal, event)

    assert outcomes(results) == [Outcome.TAKEN, Outcome.KEPT_APART, Outcome.KEPT_APART]
    (kept,) = Quarantine(journal.engine).listed()
    assert (kept.event, kept.via) == (event, "a test")
    assert why in kept.why


def test_an_id_that_says_something_else_is_kept_apart_and_changes_nothing(journal: Journal) -> None:
    publish(journal)
    receive(journal, HANDED_OVER)
    before = expected(journal)

    results = receive(journal, cloud_event("shipment.handed_over", 5, str(HANDED_OVER["id"])))

    assert outcomes(results) == [Outcome.KEPT_APART]
    assert "say in `corrects`" in results[0].why
    assert expected(journal) == before


def test_what_came_too_early_is_taken_when_it_is_tried_again(journal: Journal) -> None:
    publish(journal)
    receive(journal, cloud_event("shipment.handed_over", 2000))
    receiving = Receiving(journal.engine, Rulebook(journal.revisions))
    (kept,) = Quarantine(journal.engine).listed()

    still = receiving.retry(kept.number, by="ann", at=hence(1500))
    taken = receiving.retry(kept.number, by="ann", at=hence(2000))

    assert (still.ended, taken.ended, taken.ended_by) == (None, QuarantineEnd.TAKEN, "ann")
    assert len(expected(journal)) == 1
    assert Quarantine(journal.engine).listed() == []
    with pytest.raises(InputError, match="was taken already, by ann"):
        receiving.retry(kept.number, by="ben", at=hence(2000))


def test_what_is_dropped_can_still_be_read_and_is_not_kept_apart_again(journal: Journal) -> None:
    receive(journal, "nonsense")
    kept = Quarantine(journal.engine)

    dropped = kept.drop(1, by="ann", reason="a test of theirs", at=NOON)
    receive(journal, "nonsense")

    assert (dropped.ended, dropped.reason, dropped.event) == (QuarantineEnd.DROPPED, "a test of theirs", "nonsense")
    assert (kept.count(), kept.listed(), kept.listed(all=True)) == (0, [], [dropped])
    with pytest.raises(InputError, match="nothing is kept apart under 7"):
        kept.get(7)


PROMISED = "[{expect: shipment.delivered, after: order.created, by: =event.promised_by}]"


def promised(name: str, by: str | None, **said: Any) -> Any:
    """An order is created, and its parcel promised by then."""
    return cloud_event("order.created", 0, name, **({"promised_by": by} if by else {}), **said)


def test_a_rule_that_cannot_be_reckoned_at_an_event_is_kept_apart_beside_it(journal: Journal) -> None:
    publish(journal, PROMISED, events="{promised_by: timestamp}")

    results = receive(journal, promised("first", "tomorrow"), promised("second", "2026-03-05T12:00:00Z"))
    receive(journal, cloud_event("order.noted"))

    assert outcomes(results) == [Outcome.TAKEN, Outcome.TAKEN]
    assert [each.caused_by for each in expected(journal)] == [("shop#second",)]
    (kept,) = Quarantine(journal.engine).listed()
    assert (kept.via, kept.order_id, kept.received_at) == ("late_parcel opens[0]", "A", hence(1000))
    assert kept.why == "the fact 'event.promised_by' should be a time with its zone but is 'tomorrow'"
    assert OrderEvent.model_validate(kept.event).key == "shop#first"


def test_what_could_not_be_reckoned_is_over_when_a_correction_has_come(journal: Journal) -> None:
    publish(journal, PROMISED, events="{promised_by: timestamp}")
    receive(journal, promised("first", None))

    receive(journal, promised("right", "2026-03-05T12:00:00Z", corrects="first"))

    (kept,) = Quarantine(journal.engine).listed(all=True)
    assert (kept.ended, kept.ended_by, kept.reason) == (QuarantineEnd.TAKEN, "intake", "it can be reckoned")
    assert [each.stands for each in expected(journal)] == [True]


def test_what_could_not_be_reckoned_is_reckoned_with_other_rules_when_it_is_tried_again(journal: Journal) -> None:
    publish(journal, PROMISED, events="{promised_by: timestamp}")
    receive(journal, promised("first", None))
    receiving, kept = Receiving(journal.engine, Rulebook(journal.revisions)), Quarantine(journal.engine)

    still = receiving.retry(1, by="ann", at=hence(1000))
    publish(journal, PROMISED.replace("by: =event.promised_by", "late_after: 72h"))
    taken = receiving.retry(1, by="ann", at=hence(1001))

    assert (still.ended, still.why) == (None, "the fact 'event.promised_by' is not set")
    assert (taken.ended, taken.ended_by) == (QuarantineEnd.TAKEN, "ann")
    assert [each.due_at for each in expected(journal)] == [hence(72)]
    publish(journal, PROMISED, events="{promised_by: timestamp}")
    receive(journal, cloud_event("order.noted"))
    assert [(each.number, each.ended_by) for each in kept.listed()] == [(1, None)], "it cannot be reckoned once more"


def test_what_cannot_be_reckoned_and_was_dropped_stays_so(journal: Journal) -> None:
    publish(journal, PROMISED, events="{promised_by: timestamp}")
    receive(journal, promised("first", None))
    kept = Quarantine(journal.engine)

    dropped = kept.drop(1, by="ann", reason="nobody promised anything", at=NOON)
    receive(journal, cloud_event("order.noted"))

    assert kept.listed() == []
    assert kept.get(1) == dropped


def test_the_same_stands_whatever_the_order_in_which_events_come_and_however_often(journal: Journal) -> None:
    publish(journal, SCANS)
    told = [cloud_event("shipment.scanned", hours, order="A") for hours in (0, 50, 200, 400)]
    for order, events in enumerate(itertools.permutations(told)):
        batch: list[Any] = [_about(each, f"O-{order}") for each in events]
        receive(journal, *batch[:2])
        receive(journal, *batch[1:], *reversed(batch))

    found = {tuple(standing(journal, f"O-{n}")) for n in range(24)}

    assert found == {((hence(122), hence(200)), (hence(272), hence(400)), (hence(472), None))}


def test_many_that_take_in_the_same_at_once_keep_each_once(journal: Journal) -> None:
    publish(journal)
    events: list[Any] = [cloud_event("shipment.handed_over", n, order=f"O-{n % 5}") for n in range(20)]

    with ThreadPoolExecutor(4) as pool:
        begun_elsewhere = [events[5 * n :] + events[: 5 * n] for n in range(4)]
        results = list(pool.map(lambda batch: receive(journal, *batch), begun_elsewhere))

    taken = [each for result in results for each in outcomes(result)]
    assert (taken.count(Outcome.TAKEN), taken.count(Outcome.REPEATED)) == (20, 60)
    assert [len(standing(journal, f"O-{n}")) for n in range(5)] == [1] * 5


def _about(event: Any, order: str) -> Any:
    return {**event, "id": f"{order}-{event['id']}", "data": {**event["data"], "order_id": order}}
