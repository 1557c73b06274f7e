"""What a moment of a scenario may be about: whatever an entry of its kind names."""

import pytest

from amends.timeline import EntryKind
from drills.abouts import Abouts
from drills.written import WrittenScenario
from runbooks.library import load

WRITTEN = WrittenScenario.model_validate(
    {
        "about": "Called off after a second call.",
        "order": "SO-1001",
        "script": [{"report": "second-call", "at": "1h"}, {"cancel": "found", "at": "2h"}],
        "expect": {"status": "cancelled", "effects": [], "messages": []},
    }
)


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (EntryKind.INCIDENT_OPENED, "lost_parcel"),
        (EntryKind.REPORT_ADDED, "second-call"),
        (EntryKind.CANCEL_REQUESTED, "found"),
        (EntryKind.FACTS_READ, "orders.read"),
        (EntryKind.FACTS_READ, "analysis.wait.trace"),
        (EntryKind.FACTS_READ, "shipping.read_trace"),
        (EntryKind.EFFECT_REQUESTED, "lost_parcel.looking"),
        (EntryKind.EFFECT_APPLIED, "analysis.ask.lost_parcel.reship_or_refund"),
        (EntryKind.EFFECT_APPLIED, "customers.tell"),
        (EntryKind.EFFECT_REFUSED, "inventory.reserve"),
        (EntryKind.UNDO_APPLIED, "inventory.release"),
        (EntryKind.UNDO_APPLIED, "action.reship.inventory.reserve"),
        (EntryKind.ANSWER_RECEIVED, "reship"),
        (EntryKind.SILENCE_ASSUMED, "follow_up.ask.satisfaction"),
        (EntryKind.QUESTION_ASKED, "lost_parcel.reship_or_refund"),
        (EntryKind.QUESTION_WITHDRAWN, "follow_up.ask.satisfaction"),
        (EntryKind.WAIT_STARTED, "carrier"),
        (EntryKind.WAIT_TIMED_OUT, "follow_up.wait.claim"),
        (EntryKind.TIME_CAME, "check analysis.wait.trace"),
        (EntryKind.STAGE_ENTERED, "follow_up"),
        (EntryKind.SEVERITY_SET, "critical"),
        (EntryKind.STATUS_CHANGED, "taken_over"),
        (EntryKind.STEP_SKIPPED, "follow_up.shipping.file_claim"),
        (EntryKind.PLAN_FAILED, "reship"),
        (EntryKind.INCIDENT_RESOLVED, "refund"),
        (EntryKind.TASK_OPENED, "no_plan_left"),
        (EntryKind.INCIDENT_CLOSED, "cancelled: found"),
    ],
)
def test_a_kind_of_entry_names_what_it_is_about(entry: EntryKind, name: str) -> None:
    assert name in Abouts(load("lost_parcel")).of(entry, WRITTEN)


def test_the_entries_that_name_nothing_are_those_of_the_journal_and_of_temporal() -> None:
    abouts = Abouts(load("lost_parcel"))

    nameless = {entry for entry in EntryKind if not abouts.of(entry, WRITTEN)}

    assert nameless == {
        EntryKind.INCIDENT_REGISTERED,
        EntryKind.DUPLICATE_FOUND,
        EntryKind.REPORT_REPEATED,
        EntryKind.RUN_STARTED,
        EntryKind.NEWS_RECEIVED,
        EntryKind.RETRY_REQUESTED,
    }


def test_an_incident_comes_to_a_plan_or_is_called_off() -> None:
    outcomes = Abouts(load("lost_parcel")).outcomes(WRITTEN)

    assert outcomes == ["resume_delivery", "reship", "refund", "cancelled: found"]
