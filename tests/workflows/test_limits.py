"""How much one incident takes and keeps in mind, and that it fits into what Temporal hands from run to run."""

import pytest
from pydantic import JsonValue

from amends.models import Evidence
from runbooks.library import load
from runbooks.program import FactType
from tests.workflows.bench import person
from tests.workflows.builders import OPS, REPORT, Incident
from tests.workflows.test_pairs import every_act, to_approve
from workflows import acts, admission
from workflows.events import CancelRequested, EvidenceAdded, NoteAdded
from workflows.state import Receipt, State

TWO_MEGABYTES = 2 * 1024 * 1024
"""The largest payload that Temporal takes, by default (limit.blobSize.error)."""


def full(state: State, *, short_of: int = 0) -> State:
    """As many handled acts as there may be, with keys as long as `amends` makes them."""
    receipt = Receipt(incident_id="x" * 36, run_id="x" * 36, n=99_999, result="recorded")
    for number in range(acts.MOST_HANDLED - len(state.handled) - short_of):
        state.handled[f"evidence:{number:064}"] = receipt.model_copy()
    return state


def test_the_fullest_state_fits_into_three_quarters_of_what_temporal_hands_on() -> None:
    state = full(State.new(incident_id="i", workflow_id="w", run_id="r", bundle=load("lost_parcel")))

    assert len(state.model_dump_json().encode()) < TWO_MEGABYTES * 3 / 4


def test_behind_the_limit_only_what_ends_an_incident_counts() -> None:
    incident = to_approve()
    full(incident.state, short_of=1)
    last, past = (NoteAdded(key=key, text="seen", actor=OPS) for key in ("last", "past"))

    incident.take(last)

    assert incident.state.handled["note:last"].result == "recorded"
    assert "4000 acts and news are as much as one incident keeps in mind" in str(
        acts.refusal(incident.state, past, incident.now)
    )
    refused = {
        type(act).__name__
        for act in every_act(incident, "an", "k").values()
        if "keeps in mind" in str(acts.refusal(incident.state, act, incident.now))
    }
    assert "EvidenceAdded" in refused
    assert not refused & {"AnswerGiven", "DecisionGiven", "CancelRequested", "TaskSettled", "RetryRequested"}
    incident.take(CancelRequested(key="c", reason="enough", actor=person("an")))
    assert incident.settle().status() == "cancelled"


def test_what_was_handled_before_the_limit_still_counts_once() -> None:
    incident = to_approve()
    note = NoteAdded(key="n", text="seen", actor=OPS)
    incident.take(note)
    receipt = incident.state.handled["note:n"]
    full(incident.state)

    incident.take(note)

    assert incident.state.handled["note:n"] == receipt


def test_a_report_whose_text_is_too_long_is_refused() -> None:
    long = "x" * (admission.LONGEST_TEXT + 1)
    incident = Incident().open()
    bundle, state = incident.state.bundle, incident.state

    why = admission.report_refusal(bundle, state.workflow_id, {**REPORT, "parcel_id": long})

    assert why == "the report's 'parcel_id' has more than 4000 characters; show what is longer as evidence"
    assert admission.report_refusal(bundle, state.workflow_id, REPORT) is None


@pytest.mark.parametrize(
    ("kind", "good", "wrong"),
    [
        (FactType.STRING, "x", ""),
        (FactType.INT, 2**62, 2**63),
        (FactType.DOUBLE, 3, 10**400),
        (FactType.BOOL, True, 1),
        (FactType.TIMESTAMP, "2026-11-02T09:00:00+08:00", "0001-01-01T00:00:00Z"),
        (FactType.TIMESTAMP, "2026-11-02T09:00:00Z", "9999-12-31T23:59:59Z"),
        (FactType.MONEY, {"amount": 5, "currency": "CNY"}, {"amount": "5", "currency": "CNY"}),
        (FactType.MONEY, {"amount": -5, "currency": "CNY"}, {"amount": 5, "currency": 3}),
        (FactType.MONEY, {"amount": 2**62, "currency": "CNY"}, {"amount": 2**63, "currency": "CNY"}),
    ],
)
def test_a_report_that_no_condition_could_be_reckoned_with_is_refused(
    kind: FactType, good: JsonValue, wrong: JsonValue
) -> None:
    state = Incident().open().state
    bundle = state.bundle.model_copy(update={"report": {**state.bundle.report, "field": kind}})

    def why(said: JsonValue) -> str | None:
        return admission.report_refusal(bundle, state.workflow_id, {**REPORT, "field": said})

    assert why(good) is None
    assert why(wrong) == f"the report's 'field' is {wrong!r}, which is no {kind}"


def test_a_hundred_pieces_of_evidence_leave_the_state_as_small() -> None:
    """What is shown stands in the timeline; the state only counts it."""
    incident, shown = to_approve(), Evidence(what="x" * 500)
    before = len(incident.state.model_dump_json())

    incident.take(EvidenceAdded(key="e", evidence=(shown,) * 100, actor=OPS))

    assert len(incident.state.model_dump_json()) - before < 500
