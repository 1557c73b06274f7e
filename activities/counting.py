"""What is counted, for Prometheus: on the SDK's own meters, so that it stands beside Temporal's numbers.

Only activities count, and only what they newly wrote or did: a replay or a repeat counts nothing twice. Names and
labels are read by dashboards: add, never rename.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from temporalio import activity

from amends.models import Outcome, PageResult
from amends.timeline import Entry, EntryKind

OPENED: Final = "amends_incidents_opened"
ENDED: Final = "amends_incidents_ended"
ENTRIES: Final = "amends_journal_entries"
APPENDS: Final = "amends_journal_appends"
EFFECTS: Final = "amends_effects"
UNKNOWN: Final = "amends_effects_unknown"
UNDO_FAILURES: Final = "amends_undo_failures"
TASKS: Final = "amends_tasks_opened"
TROUBLE: Final = "amends_call_trouble"
PAGES: Final = "amends_pages"

COUNTERS: Final[Mapping[str, str]] = {
    OPENED: "Incidents opened.",
    ENDED: "Incidents ended, by status and outcome.",
    ENTRIES: "Entries written to the journal.",
    APPENDS: "Transactions that wrote to the journal.",
    EFFECTS: "Effects whose outcome became known.",
    UNKNOWN: "Effects and undos that met trouble through all their tries.",
    UNDO_FAILURES: "Undos that were refused or stayed unknown even when their system was asked.",
    TASKS: "Tasks for a person.",
    TROUBLE: "Attempts at a call that met trouble and will be tried again, or not.",
    PAGES: "Answers of channels over which people were paged, by result.",
}
"""Every counter, and what it counts."""

_UNKNOWN: Final = (EntryKind.EFFECT_UNKNOWN, EntryKind.UNDO_UNKNOWN)


def recorded(exception_type: str, entries: Iterable[Entry]) -> None:
    """Counts entries that were newly written."""
    entries = tuple(entries)
    if not entries:
        return
    labels = {"exception_type": exception_type}
    _count(APPENDS, {})
    _count(ENTRIES, {}, by=len(entries))
    for entry in entries:
        if entry.kind is EntryKind.INCIDENT_OPENED:
            _count(OPENED, labels)
        elif entry.kind is EntryKind.INCIDENT_CLOSED:
            status, outcome = str(entry.data["status"]), str(entry.data.get("outcome") or "none")
            _count(ENDED, {**labels, "status": status, "outcome": outcome})
        elif entry.kind is EntryKind.TASK_OPENED:
            _count(TASKS, labels)
            if entry.data["why"] == "undo_failed":
                _count(UNDO_FAILURES, labels)
        elif entry.kind in _UNKNOWN and "reconciles" not in entry.data:
            _count(UNKNOWN, labels)


def finished(called: str, outcome: Outcome) -> None:
    """Counts an effect whose outcome has been written down."""
    _count(EFFECTS, {"activity": called, "outcome": outcome.value})


def met_trouble(called: str) -> None:
    """Counts an attempt that raised."""
    _count(TROUBLE, {"activity": called})


def paged(channel: str, result: PageResult) -> None:
    """Counts what came of paging over a channel. Of several of one kind, which are numbered, the kind is counted."""
    _count(PAGES, {"channel": channel.partition("-")[0] or "none", "result": result.value})


def _count(name: str, labels: Mapping[str, str], *, by: int = 1) -> None:
    activity.metric_meter().create_counter(name, COUNTERS[name]).add(by, labels)
