"""One question at a time: whoever asks takes the turn with the intent, on both databases, and also when two run at
once."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from amends.journal import AlertKind, AlertLog, EffectRecord, Journal, Question, QuestionStatus, conversation
from amends.journal.append import append
from amends.journal.engine import writing
from amends.journal.turns import LOOK_AGAIN, PATIENCE, Turn
from amends.models import NotAsked, Outcome, Refusal
from amends.timeline import Entry, EntryKind
from tests.amends.journal.builders import NOON, entry, opened, told
from tests.amends.journal.test_concurrency import THREADS, at_once

_A_WHILE = 0.3
"""Seconds in which another transaction comes as far as it can."""

HOUR, TWO_DAYS = timedelta(hours=1), timedelta(hours=48)
BOTH, FIRST, SECOND = ("SO-1001/1#1", "SO-1001/1#2"), ("SO-1001/1#1",), ("SO-1001/1#2",)


def question(*units: str, says: str = "reship_or_refund", **other: Any) -> Question:
    asked = {"order_id": "SO-1001", "choices": ("reship", "refund"), "answer_within": TWO_DAYS, **other}
    return Question.model_validate({"units": units, "question": says, **asked})


class Asking:
    """An incident on the order that asks one question, ``ask``."""

    def __init__(self, journal: Journal, name: str) -> None:
        self.journal, self.name, self.tries, self.n = journal, name, 0, 0
        told(journal, opened(name, parcel=name), incident_id=name, parcel=name, run_id=f"run-{name}")

    def tell(self, kind: EntryKind, **data: object) -> tuple[str, ...]:
        """Append one more entry; who is told that it awaits nothing any more."""
        self.n += 1
        more: Entry = entry(self.n, kind, **data)
        return told(self.journal, more, incident_id=self.name, parcel=self.name, run_id=f"run-{self.name}").waiting

    def ask(self, wanted: Question | None = None, *, at: datetime = NOON) -> EffectRecord:
        self.tries += 1
        self.tell(EntryKind.EFFECT_REQUESTED, step="ask")
        return begin(self.journal, self.name, wanted or question(), attempt=self.tries, at=at)

    def finish(self, outcome: Outcome) -> None:
        refusal = None if outcome is Outcome.APPLIED else Refusal(reason="Bounced", message="no such address")
        self.journal.effects.finish(
            key=f"{self.name}/ask/{self.tries}", outcome=outcome, result={}, refusal=refusal, at=NOON
        )


def begin(journal: Journal, name: str, wanted: Question, *, attempt: int = 1, at: datetime = NOON) -> EffectRecord:
    return journal.effects.begin(
        key=f"{name}/ask/{attempt}",
        incident_id=name,
        step="ask",
        attempt=attempt,
        activity="customers.tell",
        inputs={"question": wanted.question},
        undoes=None,
        at=at,
        question=wanted,
    )


def reason(record: EffectRecord) -> str | None:
    return record.refusal.reason if record.refusal is not None else None


@pytest.fixture
def first(journal: Journal) -> Asking:
    return Asking(journal, "inc-1")


@pytest.fixture
def second(journal: Journal) -> Asking:
    return Asking(journal, "inc-2")


def test_the_second_question_about_the_same_goods_is_held_back_and_told_by_whom(first: Asking, second: Asking) -> None:
    assert first.ask().outcome is None

    record = second.ask(question(says="still_wanted"))

    assert (record.outcome, reason(record)) == (Outcome.NOT_APPLIED, NotAsked.BEING_ASKED)
    assert record.result == {
        "incident": "inc-1",
        "ask": "ask",
        "question": "reship_or_refund",
        "until": (NOON + LOOK_AGAIN).isoformat(),
    }
    kept = [(each.incident_id, each.status, each.behind) for each in first.journal.questions_on("SO-1001")]
    assert kept == [("inc-1", QuestionStatus.ASKED, None), ("inc-2", QuestionStatus.HELD, "inc-1/ask/1")]


@pytest.mark.parametrize(
    ("one", "other", "held"),
    [
        (FIRST, SECOND, False),
        (FIRST, BOTH, True),
        ((), FIRST, True),
        (FIRST, (), True),
        ((), (), True),
    ],
)
def test_a_question_about_the_order_as_a_whole_is_about_all_of_its_goods(
    first: Asking, second: Asking, one: tuple[str, ...], other: tuple[str, ...], held: bool
) -> None:
    first.ask(question(*one, says="still_wanted"))

    record = second.ask(question(*other))

    assert (reason(record) == NotAsked.BEING_ASKED) is held


def test_questions_on_another_order_wait_for_nothing_here(first: Asking, second: Asking) -> None:
    first.ask()

    assert reason(second.ask(question(order_id="SO-1002"))) is None


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (EntryKind.ANSWER_RECEIVED, {"ask": "ask", "choice": "refund"}),
        (EntryKind.SILENCE_ASSUMED, {"ask": "ask", "choice": "refund"}),
        (EntryKind.QUESTION_WITHDRAWN, {"ask": "ask"}),
        (EntryKind.INCIDENT_CLOSED, {"status": "cancelled", "outcome": None}),
    ],
)
def test_whatever_ends_a_question_lets_the_next_go_out_and_tells_it(
    first: Asking, second: Asking, kind: EntryKind, data: dict[str, object]
) -> None:
    first.ask()
    second.ask(question(says="still_wanted"))

    waiting = first.tell(kind, **data)

    assert waiting == ("lost_parcel:inc-2",)
    assert reason(second.ask(question(says="still_wanted"))) is None
    assert second.tell(EntryKind.ANSWER_RECEIVED, ask="ask", choice="yes") == ()


def test_what_ends_another_question_of_the_incident_ends_not_this_one(first: Asking, second: Asking) -> None:
    first.ask()

    first.tell(EntryKind.ANSWER_RECEIVED, ask="another", choice="yes")

    assert reason(second.ask(question(says="still_wanted"))) == NotAsked.BEING_ASKED


def test_a_question_that_did_not_go_out_holds_nobody_up_and_its_next_try_does(first: Asking, second: Asking) -> None:
    first.ask()
    first.finish(Outcome.NOT_APPLIED)
    first.tell(EntryKind.EFFECT_REFUSED, command_id="ask/1")
    first.ask()

    held = second.ask(question(says="still_wanted"))
    first.finish(Outcome.NOT_APPLIED)

    assert reason(held) == NotAsked.BEING_ASKED
    assert first.tell(EntryKind.EFFECT_REFUSED, command_id="ask/2") == ("lost_parcel:inc-2",)
    assert reason(second.ask(question(says="still_wanted"))) is None


def test_the_same_question_is_asked_once_and_its_answer_is_given_to_both(first: Asking, second: Asking) -> None:
    first.ask(question(*BOTH))

    joined = second.ask(question(*BOTH, answer_within=HOUR))
    waiting = first.tell(EntryKind.ANSWER_RECEIVED, ask="ask", choice="reship")
    answered = second.ask(question(*BOTH, answer_within=HOUR))

    assert (reason(joined), waiting) == (NotAsked.ASKED_ALREADY, ("lost_parcel:inc-2",))
    assert reason(answered) == NotAsked.ANSWERED_ALREADY
    assert answered.result == {"incident": "inc-1", "ask": "ask", "question": "reship_or_refund", "choice": "reship"}


@pytest.mark.parametrize(
    "other", [{"choices": ("reship", "refund", "wait")}, {"values": {"report.parcel_id": "PC-2"}}, {"units": FIRST}]
)
def test_what_says_or_offers_something_else_or_is_about_something_else_is_another_question(
    first: Asking, second: Asking, other: dict[str, Any]
) -> None:
    first.ask(question(*BOTH))

    assert reason(second.ask(question(**{"units": BOTH, **other}))) == NotAsked.BEING_ASKED


def test_silence_is_no_answer_for_another_incident(first: Asking, second: Asking) -> None:
    first.ask()
    second.ask()

    first.tell(EntryKind.SILENCE_ASSUMED, ask="ask", choice="refund")

    assert second.ask().outcome is None


def test_an_answer_that_was_given_before_is_not_found_anew(first: Asking, second: Asking) -> None:
    first.ask()
    first.tell(EntryKind.ANSWER_RECEIVED, ask="ask", choice="refund")

    assert second.ask().outcome is None


def test_what_is_asked_when_all_is_done_waits_and_keeps_nobody_waiting(first: Asking, second: Asking) -> None:
    survey = question(says="satisfaction", yields=True)
    first.ask(survey)

    assert reason(second.ask()) is None
    assert reason(Asking(first.journal, "inc-3").ask(question(says="how_was_it", yields=True))) == NotAsked.BEING_ASKED


def test_how_it_went_is_asked_once_of_an_order_whatever_goods_its_incidents_were_about(
    first: Asking, second: Asking
) -> None:
    first.ask(question(*FIRST, says="satisfaction", yields=True))
    first.tell(EntryKind.ANSWER_RECEIVED, ask="ask", choice="refund")

    answered = second.ask(question(*SECOND, says="satisfaction", yields=True), at=NOON + HOUR)

    assert reason(answered) == NotAsked.ANSWERED_ALREADY
    assert answered.result == {"incident": "inc-1", "ask": "ask", "question": "satisfaction", "choice": "refund"}


@pytest.mark.parametrize(
    ("later", "other"),
    [
        (TWO_DAYS, {}),
        (HOUR, {"yields": False}),
        (HOUR, {"values": {"report.parcel_id": "PC-2"}}),
        (HOUR, {"choices": ("reship", "wait")}),
        (HOUR, {"says": "how_was_it"}),
    ],
)
def test_what_was_said_long_ago_or_to_something_else_is_asked_anew_when_all_is_done(
    first: Asking, second: Asking, later: timedelta, other: dict[str, Any]
) -> None:
    first.ask(question(*FIRST, says="satisfaction", yields=True))
    first.tell(EntryKind.ANSWER_RECEIVED, ask="ask", choice="refund")

    wanted = question(*SECOND, **{"says": "satisfaction", "yields": True, **other})

    assert reason(second.ask(wanted, at=NOON + later)) is None


def test_silence_when_all_was_done_is_no_answer_for_another_incident(first: Asking, second: Asking) -> None:
    first.ask(question(*FIRST, says="satisfaction", yields=True))
    first.tell(EntryKind.SILENCE_ASSUMED, ask="ask", choice="skip")

    assert reason(second.ask(question(*SECOND, says="satisfaction", yields=True), at=NOON + HOUR)) is None


def test_what_concerns_safety_waits_for_nobody(first: Asking, second: Asking) -> None:
    first.ask()

    assert reason(second.ask(question(says="stop_using_it", safety=True))) is None


def test_an_incident_of_which_nothing_is_heard_holds_nobody_up_for_ever(first: Asking, second: Asking) -> None:
    first.ask()
    over = NOON + TWO_DAYS + PATIENCE

    before = second.ask(question(says="still_wanted"), at=over - timedelta(minutes=1))
    after = second.ask(question(says="still_wanted"), at=over)

    assert (reason(before), before.result["until"]) == (NotAsked.BEING_ASKED, over.isoformat())
    assert reason(after) is None


def test_one_that_the_watchdog_has_missed_holds_nobody_up(first: Asking, second: Asking) -> None:
    first.ask()
    alerts = AlertLog(first.journal.engine)
    alerts.raise_once(kind=AlertKind.WORKFLOW_TERMINATED, incident_id="inc-1", details={}, at=NOON)

    assert reason(second.ask(question(says="still_wanted"))) is None


def test_the_same_try_again_is_answered_as_before(first: Asking, second: Asking) -> None:
    first.ask()
    wanted = question(says="still_wanted")
    held = second.ask(wanted)
    first.tell(EntryKind.QUESTION_WITHDRAWN, ask="ask")

    assert begin(second.journal, "inc-2", wanted) == held
    assert len(first.journal.questions_on("SO-1001")) == 2


@pytest.mark.parametrize("round_", range(3))
def test_of_eight_incidents_that_ask_at_once_exactly_one_does(journal: Journal, round_: int) -> None:
    asking = [Asking(journal, f"inc-{number}") for number in range(THREADS)]
    units = (FIRST, BOTH, ())[round_]

    found = at_once(lambda number: reason(asking[number].ask(question(*units, says=f"question-{number}"))))

    assert sorted(found, key=str) == [NotAsked.BEING_ASKED] * (THREADS - 1) + [None]


def test_an_end_that_is_written_while_another_is_being_held_back_is_told_to_it(first: Asking, second: Asking) -> None:
    first.ask()
    second.tell(EntryKind.EFFECT_REQUESTED, step="ask")

    with ThreadPoolExecutor(1) as pool, writing(first.journal.engine) as connection:
        taken = take_turn(connection, "inc-2")
        ending = pool.submit(first.tell, EntryKind.ANSWER_RECEIVED, ask="ask", choice="refund")
        wait([ending], timeout=_A_WHILE)
        connection.commit()

        assert taken.status is QuestionStatus.HELD
        assert ending.result() == ("lost_parcel:inc-2",)


def test_a_question_that_comes_while_the_other_ends_goes_out_when_it_has(first: Asking, second: Asking) -> None:
    first.ask()
    first.n += 1
    answered = entry(first.n, EntryKind.ANSWER_RECEIVED, ask="ask", choice="refund")

    with ThreadPoolExecutor(1) as pool, writing(first.journal.engine) as connection:
        append(
            connection,
            incident_id="inc-1",
            exception_type="lost_parcel",
            workflow_id="lost_parcel:inc-1",
            run_id="run-inc-1",
            entries=[answered],
            claims=(),
            supersedes=(),
            at=NOON,
        )
        asking = pool.submit(begin, second.journal, "inc-2", question(says="still_wanted"))
        wait([asking], timeout=_A_WHILE)
        connection.commit()

        assert asking.result().refusal is None


def take_turn(connection: Connection, name: str) -> Turn:
    wanted = question(says="still_wanted")
    return conversation.ask(connection, key=f"{name}/ask/1", incident_id=name, step="ask", wanted=wanted, at=NOON)
