"""Claims and earlier incidents: what an append answers."""

from datetime import timedelta

from amends.journal import Journal, LostClaim
from amends.timeline import Entry, EntryKind
from tests.amends.journal.builders import NOON, entry, opened, told


def test_a_report_that_another_incident_holds_is_lost_and_its_holder_named(journal: Journal) -> None:
    told(journal, opened("first"), incident_id="first", run_id="run-1", claims=["report-1"])

    second = told(journal, opened("second"), incident_id="second", run_id="run-2", claims=["report-2", "report-1"])

    assert second.lost == (LostClaim(key="report-1", incident_id="first"),)


def test_a_report_that_the_incident_itself_holds_is_not_lost(journal: Journal) -> None:
    told(journal, opened(), claims=["report-1"])

    again = told(journal, entry(1), claims=["report-1", "report-1"])

    assert again.lost == ()


def test_whoever_has_a_report_is_known_by_its_key_and_type(journal: Journal) -> None:
    told(journal, opened("first"), incident_id="first", run_id="run-1", claims=["report-1"])

    assert journal.reported(exception_type="lost_parcel", key="report-1") == "first"
    assert journal.reported(exception_type="lost_parcel", key="report-2") is None
    assert journal.reported(exception_type="stockout", key="report-1") is None


def test_the_newest_earlier_incident_on_the_subject_is_named(journal: Journal) -> None:
    for day, name in enumerate(["january", "february"]):
        told(journal, _opened_on(name, day), incident_id=name, run_id=name)
    told(journal, opened("elsewhere", parcel="PC-9"), incident_id="elsewhere", run_id="elsewhere", parcel="PC-9")

    march = told(journal, _opened_on("march", 3), incident_id="march", run_id="march")
    first = told(journal, _opened_on("january", 0), incident_id="january", run_id="january")

    assert march.earlier is not None
    assert march.earlier.incident_id == "february"
    assert first.earlier is None


def test_a_duplicate_is_nobodys_earlier_incident(journal: Journal) -> None:
    told(journal, _opened_on("first", 0), incident_id="first", run_id="first")
    duplicate = entry(1, EntryKind.DUPLICATE_FOUND, of="first")
    told(journal, _opened_on("second", 1), duplicate, incident_id="second", run_id="second")

    third = told(journal, _opened_on("third", 2), incident_id="third", run_id="third")

    assert third.earlier is not None
    assert third.earlier.incident_id == "first"


def test_what_was_taken_over_by_another_is_still_the_earlier_incident(journal: Journal) -> None:
    closed = entry(1, EntryKind.INCIDENT_CLOSED, status="duplicate", outcome="merged")
    told(journal, _opened_on("first", 0), closed, incident_id="first", run_id="first")

    second = told(journal, _opened_on("second", 1), incident_id="second", run_id="second")

    assert second.earlier is not None
    assert (second.earlier.incident_id, second.earlier.ended_at) == ("first", closed.occurred_at)


def test_how_often_the_earlier_incident_was_reported_is_told_with_what_it_had_reopened(journal: Journal) -> None:
    added = [entry(n, EntryKind.REPORT_ADDED, key=f"r-{n}", report={}) for n in (1, 2)]
    repeated = entry(3, EntryKind.REPORT_REPEATED, key="r-2", of="elsewhere")
    told(journal, _opened_on("first", 0), *added, repeated, incident_id="first", run_id="first")
    again = entry(1, EntryKind.INCIDENT_REGISTERED, previous="first", previous_contacts=2, reopens=True)
    told(journal, _opened_on("second", 1), again, incident_id="second", run_id="second")

    third = told(journal, _opened_on("third", 2), incident_id="third", run_id="third")

    assert third.earlier is not None
    assert third.earlier.contacts == 3


def test_those_that_name_an_incident_are_found_and_whether_they_reopened_it(journal: Journal) -> None:
    told(journal, _opened_on("first", 0), incident_id="first", run_id="first")
    for day, (name, reopens) in enumerate([("second", True), ("third", False)], start=1):
        registered = entry(1, EntryKind.INCIDENT_REGISTERED, previous="first", reopens=reopens)
        told(journal, _opened_on(name, day), registered, incident_id=name, run_id=name)

    assert [each.incident_id for each in journal.pointing_at("first")] == ["second", "third"]
    assert journal.pointing_at("third") == []
    assert journal.reopened(["first", "second", "third"]) == {"second"}


def _opened_on(name: str, day: int) -> Entry:
    return opened(name).model_copy(update={"occurred_at": NOON + timedelta(days=day)})
