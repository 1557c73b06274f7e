"""Appending entries: exactly once, in order, chained."""

from contextlib import nullcontext
from datetime import timedelta, timezone

import pytest
from sqlalchemy import Engine

from amends.errors import JournalError, JournalForked
from amends.journal import Journal, verify
from amends.journal.chain import GENESIS
from amends.models import ENGINE, Data
from amends.timeline import Entry, EntryKind
from tests.amends.journal.builders import INCIDENT, NOON, RUN, entry, opened, told


def test_entries_get_their_place_and_are_chained(journal: Journal) -> None:
    told(journal, opened(), entry(1), entry(2), at=NOON)

    rows = journal.timeline(INCIDENT)

    assert [(row.seq, row.run_id, row.n) for row in rows] == [(1, RUN, 0), (2, RUN, 1), (3, RUN, 2)]
    assert [row.prev_hash for row in rows] == [GENESIS, rows[0].hash, rows[1].hash]
    assert len({row.hash for row in rows}) == 3
    assert rows[2].recorded_at == NOON


def test_what_was_written_comes_back_exactly(journal: Journal) -> None:
    data: Data = {
        "text": "物流丢失 \u0000 \"quoted\" 'single' \\ end",
        "whole": 12345678901234567890,
        "one": 1.0,
        "large": 1e22,
        "nothing": None,
        "nested": [{"b": 1, "a": [True, False]}],
    }
    told(journal, opened(), entry(1, EntryKind.FACTS_READ, **data))

    row = journal.timeline(INCIDENT)[1]

    assert row.data == data
    assert isinstance(row.data["one"], float)
    assert row.actor == ENGINE
    assert verify(journal, INCIDENT).ok


def test_times_come_back_aware_in_utc_and_equal(journal: Journal) -> None:
    in_shanghai = NOON.astimezone(timezone(timedelta(hours=8)))
    told(journal, opened(), at=in_shanghai)

    row = journal.timeline(INCIDENT)[0]

    assert row.recorded_at == in_shanghai
    assert row.recorded_at.utcoffset() == timedelta(0)
    assert row.occurred_at == NOON
    assert journal.incident(INCIDENT).opened_at == NOON


def test_a_repeat_changes_nothing_and_gets_an_equal_report_but_for_what_was_new(journal: Journal) -> None:
    told(journal, opened("earlier"), incident_id="earlier", run_id="run-0", claims=["report-0"])
    first = told(journal, opened(), entry(1), claims=["report-0", "report-1"])
    before = journal.timeline(INCIDENT)

    again = told(journal, opened(), entry(1), claims=["report-0", "report-1"], at=NOON + timedelta(days=2))

    assert (first.new, again.new) == (2, 0)
    assert again.model_copy(update={"new": 2}) == first
    assert journal.timeline(INCIDENT) == before


def test_a_repeat_that_brings_more_adds_only_what_is_new(journal: Journal) -> None:
    told(journal, opened(), entry(1))

    told(journal, entry(1), entry(2), entry(3))

    assert [row.n for row in journal.timeline(INCIDENT)] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "other",
    [
        entry(1, EntryKind.PLAN_STARTED, plan="refund"),
        entry(1, EntryKind.PLAN_FAILED, plan="reship"),
        entry(1, plan="reship").model_copy(update={"occurred_at": NOON}),
        entry(1, plan="reship").model_copy(update={"actor": ENGINE.model_copy(update={"id": "mei"})}),
    ],
    ids=["data", "kind", "time", "actor"],
)
def test_other_content_in_one_place_is_a_fork_and_nothing_is_written(journal: Journal, other: Entry) -> None:
    told(journal, opened(), entry(1, plan="reship"))
    before = journal.timeline(INCIDENT)

    with pytest.raises(JournalForked) as raised:
        told(journal, other, entry(2), claims=["report-9"])

    assert (raised.value.incident_id, raised.value.run_id, raised.value.n) == (INCIDENT, RUN, 1)
    assert journal.timeline(INCIDENT) == before
    assert told(journal, opened("0193"), incident_id="0193", run_id="run-2", claims=["report-9"]).lost == ()


def test_a_true_is_not_taken_for_a_one(journal: Journal) -> None:
    told(journal, opened(), entry(1, answer=True))

    with pytest.raises(JournalForked):
        told(journal, entry(1, answer=1))


def test_a_gap_is_refused_and_names_the_entry_that_is_missing(journal: Journal) -> None:
    told(journal, opened(), entry(1))

    with pytest.raises(JournalError, match=r"gives entry 3, and the journal waits for its entry 2"):
        told(journal, entry(3))

    assert len(journal.timeline(INCIDENT)) == 2


def test_a_gap_within_a_request_is_refused(journal: Journal) -> None:
    with pytest.raises(JournalError, match="entry 2 of run 'run-1' was given right after 0"):
        told(journal, opened(), entry(2))

    assert journal.timeline(INCIDENT) == []


def test_an_incident_begins_with_its_opening(journal: Journal) -> None:
    with pytest.raises(JournalError, match="the first entry is plan_started, and must be incident_opened"):
        told(journal, entry(0))

    assert journal.incidents() == []


def test_an_incident_does_not_begin_in_the_middle_of_a_run(journal: Journal) -> None:
    late = opened().model_copy(update={"n": 4})

    with pytest.raises(JournalError, match="gives entry 4, and the journal waits for its entry 0"):
        told(journal, late)

    assert journal.incidents() == []


def test_an_incident_that_is_not_there_takes_no_claims(journal: Journal) -> None:
    with pytest.raises(JournalError, match="its timeline nothing"):
        told(journal, claims=["report-1"])


def test_a_request_for_another_workflow_is_refused(journal: Journal) -> None:
    told(journal, opened())

    with pytest.raises(JournalError, match="its timeline 'lost_parcel' and 'lost_parcel:PC-1001-1'"):
        told(journal, entry(1), parcel="PC-2002-1")


def test_a_run_belongs_to_one_incident(journal: Journal) -> None:
    told(journal, opened())
    told(journal, opened("0193"), incident_id="0193", run_id="run-2")

    with pytest.raises(JournalError, match="run 'run-1' belongs to incident '0192-lost-parcel'"):
        told(journal, entry(1), incident_id="0193", run_id=RUN)


@pytest.mark.parametrize("value", [float("nan"), "\ud800"], ids=["nan", "half a character"])
def test_what_json_does_not_have_is_refused(journal: Journal, value: object) -> None:
    broken = entry(1).model_copy(update={"data": {"value": value}})

    with pytest.raises(JournalError, match="cannot be kept"):
        told(journal, opened(), broken)

    assert journal.timeline(INCIDENT) == []


def test_a_value_that_the_database_cannot_hold_is_refused_for_good(journal: Journal, engine: Engine) -> None:
    holds_it = engine.dialect.name == "sqlite"

    with nullcontext() if holds_it else pytest.raises(JournalError, match="the journal cannot hold this"):
        told(journal, opened(), claims=["nul\u0000"])

    assert len(journal.timeline(INCIDENT)) == (1 if holds_it else 0)


def test_data_that_its_kind_does_not_promise_is_refused(journal: Journal) -> None:
    with pytest.raises(JournalError, match=r"entry 1 of run 'run-1' \(stage_entered\) cannot be used: data\.stage"):
        told(journal, opened(), entry(1, EntryKind.STAGE_ENTERED, stage="lunch"))

    assert journal.timeline(INCIDENT) == []


def test_a_reset_run_is_marked_and_goes_on_counting(journal: Journal) -> None:
    told(journal, opened(), entry(1), entry(2), entry(3))

    told(journal, entry(2, plan="refund"), run_id="run-reset")
    told(journal, entry(3, plan="refund"), run_id="run-reset")

    rows = journal.timeline(INCIDENT)[4:]
    assert [(row.run_id, row.n, row.kind) for row in rows] == [
        ("run-reset", -1, EntryKind.RUN_STARTED),
        ("run-reset", 2, EntryKind.PLAN_STARTED),
        ("run-reset", 3, EntryKind.PLAN_STARTED),
    ]
    assert rows[0].data == {"previous_run_id": RUN, "reason": "reset"}
    assert verify(journal, INCIDENT).ok


def test_the_first_append_of_a_reset_run_can_be_repeated(journal: Journal) -> None:
    told(journal, opened(), entry(1), entry(2))
    told(journal, entry(2, plan="refund"), run_id="run-reset")
    before = journal.timeline(INCIDENT)

    told(journal, entry(2, plan="refund"), run_id="run-reset")

    assert journal.timeline(INCIDENT) == before


def test_a_reset_run_cannot_skip_entries_that_no_run_told(journal: Journal) -> None:
    told(journal, opened(), entry(1))

    with pytest.raises(JournalError, match="gives entry 5, and the journal waits for its entry 2"):
        told(journal, entry(5), run_id="run-reset")

    assert len(journal.timeline(INCIDENT)) == 2


def test_a_run_that_continues_counts_from_nought_without_a_mark(journal: Journal) -> None:
    told(journal, opened(), entry(1))

    told(journal, entry(0, EntryKind.RUN_STARTED, previous_run_id=RUN), run_id="run-2")

    assert [(row.run_id, row.n) for row in journal.timeline(INCIDENT)] == [(RUN, 0), (RUN, 1), ("run-2", 0)]
