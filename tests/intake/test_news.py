"""What an incident is told of an event: the facts that its runbook knows, and none that a later event has changed."""

from pydantic import JsonValue

from intake.events import OrderEvent
from intake.news import news_of
from intake.orders import Order
from runbooks.program import FactType
from tests.intake.builders import event

KNOWN = {"parcel.status": FactType.STRING, "order.pieces": FactType.INT}


def facts(*events: OrderEvent, of: int = 0) -> JsonValue:
    """The facts that one of the events tells, when all are known."""
    return news_of(events[of], Order(events), KNOWN).data.get("facts", {})


def test_what_stands_under_a_known_root_is_a_fact_if_it_is_of_its_type() -> None:
    scanned = event("shipment.scanned", parcel={"status": "lost", "weight": 3}, order={"pieces": "two"})

    assert facts(scanned) == {"parcel.status": "lost"}


def test_facts_that_are_given_by_their_paths_are_told_as_they_are() -> None:
    scanned = event("shipment.scanned", facts={"parcel.status": "lost", "parcel.colour": "red"})

    assert facts(scanned) == {"parcel.status": "lost", "parcel.colour": "red"}


def test_an_event_that_comes_late_does_not_take_back_what_a_later_one_has_said() -> None:
    lost, found = event("a", 1, parcel={"status": "lost"}), event("b", 2, parcel={"status": "found"})

    assert facts(found, lost, of=1) == {}
    assert facts(found, lost, of=0) == {"parcel.status": "found"}


def test_what_is_said_of_another_parcel_takes_nothing_back() -> None:
    lost = event("a", 1, parcel_id="P", parcel={"status": "lost"})
    found = event("b", 2, parcel_id="Q", parcel={"status": "found"})

    assert facts(lost, found) == {"parcel.status": "lost"}


def test_what_was_corrected_takes_nothing_back() -> None:
    wrong = event("a", 1, "z", parcel={"status": "found"})
    right = event("a", 1, "b", parcel={"status": "lost"}, corrects="z")

    assert facts(wrong, right, of=1) == {"parcel.status": "lost"}


def test_data_that_is_no_fact_goes_along() -> None:
    delivered = event("shipment.delivered", 1, parcel_id="P", delivered_to="locker")

    news = news_of(delivered, Order([delivered]), KNOWN)

    assert news.data == {"parcel_id": "P", "delivered_to": "locker"}
    assert (news.event_id, news.at) == ("shop#shipment.delivered@1", delivered.at)
