"""The effect log: intent, outcome, and what a key stands for."""

from datetime import timedelta
from typing import Any

import pytest

from amends.errors import JournalError, KeyReused
from amends.journal import EffectRecord, Journal
from amends.models import Outcome, Refusal
from tests.amends.journal.builders import INCIDENT, NOON
from tests.amends.journal.test_concurrency import at_once

KEY = f"{INCIDENT}/action.reship.reserve/1"
LATER = NOON + timedelta(minutes=1)


def begin(journal: Journal, **other: Any) -> EffectRecord:
    given: dict[str, Any] = {
        "key": KEY,
        "incident_id": INCIDENT,
        "step": "action.reship.reserve",
        "attempt": 1,
        "activity": "inventory.reserve",
        "inputs": {"parcel_id": "PC-1001-1"},
        "undoes": None,
        "at": NOON,
    }
    return journal.effects.begin(**{**given, **other})


def finish(journal: Journal, outcome: Outcome = Outcome.APPLIED, **other: Any) -> EffectRecord:
    given: dict[str, Any] = {"key": KEY, "result": {"reservation_id": "R-1"}, "refusal": None, "at": LATER}
    return journal.effects.finish(outcome=outcome, **{**given, **other})


def test_an_intent_is_committed_before_anything_is_known(journal: Journal) -> None:
    record = begin(journal)

    assert (record.outcome, record.result, record.refusal, record.outcome_at) == (None, {}, None, None)
    assert journal.effects.get(key=KEY) == record
    assert journal.effects_of(INCIDENT) == [record]


def test_a_second_begin_finds_the_first(journal: Journal) -> None:
    first = begin(journal)

    again = begin(journal, at=LATER)

    assert again == first
    assert again.intent_at == NOON


def test_an_outcome_is_kept_with_its_time_and_found_by_the_next_begin(journal: Journal) -> None:
    begin(journal)

    finished = finish(journal)

    assert (finished.outcome, finished.result, finished.outcome_at) == (
        Outcome.APPLIED,
        {"reservation_id": "R-1"},
        LATER,
    )
    assert begin(journal) == finished


def test_a_refusal_is_kept_with_its_reason(journal: Journal) -> None:
    begin(journal)
    refusal = Refusal(reason="OutOfStock", message="SKU-1: 0 of 1 left")

    finish(journal, Outcome.NOT_APPLIED, result={}, refusal=refusal)

    assert begin(journal).refusal == refusal


def test_the_same_outcome_again_is_harmless(journal: Journal) -> None:
    begin(journal)
    first = finish(journal)

    again = finish(journal, at=LATER + timedelta(hours=1))

    assert again == first


@pytest.mark.parametrize(
    ("outcome", "result"),
    [(Outcome.NOT_APPLIED, {"reservation_id": "R-1"}), (Outcome.APPLIED, {"reservation_id": "R-2"})],
    ids=["outcome", "result"],
)
def test_another_outcome_is_refused_and_the_first_stays(
    journal: Journal, outcome: Outcome, result: dict[str, str]
) -> None:
    begin(journal)
    first = finish(journal)

    with pytest.raises(JournalError, match="known to be applied since 2026-11-22"):
        finish(journal, outcome, result=result)

    assert journal.effects.get(key=KEY) == first


@pytest.mark.parametrize(
    "other",
    [
        {"activity": "inventory.release"},
        {"inputs": {"parcel_id": "PC-2"}},
        {"inputs": {"parcel_id": True}},
        {"undoes": "another"},
        {"incident_id": "0193"},
    ],
    ids=["activity", "inputs", "types", "undoes", "incident"],
)
def test_a_key_with_other_arguments_is_an_error_and_the_first_intent_stays(
    journal: Journal, other: dict[str, Any]
) -> None:
    first = begin(journal)

    with pytest.raises(KeyReused) as raised:
        begin(journal, **other)

    assert raised.value.key == KEY
    assert journal.effects.get(key=KEY) == first


def test_an_outcome_needs_an_intent(journal: Journal) -> None:
    with pytest.raises(JournalError, match="has no intent in the journal"):
        finish(journal)


def test_unknown_is_no_outcome_to_write(journal: Journal) -> None:
    begin(journal)

    with pytest.raises(JournalError, match="unknown is no outcome to write"):
        finish(journal, Outcome.UNKNOWN)

    assert begin(journal).outcome is None


def test_inputs_that_are_no_json_are_refused(journal: Journal) -> None:
    with pytest.raises(JournalError, match="no JSON"):
        begin(journal, inputs={"amount": float("inf")})

    assert journal.effects.get(key=KEY) is None


def test_eight_threads_that_begin_and_finish_one_effect_agree(journal: Journal) -> None:
    def work(_number: int) -> EffectRecord:
        begin(journal)
        return finish(journal)

    records = at_once(work)

    assert records == [records[0]] * len(records)
