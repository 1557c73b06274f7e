"""`amends conversation`: what was said with the customer about an order, by all of its incidents."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from amends.journal import Journal, connect, upgrade
from amends.models import ENGINE, Data, NotAsked
from amends.timeline import Entry, EntryKind
from cli.main import main
from runbooks.catalogue import TELL
from tests.cli.builders import MEI, OPENED_AT
from tests.cli.stories import ASK, CUSTOMER, LOOKING

LATE, LOST = "aaaa1111-0000-4000-8000-000000000000", "bbbb2222-0000-4000-8000-000000000000"
STILL = "analysis.ask.late_parcel.still_wanted"
UNTIL = (OPENED_AT + timedelta(hours=24)).isoformat()
ASKED: Data = {
    "ask": STILL,
    "question": "late_parcel.still_wanted",
    "to": "customer",
    "choices": ["yes", "no"],
    "answer_by": UNTIL,
    "if_silent": "yes",
}
HELD: Data = {
    "ask": ASK,
    "question": "lost_parcel.reship_or_refund",
    "to": "customer",
    "incident": LATE,
    "asks": STILL,
    "until": UNTIL,
}
REFUSED: Data = {
    "step": ASK,
    "activity": TELL,
    "refusal": {"reason": NotAsked.BEING_ASKED, "message": "one question at a time"},
}

Told = tuple[int, EntryKind, Data]


def write(journal: Journal, incident_id: str, exception_type: str, *told: Told) -> None:
    """An incident on SO-1001, and what happened so many minutes after it was opened."""
    subject: Data = {"order_id": "SO-1001", "parcel_id": "PC-1"}
    opened: Data = {
        "incident_id": incident_id,
        "exception_type": exception_type,
        "workflow_id": f"{exception_type}:SO-1001:PC-1",
        "subject": subject,
        "report": subject,
        "bundle": {"digest": "sha256:00"},
        "severity": "medium",
        "key": "k-1",
    }
    entries = [Entry(n=0, kind=EntryKind.INCIDENT_OPENED, occurred_at=OPENED_AT, actor=MEI, data=opened)]
    for n, (minutes, kind, data) in enumerate(told, start=1):
        actor = CUSTOMER if kind is EntryKind.ANSWER_RECEIVED else ENGINE
        at = OPENED_AT + timedelta(minutes=minutes)
        entries.append(Entry(n=n, kind=kind, occurred_at=at, actor=actor, data=data))
    journal.append(
        incident_id=incident_id,
        exception_type=exception_type,
        workflow_id=f"{exception_type}:SO-1001:PC-1",
        run_id=f"run-{incident_id}",
        entries=entries,
        at=OPENED_AT,
    )


@pytest.fixture
def spoken(state_dir: Path) -> None:
    """A late parcel that has asked, and a lost one whose question had to wait for the answer. The merchant was asked
    something too, which is no part of the conversation with the customer."""
    engine = connect(f"sqlite:///{state_dir / 'journal.db'}")
    upgrade(engine)
    journal = Journal(engine)
    write(
        journal,
        LATE,
        "late_parcel",
        (1, EntryKind.EFFECT_REQUESTED, {"step": STILL, "activity": TELL, "message": "late_parcel.still_wanted"}),
        (1, EntryKind.EFFECT_APPLIED, {"step": STILL, "activity": TELL, "result": {"channel": "email"}}),
        (1, EntryKind.QUESTION_ASKED, ASKED),
        (30, EntryKind.ANSWER_RECEIVED, {"key": "a", "ask": STILL, "choice": "no"}),
        (30, EntryKind.INCIDENT_CLOSED, {"status": "closed", "outcome": "refund"}),
    )
    write(
        journal,
        LOST,
        "lost_parcel",
        (2, EntryKind.EFFECT_APPLIED, {"step": LOOKING, "activity": TELL, "result": {"channel": "email"}}),
        (2, EntryKind.EFFECT_REFUSED, REFUSED),
        (2, EntryKind.QUESTION_HELD, HELD),
        (30, EntryKind.CONVERSATION_FREED, {"by": LATE}),
        (31, EntryKind.QUESTION_ASKED, {**ASKED, "ask": ASK, "question": "lost_parcel.reship_or_refund"}),
        (32, EntryKind.QUESTION_ASKED, {**ASKED, "ask": "action.ask.pays", "to": "merchant"}),
        (33, EntryKind.SILENCE_ASSUMED, {"ask": "action.ask.pays", "choice": "yes"}),
    )
    engine.dispose()


@pytest.mark.usefixtures("spoken")
def test_what_several_incidents_have_said_is_told_as_one_conversation(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conversation", "SO-1001", "--utc"]) == 0

    assert capsys.readouterr().out == (
        "The conversation about order SO-1001\n"
        "\n"
        "  aaaa1111  late parcel, closed\n"
        "  bbbb2222  lost parcel, open\n"
        "\n"
        "  Sun 2026-11-22\n"
        "    08:01  aaaa1111  Asked the customer: late_parcel.still_wanted (yes, no); answer by 2026-11-23 08:00 UTC; "
        "silence means yes.\n"
        "    08:02  bbbb2222  Done: write to the customer, lost_parcel.looking (channel email).\n"
        "    08:02  bbbb2222  Not asked yet: the question lost_parcel.reship_or_refund, as incident "
        f"{LATE} awaits an answer to the question late_parcel.still_wanted; tried again by 2026-11-23 08:00 UTC.\n"
        "    08:30  aaaa1111  customer answered the question late_parcel.still_wanted: no.\n"
        "    08:31  bbbb2222  Asked the customer: lost_parcel.reship_or_refund (yes, no); answer by 2026-11-23 08:00 "
        "UTC; silence means yes.\n"
    )


@pytest.mark.usefixtures("spoken")
def test_programs_get_the_same_with_what_each_line_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conversation", "SO-1001", "--format", "json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["order_id"] == "SO-1001"
    assert [each["exception_type"] for each in told["incidents"]] == ["late_parcel", "lost_parcel"]
    kinds = [(each["incident_id"][:4], each["kind"]) for each in told["said"]]
    assert kinds == [
        ("aaaa", "question_asked"),
        ("bbbb", "effect_applied"),
        ("bbbb", "question_held"),
        ("aaaa", "answer_received"),
        ("bbbb", "question_asked"),
    ]
    assert told["said"][2]["data"] == HELD


@pytest.mark.usefixtures("spoken")
def test_a_story_tells_in_one_line_that_a_question_waits(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "bbbb2222", "--utc"]) == 0

    told = capsys.readouterr().out
    assert "Not asked yet: the question lost_parcel.reship_or_refund" in told
    assert "Refused" not in told


def test_a_story_says_for_whose_answer_a_question_waits(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    engine = connect(f"sqlite:///{state_dir / 'journal.db'}")
    upgrade(engine)
    write(
        Journal(engine),
        LOST,
        "lost_parcel",
        (2, EntryKind.EFFECT_REQUESTED, {"step": ASK, "activity": TELL, "key": "k"}),
        (2, EntryKind.EFFECT_REFUSED, {**REFUSED, "key": "k"}),
        (2, EntryKind.QUESTION_HELD, HELD),
    )
    engine.dispose()

    assert main(["show", "bbbb2222", "--utc"]) == 0

    told = capsys.readouterr().out
    assert "waiting for  the answer to incident aaaa1111, looked at again by 2026-11-23 08:00 UTC" in told
    assert "the question lost_parcel.reship_or_refund" in told


@pytest.mark.usefixtures("spoken")
def test_an_order_without_incidents_is_an_error_that_says_where_to_look(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conversation", "SO-9"]) == 2

    assert "there is no incident about an order 'SO-9'; `amends list` shows which there are" in capsys.readouterr().err
