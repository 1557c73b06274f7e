"""The core, driven by hand: what one event leads to, without Temporal, a database or a clock."""

from datetime import datetime, timedelta

from amends.models import Data, Outcome, Party, Severity, Stage, Status
from amends.timeline import Entry, EntryKind
from runbooks.program import OnRefusal, Plan
from tests.workflows.bench import HOLD
from tests.workflows.builders import (
    CUSTOMER,
    HOUR,
    OPS,
    REFUND,
    REPLACE,
    REPORT,
    RESERVE,
    RESULTS,
    SHIP,
    START,
    TRACE,
    Answerer,
    Incident,
    applied,
    lost_parcel,
    refusing,
)
from workflows import core
from workflows.events import (
    AnswerGiven,
    CancelRequested,
    Command,
    CommandReturned,
    DuplicateFound,
    NewsReceived,
    Registered,
    ReportReceived,
    ReportRepeated,
    Role,
    RunStarted,
    TimeCame,
    event_of,
)
from workflows.state import State


def test_nothing_is_done_before_the_journal_has_registered_the_incident() -> None:
    incident = Incident()

    commands = incident.take(ReportReceived(key="k-1", report=REPORT, actor=OPS))

    assert commands == []
    assert incident.kinds() == [EntryKind.INCIDENT_OPENED]
    assert incident.status() is Status.OPEN


def test_the_opening_entry_names_the_text_that_is_followed() -> None:
    incident = Incident().open()

    opened = incident.of(EntryKind.INCIDENT_OPENED)[0]

    assert opened["bundle"] == {"digest": incident.bundle.digest}
    assert opened["subject"] == REPORT
    assert incident.entries[0].actor == OPS


def test_an_incident_whose_report_belongs_to_another_ends_as_duplicate_without_doing_anything() -> None:
    incident = Incident()
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=OPS))

    incident.take(DuplicateFound(key="k-1", of="inc-0"))

    assert incident.status() is Status.DUPLICATE
    assert incident.commands == []
    assert incident.state.handled["report:k-1"].duplicate_of == "inc-0"


def test_a_report_given_twice_changes_nothing() -> None:
    incident = Incident().open()
    before = len(incident.entries)

    incident.take(ReportReceived(key="k-1", report=REPORT, actor=OPS))

    assert len(incident.entries) == before
    assert incident.state.contacts == 1


def test_a_second_report_is_added_and_counted() -> None:
    incident = Incident().open()

    incident.take(ReportReceived(key="k-2", report=REPORT, actor=CUSTOMER))
    incident.take(ReportRepeated(key="k-2", of="inc-0"))

    assert incident.state.contacts == 2
    assert incident.kinds()[-2:] == [EntryKind.REPORT_ADDED, EntryKind.REPORT_REPEATED]
    assert incident.state.handled["report:k-2"].duplicate_of == "inc-0"


def test_an_answered_incident_runs_through_all_stages() -> None:
    incident = Incident().open().wait(hours=25).answer("reship").wait(hours=72).wait(days=8)

    assert [data["stage"] for data in incident.of(EntryKind.STAGE_ENTERED)] == list(Stage)
    assert incident.status() is Status.CLOSED
    assert incident.state.outcome == "reship"
    assert core.next_due(incident.state) is None


def in_pounds(command: Command, at: datetime) -> CommandReturned:
    """Everything works; the order is in a currency for which there is no rate."""
    answer = applied(command, at)
    worth: Data = {"value": {"amount": 199_00, "currency": "GBP"}}
    said: dict[str, Data] = {"orders.read": {"currency": "GBP"}, "shipping.read_parcel": worth}
    return answer.model_copy(update={"result": {**answer.result, **said.get(command.activity, {})}})


def test_a_rule_of_severity_that_cannot_be_reckoned_does_not_hold() -> None:
    incident = Incident(world=in_pounds).open().wait(hours=24).answer("refund").wait(days=10)

    assert incident.state.severity is Severity.LOW
    assert incident.status() is Status.CLOSED


def test_a_measure_whose_end_cannot_be_reckoned_is_lifted_when_the_incident_ends() -> None:
    hold = HOLD.model_copy(update={"until": 'parcel.value >= money("CNY 1000.00")'})
    report = (*lost_parcel().program.report, hold)

    incident = Incident(bundle=lost_parcel(report=report), world=in_pounds).open()

    assert "orders.release" not in incident.activities()
    incident.wait(hours=24).answer("refund").wait(days=10)
    assert incident.activities().count("orders.release") == 1


def test_the_severity_follows_from_the_facts() -> None:
    dear: Data = {**RESULTS["shipping.read_parcel"], "value": {"amount": 120_000, "currency": "CNY"}}

    def world(command: Command, at: datetime) -> CommandReturned:
        if command.activity == "shipping.read_parcel":
            return CommandReturned(command_id=command.id, outcome=Outcome.APPLIED, result=dear)
        return applied(command, at)

    incident = Incident(world=world).open()

    assert incident.state.severity is Severity.HIGH
    assert incident.of(EntryKind.SEVERITY_SET) == [{"severity": "high", "was": "low"}]


def test_a_question_is_held_back_until_its_time() -> None:
    incident = Incident().open()

    assert incident.of(EntryKind.QUESTION_ASKED) == []
    incident.wait(hours=24)

    asked = incident.of(EntryKind.QUESTION_ASKED)[0]
    assert asked["choices"] == ["reship", "refund"]
    assert asked["answer_by"] == (START + 72 * HOUR).isoformat()
    assert incident.state.waiting_for == [Party.CARRIER, Party.CUSTOMER]


def test_a_question_is_asked_at_once_when_all_beside_it_is_done() -> None:
    incident = Incident().open().wait(hours=5)
    incident.world = _trace("found")

    incident.wait(hours=1)

    assert incident.of(EntryKind.WAIT_ENDED) == [{"wait": "analysis.wait"}]
    assert len(incident.of(EntryKind.QUESTION_ASKED)) == 1


def test_the_answers_clock_starts_when_the_question_has_been_delivered() -> None:
    incident = Incident().open()
    incident.now = START + 24 * HOUR
    (ask,) = incident.take(TimeCame())[-1:]

    incident.now = START + 30 * HOUR
    incident.take(applied(ask, incident.now))

    assert incident.of(EntryKind.QUESTION_ASKED)[0]["answer_by"] == (START + 78 * HOUR).isoformat()


def test_silence_means_what_the_runbook_says_and_not_a_moment_before() -> None:
    incident = Incident().open().wait(hours=24)

    incident.wait(hours=47, minutes=59)
    assert incident.of(EntryKind.SILENCE_ASSUMED) == []
    incident.wait(minutes=1)

    assert incident.of(EntryKind.SILENCE_ASSUMED) == [{"ask": "analysis.ask", "choice": "refund"}]
    assert incident.state.facts["choice"] == "refund"


def test_an_answer_counts_once_and_a_second_identical_one_is_harmless() -> None:
    incident = Incident().open().wait(hours=24).answer("reship", key="a-1")

    incident.answer("reship", key="a-1").answer("reship", key="a-2")
    incident.take(AnswerGiven(key="a-3", ask="analysis.ask", choice="refund", actor=CUSTOMER))

    assert len(incident.of(EntryKind.ANSWER_RECEIVED)) == 1
    assert incident.state.handled["answer:a-2"].result == "repeated"
    assert incident.state.handled["answer:a-3"].refused == "'analysis.ask' was answered already: 'reship'"


def test_an_answer_that_was_not_offered_is_refused_with_what_is() -> None:
    incident = Incident().open().wait(hours=24).answer("a pony", key="a-1")

    assert incident.state.handled["answer:a-1"].refused == (
        "'a pony' is not offered at 'analysis.ask'; choose one of 'reship', 'refund'"
    )


def test_an_answer_to_a_question_that_was_not_asked_is_refused_with_what_is_open() -> None:
    incident = Incident().open().answer("reship", key="a-1")

    assert incident.state.handled["answer:a-1"].refused == (
        "nothing is asked at 'analysis.ask' now; open questions: none"
    )


def test_a_silent_carrier_means_the_assumed_facts() -> None:
    incident = Incident().open().wait(hours=72)

    assert incident.of(EntryKind.WAIT_TIMED_OUT) == [
        {"wait": "analysis.wait", "assumed": {"trace.status": "presumed_lost"}}
    ]
    assert incident.activities().count("shipping.read_trace") == 11
    assert incident.state.facts["trace"] == {"trace_id": "T-1", "status": "presumed_lost"}


def test_news_makes_a_wait_check_at_once() -> None:
    incident = Incident().open().wait(hours=1)

    commands = incident.take(NewsReceived(event_id="e-1", event_type="shipment.scanned", actor=OPS))
    again = incident.take(NewsReceived(event_id="e-1", event_type="shipment.scanned", actor=OPS))

    assert [command.activity for command in commands] == ["shipping.read_trace"]
    assert again == []
    assert len(incident.of(EntryKind.NEWS_RECEIVED)) == 1


def test_a_refused_plan_is_undone_in_reverse_and_the_next_is_tried() -> None:
    """A business refusal is not tried again, and its plan fails. What a plan has done is undone last in, first out."""

    incident = Incident(world=refusing("shipping.create_shipment")).open().wait(hours=24).answer("reship")

    incident.wait(hours=48)

    assert incident.activities()[-7:-2] == [
        "orders.add_replacement",
        "inventory.reserve",
        "shipping.create_shipment",
        "inventory.release",
        "orders.drop_replacement",
    ]
    assert [data["inputs"] for data in incident.of(EntryKind.UNDO_REQUESTED)] == [
        {"reservation_id": "R-1"},
        {"replacement_id": "SO-1-R"},
    ]
    assert [data["plan"] for data in incident.of(EntryKind.PLAN_STARTED)] == ["reship", "refund"]
    assert incident.state.outcome == "refund"


def test_a_plan_goes_on_without_what_was_refused_where_its_step_says_so() -> None:
    """What it had done before stands, and the fact of the step is taken otherwise."""
    fact = {"save_as": "reservation", "otherwise": {"reservation_id": "none"}}
    reserve = RESERVE.model_copy(update={"on_refusal": OnRefusal.CONTINUE, **fact})
    bundle = lost_parcel(analysis=(), action=(Plan(name="reship", steps=(REPLACE, reserve)),))

    incident = Incident(bundle=bundle, world=refusing("inventory.reserve")).open()

    assert incident.of(EntryKind.PLAN_FAILED) == incident.of(EntryKind.UNDO_REQUESTED) == []
    assert incident.state.outcome == "reship"
    assert incident.state.facts["reservation"] == {"reservation_id": "none"}


def test_what_was_refused_is_not_undone() -> None:
    """Only what was applied is undone."""

    incident = Incident(world=refusing("orders.add_replacement")).open().wait(hours=24).answer("reship")

    incident.wait(hours=48)

    assert incident.of(EntryKind.UNDO_REQUESTED) == []
    assert [data["plan"] for data in incident.of(EntryKind.PLAN_UNDONE)] == ["reship"]


def test_when_no_plan_is_left_the_incident_is_taken_over() -> None:
    incident = Incident(world=refusing("shipping.create_shipment", "payments.refund")).open().wait(hours=24)

    incident.answer("reship").wait(hours=48)

    assert incident.status() is Status.TAKEN_OVER
    assert incident.state.waiting_for == [Party.US]
    assert [data["why"] for data in incident.of(EntryKind.TASK_OPENED)] == ["no_plan_left"]


def test_after_a_final_step_a_plan_only_goes_forward() -> None:
    plan = Plan(name="both", steps=(REPLACE, REFUND, SHIP))
    incident = Incident(bundle=lost_parcel(analysis=(), action=(plan,)), world=refusing("shipping.create_shipment"))

    incident.open()

    assert incident.of(EntryKind.PLAN_FAILED) == []
    assert incident.of(EntryKind.UNDO_REQUESTED) == []
    assert [data["why"] for data in incident.of(EntryKind.TASK_OPENED)] == ["refused"]


def test_the_system_is_asked_what_became_of_an_effect_and_what_it_says_counts() -> None:
    incident = Incident(world=_unknown("inventory.reserve", found=Outcome.APPLIED)).open().wait(hours=24)
    incident.answer("reship").wait(days=30)

    (asked,) = incident.of(EntryKind.RECONCILE_REQUESTED)
    reserved = [command for command in incident.commands if command.activity == "inventory.reserve"]
    assert [command.id.rpartition("inventory.reserve/")[2] for command in reserved] == ["1", "1/reconcile/1"]
    assert asked["key"] == incident.state.key(reserved[0].id)
    assert incident.of(EntryKind.TASK_OPENED) == []
    assert incident.state.outcome == "reship"


def test_an_effect_that_never_arrived_fails_its_plan() -> None:
    incident = Incident(world=_unknown("inventory.reserve", found=Outcome.NOT_APPLIED)).open().wait(hours=24)
    incident.answer("reship").wait(days=30)

    assert [data["plan"] for data in incident.of(EntryKind.PLAN_UNDONE)] == ["reship"]
    assert incident.state.outcome == "refund"


def test_an_undo_that_nobody_heard_of_is_asked_about_and_counts_once() -> None:
    world = _unknown("orders.drop_replacement", found=Outcome.APPLIED, but=refusing("inventory.reserve"))
    incident = Incident(world=world).open().wait(hours=24).answer("reship").wait(days=30)

    dropped = [command.id for command in incident.commands if command.activity == "orders.drop_replacement"]
    assert [command_id.rpartition("/undo/")[2] for command_id in dropped] == ["1", "1/reconcile/1"]
    assert incident.of(EntryKind.TASK_OPENED) == []
    assert incident.state.outcome == "refund"


def test_nothing_is_undone_while_a_system_is_asked_what_became_of_an_effect() -> None:
    """What is unknown is asked about, by its key, before anything is undone or goes on."""

    incident = Incident(bundle=lost_parcel(analysis=(), action=(Plan(name="reship", steps=(REPLACE, RESERVE)),)))
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=OPS))
    incident.take(Registered())
    while (command := next(iter(incident.state.pending.values()))).activity != "inventory.reserve":
        incident.take(applied(command, incident.now))
    incident.take(CommandReturned(command_id=command.id, outcome=Outcome.UNKNOWN, trouble="timed out"))

    incident.take(CancelRequested(reason="mistake", actor=OPS))
    undone_before = incident.of(EntryKind.UNDO_REQUESTED)
    incident.settle()

    assert undone_before == []
    assert incident.status() is Status.CANCELLED
    undone = [command.activity for command in incident.commands if command.role is Role.UNDO]
    assert undone == ["inventory.release", "orders.drop_replacement"]


def test_an_unknown_outcome_is_neither_undone_nor_passed_over() -> None:
    incident = Incident(world=_unknown("inventory.reserve")).open().wait(hours=24).answer("reship").wait(days=30)

    assert incident.status() is Status.TAKEN_OVER
    assert incident.of(EntryKind.UNDO_REQUESTED) == []
    assert "payments.refund" not in incident.activities()
    assert [data["why"] for data in incident.of(EntryKind.TASK_OPENED)] == ["outcome_unknown"]


def test_a_failed_undo_is_handed_to_a_person_and_nothing_goes_on() -> None:
    world = refusing("shipping.create_shipment", "inventory.release")
    incident = Incident(world=world).open().wait(hours=24).answer("reship").wait(days=30)

    assert incident.status() is Status.TAKEN_OVER
    assert [data["why"] for data in incident.of(EntryKind.TASK_OPENED)] == ["undo_failed"]
    assert "orders.drop_replacement" not in incident.activities()
    assert "payments.refund" not in incident.activities()


def test_what_is_unknown_is_asked_about_again_when_a_person_says_so_and_never_done_again() -> None:
    incident = Incident(world=_unknown("inventory.reserve")).open().wait(hours=24).answer("reship").wait(days=30)
    incident.world = _unknown("inventory.reserve", found=Outcome.APPLIED)

    incident.retry("unknown:action.reship.inventory.reserve/1")
    incident.wait(days=30)

    reserved = [command.id for command in incident.commands if command.activity == "inventory.reserve"]
    assert [each.rpartition("inventory.reserve/")[2] for each in reserved] == ["1", "1/reconcile/1", "1/reconcile/2"]
    assert incident.state.outcome == "reship"
    assert incident.status() is Status.CLOSED


def test_a_refused_step_is_made_again_under_the_next_try_when_a_person_says_so() -> None:
    """The try rises only when the one before is known not to have happened, or has been undone."""

    incident = Incident(
        bundle=lost_parcel(analysis=(TRACE,), action=_ONLY_REFUND), world=refusing("shipping.open_trace")
    ).open()
    incident.world = applied

    incident.retry("refused:analysis.shipping.open_trace/1")

    traced = [command.id for command in incident.commands if command.activity == "shipping.open_trace"]
    assert traced == ["analysis.shipping.open_trace/1", "analysis.shipping.open_trace/2"]
    assert incident.state.outcome == "refund"
    assert incident.state.tasks == []


def test_a_refused_read_is_read_again_when_a_person_says_so() -> None:
    incident = Incident(world=refusing("orders.read")).open()
    incident.world = applied

    incident.retry("refused:report.orders.read/1")

    assert [command.id for command in incident.commands][:2] == ["report.orders.read/1", "report.orders.read/2"]
    assert incident.status() is Status.WAITING


def test_a_failed_undo_is_tried_again_when_a_person_says_so_and_the_plan_after_it_goes_on() -> None:
    world = refusing("shipping.create_shipment", "inventory.release")
    incident = Incident(world=world).open().wait(hours=24).answer("reship").wait(days=30)
    incident.world = refusing("shipping.create_shipment")

    incident.retry("undo:action.reship.inventory.reserve/1")

    undone = [command.id for command in incident.commands if command.role is Role.UNDO]
    assert undone[:2] == [f"action.reship.inventory.reserve/1/undo/{number}" for number in (1, 2)]
    assert incident.state.outcome == "refund"


def test_plans_that_failed_are_tried_once_more_when_a_person_says_so_with_new_tries() -> None:
    incident = Incident(world=refusing("payments.refund"), bundle=lost_parcel(analysis=(), action=_ONLY_REFUND)).open()
    incident.world = applied

    incident.retry("no_plan_left")

    refunds = [command.id for command in incident.commands if command.activity == "payments.refund"]
    assert refunds == ["action.refund.payments.refund/1", "action.refund.payments.refund/2"]
    assert incident.state.outcome == "refund"


def test_trying_again_what_fails_again_opens_the_task_again() -> None:
    incident = Incident(world=refusing("payments.refund"), bundle=lost_parcel(analysis=(), action=_ONLY_REFUND)).open()

    incident.retry("no_plan_left").retry("no_plan_left", key="r-2")

    assert [data["task"] for data in incident.of(EntryKind.TASK_OPENED)] == ["no_plan_left"] * 3
    assert incident.status() is Status.TAKEN_OVER


def test_an_act_on_a_task_that_is_not_open_does_not_count_and_says_which_are() -> None:
    incident = Incident(world=refusing("orders.read")).open()

    incident.retry("no_plan_left")

    refused = incident.state.handled["retry:r-1"].refused
    assert refused == "no task 'no_plan_left' is open; open tasks: 'refused:report.orders.read/1'"
    assert incident.of(EntryKind.RETRY_REQUESTED) == []


def test_while_an_incident_is_cancelled_what_is_unknown_may_be_asked_about_but_nothing_new_is_begun() -> None:
    action = (Plan(name="reship", steps=(REPLACE, RESERVE)),)
    incident = Incident(bundle=lost_parcel(analysis=(), action=action), world=_unknown("inventory.reserve")).open()
    incident.take(CancelRequested(reason="mistake", actor=OPS))
    still_open = not incident.state.ended
    incident.world = _unknown("inventory.reserve", found=Outcome.NOT_APPLIED)

    incident.retry("unknown:action.reship.inventory.reserve/1")

    assert still_open
    assert incident.status() is Status.CANCELLED
    assert [data["activity"] for data in incident.of(EntryKind.UNDO_REQUESTED)] == ["orders.drop_replacement"]


def test_a_refused_step_outside_a_plan_goes_on_with_what_is_taken_otherwise() -> None:
    trace = TRACE.model_copy(
        update={"on_refusal": OnRefusal.CONTINUE, "otherwise": {"trace_id": "", "status": "refused"}}
    )
    incident = Incident(
        bundle=lost_parcel(analysis=(trace,), action=_ONLY_REFUND), world=refusing("shipping.open_trace")
    ).open()

    assert incident.state.facts["trace"] == {"trace_id": "", "status": "refused"}
    assert incident.state.stage is not Stage.ANALYSIS


def test_a_step_whose_condition_does_not_hold_is_skipped_and_its_fact_is_taken_otherwise() -> None:
    trace = TRACE.model_copy(update={"when": "false", "otherwise": {"trace_id": "", "status": "none"}})

    incident = Incident(bundle=lost_parcel(analysis=(trace,), action=_ONLY_REFUND)).open()

    assert incident.of(EntryKind.STEP_SKIPPED) == [{"step": "analysis.shipping.open_trace", "when": "false"}]
    assert incident.state.facts["trace"] == {"trace_id": "", "status": "none"}


def test_cancelling_withdraws_questions_undoes_what_was_done_and_closes() -> None:
    incident = Incident().open().wait(hours=24)

    incident.take(CancelRequested(reason="opened by mistake", actor=OPS))
    incident.take(CancelRequested(reason="again", actor=OPS))
    incident.settle()

    assert incident.status() is Status.CANCELLED
    assert incident.activities()[-1] == "shipping.close_trace"
    assert len(incident.of(EntryKind.CANCEL_REQUESTED)) == 1
    assert incident.of(EntryKind.QUESTION_WITHDRAWN) == [{"ask": "analysis.ask"}]
    assert incident.of(EntryKind.WAIT_WITHDRAWN) == [{"wait": "analysis.wait"}]


def test_cancelling_waits_for_an_effect_under_way_before_it_undoes() -> None:
    """What is under way when an incident is called off finishes or is asked about; then it is undone, lifted and
    closed."""

    incident = Incident(bundle=lost_parcel(analysis=(), action=(Plan(name="p", steps=(RESERVE,)),)))
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=OPS))
    incident.take(Registered())
    while next(iter(incident.state.pending.values())).activity != "inventory.reserve":
        incident.take(applied(next(iter(incident.state.pending.values())), incident.now))
    (reserve,) = incident.state.pending.values()

    incident.take(CancelRequested(reason="mistake", actor=OPS))
    assert incident.status() is not Status.CANCELLED
    (release,) = incident.take(applied(reserve, incident.now))
    incident.take(applied(release, incident.now))

    assert release.role is Role.UNDO
    assert incident.status() is Status.CANCELLED


def test_cancelling_after_the_customer_is_whole_leaves_what_made_them_whole() -> None:
    incident = Incident().open().wait(hours=24).answer("reship").wait(hours=48)
    assert incident.status() is Status.RESOLVED

    incident.take(CancelRequested(reason="no survey", actor=OPS))
    incident.settle()

    assert [data["activity"] for data in incident.of(EntryKind.UNDO_REQUESTED)] == ["shipping.close_trace"]
    assert incident.status() is Status.CANCELLED


def test_an_ended_incident_takes_nothing_more() -> None:
    incident = Incident().open()
    incident.take(CancelRequested(reason="mistake", actor=OPS))
    incident.settle()

    assert core.step(incident.state, ReportReceived(key="k-9", report=REPORT, actor=OPS), START) == ([], [])


def test_a_new_run_counts_its_entries_from_nought() -> None:
    incident = Incident().open()

    incident.take(RunStarted(run_id="run-2", previous_run_id="run-1"))

    assert incident.entries[-1].kind is EntryKind.RUN_STARTED
    assert incident.entries[-1].n == 0
    assert incident.state.run_id == "run-2"


def test_time_that_comes_too_early_is_not_noted() -> None:
    incident = Incident().open()

    assert incident.take(TimeCame()) == []
    assert EntryKind.TIME_CAME not in incident.kinds()


def test_the_due_moment_says_what_it_is_for() -> None:
    incident = Incident().open()

    due = core.next_due(incident.state)

    assert due is not None
    assert (due.at, due.what) == (START + timedelta(hours=6), "check analysis.wait")


def test_the_timeline_alone_drives_the_core_to_the_same_timeline() -> None:
    incident = Incident(world=refusing("shipping.create_shipment")).open().wait(hours=24)
    incident.take(NewsReceived(event_id="e-1", event_type="shipment.scanned", data={"at": "hub"}, actor=OPS))
    incident.settle().answer("reship").take(ReportReceived(key="k-2", report=REPORT, actor=CUSTOMER))
    incident.wait(days=10)
    assert incident.status() is Status.CLOSED

    assert retell(incident) == incident.entries


def test_the_state_survives_being_written_and_read_back_at_every_step() -> None:
    plain, saved = Incident(), Incident()

    for incident, restore in ((plain, False), (saved, True)):
        incident.take(ReportReceived(key="k-1", report=REPORT, actor=OPS))
        incident.take(Registered())
        for _ in range(40):
            if restore:
                incident.state = State.model_validate_json(incident.state.model_dump_json())
            if incident.state.pending:
                incident.take(applied(next(iter(incident.state.pending.values())), incident.now))
            elif (due := core.next_due(incident.state)) is not None:
                incident.now = due.at
                incident.take(TimeCame())

    assert saved.entries == plain.entries
    assert saved.state == plain.state


_ONLY_REFUND = (Plan(name="refund", steps=(REFUND,)),)


def retell(incident: Incident) -> list[Entry]:
    """The entries that the core gives when it is fed the events that the timeline holds."""
    again = Incident(bundle=incident.bundle)
    for entry in incident.entries:
        event = event_of(entry)
        if event is not None:
            again.now = entry.occurred_at
            again.take(event)
    return again.entries


def _trace(status: str) -> Answerer:
    def world(command: Command, at: datetime) -> CommandReturned:
        if command.activity == "shipping.read_trace":
            result = {**RESULTS["shipping.read_trace"], "status": status}
            return CommandReturned(command_id=command.id, outcome=Outcome.APPLIED, result=result)
        return applied(command, at)

    return world


def _unknown(activity: str, *, found: Outcome = Outcome.UNKNOWN, but: Answerer = applied) -> Answerer:
    """Trouble with one activity; ``found`` is what its system says when it is asked."""

    def world(command: Command, at: datetime) -> CommandReturned:
        if command.activity != activity:
            return but(command, at)
        if not command.reconciles:
            return CommandReturned(command_id=command.id, outcome=Outcome.UNKNOWN, trouble="timed out")
        return applied(command, at).model_copy(update={"outcome": found})

    return world
