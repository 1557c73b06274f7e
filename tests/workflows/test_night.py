"""Customers are neither told nor asked anything at night, but what concerns their safety."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from amends.models import Data, Outcome, Refusal, Severity
from amends.timeline import EntryKind
from runbooks.bundle import Bundle
from runbooks.catalogue import BOUNCED, TELL
from runbooks.policy import Goal, GoalName, Night, SlaPolicy
from runbooks.program import Plan, Reminders, Step
from tests.workflows.builders import (
    ASK,
    HOUR,
    OPS,
    REFUND,
    REPORT,
    RESULTS,
    START,
    SURVEY,
    TRACE,
    Incident,
    always,
    applied,
    lost_parcel,
)
from tests.workflows.builders import TELL as LOOKING
from workflows.events import (
    AnswerGiven,
    CancelRequested,
    Command,
    CommandReturned,
    Registered,
    ReportReceived,
    TakeOverRequested,
    TimeCame,
)

NIGHT = Night(begins=timedelta(hours=22), ends=timedelta(hours=8), zone="Asia/Shanghai")
"""From five hours after the opening, which is at 17:00 there, until fifteen."""
EVENING, MORNING = 5 * HOUR, 15 * HOUR
AT_ONCE = ASK.model_copy(update={"after": None})


def at_night(*, hours: float = 6, bundle: Bundle | None = None, **stages: Any) -> Incident:
    """Opened so many hours after 17:00."""
    bundle = (bundle or lost_parcel(**stages)).model_copy(update={"night": NIGHT})
    return Incident(bundle=bundle, now=START + timedelta(hours=hours)).open()


def said(incident: Incident) -> list[tuple[str, timedelta]]:
    """Each message by its step, and when it went out."""
    requested = [each for each in incident.entries if each.kind is EntryKind.EFFECT_REQUESTED]
    return [(str(each.data["step"]), each.occurred_at - START) for each in requested if each.data["activity"] == TELL]


def held(incident: Incident) -> list[tuple[str, str]]:
    return [(str(each["step"]), str(each["until"])) for each in incident.of(EntryKind.MESSAGE_HELD)]


def test_a_message_waits_for_the_morning_and_nothing_waits_for_it() -> None:
    incident = at_night(analysis=(TRACE, ASK))
    begun = incident.activities()

    incident.wait(hours=9)

    assert held(incident) == [(LOOKING.id, (START + MORNING).isoformat())]
    assert "shipping.open_trace" in begun
    assert said(incident) == [(LOOKING.id, MORNING)]


@pytest.mark.parametrize(("hours", "night"), [(4.98, False), (5, True), (14.98, True), (15, False)])
def test_the_night_begins_and_ends_to_the_minute(hours: float, night: bool) -> None:
    assert bool(held(at_night(hours=hours))) is night


def test_what_concerns_the_customers_safety_is_said_at_once() -> None:
    urgent = LOOKING.model_copy(update={"safety": True})
    asked = AT_ONCE.model_copy(update={"safety": True})

    incident = at_night(report=(urgent,), analysis=(asked,))

    assert [step for step, _ in said(incident)] == [urgent.id, asked.id]
    assert held(incident) == []


def test_the_customers_own_clocks_count_where_the_order_says_where_they_are() -> None:
    def world(command: Command, now: datetime) -> CommandReturned:
        returned = applied(command, now)
        there: Data = {**RESULTS["orders.read"], "zone": "America/New_York"}
        return returned.model_copy(update={"result": there}) if command.activity == "orders.read" else returned

    bundle = lost_parcel().model_copy(update={"night": NIGHT})
    by_day = Incident(bundle=bundle, world=world, now=START + 6 * HOUR).open()
    at_three = Incident(bundle=bundle, world=world, now=START - HOUR).open()

    assert held(by_day) == []
    assert held(at_three) == [(LOOKING.id, (START + 4 * HOUR).isoformat())]


def test_a_zone_that_nobody_knows_is_that_of_the_company() -> None:
    nowhere: Data = {"order_id": "SO-1", "currency": "CNY", "zone": "Mars/Base"}

    def world(command: Command, now: datetime) -> CommandReturned:
        returned = applied(command, now)
        return returned.model_copy(update={"result": nowhere}) if command.activity == "orders.read" else returned

    bundle = lost_parcel().model_copy(update={"night": NIGHT})

    assert held(Incident(bundle=bundle, world=world, now=START + 6 * HOUR).open()) != []


def test_a_question_that_is_held_back_counts_its_after_and_its_answers_clock_starts_in_the_morning() -> None:
    asked = ASK.model_copy(update={"after": always(2)})

    incident = at_night(hours=4, report=(), analysis=(asked,)).wait(hours=24)

    assert held(incident) == [(ASK.id, (START + MORNING).isoformat())]
    assert said(incident) == [(ASK.id, MORNING)]
    (entry,) = incident.of(EntryKind.QUESTION_ASKED)
    assert entry["answer_by"] == (START + MORNING + 48 * HOUR).isoformat()


def test_nobody_can_answer_or_is_waited_for_before_the_question_has_gone_out() -> None:
    incident = at_night(report=(), analysis=(AT_ONCE,))

    incident.take(AnswerGiven(key="a", ask=ASK.id, choice="refund", actor=OPS))

    assert incident.state.waiting_for == []
    assert incident.of(EntryKind.ANSWER_RECEIVED) == []


def test_a_question_on_which_the_engine_looks_late_is_held_back_for_the_next_night_too() -> None:
    incident = at_night(report=(), analysis=(AT_ONCE,))
    incident.now = START + EVENING + 24 * HOUR  # no worker ran the day long

    incident.take(TimeCame())
    incident.settle()

    assert [until for _, until in held(incident)] == [
        (START + MORNING + days * 24 * HOUR).isoformat() for days in (0, 1)
    ]
    assert said(incident) == []


def test_an_order_that_is_put_right_at_night_is_told_in_the_morning_before_it_closes() -> None:
    told = LOOKING.model_copy(update={"id": "action.refund.tell"})
    incident = at_night(report=(), analysis=(), action=(Plan(name="refund", steps=(REFUND, told)),), follow_up=())
    resolved, open_still = incident.of(EntryKind.INCIDENT_RESOLVED), incident.status()

    incident.wait(hours=9)

    assert (len(resolved), open_still) == (1, "resolved")
    assert said(incident) == [(told.id, MORNING)]
    assert incident.status() == "closed"


def reminding(*hours: int, **rest: Any) -> Incident:
    remind = Reminders(message="choose", after=tuple(timedelta(hours=each) for each in hours))
    ask = AT_ONCE.model_copy(update={"remind": remind, **rest})
    return at_night(hours=0, report=(), analysis=(ask,))


def test_no_reminder_goes_out_at_night_and_several_of_one_night_are_one() -> None:
    incident = reminding(6, 12, 20).wait(hours=30)

    assert said(incident)[1:] == [(f"reminder.2.{ASK.id}", MORNING), (f"reminder.3.{ASK.id}", 20 * HOUR)]


def test_a_reminder_that_the_night_would_bring_behind_the_end_is_not_sent() -> None:
    incident = reminding(6, answer_within=always(14)).wait(hours=14)

    assert [step for step, _ in said(incident)][:1] == [ASK.id]
    assert not any(step.startswith("reminder") for step, _ in said(incident))
    assert incident.of(EntryKind.SILENCE_ASSUMED) != []


def test_nobody_is_reminded_of_a_question_whose_time_is_over_though_nobody_has_looked_before() -> None:
    incident = reminding(3, 5, answer_within=always(14))
    incident.now += timedelta(hours=15)  # no worker ran

    incident.take(TimeCame())
    incident.settle()

    assert not any(step.startswith("reminder") for step, _ in said(incident))
    assert incident.of(EntryKind.SILENCE_ASSUMED) != []


def test_what_comes_back_at_night_goes_over_the_next_channel_in_the_morning() -> None:
    incident = Incident(
        bundle=lost_parcel(report=(LOOKING,), analysis=(TRACE, ASK)).model_copy(update={"night": NIGHT})
    )
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=OPS))
    (command,) = incident.take(Registered())

    incident.now = START + 6 * HOUR
    refusal = Refusal(reason=BOUNCED, message="the mailbox is full")
    incident.take(CommandReturned(command_id=command.id, outcome=Outcome.NOT_APPLIED, refusal=refusal))
    goes_on = incident.activities()
    incident.settle().wait(hours=9)

    again = [(each.id, each.inputs.get("bounced")) for each in incident.commands if each.activity == TELL]
    assert again == [(f"{LOOKING.id}/1", None), (f"{LOOKING.id}/2", 1)]
    assert "shipping.open_trace" in goes_on
    assert said(incident)[1] == (LOOKING.id, MORNING)


def test_what_waits_for_the_morning_is_let_be_when_the_incident_is_called_off() -> None:
    incident = at_night(follow_up=(SURVEY,))

    incident.take(CancelRequested(key="c", reason="found", actor=OPS))
    incident.settle().wait(hours=24)

    assert incident.of(EntryKind.MESSAGE_WITHDRAWN) == [{"step": LOOKING.id, "message": "looking"}]
    assert said(incident) == []
    assert incident.status() == "cancelled"


def test_what_waits_for_the_morning_goes_out_once_a_person_has_handed_the_incident_back() -> None:
    incident = at_night()
    incident.take(TakeOverRequested(key="t", reason="I know them", actor=OPS))

    incident.wait(hours=10)
    silent = said(incident)
    (task,) = incident.state.tasks
    incident.retry(task.id)

    assert silent == []
    assert said(incident) == [(LOOKING.id, 16 * HOUR)]


def promising(update: float, *, tell: str | None = "looking", **stages: Any) -> Bundle:
    goals = {GoalName.UPDATE: Goal(within=always(update), tell=tell), GoalName.FIRST_RESPONSE: Goal(within=always(4))}
    return lost_parcel(**stages).model_copy(update={"sla": SlaPolicy(goals=goals, warn_at=(50,))})


def quiet(*steps: Step) -> dict[str, Any]:
    return {"report": (LOOKING, *steps), "analysis": (ASK.model_copy(update={"after": always(200)}),)}


@pytest.mark.parametrize(
    ("promised", "goes_out"),
    [
        (12, EVENING - timedelta(minutes=1)),  # due in the night: said before it
        (20, MORNING),  # meant for the night, and early enough in the morning
    ],
)
def test_the_word_that_keeps_a_promise_goes_out_before_the_night_that_would_break_it(
    promised: float, goes_out: timedelta
) -> None:
    incident = at_night(hours=0, bundle=promising(promised, **quiet())).wait(hours=15.5)

    assert said(incident)[1] == ("sla.update.1", goes_out)
    assert incident.of(EntryKind.CLOCK_BREACHED) == []


def test_a_promise_of_words_that_is_shorter_than_the_night_is_broken_once_and_the_word_goes_out_in_the_morning() -> (
    None
):
    incident = at_night(hours=0, bundle=promising(8, **quiet())).wait(hours=15.5)

    words = [(step, at) for step, at in said(incident) if step.startswith("sla.update")]
    assert words == [
        ("sla.update.1", 4 * HOUR),
        ("sla.update.2", EVENING - timedelta(minutes=1)),
        ("sla.update.3", MORNING),
    ]
    assert [each["goal"] for each in incident.of(EntryKind.CLOCK_BREACHED)] == ["update"]


def test_a_first_word_that_the_night_holds_back_breaks_its_promise_and_that_is_said() -> None:
    incident = at_night(bundle=promising(72, **quiet())).wait(hours=10)

    assert [each["goal"] for each in incident.of(EntryKind.CLOCK_BREACHED)] == ["first_response"]
    assert said(incident)[0] == (LOOKING.id, MORNING)
    assert incident.state.severity is Severity.LOW
