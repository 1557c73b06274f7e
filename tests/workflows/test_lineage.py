"""Where an incident stands among the others on its subject."""

from datetime import timedelta
from typing import Any

import pytest

from amends.models import Actor, ActorKind, Outcome, Severity, Status
from amends.timeline import EntryKind
from runbooks.policy import GoalName
from runbooks.program import MeasureStep, Plan, SeverityRule, Undo
from tests.workflows.builders import (
    ASK,
    OPS,
    REFUND,
    REPORT,
    START,
    TRACE,
    Incident,
    applied,
    lost_parcel,
    refusing,
)
from tests.workflows.promises import promising, sla
from workflows.events import (
    CancelRequested,
    Command,
    CommandReturned,
    MergeRequested,
    Registered,
    ReportReceived,
    RetryRequested,
    Role,
    Sibling,
    SplitRequested,
    Superseded,
)

MONTH = timedelta(days=30)
DELAYED = Sibling(incident_id="inc-0", exception_type="delayed_shipment", workflow_id="delayed_shipment:SO-1:PC-1")
HOLD = MeasureStep(
    id="report.hold",
    activity="orders.hold",
    lift=Undo(activity="orders.release", takes=()),
    until="incident.resolved",
)


def follows(within: timedelta | None, ended: timedelta | None) -> Incident:
    """An incident after another that ended so long ago."""
    bundle = lost_parcel()
    again = SeverityRule(severity=Severity.HIGH, when="incident.contacts > 1")
    program = bundle.program.model_copy(update={"severity": (again,)})
    incident = Incident(bundle=bundle.model_copy(update={"reopen_for": within, "program": program}))
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=OPS))
    ended_at = START - ended if ended is not None else None
    incident.take(Registered(previous="inc-0", previous_ended_at=ended_at, previous_contacts=2))
    return incident


def test_one_that_comes_soon_enough_reopens_the_earlier_and_goes_on_counting_contacts() -> None:
    incident = follows(MONTH, MONTH)

    (registered,) = incident.of(EntryKind.INCIDENT_REGISTERED)
    assert (registered["previous"], registered["reopens"]) == ("inc-0", True)
    assert incident.state.contacts == 3
    assert incident.state.severity is Severity.HIGH


@pytest.mark.parametrize(
    ("within", "ended"),
    [(MONTH, MONTH + timedelta(seconds=1)), (None, timedelta(0)), (MONTH, None)],
    ids=["too late", "nothing is said of it", "nobody knows when it ended"],
)
def test_any_other_only_names_it(within: timedelta | None, ended: timedelta | None) -> None:
    incident = follows(within, ended)

    (registered,) = incident.of(EntryKind.INCIDENT_REGISTERED)
    assert (registered["previous"], registered["reopens"]) == ("inc-0", False)
    assert (incident.state.contacts, incident.state.severity) == (1, Severity.LOW)


def test_the_first_on_its_subject_says_nothing_of_reopening() -> None:
    incident = Incident().open()

    (registered,) = incident.of(EntryKind.INCIDENT_REGISTERED)
    assert registered == {}


def superseding(handed: dict[str, Any] | None, *, answered_by: Outcome = Outcome.APPLIED) -> Incident:
    """An incident that takes over from a delayed shipment, and what that hands over."""

    def world(command: Command, at: Any) -> CommandReturned:
        if command.role is Role.INHERIT:
            return CommandReturned(command_id=command.id, outcome=answered_by, result=handed or {})
        return applied(command, at)

    promised = {"sla": sla(acknowledge=1, first_response=4, resolve=200, update=30)}
    incident = Incident(bundle=promising(lost_parcel(analysis=(ASK,)), **promised), world=world)
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=OPS))
    incident.take(Registered(superseded=(DELAYED,)))
    return incident


def test_nothing_is_begun_before_it_is_known_what_is_handed_over() -> None:
    incident = superseding({})

    assert incident.activities() == ["incidents.inherit"]
    assert incident.state.stage is None
    incident.settle()

    assert incident.of(EntryKind.INHERITED)[0]["incident"] == "inc-0"
    assert incident.state.stage is not None


def test_promises_go_on_where_the_other_has_left_them() -> None:
    before = superseding({}).settle().state.clocks[GoalName.RESOLVE]
    incident = superseding({"clocks": {"resolve": 180_000, "analysis": 5}}).settle()

    after = incident.state.clocks[GoalName.RESOLVE]
    assert after.consumed - before.consumed == timedelta(hours=50)
    (reset,) = incident.of(EntryKind.CLOCK_RESET)
    assert (reset["goal"], reset["inherited"]) == ("resolve", 180_000)


def test_a_promise_that_was_broken_before_is_broken_here_too() -> None:
    incident = superseding({"clocks": {"resolve": 200 * 3600}}).settle()

    assert [each["goal"] for each in incident.of(EntryKind.CLOCK_BREACHED)] == ["resolve"]


def test_what_the_customer_has_answered_is_not_asked_again() -> None:
    incident = superseding({"answers": {"choose": "reship"}}).settle().wait(hours=25)

    assert incident.of(EntryKind.ANSWER_INHERITED) == [{"ask": ASK.id, "choice": "reship"}]
    assert not any(each["ask"] == ASK.id for each in incident.of(EntryKind.QUESTION_ASKED))
    assert incident.state.outcome == "reship"


def test_what_a_person_had_reported_there_counts_as_reported_by_a_person_here() -> None:
    shop = Actor(kind=ActorKind.SYSTEM, id="shop")
    incident = Incident()
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=shop))
    incident.take(Registered(superseded=(DELAYED,)))
    assert not incident.state.reported_by_person

    (command,) = incident.state.pending.values()
    result = {"clocks": {}, "answers": {}, "reported_by_person": True}
    incident.take(CommandReturned(command_id=command.id, outcome=Outcome.APPLIED, result=result))

    assert incident.state.reported_by_person


def test_an_answer_that_is_not_on_offer_here_is_asked_for() -> None:
    incident = superseding({"answers": {"choose": "wait"}}).settle().wait(hours=25)

    assert incident.of(EntryKind.ANSWER_INHERITED) == []
    assert any(each["ask"] == ASK.id for each in incident.of(EntryKind.QUESTION_ASKED))


@pytest.mark.parametrize("answered_by", [Outcome.NOT_APPLIED, Outcome.UNKNOWN])
def test_where_nothing_is_handed_over_the_incident_goes_on_by_itself(answered_by: Outcome) -> None:
    incident = superseding(None, answered_by=answered_by).settle().wait(days=10)

    assert [each["incident"] for each in incident.of(EntryKind.NOT_INHERITED)] == ["inc-0"]
    assert incident.state.outcome == "refund"


def test_one_that_is_called_off_waits_for_what_is_handed_over_before_it_ends() -> None:
    incident = superseding({})

    incident.take(CancelRequested(key="c-1", reason="found", actor=OPS))
    assert incident.status() is not Status.CANCELLED

    assert incident.settle().status() is Status.CANCELLED


def supersede(incident: Incident, *, to: str = "inc-9") -> Incident:
    incident.take(Superseded(to=to, exception_type="lost_parcel"))
    return incident


def test_it_hands_over_its_promises_and_answers_and_ends_as_a_duplicate_with_all_undone() -> None:
    bundle = lost_parcel(report=(HOLD,))
    incident = Incident(bundle=promising(bundle, sla=sla(resolve=200, analysis=90))).open().wait(hours=25)
    incident.answer("reship")

    supersede(incident).settle()

    (told,) = incident.of(EntryKind.SUPERSEDED)
    assert told["to"] == "inc-9"
    handed = {"clocks": {"resolve": 25 * 3600}, "answers": {"choose": "reship"}, "reported_by_person": True}
    assert told["handed"] == handed
    assert incident.activities()[-2:] == ["shipping.close_trace", "orders.release"]
    assert incident.of(EntryKind.INCIDENT_CLOSED) == [{"status": "duplicate", "outcome": "superseded"}]
    assert len(incident.of(EntryKind.WAIT_WITHDRAWN)) == 1


def test_an_open_question_is_withdrawn_and_silence_is_no_answer() -> None:
    pending, silent = Incident().open().wait(hours=25), Incident().open().wait(hours=80)
    assert any(each["ask"] == ASK.id for each in silent.of(EntryKind.SILENCE_ASSUMED))

    supersede(pending).settle()
    supersede(silent).settle()

    assert pending.of(EntryKind.QUESTION_WITHDRAWN) == [{"ask": ASK.id}]
    for incident in (pending, silent):
        (told,) = incident.of(EntryKind.SUPERSEDED)
        assert told["handed"] == {"clocks": {}, "answers": {}, "reported_by_person": True}


def test_it_hands_over_once_and_to_one() -> None:
    incident = Incident(world=refusing("shipping.close_trace")).open()

    supersede(supersede(incident)).settle()
    supersede(incident, to="inc-8")

    assert len(incident.of(EntryKind.SUPERSEDED)) == 1
    refused = incident.state.handled["supersede:inc-8"].refused
    assert refused == "the incident goes on as the incident inc-9"


def test_what_cannot_be_undone_is_left_to_a_person_first_and_the_incident_is_not_called_off_meanwhile() -> None:
    incident = Incident(world=refusing("shipping.close_trace")).open()

    supersede(incident).settle()
    incident.take(CancelRequested(key="c-1", reason="found", actor=OPS))
    incident.take(CancelRequested(reason="found", actor=OPS))
    assert "call that one off" in str(incident.state.handled["cancel:c-1"].refused)
    incident.world = applied
    incident.take(RetryRequested(key="r-1", task="undo:analysis.shipping.open_trace/1", actor=OPS))

    assert incident.settle().status() is Status.DUPLICATE


def test_what_was_put_right_for_the_customer_stands() -> None:
    incident = Incident(bundle=lost_parcel(analysis=(), action=(Plan(name="refund", steps=(REFUND,)),))).open()

    supersede(incident).settle()

    assert incident.of(EntryKind.INCIDENT_CLOSED)[-1] == {"status": "duplicate", "outcome": "refund"}


def merge(incident: Incident, *, to: str = "inc-2", order_id: str = "SO-1", reason: str = "the same") -> str | None:
    incident.take(MergeRequested(key="m-1", to=to, order_id=order_id, reason=reason, actor=OPS))
    return incident.state.handled["merge:m-1"].refused


def test_a_merged_incident_withdraws_what_it_asks_lifts_what_is_on_and_ends_as_a_duplicate() -> None:
    incident = Incident(bundle=lost_parcel(report=(HOLD,), analysis=(ASK,))).open().wait(hours=25)

    assert merge(incident) is None
    incident.settle()

    assert incident.of(EntryKind.QUESTION_WITHDRAWN) == [{"ask": ASK.id}]
    assert incident.activities()[-1] == "orders.release"
    assert incident.of(EntryKind.INCIDENT_CLOSED) == [{"status": "duplicate", "outcome": "merged"}]


def test_what_cannot_be_called_back_and_the_other_does_not_know_of_stands_against_merging() -> None:
    paying = Plan(name="refund", steps=(REFUND, ASK.model_copy(update={"id": "action.refund.ask", "save_as": None})))
    incident = Incident(bundle=lost_parcel(analysis=(), action=(paying,))).open()

    why = merge(incident)

    assert str(why).startswith("'action.refund.payments.refund' has done what cannot be called back, or may have")


def test_what_a_merged_incident_had_half_done_is_undone() -> None:
    incident = Incident().open()

    assert merge(incident) is None

    assert incident.settle().activities()[-1] == "shipping.close_trace"


def test_only_what_belongs_together_is_merged() -> None:
    def asking() -> Incident:
        return Incident(bundle=lost_parcel(analysis=(ASK,))).open()

    resolved = Incident(bundle=lost_parcel(analysis=(), action=(Plan(name="leave", steps=()),))).open()
    cancelling = Incident(bundle=lost_parcel(analysis=(TRACE, ASK)), world=refusing("shipping.close_trace")).open()
    cancelling.take(CancelRequested(key="c-1", reason="found", actor=OPS))
    cancelling.settle()

    assert merge(asking(), to="inc-1") == "an incident cannot be merged into itself"
    assert merge(asking(), order_id="SO-2") == "only incidents about one order are merged, and 'inc-2' is about 'SO-2'"
    assert merge(asking(), reason=" ") == "say why, for those who read the timeline later"
    assert merge(resolved) == "the customer is whole already; let it go on to its end"
    assert merge(cancelling) == "the incident is being cancelled; there is nothing to merge"


def split(
    incident: Incident, *, report: str = "k-2", parcel: str = "PC-2", key: str = "s-1", why: str = "x"
) -> str | None:
    workflow_id = f"lost_parcel:SO-1:{parcel}"
    incident.take(SplitRequested(key=key, report=report, workflow_id=workflow_id, reason=why, actor=OPS))
    return incident.state.handled[f"split:{key}"].refused


def twice_reported() -> Incident:
    incident = Incident().open()
    incident.take(ReportReceived(key="k-2", report=REPORT, actor=OPS))
    return incident.settle()


def test_a_report_that_is_split_off_counts_as_a_contact_here_no_more() -> None:
    incident = twice_reported()
    assert incident.state.contacts == 2

    assert split(incident) is None
    assert split(incident, key="s-2") is None

    assert incident.state.contacts == 1
    assert [each["workflow_id"] for each in incident.of(EntryKind.REPORT_SPLIT)] == ["lost_parcel:SO-1:PC-2"]


def test_only_a_report_that_was_added_is_split_off_and_once() -> None:
    incident = twice_reported()

    assert split(incident, report="k-1", key="1") == (
        "the report 'k-1' is the one that opened this incident; only one that was added is split off"
    )
    assert split(incident, report="k-9", key="2") == "there is no report 'k-9' in this incident"
    assert split(incident, parcel="PC-1", key="3") == (
        "a report on this very subject belongs to this incident; give it another subject"
    )
    assert split(incident, why=" ", key="4") == "say why, for those who read the timeline later"
    assert split(incident, key="5") is None
    assert split(incident, parcel="PC-3", key="6") == (
        "the report 'k-2' was split off already, as 'lost_parcel:SO-1:PC-2'"
    )
