"""Finding incidents."""

from datetime import timedelta

import pytest

from amends.errors import UnknownIncident
from amends.journal import AmbiguousIncident, Journal
from amends.models import Stage, Status
from amends.timeline import EntryKind
from tests.amends.journal.builders import NOON, entry, opened, told


@pytest.fixture
def three(journal: Journal) -> Journal:
    """A journal with three incidents, the first of them closed, opened a day apart."""
    stories = {
        "aa-1": [entry(1, EntryKind.INCIDENT_CLOSED, status="closed", outcome="refunded")],
        "aa-2": [entry(1, EntryKind.STATUS_CHANGED, status="waiting", waiting_for=["carrier"])],
        "b_-3": [entry(1, EntryKind.STAGE_ENTERED, stage="action")],
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


def test_incidents_are_listed_by_what_is_asked_for(three: Journal) -> None:
    def ids(**wanted: object) -> list[str]:
        return [row.incident_id for row in three.incidents(**wanted)]  # type: ignore[arg-type]  # spelled by the cases

    assert ids(status=Status.WAITING) == ["aa-2"]
    assert ids(stage=Stage.ACTION) == ["b_-3"]
    assert ids(exception_type="stockout") == []
    assert ids(exception_type="lost_parcel", order_id="SO-0") == ["aa-1"]
    assert ids(open_only=True) == ["b_-3", "aa-2"]


def test_an_unknown_incident_has_an_empty_timeline(journal: Journal) -> None:
    assert journal.timeline("nobody") == []
    assert journal.effects_of("nobody") == []
