"""Alerts: raised once while they stand, by however many, and never for an incident that has ended."""

from datetime import timedelta

from amends.journal import Alert, AlertKind, AlertLog, Journal
from amends.models import Status
from amends.timeline import EntryKind
from tests.amends.journal.builders import INCIDENT, NOON, entry, opened, told
from tests.amends.journal.test_concurrency import THREADS, at_once

MISSING = AlertKind.WORKFLOW_MISSING


def raised(alerts: AlertLog, incident_id: str = INCIDENT, kind: AlertKind = MISSING) -> bool:
    return alerts.raise_once(kind=kind, incident_id=incident_id, details={"server": "here:7233"}, at=NOON)


def test_an_alert_stands_until_it_is_cleared(journal: Journal) -> None:
    alerts = AlertLog(journal.engine)
    told(journal, opened())

    first = raised(alerts)
    (standing,) = alerts.standing()
    alerts.clear([standing.number], at=NOON + timedelta(hours=1))

    assert first
    assert standing == Alert(
        number=standing.number,
        kind=MISSING,
        incident_id=INCIDENT,
        details={"server": "here:7233"},
        noticed_at=NOON,
    )
    assert alerts.standing() == []


def test_what_stands_is_not_raised_again_and_what_was_cleared_is(journal: Journal) -> None:
    alerts = AlertLog(journal.engine)
    told(journal, opened())
    raised(alerts)

    repeated = raised(alerts)
    of_another_kind = raised(alerts, kind=AlertKind.WORKFLOW_FAILED)
    alerts.clear([alert.number for alert in alerts.standing()], at=NOON)
    anew = raised(alerts)

    assert (repeated, of_another_kind, anew) == (False, True, True)
    assert [alert.kind for alert in alerts.standing()] == [MISSING]


def test_of_eight_watchdogs_one_raises_it(journal: Journal) -> None:
    alerts = AlertLog(journal.engine)
    told(journal, opened())

    by_each = at_once(lambda _: raised(alerts))

    assert sorted(by_each) == [False] * (THREADS - 1) + [True]
    assert len(alerts.standing()) == 1


def test_nothing_is_raised_about_an_incident_that_has_ended_or_is_not_known(journal: Journal) -> None:
    alerts = AlertLog(journal.engine)
    told(journal, opened(), entry(1, EntryKind.INCIDENT_CLOSED, status=Status.CLOSED, outcome="refund"))

    about_the_ended, about_nobody = raised(alerts), raised(alerts, "nobody")

    assert (about_the_ended, about_nobody) == (False, False)
    assert alerts.standing() == []


def test_the_alerts_of_one_incident_are_found(journal: Journal) -> None:
    alerts = AlertLog(journal.engine)
    told(journal, opened())
    told(journal, opened("other", parcel="PC-1"), incident_id="other", parcel="PC-1", run_id="run-2")
    raised(alerts)
    raised(alerts, "other")

    found = alerts.standing(incident_id="other")

    assert [alert.incident_id for alert in found] == ["other"]


def test_clearing_nothing_changes_nothing(journal: Journal) -> None:
    alerts = AlertLog(journal.engine)
    told(journal, opened())
    raised(alerts)

    alerts.clear([], at=NOON)

    assert len(alerts.standing()) == 1
