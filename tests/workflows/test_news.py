"""What news says itself: facts that are true at once, and what it cannot say."""

from typing import Any

from amends.models import Data, Severity
from amends.timeline import EntryKind
from tests.workflows.builders import TRACE, WAIT, Incident, lost_parcel
from tests.workflows.test_interrupts import REFUNDED, news


def told(**facts: Any) -> Incident:
    """An incident that waits for the carrier, and has had news of ``facts``, by their paths."""
    incident = Incident(bundle=lost_parcel(analysis=(TRACE, WAIT), action=(REFUNDED,))).open()
    return news(incident, "parcel.moved", facts={path.replace("__", "."): value for path, value in facts.items()})


def ignored(incident: Incident) -> Data:
    (entry,) = incident.of(EntryKind.NEWS_IGNORED)
    fields = entry["fields"]
    assert isinstance(fields, dict)
    assert entry["event_id"] == "n-1"
    return fields


def test_a_fact_that_news_tells_of_is_true_at_once_and_ends_the_wait_for_it() -> None:
    incident = told(trace__status="found")

    assert incident.of(EntryKind.WAIT_ENDED) == [{"wait": WAIT.id}]
    assert incident.state.facts["trace"] == {"trace_id": "T-1", "status": "found"}
    assert incident.of(EntryKind.NEWS_IGNORED) == []


def test_the_severity_follows_what_news_tells_of() -> None:
    incident = told(parcel__value={"amount": 200_000, "currency": "CNY"})

    assert incident.state.severity is Severity.HIGH


def test_what_the_runbook_does_not_know_or_is_of_another_type_is_named_and_left_out() -> None:
    incident = told(trace__status="found", trace__colour="red", stock__reservable="yes", choice=None)

    assert ignored(incident) == {
        "trace.colour": "the runbook knows no such fact",
        "stock.reservable": "it is bool, which this is not",
        "choice": "it is string, which this is not",
    }
    assert incident.state.facts["trace"] == {"trace_id": "T-1", "status": "found"}
    assert {"stock", "choice"}.isdisjoint(incident.state.facts)


def test_no_news_says_what_was_reported_or_what_the_incident_is_or_in_what_currency_the_order_is() -> None:
    incident = told(report__order_id="SO-2", incident__contacts=9, order__currency="JPY")

    ours = "no news says what was reported, or what the incident is"
    assert ignored(incident) == {
        "report.order_id": ours,
        "incident.contacts": ours,
        "order.currency": "the order's currency is read with the order",
    }
    assert incident.state.facts["report"] == {"order_id": "SO-1", "parcel_id": "PC-1"}


def test_money_in_another_currency_than_the_orders_is_left_out() -> None:
    incident = told(parcel__value={"amount": 1, "currency": "JPY"})

    assert ignored(incident) == {"parcel.value": "the fact 'parcel.value' is in JPY, but the order is in CNY"}
    assert incident.state.severity is Severity.LOW


def test_facts_that_are_not_given_by_their_paths_are_left_out() -> None:
    incident = news(Incident().open(), facts=["trace.status"])

    assert ignored(incident) == {"facts": "they are not given by their paths"}


def test_news_without_facts_says_nothing_by_itself() -> None:
    incident = news(Incident().open(), colour="red")

    assert incident.of(EntryKind.NEWS_IGNORED) == []
