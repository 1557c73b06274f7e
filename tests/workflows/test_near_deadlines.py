"""Deadlines of others that come near: they make an incident more severe, from their minute on until they are kept."""

from datetime import timedelta

from amends.models import Severity
from amends.timeline import EntryKind
from runbooks.bundle import Bundle
from runbooks.policy import ExternalDeadline, Goal, GoalName, TableKind
from runbooks.program import SeverityRule
from tests.workflows.builders import OPS, START, Incident
from tests.workflows.promises import at, by, claiming, hours, last, sla
from tests.workflows.test_deadlines import World, opened
from workflows import core
from workflows.events import SeverityChosen

SEVERITY, DUE = EntryKind.SEVERITY_SET, "2026-11-05T09:00:00+00:00"


def near(*rules: tuple[Severity, float], when: str = "incident.contacts > 2", safe_before: float = 24) -> Bundle:
    """A claim is due after 72 hours; the rules, from the worst down, hold when it is so many hours away."""
    base = claiming(safe_before=safe_before)
    severities = tuple(
        SeverityRule(severity=severity, when=when, near={"carrier_claim": timedelta(hours=hours)})
        for severity, hours in rules
    )
    return base.model_copy(update={"program": base.program.model_copy(update={"severity": severities})})


def levels(incident: Incident) -> list[tuple[float, str]]:
    return [
        ((entry.occurred_at - START) / timedelta(hours=1), str(entry.data["severity"]))
        for entry in incident.entries
        if entry.kind is SEVERITY
    ]


def test_the_severity_rises_at_the_minute_at_which_the_deadline_is_near_and_says_why() -> None:
    incident, _ = opened(near((Severity.CRITICAL, 29)))
    incident.wait(hours=47)

    assert levels(incident) == [(43, "critical")]
    assert last(incident, SEVERITY) == {
        "severity": "critical",
        "was": "low",
        "deadline": "carrier_claim",
        "due_at": DUE,
    }
    assert {"due": ["nearness of carrier_claim"]} in incident.of(EntryKind.TIME_CAME)


def test_it_falls_again_when_the_deadline_is_kept() -> None:
    incident, _ = opened(near((Severity.CRITICAL, 29)))
    incident.wait(hours=60)

    assert at(incident, EntryKind.DEADLINE_PROTECTED) == [48]
    assert levels(incident) == [(43, "critical"), (48, "low")]
    assert "deadline" not in last(incident, SEVERITY)


def test_it_rises_step_by_step_where_several_rules_name_the_deadline() -> None:
    incident, world = opened(near((Severity.CRITICAL, 10), (Severity.HIGH, 40), safe_before=1))
    incident.wait(hours=72)

    assert levels(incident) == [(32, "high"), (62, "critical"), (71, "low")]
    assert world.claims() == [("external.carrier_claim", 71)]


def test_what_was_missed_stays_as_severe_until_it_is_made_good() -> None:
    world = World(refuses=("shipping.file_claim",))
    incident, _ = opened(near((Severity.CRITICAL, 12), safe_before=6), world)
    incident.wait(hours=75)
    assert at(incident, EntryKind.DEADLINE_MISSED) == [72]
    assert levels(incident) == [(60, "critical")]

    world.refuses = ()
    incident.retry(incident.state.tasks[0].id)

    assert incident.state.severity is Severity.LOW


def test_a_deadline_that_is_near_when_it_becomes_known_counts_at_once() -> None:
    world = World()
    world.seen = (START - timedelta(hours=40)).isoformat()
    incident, _ = opened(near((Severity.CRITICAL, 36), safe_before=1), world)

    assert levels(incident) == [(0, "critical")]


def test_a_condition_that_holds_needs_no_deadline_to_be_told() -> None:
    incident, _ = opened(near((Severity.CRITICAL, 29), when="incident.contacts > 0"))
    incident.wait(hours=45)

    assert incident.state.severity is Severity.CRITICAL
    assert all("deadline" not in each for each in incident.of(SEVERITY))


def test_what_a_person_has_chosen_stands_though_a_deadline_is_near() -> None:
    incident, _ = opened(near((Severity.CRITICAL, 29)))
    incident.take(SeverityChosen(key="s-1", severity=Severity.MEDIUM, reason="it is known", actor=OPS))
    incident.wait(hours=47)

    assert incident.state.severity is Severity.MEDIUM


def test_the_clocks_follow_it_at_that_minute() -> None:
    bundle = near((Severity.CRITICAL, 29)).model_copy(update={"sla": sla(resolve=Goal(within=by(50, 60, 90, 90)))})
    incident, _ = opened(bundle)
    incident.wait(hours=44)

    reset = last(incident, EntryKind.CLOCK_RESET)
    assert at(incident, EntryKind.CLOCK_RESET) == [43]
    assert (reset["goal"], hours(reset["due_at"])) == (GoalName.RESOLVE, 50)


def test_the_engine_looks_again_at_that_minute_and_not_twice() -> None:
    incident, _ = opened(near((Severity.CRITICAL, 29)))
    incident.wait(hours=43)

    due = core.next_due(incident.state)
    assert due is not None
    assert due.at > incident.now


def test_who_approves_is_asked_when_the_severity_says_that_it_has_made() -> None:
    bundle = near((Severity.CRITICAL, 20), safe_before=10)
    (claim,) = bundle.external
    claim = claim.model_copy(update={"approve": "lead", "decide_within": by(1, 2, 4, 6)})
    incident, _ = opened(bundle.model_copy(update={"external": (claim,)}))
    incident.wait(hours=66)

    assert levels(incident) == [(52, "critical")]
    assert [hours(each["protect_at"]) for each in incident.of(EntryKind.DEADLINE_SET)] == [56, 61]
    assert at(incident, EntryKind.APPROVAL_ASKED) == [61]


def test_where_no_rule_names_a_deadline_nothing_is_looked_at() -> None:
    incident, _ = opened(claiming())
    incident.wait(hours=47)

    assert incident.state.deadlines["carrier_claim"].near is None
    assert levels(incident) == []


def watched(*rules: tuple[Severity, float]) -> Bundle:
    """No call could keep the deadline alone; its table counts in days."""
    bundle = near(*rules)
    (claim,) = bundle.external
    table = bundle.tables[claim.table]
    days = table.model_copy(update={"kind": TableKind.DAYS, "rows": (table.rows[0].model_copy(update={"value": 3}),)})
    alone = ExternalDeadline(name=claim.name, starts=claim.starts, table=claim.table)
    return bundle.model_copy(update={"external": (alone,), "tables": {claim.table: days}})


def test_what_no_call_could_keep_is_kept_when_the_customer_is_whole() -> None:
    world = World()
    world.seen = (START + timedelta(hours=6)).isoformat()
    incident, _ = opened(watched((Severity.CRITICAL, 24)), world)
    incident.wait(hours=55).answer("refund").wait(hours=17)

    assert levels(incident) == [(54, "critical"), (72, "low")]
    assert last(incident, EntryKind.DEADLINE_PROTECTED) == {"deadline": "carrier_claim", "by": "refund"}
    assert at(incident, EntryKind.INCIDENT_RESOLVED) == [72]
    assert world.claims() == [("follow_up.shipping.file_claim", 72)]


def test_what_no_call_could_keep_is_missed_and_stays_near_until_the_customer_is_whole() -> None:
    world = World(refuses=("payments.refund",))
    incident, _ = opened(watched((Severity.CRITICAL, 24)), world)
    incident.wait(hours=80)
    assert at(incident, EntryKind.DEADLINE_MISSED) == [72]
    assert levels(incident) == [(48, "critical")]

    world.refuses = ()
    incident.retry(incident.state.tasks[0].id)

    assert incident.state.resolved
    assert levels(incident) == [(48, "critical"), (80, "low")]
