"""Finding incidents."""

from datetime import timedelta

import pytest

from amends.errors import UnknownIncident
from amends.journal import AmbiguousIncident, Journal
from amends.journal.searching import Search
from amends.models import Party, Severity, Stage, Status
from amends.timeline import EntryKind
from tests.amends.journal.builders import NOON, entry, opened, told


@pytest.fixture
def three(journal: Journal) -> Journal:
    """A journal with three incidents, the first of them closed, opened a day apart."""
    stories = {
        "aa-1": [entry(1, EntryKind.INCIDENT_CLOSED, status="closed", outcome="refunded")],
        "aa-2": [entry(1, EntryKind.STATUS_CHANGED, status="waiting", waiting_for=["carrier", "customer"])],
        "b_-3": [
            entry(1, EntryKind.STAGE_ENTERED, stage="action"),
            entry(2, EntryKind.SEVERITY_SET, severity="high"),
            entry(3, EntryKind.STATUS_CHANGED, status="in_progress", waiting_for=["payment_provider"]),
        ],
    }
    for day, (name, rest) in enumerate(stories.items()):
        first = opened(name, parcel=name, order=f"SO-{day}")
        first = first.model_copy(update={"occurred_at": NOON + timedelta(days=day)})
        told(journal, first, *rest, incident_id=name, parcel=name, run_id=name)
    return journal


def test_an_incident_is_found_by_its_id_and_by_an_unambiguous_beginning(three: Journal) -> None:
    assert three.incident("aa-1").incident_id == "aa-1"
    assert three.incident("b").incident_id == "b_-3"


def test_a_whole_id_that_is_also_a_beginning_is_meant_itself(three: Journal) -> None:
    told(three, opened("aa-10", parcel="P"), incident_id="aa-10", parcel="P", run_id="aa-10")

    assert three.incident("aa-1").incident_id == "aa-1"


def test_an_ambiguous_beginning_is_an_error_that_names_the_matches(three: Journal) -> None:
    with pytest.raises(
        AmbiguousIncident, match=r"'aa' is the beginning of several incident ids \(aa-1, aa-2"
    ) as raised:
        three.incident("aa")

    assert raised.value.matches == ("aa-1", "aa-2")


@pytest.mark.parametrize("nobody", ["c", "", "B", "b%", "aa_"], ids=["none", "empty", "case", "percent", "underscore"])
def test_what_no_id_begins_with_is_unknown(three: Journal, nobody: str) -> None:
    with pytest.raises(UnknownIncident):
        three.incident(nobody)


def test_incidents_are_listed_the_newest_first_and_at_most_so_many(three: Journal) -> None:
    assert [row.incident_id for row in three.incidents()] == ["b_-3", "aa-2", "aa-1"]
    assert [row.incident_id for row in three.incidents(limit=2)] == ["b_-3", "aa-2"]


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({"status": Status.WAITING}, ["aa-2"]),
        ({"status": (Status.WAITING, Status.CLOSED)}, ["aa-2", "aa-1"]),
        ({"status": ()}, ["b_-3", "aa-2", "aa-1"]),
        ({"stage": Stage.ACTION}, ["b_-3"]),
        ({"severity": [Severity.HIGH, Severity.LOW]}, ["b_-3"]),
        ({"waiting_for": Party.CARRIER}, ["aa-2"]),
        ({"waiting_for": [Party.PAYMENT_PROVIDER, Party.CUSTOMER]}, ["b_-3", "aa-2"]),
        ({"exception_type": "stockout"}, []),
        ({"exception_type": ["stockout", "lost_parcel"], "order_id": "SO-0"}, ["aa-1"]),
        ({"open_only": True}, ["b_-3", "aa-2"]),
        ({"open_only": True, "waiting_for": Party.CUSTOMER}, ["aa-2"]),
        ({"opened_since": NOON + timedelta(days=1)}, ["b_-3", "aa-2"]),
        ({"opened_before": NOON + timedelta(days=1)}, ["aa-1"]),
        ({"opened_since": NOON, "opened_before": NOON + timedelta(days=2)}, ["aa-2", "aa-1"]),
    ],
)
def test_incidents_are_listed_and_counted_by_what_is_wanted(three: Journal, wanted: Search, ids: list[str]) -> None:
    assert [row.incident_id for row in three.incidents(**wanted)] == ids
    assert three.count(**wanted) == len(ids)


def test_more_are_counted_than_are_listed(three: Journal) -> None:
    assert (len(three.incidents(limit=1)), three.count()) == (1, 3)


def test_the_types_of_all_incidents_are_known(three: Journal) -> None:
    assert three.exception_types() == ["lost_parcel"]


def test_what_was_written_behind_an_entry_is_read_alone(three: Journal) -> None:
    assert [row.seq for row in three.timeline("aa-2")] == [1, 2]
    assert [row.seq for row in three.timeline("aa-2", after=1)] == [2]
    assert three.timeline("aa-2", after=2) == []


def test_an_unknown_incident_has_an_empty_timeline(journal: Journal) -> None:
    assert journal.timeline("nobody") == []
    assert journal.effects_of("nobody") == []
