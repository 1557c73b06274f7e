"""Where an incident stands among the others on its subject."""

from datetime import timedelta

import pytest

from amends.models import Severity
from amends.timeline import EntryKind
from runbooks.program import SeverityRule
from tests.workflows.builders import OPS, REPORT, START, Incident, lost_parcel
from workflows.events import Registered, ReportReceived

MONTH = timedelta(days=30)


def follows(within: timedelta | None, ended: timedelta | None) -> Incident:
    """An incident after another that ended so long ago."""
    bundle = lost_parcel()
    again = SeverityRule(severity=Severity.HIGH, when="incident.contacts > 1")
    program = bundle.program.model_copy(update={"severity": (again,)})
    incident = Incident(bundle=bundle.model_copy(update={"reopen_for": within, "program": program}))
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=OPS))
    ended_at = START - ended if ended is not None else None
    incident.take(Registered(previous="inc-0", previous_ended_at=ended_at, previous_contacts=2))
    return incident


def test_one_that_comes_soon_enough_reopens_the_earlier_and_goes_on_counting_contacts() -> None:
    incident = follows(MONTH, MONTH)

    (registered,) = incident.of(EntryKind.INCIDENT_REGISTERED)
    assert (registered["previous"], registered["reopens"]) == ("inc-0", True)
    assert incident.state.contacts == 3
    assert incident.state.severity is Severity.HIGH


@pytest.mark.parametrize(
    ("within", "ended"),
    [(MONTH, MONTH + timedelta(seconds=1)), (None, timedelta(0)), (MONTH, None)],
    ids=["too late", "nothing is said of it", "nobody knows when it ended"],
)
def test_any_other_only_names_it(within: timedelta | None, ended: timedelta | None) -> None:
    incident = follows(within, ended)

    (registered,) = incident.of(EntryKind.INCIDENT_REGISTERED)
    assert (registered["previous"], registered["reopens"]) == ("inc-0", False)
    assert (incident.state.contacts, incident.state.severity) == (1, Severity.LOW)


def test_the_first_on_its_subject_says_nothing_of_reopening() -> None:
    incident = Incident().open()

    (registered,) = incident.of(EntryKind.INCIDENT_REGISTERED)
    assert registered == {}
