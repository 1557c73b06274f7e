"""News that clears an incident: what it ends and undoes, whom it asks first, and when it comes too late."""

from datetime import datetime
from typing import Any

import pytest

from amends.models import Actor, ActorKind, Data, Outcome, Party, Refusal, Status
from amends.timeline import EntryKind
from runbooks.bundle import Bundle, MessageText
from runbooks.policy import Clearing, Interrupt
from runbooks.program import FactType, MeasureStep, Plan, Undo
from tests.workflows.bench import approval, cautious
from tests.workflows.builders import (
    ASK,
    CUSTOMER,
    HOUR,
    OPS,
    REFUND,
    REPLACE,
    REPORT,
    RESERVE,
    START,
    SURVEY,
    WAIT,
    Incident,
    always,
    applied,
    lost_parcel,
    refusing,
)
from tests.workflows.promises import at, last, sla
from workflows import core
from workflows.events import (
    AnswerGiven,
    CancelRequested,
    Command,
    CommandReturned,
    NewsReceived,
    Registered,
    ReportReceived,
    RetryRequested,
    Sibling,
    SuspensionRequested,
    TakeOverRequested,
)

SHOP = Actor(kind=ActorKind.SYSTEM, id="shop")
ARRIVED = Clearing(
    on="shipment.delivered",
    tell="arrived",
    confirm="has_it_arrived",
    answer_within=always(24),
)
CONFIRM = "clears.ask.1"
HOLD = MeasureStep(
    id="report.hold",
    activity="orders.hold",
    lift=Undo(activity="orders.release", takes=()),
    until="incident.resolved",
)


def clearable(*clears: Clearing, **stages: Any) -> Bundle:
    """The small runbook, which a delivery clears."""
    bundle = lost_parcel(**stages)
    texts = {key: {"en": MessageText(subject=key, body=key)} for key in ("arrived", "has_it_arrived")}
    return bundle.model_copy(update={"clears": clears or (ARRIVED,), "messages": {**bundle.messages, **texts}})


def opened(bundle: Bundle | None = None, *, by: Actor = SHOP, **world: Any) -> Incident:
    """Reported, by the shop's own system if nothing else is said, and as far as it goes by itself."""
    incident = Incident(bundle=bundle or clearable(), **world)
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=by))
    incident.take(Registered())
    return incident.settle()


def delivered(incident: Incident, *, key: str = "n-1", on: str = "shipment.delivered", **data: Any) -> Incident:
    """The carrier says so; what it leads to is not answered yet."""
    incident.take(NewsReceived(event_id=key, event_type=on, data=data, actor=SHOP))
    return incident


def said(incident: Incident) -> list[Data]:
    return incident.of(EntryKind.CLEARING_IGNORED)


def test_what_is_asked_and_awaited_is_withdrawn_and_what_was_done_is_undone_before_the_customer_is_told() -> None:
    incident = opened(clearable(report=(HOLD,))).wait(hours=25)
    assert incident.state.waiting_for == [Party.CARRIER, Party.CUSTOMER]

    delivered(incident).settle()

    assert incident.of(EntryKind.CLEARED) == [{"on": "shipment.delivered"}]
    assert incident.of(EntryKind.WAIT_WITHDRAWN) == [{"wait": WAIT.id}]
    assert incident.of(EntryKind.QUESTION_WITHDRAWN) == [{"ask": ASK.id}]
    assert incident.activities()[-3:] == ["shipping.close_trace", "orders.release", "customers.tell"]
    assert incident.of(EntryKind.INCIDENT_CLOSED) == [{"status": "closed", "outcome": "self_resolved"}]
    assert incident.status() is Status.CLOSED
    assert core.next_due(incident.state) is None


def test_an_approval_that_is_asked_is_withdrawn() -> None:
    asked = Plan(name="refund", steps=(approval("refund", "finance"), REFUND))
    bundle = clearable(analysis=(), action=(asked,)).model_copy(update={"roles": cautious().roles})
    incident = opened(bundle)

    delivered(incident).settle()

    assert [each["approval"] for each in incident.of(EntryKind.APPROVAL_WITHDRAWN)] == ["action.refund.approve"]
    assert incident.state.outcome == "self_resolved"


def test_a_call_that_is_under_way_is_waited_for_and_undone() -> None:
    incident = Incident(bundle=clearable(analysis=(), action=(Plan(name="reship", steps=(REPLACE, RESERVE)),)))
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=SHOP))
    incident.take(Registered())
    while not any(each.activity == "orders.add_replacement" for each in incident.state.pending.values()):
        incident.take(applied(next(iter(incident.state.pending.values())), incident.now))

    delivered(incident)
    assert incident.status() is not Status.CLOSED
    incident.settle()

    assert incident.activities()[-3:] == ["orders.add_replacement", "orders.drop_replacement", "customers.tell"]
    assert incident.status() is Status.CLOSED


def test_an_undo_that_does_not_work_is_a_persons_task_before_it_closes() -> None:
    incident = opened(world=refusing("shipping.close_trace"))

    delivered(incident).settle()
    assert [task.id for task in incident.state.tasks] == ["undo:analysis.shipping.open_trace/1"]
    incident.world = applied
    incident.take(RetryRequested(key="r-1", task="undo:analysis.shipping.open_trace/1", actor=OPS))

    assert incident.settle().status() is Status.CLOSED


def test_a_customer_who_cannot_be_told_does_not_hold_it_up() -> None:
    incident = opened()
    incident.world = refusing("customers.tell")

    assert delivered(incident).settle().status() is Status.CLOSED


def test_the_word_that_it_has_come_right_goes_over_the_next_channel_where_one_sends_it_back() -> None:
    incident = opened()

    def one_channel_is_full(command: Command, at: datetime) -> CommandReturned:
        if command.activity != "customers.tell" or command.inputs.get("bounced"):
            return applied(command, at)
        full = Refusal(reason="Bounced", message="the mailbox is full")
        return CommandReturned(command_id=command.id, outcome=Outcome.NOT_APPLIED, refusal=full)

    incident.world = one_channel_is_full
    delivered(incident).settle()

    assert [each.id for each in incident.commands[-2:]] == ["clears.tell/1", "clears.tell/2"]
    assert incident.of(EntryKind.EFFECT_APPLIED)[-1]["step"] == "clears.tell"
    assert incident.status() is Status.CLOSED


@pytest.mark.parametrize("condition", ['trace.status == "found"', "stock.reservable"], ids=["false", "unknown"])
def test_news_of_which_no_rule_holds_clears_nothing(condition: str) -> None:
    rule = ARRIVED.model_copy(update={"when": condition})
    incident = opened(clearable(rule))

    delivered(incident).settle()
    delivered(incident, key="n-2", on="order.paid").settle()

    assert incident.of(EntryKind.CLEARED) == said(incident) == []


def test_what_the_news_says_itself_is_known_when_its_rule_is_looked_at() -> None:
    incident = opened(clearable(ARRIVED.model_copy(update={"when": 'trace.status == "delivered"'})))

    delivered(incident, facts={"trace.status": "delivered"}).settle()

    assert incident.state.outcome == "self_resolved"


@pytest.mark.parametrize(
    ("by", "data", "why"),
    [
        (OPS, {}, "a person has reported it"),
        (SHOP, {"delivered_to": "locker"}, "it was delivered to 'locker'"),
        (OPS, {"delivered_to": "neighbour"}, "it was delivered to 'neighbour'"),
    ],
)
def test_the_customer_is_asked_first_where_a_carriers_word_is_not_enough(by: Actor, data: Any, why: str) -> None:
    incident = opened(by=by)

    delivered(incident, **data).settle()
    assert incident.of(EntryKind.CLEARING_ASKED) == [{"on": "shipment.delivered", "ask": CONFIRM, "why": why}]
    assert incident.of(EntryKind.CLEARED) == []
    assert incident.state.waiting_for == [Party.CUSTOMER]
    incident.answer("yes", ask=CONFIRM)

    assert incident.of(EntryKind.CLEARED) == [{"on": "shipment.delivered", "confirmed_by": CONFIRM}]
    assert incident.status() is Status.CLOSED


def test_a_suspension_that_a_clearing_ends_lasts_until_we_hear_of_it() -> None:
    incident = opened(clearable().model_copy(update={"sla": sla(resolve=60)}))
    until = START + 20 * HOUR
    incident.take(SuspensionRequested(key="s", party=Party.CARRIER, until=until, reason="strike", actor=OPS))
    incident.wait(hours=6)
    delivered(incident, delivered_to="locker").settle().wait(hours=2)

    incident.take(AnswerGiven(key="a", ask=CONFIRM, actor=CUSTOMER, at=START + 7 * HOUR, choice="yes"))
    incident.settle()

    assert at(incident, EntryKind.CLEARED) == at(incident, EntryKind.SUSPENSION_ENDED) == [8]
    assert last(incident, EntryKind.CLOCK_RESUMED)["suspended"] == 8 * 3600


def test_a_second_report_by_a_person_counts_as_theirs() -> None:
    incident = opened()
    incident.take(ReportReceived(key="k-2", report=REPORT, actor=OPS))

    delivered(incident)

    assert [each["why"] for each in incident.of(EntryKind.CLEARING_ASKED)] == ["a person has reported it"]


def test_the_customer_is_asked_while_it_is_not_known_whether_a_person_is_behind_what_it_takes_over() -> None:
    incident = Incident(bundle=clearable())
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=SHOP))
    other = Sibling(incident_id="inc-0", exception_type="delayed_shipment", workflow_id="delayed_shipment:SO-1")
    incident.take(Registered(superseded=(other,)))

    delivered(incident)

    (asked,) = incident.of(EntryKind.CLEARING_ASKED)
    assert asked["why"] == "a person may have reported what it takes over"
    assert incident.of(EntryKind.CLEARED) == []


def test_handed_to_the_customer_needs_no_question() -> None:
    assert delivered(opened(), delivered_to="customer").settle().state.outcome == "self_resolved"


def test_nothing_new_is_begun_while_the_customer_is_asked_and_a_no_lets_it_go_on() -> None:
    incident = opened(by=OPS).wait(hours=71)
    incident.answer("reship")

    delivered(incident).settle().wait(hours=10)
    assert incident.of(EntryKind.WAIT_TIMED_OUT) == []
    incident.answer("no", ask=CONFIRM, key="a-2")

    (ignored,) = said(incident)
    assert ignored == {"on": "shipment.delivered", "why": "the customer was asked, and said no"}
    assert len(incident.of(EntryKind.WAIT_TIMED_OUT)) == 1
    assert incident.settle().state.outcome == "reship"


def test_silence_means_no() -> None:
    """What silence means never takes away a right."""
    incident = opened(by=OPS)

    delivered(incident).settle().wait(hours=25)

    assert incident.of(EntryKind.SILENCE_ASSUMED) == [{"ask": CONFIRM, "choice": "no"}]
    assert [each["why"] for each in said(incident)] == ["the customer was asked, and said no"]
    assert incident.wait(days=12).state.outcome == "refund"


def test_silence_can_mean_yes_and_what_was_said_is_a_fact() -> None:
    arrived = ARRIVED.model_copy(update={"if_silent": "yes", "save_as": "received"})
    bundle = clearable(arrived)
    incident = opened(bundle.model_copy(update={"facts": {**bundle.facts, "received": FactType.STRING}}), by=OPS)

    delivered(incident).settle().wait(hours=25)

    assert incident.of(EntryKind.SILENCE_ASSUMED) == [{"ask": CONFIRM, "choice": "yes"}]
    assert incident.of(EntryKind.CLEARED) == [{"on": "shipment.delivered", "confirmed_by": CONFIRM}]
    assert incident.state.facts["received"] == "yes"
    assert incident.state.outcome == "self_resolved"


def test_a_no_is_a_fact_that_a_wait_may_hang_on() -> None:
    arrived = ARRIVED.model_copy(update={"save_as": "received"})
    disputed = WAIT.model_copy(update={"until": 'has(received) && received == "no"'})
    bundle = clearable(arrived, analysis=(disputed,), action=(Plan(name="refund", steps=(REFUND,)),))
    incident = opened(bundle.model_copy(update={"facts": {**bundle.facts, "received": FactType.STRING}}), by=OPS)

    delivered(incident).settle()
    incident.answer("no", ask=CONFIRM)

    assert [each["wait"] for each in incident.of(EntryKind.WAIT_ENDED)] == [WAIT.id]


def test_a_customer_who_cannot_be_asked_has_not_said_yes() -> None:
    incident = opened(by=OPS)
    incident.world = refusing("customers.tell")

    delivered(incident).settle()

    assert [each["why"] for each in said(incident)] == ["the customer was asked, and said nothing"]
    assert incident.state.clearing is None


def test_a_customer_is_asked_once_at_a_time_and_again_when_it_is_told_anew() -> None:
    incident = opened(by=OPS)

    delivered(incident).settle()
    delivered(incident, key="n-2").settle()
    incident.answer("no", ask=CONFIRM)
    delivered(incident, key="n-3").settle()

    whys = [each["why"] for each in said(incident)]
    assert whys == ["the customer is being asked already", "the customer was asked, and said no"]
    assert [each["ask"] for each in incident.of(EntryKind.CLEARING_ASKED)] == [CONFIRM, "clears.ask.2"]


def test_where_there_is_no_question_it_is_not_cleared() -> None:
    silent = ARRIVED.model_copy(update={"confirm": None, "answer_within": None})
    incident = opened(clearable(silent), by=OPS)

    delivered(incident).settle()

    why = "a person has reported it, and the runbook has no question for the customer"
    assert said(incident) == [{"on": "shipment.delivered", "why": why}]


def test_it_comes_too_late_for_what_has_given_something_that_cannot_be_called_back_or_may_have() -> None:
    later = ASK.model_copy(update={"id": "action.refund.ask", "save_as": None, "after": None})
    bundle = clearable(analysis=(), action=(Plan(name="refund", steps=(REFUND, later)),))
    known = opened(bundle)
    under_way = Incident(bundle=bundle)
    under_way.take(ReportReceived(key="k-1", report=REPORT, actor=SHOP))
    under_way.take(Registered())
    while not any(each.activity == "payments.refund" for each in under_way.state.pending.values()):
        under_way.take(applied(next(iter(under_way.state.pending.values())), under_way.now))

    for incident in (known, under_way):
        delivered(incident).settle()

        why = "'action.refund.payments.refund' has given what cannot be called back, or may have"
        assert said(incident) == [{"on": "shipment.delivered", "why": why}]
        assert incident.wait(days=3).state.outcome == "refund"


def test_a_yes_counts_once_a_person_who_had_it_in_hand_gives_it_back() -> None:
    incident = opened(by=OPS)
    delivered(incident).settle()
    incident.take(TakeOverRequested(key="t-1", reason="a friend of the house", actor=OPS))

    incident.answer("yes", ask=CONFIRM)
    assert incident.of(EntryKind.CLEARED) == []
    incident.retry("taken_over")

    assert incident.of(EntryKind.CLEARED) == [{"on": "shipment.delivered", "confirmed_by": CONFIRM}]


def test_nothing_is_cleared_that_is_decided_already() -> None:
    resolved = opened(clearable(analysis=(), action=(Plan(name="reship", steps=(REPLACE,)),)))
    cancelled = opened(by=OPS)
    cancelled.take(CancelRequested(key="c-1", reason="found", actor=OPS))
    in_hand = opened()
    in_hand.take(TakeOverRequested(key="t-1", reason="a friend of the house", actor=OPS))
    nothing_left = opened(
        clearable(analysis=(), action=(Plan(name="refund", steps=(REFUND,)),)), world=refusing("payments.refund")
    )
    cleared = delivered(opened(world=refusing("shipping.close_trace"))).settle()

    told = [
        said(delivered(each, key="n-9"))[-1]["why"] for each in (resolved, cancelled, in_hand, nothing_left, cleared)
    ]

    assert told == [
        "the customer is whole already",
        "the incident is being cancelled",
        "a person has taken it over",
        "no plan was left, and a person decides",
        "the incident is being closed, as its cause is gone",
    ]


def test_an_interrupt_comes_before_and_ends_the_question() -> None:
    called_off = Interrupt(on="order.cancel_requested", plan="refund")
    incident = opened(clearable().model_copy(update={"interrupts": (called_off,)}), by=OPS)
    delivered(incident).settle()

    delivered(incident, key="n-2", on="order.cancel_requested")

    assert {"ask": CONFIRM} in incident.of(EntryKind.QUESTION_WITHDRAWN)
    assert incident.state.clearing is None
    assert incident.settle().state.outcome == "refund"


@pytest.mark.parametrize("begun", [True, False], ids=["being cleared", "being asked"])
def test_it_can_be_called_off_meanwhile(begun: bool) -> None:
    incident = opened(by=SHOP if begun else OPS)
    incident.world = refusing("shipping.close_trace") if begun else applied
    delivered(incident).settle()

    incident.world = applied
    incident.take(CancelRequested(key="c-1", reason="enough", actor=OPS))
    if begun:
        incident.take(RetryRequested(key="r-1", task="undo:analysis.shipping.open_trace/1", actor=OPS))
    incident.settle()

    assert (incident.status(), incident.state.outcome) == (Status.CANCELLED, "cancelled: enough")
    assert incident.of(EntryKind.CLEARED) == ([{"on": "shipment.delivered"}] if begun else [])


def test_an_effect_of_which_nobody_knows_is_found_out_before_it_closes() -> None:
    incident = Incident(bundle=clearable())
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=SHOP))
    incident.take(Registered())
    while not any(each.activity == "shipping.open_trace" for each in incident.state.pending.values()):
        incident.take(applied(next(iter(incident.state.pending.values())), incident.now))

    delivered(incident)
    (command,) = incident.state.pending.values()
    incident.take(applied(command, incident.now).model_copy(update={"outcome": Outcome.UNKNOWN, "result": {}}))
    assert incident.commands[-1].reconciles == command.id

    assert incident.settle().activities()[-2:] == ["shipping.close_trace", "customers.tell"]


def test_the_survey_of_a_cleared_incident_is_left_out() -> None:
    incident = delivered(opened(clearable(follow_up=(SURVEY,)))).settle()

    assert not any(each["ask"] == SURVEY.id for each in incident.of(EntryKind.QUESTION_ASKED))
