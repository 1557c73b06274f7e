"""Clocks: budgets, suspensions, warnings and breaches, at their exact minutes."""

from datetime import datetime, timedelta

from amends.models import Party, Severity
from amends.timeline import EntryKind
from runbooks.bundle import Bundle
from runbooks.policy import Goal, GoalName
from runbooks.program import Plan, SeverityRule, Step, Together
from tests.workflows.builders import (
    ASK,
    CUSTOMER,
    HOUR,
    OPS,
    REFUND,
    REPORT,
    START,
    TELL,
    TRACE,
    WAIT,
    Incident,
    always,
    applied,
    lost_parcel,
    read,
    refusing,
)
from tests.workflows.promises import at, by, hours, last, promising, sla
from workflows import clocks, core
from workflows.events import AnswerGiven, Command, CommandReturned, NewsReceived, Registered, ReportReceived, TimeCame

STARTED, STOPPED = EntryKind.CLOCK_STARTED, EntryKind.CLOCK_STOPPED
WARNED, BREACHED = EntryKind.CLOCK_WARNED, EntryKind.CLOCK_BREACHED


def test_a_clock_is_a_budget_whose_due_time_is_derived() -> None:
    incident = Incident(bundle=promising(sla=sla(resolve=100))).open()
    clock = incident.state.clocks[GoalName.RESOLVE]

    assert (clock.within, clock.consumed, clock.running_since) == (100 * HOUR, 0 * HOUR, START)
    assert clocks.due_at(incident.state, clock) == START + 100 * HOUR
    assert hours(last(incident, STARTED)["due_at"]) == 100


def test_warnings_come_at_each_part_of_the_budget_then_the_breach_each_once_at_its_minute() -> None:
    incident = Incident(bundle=promising(sla=sla(analysis=20))).open().wait(hours=70)

    assert at(incident, WARNED, percent=50) == [10]
    assert at(incident, WARNED, percent=80) == [16]
    assert at(incident, BREACHED, goal="analysis") == [20]


def test_the_first_word_to_the_customer_keeps_the_first_response() -> None:
    incident = Incident(bundle=promising(sla=sla(first_response=1))).open()

    assert last(incident, STOPPED) == {"goal": "first_response", "consumed": 0, "within": 3600, "kept": True}


def test_a_first_response_that_reaches_nobody_is_not_one() -> None:
    def silent(command: Command, now: datetime) -> CommandReturned:
        return refusing("customers.tell")(command, now)

    incident = Incident(bundle=promising(sla=sla(first_response=1)), world=silent).open().wait(hours=2)

    assert at(incident, BREACHED, goal="first_response") == [1]


def test_every_stage_has_its_own_clock_and_resolve_has_them_all() -> None:
    incident = Incident(bundle=promising(sla=sla(analysis=80, action=10, resolve=100))).open().wait(hours=25)
    incident.answer("reship").wait(hours=48)

    assert at(incident, STARTED, goal="analysis") == [0]
    assert at(incident, STOPPED, goal="analysis") == [72]
    assert at(incident, STARTED, goal="action") == [72]
    assert at(incident, STOPPED, goal="action") == [72]
    assert at(incident, STOPPED, goal="resolve") == [72]


def test_clocks_stop_while_the_named_party_holds_the_ball_and_it_is_charged() -> None:
    bundle = promising(lost_parcel(analysis=(ASK,)), sla=sla(analysis=30))
    incident = Incident(bundle=bundle).open().wait(hours=30).answer("refund")

    paused, resumed = last(incident, EntryKind.CLOCK_PAUSED), last(incident, EntryKind.CLOCK_RESUMED)
    assert at(incident, EntryKind.CLOCK_PAUSED) == [24]
    assert paused == {"goals": ["analysis"], "charged_to": "customer"}
    assert (resumed["charged_to"], resumed["suspended"]) == ("customer", 6 * 3600)
    assert last(incident, STOPPED, goal="analysis")["consumed"] == 24 * 3600
    (suspension,) = incident.state.clocks[GoalName.ANALYSIS].suspensions
    assert (suspension.party, suspension.since, suspension.until) == (
        Party.CUSTOMER,
        START + 24 * HOUR,
        START + 30 * HOUR,
    )


def test_a_clock_goes_on_while_somebody_else_holds_the_ball_too() -> None:
    incident = Incident(bundle=promising(sla=sla(analysis=80))).open().wait(hours=30)

    assert incident.of(EntryKind.CLOCK_PAUSED) == []  # the carrier is waited for as well, and the clock runs for it


def test_clocks_start_again_when_it_answers_retroactively_to_when_it_did() -> None:
    bundle = promising(lost_parcel(analysis=(ASK,)), sla=sla(resolve=60))
    incident = Incident(bundle=bundle).open().wait(hours=40)
    answered = START + 28 * HOUR
    given = AnswerGiven(key="a-1", ask="analysis.ask", choice="refund", actor=CUSTOMER, at=answered)
    incident.take(given)

    resumed = last(incident, EntryKind.CLOCK_RESUMED)
    assert (hours(resumed["since"]), resumed["suspended"]) == (28, 4 * 3600)
    assert hours(resumed["goals"]["resolve"]) == 64  # type: ignore[index, call-overload]


def test_a_clock_that_began_to_stand_still_later_keeps_no_other_from_going_on_when_it_was_answered() -> None:
    both = Together(id="analysis.both", steps=(ASK.model_copy(update={"after": None}), TELL))
    bundle = promising(lost_parcel(report=(), analysis=(both,)), sla=sla(update=20, analysis=60))
    incident = Incident(bundle=bundle)
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=OPS))
    incident.take(Registered())
    question, word = incident.state.pending.values()
    incident.take(applied(question, START))
    incident.now = START + 5 * HOUR  # only now is it known that the word has arrived: the next is due later
    incident.take(applied(word, START))
    incident.now = START + 8 * HOUR
    incident.take(AnswerGiven(key="a", ask="analysis.ask", choice="refund", actor=CUSTOMER, at=START + 3 * HOUR))

    resumed = [
        (list(each["goals"]), each["suspended"])  # type: ignore[arg-type]
        for each in incident.of(EntryKind.CLOCK_RESUMED)
    ]
    assert resumed == [(["analysis"], 3 * 3600), (["update"], 0)]


def test_no_time_is_ours_in_which_another_was_waited_for_beside_who_has_answered() -> None:
    policy = sla(resolve=60).model_copy(update={"pause_while_waiting_for": (Party.CUSTOMER, Party.WAREHOUSE)})
    wait = WAIT.model_copy(update={"waiting_for": Party.WAREHOUSE})
    both = Together(id="analysis.both", steps=(ASK.model_copy(update={"after": None}), wait))
    incident = Incident(bundle=promising(lost_parcel(analysis=(TRACE, both)), sla=policy)).open().wait(hours=12)
    answered = START + 10 * HOUR
    incident.take(AnswerGiven(key="a", ask="analysis.ask", choice="refund", actor=CUSTOMER, at=answered))

    assert [each["charged_to"] for each in incident.of(EntryKind.CLOCK_PAUSED)] == ["customer", "warehouse"]
    assert incident.state.clocks[GoalName.RESOLVE].consumed == 0 * HOUR


def test_an_answer_is_never_taken_for_earlier_than_its_question_or_later_than_now() -> None:
    bundle = promising(lost_parcel(analysis=(ASK,)), sla=sla(resolve=60))
    for said, counted in ((-5, 24), (90, 40)):
        incident = Incident(bundle=bundle).open().wait(hours=40)
        given = AnswerGiven(
            key="a-1", ask="analysis.ask", choice="refund", actor=CUSTOMER, at=START + timedelta(hours=said)
        )
        incident.take(given)

        assert hours(last(incident, EntryKind.CLOCK_RESUMED)["since"]) == counted


def test_an_answer_that_was_given_long_ago_shows_a_breach_that_nobody_saw() -> None:
    bundle = promising(lost_parcel(analysis=(ASK,)), sla=sla(analysis=30))
    incident = Incident(bundle=bundle).open().wait(hours=70)
    incident.take(AnswerGiven(key="a", ask="analysis.ask", choice="refund", actor=CUSTOMER, at=START + 25 * HOUR))

    assert hours(last(incident, BREACHED, goal="analysis")["due_at"]) == 31
    assert last(incident, STOPPED, goal="analysis")["kept"] is False


def out_of_service(until: float, *, happened: float | None = None) -> Incident:
    """Carrier and customer have until hour 72; nobody looks from hour 60 on. There may be news of no importance."""
    both = sla(resolve=200).model_copy(update={"pause_while_waiting_for": (Party.CARRIER, Party.CUSTOMER)})
    incident = Incident(bundle=promising(sla=both)).open().wait(hours=60)
    incident.now = START + until * HOUR
    if happened is not None:
        at = START + happened * HOUR
        incident.take(NewsReceived(event_id="n", event_type="parcel.weighed", data={}, actor=OPS, at=at))
    incident.take(TimeCame())
    return incident.settle()


def test_who_has_let_the_time_run_out_is_charged_to_its_end_and_not_until_we_looked() -> None:
    incident = out_of_service(90)

    assert last(incident, EntryKind.CLOCK_RESUMED)["charged_to"] == "carrier"
    assert hours(last(incident, EntryKind.CLOCK_RESUMED)["since"]) == 72


def test_news_that_ends_no_wait_takes_no_time_off_those_who_are_waited_for() -> None:
    incident = out_of_service(73, happened=61)

    assert hours(last(incident, EntryKind.CLOCK_RESUMED)["since"]) == 72


def test_news_ends_a_wait_at_the_news_own_time() -> None:
    found = {"status": "open"}

    def world(command: Command, now: datetime) -> CommandReturned:
        answer = applied(command, now)
        if command.activity == "shipping.read_trace":
            return answer.model_copy(update={"result": {"trace_id": "T-1", **found}})
        return answer

    policy = sla(resolve=60).model_copy(update={"pause_while_waiting_for": (Party.CARRIER,)})
    refund = (Plan(name="refund", steps=(REFUND,)),)
    bundle = promising(lost_parcel(analysis=(trace(), WAIT), action=refund), sla=policy)
    incident = Incident(bundle=bundle, world=world).open().wait(hours=20)
    found["status"] = "found"
    incident.take(NewsReceived(event_id="e", event_type="trace.ended", actor=OPS, at=START + 17 * HOUR))
    incident.settle()

    resumed = last(incident, EntryKind.CLOCK_RESUMED)
    assert (hours(resumed["since"]), resumed["charged_to"]) == (17, "carrier")


def trace() -> Step:
    return read("shipping.read_trace", stage="analysis", save_as="trace")


def test_a_severity_change_derives_the_budget_anew_and_keeps_what_was_consumed() -> None:
    goal = Goal(within=by(10, 20, 40, 40))
    bundle = promising(severe_on_second_report(), sla=sla(resolve=goal))
    incident = Incident(bundle=bundle).open().wait(hours=12)
    assert at(incident, WARNED) == []
    incident.take(ReportReceived(key="k-2", report=REPORT, actor=OPS))

    assert incident.state.severity is Severity.HIGH
    reset = last(incident, EntryKind.CLOCK_RESET)
    assert (reset["within"], hours(reset["due_at"])) == (20 * 3600, 20)
    assert at(incident, WARNED, percent=50) == [12]


def severe_on_second_report() -> Bundle:
    base = lost_parcel()
    rule = SeverityRule(severity=Severity.HIGH, when="incident.contacts == 2")
    program = base.program.model_copy(update={"severity": (rule,)})
    return base.model_copy(update={"program": program})


def test_a_breach_is_never_removed_and_a_later_correction_says_so() -> None:
    goal = Goal(within=by(5, 5, 40, 40))
    bundle = promising(severe_on_second_report(), sla=sla(resolve=goal))
    incident = Incident(bundle=bundle).open().wait(hours=6)
    incident.take(ReportReceived(key="k-2", report=REPORT, actor=OPS))
    assert at(incident, BREACHED) == [6]

    incident.take(ReportReceived(key="k-3", report=REPORT, actor=OPS))  # a third one is milder again, by this rule

    assert hours(last(incident, EntryKind.BREACH_REASSESSED)["due_at"]) == 40
    clock = incident.state.clocks[GoalName.RESOLVE]
    assert not clock.breached
    assert clock.breached_at == START + 5 * HOUR
    incident.wait(hours=40)
    assert at(incident, BREACHED) == [6, 40]


def test_clocks_run_in_their_calendar_and_a_deadline_past_its_confirmed_date_is_flagged() -> None:
    goal = Goal(within=by(18, 18, 18, 18), calendar="office")
    incident = Incident(bundle=promising(sla=sla(resolve=goal))).open()

    started = last(incident, STARTED)
    # Monday 9:00: eight hours, eight on Tuesday, Wednesday is a holiday, two on Thursday
    assert hours(started["due_at"]) == 3 * 24 + 2
    assert "unconfirmed" not in started
    longer = promising(sla=sla(resolve=Goal(within=by(40, 40, 40, 40), calendar="office")))
    assert last(Incident(bundle=longer).open(), STARTED)["unconfirmed"] is True


def test_the_customer_hears_from_us_at_least_as_often_as_promised_by_itself() -> None:
    goal = Goal(within=by(10, 10, 10, 10), tell="still")
    incident = Incident(bundle=promising(sla=sla(update=goal))).open().wait(hours=23)

    told = [entry.data["message"] for entry in incident.entries if entry.data.get("message")]
    assert told == ["looking", "still", "still"]
    assert at(incident, STARTED, goal="update") == [0, 8, 16]
    assert incident.of(BREACHED) == []


def test_a_word_that_cannot_be_delivered_breaks_the_promise() -> None:
    told: list[str] = []

    def world(command: Command, now: datetime) -> CommandReturned:
        told.append(command.step)
        refuse = command.step.startswith("sla.")
        return refusing("customers.tell")(command, START) if refuse else applied(command, now)

    goal = Goal(within=by(10, 10, 10, 10), tell="still")
    incident = Incident(bundle=promising(sla=sla(update=goal)), world=world).open().wait(hours=20)

    assert at(incident, BREACHED, goal="update") == [10]
    assert told.count("sla.update.1") == 1


def test_no_clock_runs_when_the_incident_is_called_off_or_has_ended() -> None:
    bundle = promising(lost_parcel(analysis=(), action=(Plan(name="refund", steps=(REFUND,)),), follow_up=(TELL,)))
    incident = Incident(bundle=bundle.model_copy(update={"sla": sla(resolve=5, update=5, acknowledge=1)})).open()

    assert incident.state.ended
    assert clocks.running(incident.state) == []
    assert core.next_due(incident.state) is None
    assert incident.entries[-1].kind is EntryKind.INCIDENT_CLOSED


def test_what_is_due_next_is_never_in_the_past() -> None:
    goals = {"resolve": 30, "analysis": 20, "update": Goal(within=by(4, 4, 4, 4), tell="still")}
    incident = Incident(bundle=promising(sla=sla(**goals))).open()
    while (due := core.next_due(incident.state)) is not None:
        assert due.at > incident.now
        incident.wait(seconds=(due.at - incident.now).total_seconds())
        assert incident.now - START < 400 * HOUR


def test_the_system_acknowledges_what_is_mild_and_people_what_is_not() -> None:
    mild = Incident(bundle=promising(sla=sla(acknowledge=1))).open()
    assert mild.of(STARTED) == []

    grave = Incident(bundle=promising(grave_parcel(), sla=sla(acknowledge=1))).open().wait(hours=2)
    assert at(grave, BREACHED, goal="acknowledge") == [1]


def grave_parcel() -> Bundle:
    base = lost_parcel()
    rule = SeverityRule(severity=Severity.HIGH, when="incident.contacts > 0")
    return base.model_copy(update={"program": base.program.model_copy(update={"severity": (rule,)})})


def test_what_is_done_in_the_very_moment_in_which_it_is_due_is_done_in_time() -> None:
    asked = ASK.model_copy(update={"answer_within": always(48)})
    policy = sla(analysis=72).model_copy(update={"pause_while_waiting_for": ()})
    incident = Incident(bundle=promising(lost_parcel(analysis=(asked,)), sla=policy)).open().wait(hours=100)

    assert at(incident, STOPPED, goal="analysis", kept=True) == [72]
    assert incident.of(BREACHED) == []
