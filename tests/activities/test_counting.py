"""What is counted, and that a repeat is not."""

import pytest
from temporalio.runtime import MetricBuffer, Runtime, TelemetryConfig
from temporalio.testing import ActivityEnvironment

from activities.counting import COUNTERS
from activities.journal import JournalActivities
from activities.wire import AppendRequest
from amends.journal import Journal
from amends.timeline import EntryKind
from tests.amends.journal.builders import INCIDENT, RUN, entry, opened


class Meter:
    """The numbers of activities that run in ``environment``."""

    def __init__(self) -> None:
        self._buffer = MetricBuffer(1000)
        self._runtime = Runtime(telemetry=TelemetryConfig(metrics=self._buffer))
        self.environment = ActivityEnvironment()
        self.environment.metric_meter = self._runtime.metric_meter

    def counted(self) -> dict[str, float]:
        """By how much each counter rose since the last look."""
        totals: dict[str, float] = {}
        for update in self._buffer.retrieve_updates():
            if update.metric.name in COUNTERS:
                totals[update.metric.name] = totals.get(update.metric.name, 0) + update.value
        return totals


@pytest.fixture(scope="module")
def meter() -> Meter:
    return Meter()


def test_each_new_entry_counts_once_however_often_it_is_given(meter: Meter, journal: Journal) -> None:
    entries = [
        opened(),
        entry(1, EntryKind.TASK_OPENED, task="undo:a/1", step="a", why="undo_failed"),
        entry(2, EntryKind.EFFECT_UNKNOWN, command_id="b/1"),
        entry(3, EntryKind.EFFECT_UNKNOWN, command_id="b/1/reconcile/1", reconciles="b/1"),
        entry(4, EntryKind.INCIDENT_CLOSED, status="cancelled", outcome=None),
    ]
    activities = JournalActivities(journal)

    meter.environment.run(activities.append, request(*entries[:2]))
    first = meter.counted()
    meter.environment.run(activities.append, request(*entries[:2]))
    repeated = meter.counted()
    meter.environment.run(activities.append, request(*entries))
    rest = meter.counted()

    assert first == {
        "amends_journal_appends": 1,
        "amends_journal_entries": 2,
        "amends_incidents_opened": 1,
        "amends_tasks_opened": 1,
        "amends_undo_failures": 1,
    }
    assert repeated == {}
    assert rest == {
        "amends_journal_appends": 1,
        "amends_journal_entries": 3,
        "amends_effects_unknown": 1,
        "amends_incidents_ended": 1,
    }


def request(*entries: object) -> AppendRequest:
    return AppendRequest.model_validate(
        {
            "incident_id": INCIDENT,
            "exception_type": "lost_parcel",
            "workflow_id": "lost_parcel:PC-1001-1",
            "run_id": RUN,
            "entries": entries,
        }
    )
