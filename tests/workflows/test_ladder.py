"""The ladder: who is paged when, what stops it, and what starts it a level higher."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from amends.models import Actor, ActorKind, Outcome, Refusal, Severity
from amends.timeline import EntryKind
from runbooks.bundle import Bundle
from runbooks.policy import Level, Quiet, Role
from runbooks.program import SeverityRule
from tests.workflows.bench import cautious, person
from tests.workflows.builders import HOUR, OPS, REPORT, START, Incident, always, applied, lost_parcel, refusing
from tests.workflows.promises import LADDER, QUIET, ROLES, WEEKDAYS_ONLY, at, by, hours, last, pages, promising, sla
from workflows import acts, core
from workflows.events import (
    Acknowledgement,
    Act,
    CancelRequested,
    Command,
    CommandReturned,
    EscalationRequested,
    Registered,
    ReportReceived,
    SnoozeRequested,
    TimeCame,
)
from workflows.events import (
    Role as Does,
)

REQUESTED, STOPPED = EntryKind.PAGE_REQUESTED, EntryKind.LADDER_STOPPED


def grave(**update: Any) -> Bundle:
    """Every incident is of high severity: a person has to take notice."""
    base = lost_parcel()
    rule = SeverityRule(severity=Severity.HIGH, when="incident.contacts > 0")
    base = base.model_copy(update={"program": base.program.model_copy(update={"severity": (rule,)})})
    return promising(base, **{"escalation": LADDER, **update})


def stuck(**update: Any) -> Incident:
    """A refused trace is a person's task; the severity is low."""
    bundle = promising(escalation=LADDER, **update)
    return Incident(bundle=bundle, world=refusing("shipping.open_trace")).open()


def acknowledge(incident: Incident, who: str = "an", *, key: str = "") -> Incident:
    incident.take(Acknowledgement(key=key or f"ack-{len(incident.entries)}", actor=person(who)))
    return incident.settle()


def test_nobody_is_paged_while_no_person_owes_a_move() -> None:
    incident = Incident(bundle=promising(escalation=LADDER)).open().wait(hours=300)

    assert pages(incident) == []
    assert incident.of(STOPPED) == []


def test_levels_are_paged_in_turn_until_somebody_acknowledges() -> None:
    incident = Incident(bundle=grave()).open().wait(hours=2.5)
    acknowledge(incident, "chen").wait(hours=20)

    assert pages(incident) == [(0, 1, "an,bo"), (1, 2, "chen"), (2, 2, "chen")]
    assert last(incident, STOPPED) == {"why": "nothing_owed"}
    assert incident.state.acknowledged_by == "chen"


def test_the_top_repeats_for_ever_and_its_end_is_itself_an_alert() -> None:
    incident = Incident(bundle=grave()).open().wait(hours=10)

    assert pages(incident)[3:] == [(hour, 3, "dai") for hour in (3, 4, 5, 6, 8)]
    assert at(incident, EntryKind.LADDER_EXHAUSTED) == [6]
    assert last(incident, EntryKind.LADDER_EXHAUSTED) == {"level": 3, "pages": 3}


def test_a_ladder_that_nobody_acknowledges_always_has_a_next_page() -> None:
    incident = stuck()
    for _ in range(40):
        due = core.next_due(incident.state)
        assert due is not None
        assert due.at > incident.now
        incident.wait(seconds=(due.at - incident.now).total_seconds())


def test_unresolved_after_an_acknowledgement_it_pages_again() -> None:
    incident = acknowledge(stuck()).wait(hours=25)

    assert pages(incident) == [(0, 1, "an,bo"), (24, 1, "an,bo")]


def test_the_runbook_may_say_after_how_long_it_pages_again() -> None:
    quick = (LADDER[0].model_copy(update={"again_after": always(3)}), *LADDER[1:])
    incident = Incident(bundle=promising(escalation=quick), world=refusing("shipping.open_trace")).open()
    acknowledge(incident).wait(hours=4)

    assert pages(incident) == [(0, 1, "an,bo"), (3, 1, "an,bo")]


def test_something_new_that_is_owed_pages_though_the_rest_was_acknowledged() -> None:
    incident = acknowledge(Incident(bundle=grave(), world=refusing("orders.add_replacement", "payments.refund")).open())
    incident.wait(hours=25).answer("reship").wait(hours=48)

    assert [page[1:] for page in pages(incident)][:2] == [(1, "an,bo"), (2, "chen")]
    assert last(incident, EntryKind.LADDER_RAISED)["why"] == "no_plan_left"


def test_exhausted_plans_and_a_failed_undo_start_it_a_level_higher() -> None:
    world = refusing("shipping.create_shipment", "inventory.release")
    incident = Incident(bundle=promising(escalation=LADDER), world=world).open().wait(hours=25)
    incident.answer("reship").wait(hours=47)

    assert last(incident, EntryKind.LADDER_RAISED) == {
        "level": 2,
        "why": "undo_failed",
        "what": "undo:action.reship.inventory.reserve/1",
    }
    assert pages(incident) == [(72, 2, "chen")]


def test_a_breach_starts_it_a_level_higher() -> None:
    incident = Incident(bundle=promising(escalation=LADDER, sla=sla(analysis=10))).open().wait(hours=10)

    assert pages(incident) == [(10, 2, "chen")]
    assert last(incident, REQUESTED)["cause"] == "breach:analysis"


def test_a_breach_on_a_ladder_that_runs_goes_up_from_where_it_stands() -> None:
    incident = acknowledge(stuck(sla=sla(resolve=5))).wait(hours=5)

    assert pages(incident) == [(0, 1, "an,bo"), (5, 2, "chen")]


def test_whoever_asks_for_those_above_gets_them_until_somebody_acknowledges() -> None:
    incident = Incident(bundle=promising(escalation=LADDER)).open()
    incident.take(EscalationRequested(key="e-1", reason="the customer is a hospital", actor=person("an")))
    incident.settle().wait(hours=1)
    acknowledge(incident, "chen").wait(hours=100)

    assert pages(incident) == [(0, 2, "chen")]
    assert last(incident, EntryKind.LADDER_RAISED) == {"level": 2, "why": "escalate", "what": "an"}


def test_the_first_level_pages_whose_move_it_is() -> None:
    bundle = cautious()
    roles = {**bundle.roles, "chief": Role(team=("zhao",))}
    ladder = (Level(page="logistics", ack_within=always(1)), Level(page="chief", ack_within=always(1)))
    bundle = bundle.model_copy(update={"escalation": ladder, "roles": roles})
    incident = Incident(bundle=bundle).open().wait(hours=25).answer("reship").wait(hours=48)

    assert pages(incident)[:2] == [(72, 1, "chen,mei"), (73, 2, "zhao")]


def test_quiet_hours_hold_back_what_may_wait_and_the_time_to_acknowledge_begins_after_them() -> None:
    roles = {**ROLES, "logistics": ROLES["logistics"].model_copy(update={"quiet": QUIET})}
    incident = Incident(bundle=promising(escalation=LADDER, roles=roles), world=refusing("shipping.open_trace"))
    incident.now = START + 14 * HOUR  # 23:00
    incident.open().wait(hours=11)

    assert last(incident, EntryKind.PAGE_HELD)["role"] == "logistics"
    assert pages(incident) == [(22, 1, "an,bo"), (24, 2, "chen")]


def test_quiet_hours_do_not_hold_back_what_may_not_wait() -> None:
    roles = {**ROLES, "logistics": ROLES["logistics"].model_copy(update={"quiet": QUIET})}
    incident = Incident(bundle=grave(roles=roles))
    incident.now = START + 14 * HOUR
    incident.open()

    assert pages(incident) == [(14, 1, "an,bo")]


def test_when_who_acknowledged_goes_off_duty_the_next_one_is_paged() -> None:
    roles = {**ROLES, "logistics": Role(team=("an", "bo"), duty=WEEKDAYS_ONLY)}
    bundle = promising(escalation=LADDER, roles=roles, tasks=None)
    incident = Incident(bundle=bundle, world=refusing("shipping.open_trace"))
    incident.now = START + timedelta(days=4, hours=9)  # Friday 18:00
    acknowledge(incident.open()).wait(hours=7)

    assert pages(incident) == [(105, 1, "an"), (111, 1, "bo")]


def test_a_snooze_holds_pages_back_until_it_expires() -> None:
    incident = stuck()
    incident.take(
        SnoozeRequested(key="s", until=START + 5 * HOUR, reason="the carrier calls at two", actor=person("an"))
    )
    incident.settle().wait(hours=6)

    assert pages(incident) == [(0, 1, "an,bo"), (5, 2, "chen")]


def test_a_breach_ends_a_snooze() -> None:
    incident = stuck(sla=sla(resolve=3))
    incident.take(SnoozeRequested(key="s", until=START + 20 * HOUR, reason="it can wait", actor=person("an")))
    incident.settle().wait(hours=4)

    assert pages(incident) == [(0, 1, "an,bo"), (3, 2, "chen")]


def test_a_page_that_reaches_nobody_pages_the_next_level_at_once() -> None:
    def world(command: Command, now: datetime) -> CommandReturned:
        if command.role is Does.PAGE and command.inputs["level"] == 1:
            refusal = Refusal(reason="NobodyReached", message="an: no channel")
            return CommandReturned(command_id=command.id, outcome=Outcome.NOT_APPLIED, refusal=refusal)
        return applied(command, now)

    incident = Incident(bundle=grave(), world=world).open()

    assert pages(incident) == [(0, 1, "an,bo"), (0, 2, "chen")]
    assert len(incident.of(EntryKind.PAGE_FAILED)) == 1


def test_a_worse_severity_shortens_the_time_to_acknowledge() -> None:
    base = lost_parcel()
    rule = SeverityRule(severity=Severity.HIGH, when="incident.contacts > 1")
    program = base.program.model_copy(update={"severity": (rule,)})
    slow = (Level(page="logistics", ack_within=by(1, 2, 8, 8)), *LADDER[1:])
    bundle = promising(base.model_copy(update={"program": program}), escalation=slow)
    incident = Incident(bundle=bundle, world=refusing("shipping.open_trace")).open().wait(hours=1)
    incident.take(ReportReceived(key="k-2", report=REPORT, actor=OPS))
    incident.settle().wait(hours=1.5)

    assert [page[1] for page in pages(incident)] == [1, 1]  # something new is owed: somebody has to take notice
    assert pages(incident)[1][0] == 1


def test_an_acknowledgement_does_not_keep_anybody_from_approving() -> None:
    incident = acknowledge(stuck(), "chen")

    assert "chen" not in incident.state.hands


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (Acknowledgement(key="a", actor=person("nobody")), "has no role here"),
        (Acknowledgement(key="a", actor=Actor(kind=ActorKind.SYSTEM, id="bot")), "only a person"),
        (EscalationRequested(key="e", reason=" ", actor=person("an")), "say why"),
        (EscalationRequested(key="e", reason="x", actor=person("nobody")), "has no role here"),
        (SnoozeRequested(key="s", until=START, reason="x", actor=person("an")), "has passed"),
        (SnoozeRequested(key="s", until=START + 25 * HOUR, reason="x", actor=person("an")), "for more than a day"),
        (SnoozeRequested(key="s", until=START + HOUR, reason="", actor=person("an")), "say why"),
    ],
)
def test_what_does_not_count_says_why(act: Act, why: str) -> None:
    incident = stuck()

    assert why in str(acts.refusal(incident.state, act, incident.now))


def test_there_is_nothing_to_put_off_where_nobody_is_paged() -> None:
    incident = Incident(bundle=promising(escalation=LADDER)).open()
    act = SnoozeRequested(key="s", until=START + HOUR, reason="x", actor=person("an"))

    assert "nobody is paged" in str(acts.refusal(incident.state, act, incident.now))


def test_a_runbook_without_a_ladder_cannot_escalate() -> None:
    act = EscalationRequested(key="e", reason="x", actor=person("an"))

    assert "has no ladder" in str(acts.refusal(Incident(bundle=promising()).open().state, act, START))


def test_the_ladder_stops_when_the_incident_ends() -> None:
    incident = stuck()
    incident.take(CancelRequested(key="c", reason="found", actor=OPS))
    incident.settle()

    assert incident.state.ended
    assert incident.state.ladder is None
    assert core.next_due(incident.state) is None


def test_who_takes_it_on_in_quiet_hours_is_paged_again_though_nobody_was_paged_before() -> None:
    roles = {**ROLES, "logistics": ROLES["logistics"].model_copy(update={"quiet": QUIET})}
    incident = Incident(bundle=promising(escalation=LADDER, roles=roles), world=refusing("shipping.open_trace"))
    incident.now = START + 14 * HOUR  # 23:00
    incident.open().wait(hours=1)
    acknowledge(incident, "chen").wait(hours=32)

    assert pages(incident) == [(46, 1, "an,bo")]  # a day later it is quiet again, until seven


def quietly(**update: Any) -> Incident:
    """A task of logistics that comes up at 23:00, in their quiet hours."""
    roles = {**ROLES, "logistics": ROLES["logistics"].model_copy(update={"quiet": QUIET, **update})}
    incident = Incident(bundle=promising(escalation=LADDER, roles=roles), world=refusing("shipping.open_trace"))
    incident.now = START + 14 * HOUR
    return incident.open()


def test_a_page_that_nobody_could_send_between_two_nights_is_held_to_the_end_of_the_second() -> None:
    incident = quietly()
    incident.now = START + 38 * HOUR  # no worker ran the whole day; it is 23:00 again
    incident.take(TimeCame())

    assert hours(last(incident, EntryKind.PAGE_HELD)["until"]) == 46
    assert (due := core.next_due(incident.state)) is not None
    assert hours(due.at.isoformat()) == 46
    incident.wait(hours=8)
    assert pages(incident) == [(46, 1, "an,bo")]


def test_a_page_that_is_put_off_into_the_next_night_is_held_to_its_end() -> None:
    incident = quietly()
    until = START + 37.5 * HOUR
    incident.take(SnoozeRequested(key="s", until=until, reason="a depot is closed", actor=person("an")))
    incident.wait(hours=32)

    assert [hours(each["until"]) for each in incident.of(EntryKind.PAGE_HELD)] == [22, 46]
    assert pages(incident) == [(46, 1, "an,bo")]


def test_quiet_hours_that_the_clocks_join_to_the_next_are_held_to_the_end_of_those() -> None:
    quiet = Quiet(begins=3 * 60, ends=2 * 60 + 30, above=Severity.HIGH)
    roles = {**ROLES, "logistics": ROLES["logistics"].model_copy(update={"zone": "Europe/Berlin", "quiet": quiet})}
    incident = Incident(bundle=promising(escalation=LADDER, roles=roles), world=refusing("shipping.open_trace"))
    incident.now = datetime(2026, 3, 28, 12, tzinfo=UTC)  # on the 29th there is no half past two
    incident.open().wait(hours=13)

    assert last(incident, EntryKind.PAGE_HELD)["until"] == "2026-03-30T00:30:00+00:00"
    assert (due := core.next_due(incident.state)) is not None
    assert due.at > incident.now


def test_what_is_held_and_put_off_and_may_not_wait_any_more_is_paged_once_it_is_put_off_no_longer() -> None:
    incident = quietly()
    until = START + 16 * HOUR
    incident.take(SnoozeRequested(key="s", until=until, reason="a depot is closed", actor=person("an")))
    incident.state.severity = Severity.CRITICAL
    incident.state.acknowledged_by = "an"

    assert (due := core.next_due(incident.state)) is not None
    assert due.at == until


def test_an_approval_that_is_asked_for_anew_is_something_new_that_is_owed() -> None:
    bundle = cautious().model_copy(update={"escalation": (Level(page="logistics", ack_within=always(1)),)})
    incident = Incident(bundle=bundle).open().wait(hours=25).answer("reship").wait(hours=47.5)
    acknowledge(incident, "chen")
    parcel = incident.state.facts["parcel"]
    assert isinstance(parcel, dict)
    incident.state.facts["parcel"] = {**parcel, "value": {"amount": 29900, "currency": "CNY"}}
    incident.take(ReportReceived(key="k-2", report=REPORT, actor=OPS))

    assert len(incident.of(EntryKind.APPROVAL_ASKED)) == 2
    assert pages(incident) == [(72, 1, "chen,mei"), (72.5, 1, "chen,mei")]


def held_at_night(**update: Any) -> Incident:
    """A task that is opened at 23:00, about which nobody is paged before seven."""
    roles = {**ROLES, "logistics": ROLES["logistics"].model_copy(update={"quiet": QUIET})}
    incident = Incident(
        bundle=promising(escalation=LADDER, roles=roles, **update), world=refusing("shipping.open_trace")
    )
    incident.now = START + 14 * HOUR
    return incident.open()


def test_a_snooze_that_ends_in_the_next_quiet_hours_waits_for_their_end() -> None:
    incident = held_at_night()
    until = START + 38 * HOUR  # 23:00 again
    incident.take(SnoozeRequested(key="s", until=until, reason="it can wait", actor=person("an")))
    incident.settle().wait(hours=24)
    due = core.next_due(incident.state)
    incident.wait(hours=9)

    assert due is not None
    assert due.at == START + 46 * HOUR
    assert pages(incident)[0] == (46, 1, "an,bo")


def test_who_looks_for_a_held_page_only_in_the_next_quiet_hours_waits_for_their_end() -> None:
    incident = held_at_night()
    incident.now = START + 40 * HOUR
    incident.take(TimeCame())

    due = core.next_due(incident.state)
    assert due is not None
    assert due.at == START + 46 * HOUR


def test_a_held_page_that_is_not_held_any_more_comes_when_its_snooze_ends() -> None:
    base = lost_parcel()
    rule = SeverityRule(severity=Severity.HIGH, when="incident.contacts > 1")
    base = base.model_copy(update={"program": base.program.model_copy(update={"severity": (rule,)})})
    roles = {**ROLES, "logistics": ROLES["logistics"].model_copy(update={"quiet": QUIET})}
    incident = Incident(bundle=promising(base, escalation=LADDER, roles=roles), world=refusing("shipping.open_trace"))
    incident.now = START + 13 * HOUR
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=OPS))
    acknowledge(incident)  # so that nothing new is owed when it gets worse
    incident.take(Registered())
    incident.settle()
    until = START + 15 * HOUR
    incident.take(SnoozeRequested(key="s", until=until, reason="it can wait", actor=person("an")))
    incident.take(ReportReceived(key="k-2", report=REPORT, actor=OPS))
    incident.settle().wait(hours=3)

    assert pages(incident)[0] == (15, 1, "an,bo")
