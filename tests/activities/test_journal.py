"""The activity that writes entries: its answer, and which failures are tried again."""

import pytest
from sqlalchemy.exc import OperationalError
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.journal import JournalActivities
from activities.wire import AppendReport, AppendRequest, LostClaim
from amends.journal import Journal, connect
from amends.timeline import Entry
from tests.amends.journal.builders import INCIDENT, RUN, entry, opened


def request(*entries: Entry, incident_id: str = INCIDENT, run_id: str = RUN) -> AppendRequest:
    return AppendRequest(
        incident_id=incident_id,
        exception_type="lost_parcel",
        workflow_id="lost_parcel:PC-1001-1",
        run_id=run_id,
        entries=entries,
        claims=("report-1",),
    )


def append(journal: Journal, given: AppendRequest) -> AppendReport:
    return ActivityEnvironment().run(JournalActivities(journal).append, given)


def test_entries_are_recorded_at_the_activitys_own_time(journal: Journal) -> None:
    environment = ActivityEnvironment()

    environment.run(JournalActivities(journal).append, request(opened()))

    assert journal.timeline(INCIDENT)[0].recorded_at == environment.info.current_attempt_scheduled_time


def test_the_report_names_lost_claims_and_the_earlier_incident(journal: Journal) -> None:
    append(journal, request(opened()))

    report = append(journal, request(opened("0193"), incident_id="0193", run_id="run-2"))

    lost = (LostClaim(key="report-1", incident_id=INCIDENT),)
    assert report == AppendReport(lost=lost, previous=INCIDENT, previous_contacts=1)


@pytest.mark.parametrize(
    ("second", "code"),
    [(entry(1, plan="refund"), "journal_forked"), (entry(7), "journal_error")],
    ids=["fork", "gap"],
)
def test_what_the_journal_cannot_take_is_not_tried_again(journal: Journal, second: Entry, code: str) -> None:
    append(journal, request(opened(), entry(1, plan="reship")))

    with pytest.raises(ApplicationError) as raised:
        append(journal, request(second))

    assert (raised.value.type, raised.value.non_retryable) == (code, True)


def test_a_database_that_is_away_is_tried_again(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    away = connect("postgresql://nobody@127.0.0.1:1/nothing")
    monkeypatch.setattr(journal, "engine", away)

    with pytest.raises(OperationalError):
        append(journal, request(opened()))

    away.dispose()
