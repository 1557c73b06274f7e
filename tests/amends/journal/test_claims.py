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

    assert march.previous == "february"
    assert first.previous is None


def test_a_duplicate_is_nobodys_earlier_incident(journal: Journal) -> None:
    told(journal, _opened_on("first", 0), incident_id="first", run_id="first")
    duplicate = entry(1, EntryKind.DUPLICATE_FOUND, of="first")
    told(journal, _opened_on("second", 1), duplicate, incident_id="second", run_id="second")

    third = told(journal, _opened_on("third", 2), incident_id="third", run_id="third")

    assert third.previous == "first"


def _opened_on(name: str, day: int) -> Entry:
    return opened(name).model_copy(update={"occurred_at": NOON + timedelta(days=day)})
