"""The incident as its entries make it, and as it is rebuilt from them."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete

from amends.errors import JournalError, UnknownIncident
from amends.journal import IncidentRow, Journal, schema
from amends.journal.engine import writing
from amends.models import Party, Severity, Stage, Status
from amends.timeline import Entry, EntryKind
from tests.amends.journal.builders import DIGEST, INCIDENT, NOON, entry, opened, told

STORY = (
    opened(),
    entry(1, EntryKind.INCIDENT_REGISTERED, previous="0001"),
    entry(2, EntryKind.SEVERITY_SET, severity="high"),
    entry(3, EntryKind.STAGE_ENTERED, stage="analysis"),
    entry(4, EntryKind.STATUS_CHANGED, status="waiting", waiting_for=["carrier", "customer"]),
    entry(5, EntryKind.FACTS_READ, facts={"trace": {"status": "open"}}),
)


def test_an_opened_incident_says_what_it_is_about(journal: Journal) -> None:
    told(journal, opened())

    assert journal.incident(INCIDENT) == IncidentRow(
        incident_id=INCIDENT,
        exception_type="lost_parcel",
        workflow_id="lost_parcel:PC-1001-1",
        subject={"parcel_id": "PC-1001-1"},
        order_id="SO-1001",
        status=Status.OPEN,
        stage=Stage.REPORT,
        opened_at=NOON,
        updated_at=NOON,
        bundle_digest=DIGEST,
        entries=1,
        head_hash=journal.timeline(INCIDENT)[0].hash,
    )


def test_the_incident_follows_its_entries(journal: Journal) -> None:
    told(journal, *STORY)

    incident = journal.incident(INCIDENT)

    assert (incident.status, incident.stage, incident.severity) == (Status.WAITING, Stage.ANALYSIS, Severity.HIGH)
    assert incident.waiting_for == (Party.CARRIER, Party.CUSTOMER)
    assert incident.previous == "0001"
    assert (incident.opened_at, incident.updated_at) == (NOON, NOON + timedelta(minutes=5))
    assert incident.entries == 6


def test_a_closed_incident_has_an_outcome_and_an_end(journal: Journal) -> None:
    resolved = entry(6, EntryKind.INCIDENT_RESOLVED, outcome="refunded")
    told(journal, *STORY, resolved)
    outcome_before = journal.incident(INCIDENT).outcome

    told(journal, entry(7, EntryKind.INCIDENT_CLOSED, status="closed", outcome="refunded"))

    incident = journal.incident(INCIDENT)
    assert (outcome_before, incident.outcome) == ("refunded", "refunded")
    assert (incident.status, incident.closed_at) == (Status.CLOSED, NOON + timedelta(minutes=7))
    assert incident.waiting_for == ()


def test_a_duplicate_has_ended_and_names_the_incident_that_goes_on(journal: Journal) -> None:
    told(journal, opened(), entry(1, EntryKind.DUPLICATE_FOUND, of="0001"))

    incident = journal.incident(INCIDENT)

    assert (incident.status, incident.duplicate_of) == (Status.DUPLICATE, "0001")
    assert incident.closed_at == NOON + timedelta(minutes=1)


def test_the_order_is_found_in_the_subject_when_the_report_has_none(journal: Journal) -> None:
    data = opened().data | {"report": {}, "subject": {"order_id": "SO-7"}}

    told(journal, opened().model_copy(update={"data": data}))

    assert journal.incident(INCIDENT).order_id == "SO-7"


def test_a_severity_that_is_known_at_the_opening_counts_at_once(journal: Journal) -> None:
    data = opened().data | {"severity": "low"}

    told(journal, opened().model_copy(update={"data": data}))

    assert journal.incident(INCIDENT).severity is Severity.LOW


def test_a_rebuilt_projection_equals_the_one_that_grew(journal: Journal, engine: Engine) -> None:
    told(journal, *STORY)
    told(journal, opened("0193"), incident_id="0193", run_id="run-2")
    before = journal.incidents()
    with writing(engine) as connection:
        connection.execute(delete(schema.incidents))

    rebuilt = journal.rebuild_projection()

    assert rebuilt == 2
    assert journal.incidents() == before


def test_one_incident_can_be_rebuilt_alone(journal: Journal, engine: Engine) -> None:
    told(journal, *STORY)
    told(journal, opened("0193"), incident_id="0193", run_id="run-2")
    before = journal.incident(INCIDENT)
    with writing(engine) as connection:
        connection.execute(schema.incidents.update().values(order_id="SO-0"))

    journal.rebuild_projection(INCIDENT)

    assert journal.incident(INCIDENT) == before
    assert journal.incident("0193").order_id == "SO-0"


def test_an_incident_without_entries_cannot_be_rebuilt(journal: Journal) -> None:
    with pytest.raises(UnknownIncident):
        journal.rebuild_projection("nobody")


def test_a_dropped_projection_comes_back_with_a_repeat(journal: Journal, engine: Engine) -> None:
    told(journal, *STORY)
    before = journal.incident(INCIDENT)
    with writing(engine) as connection:
        connection.execute(delete(schema.incidents))

    told(journal, *STORY)
    told(journal, entry(6))

    assert journal.incident(INCIDENT) == before.model_copy(
        update={
            "entries": 7,
            "updated_at": NOON + timedelta(minutes=6),
            "head_hash": journal.timeline(INCIDENT)[-1].hash,
        }
    )


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (entry(1, EntryKind.INCIDENT_OPENED, **opened().data), "is opened a second time, by entry 1"),
        (entry(1, EntryKind.STATUS_CHANGED, waiting_for=[]), r"\(status_changed\) cannot be used: data\.status"),
        (entry(1, EntryKind.SEVERITY_SET, severity="dire"), r"\(severity_set\) cannot be used: data\.severity"),
    ],
    ids=["opened twice", "missing", "unknown"],
)
def test_an_entry_that_does_not_fit_is_refused(journal: Journal, wrong: Entry, says: str) -> None:
    told(journal, opened())

    with pytest.raises(JournalError, match=says):
        told(journal, wrong)

    assert len(journal.timeline(INCIDENT)) == 1


def test_an_opening_for_another_incident_is_refused(journal: Journal) -> None:
    with pytest.raises(JournalError, match="its first entry opens '0999' instead"):
        told(journal, opened("0999"))
