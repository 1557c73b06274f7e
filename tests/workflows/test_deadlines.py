"""Deadlines of others: never paused, protected at the last safe moment, and by one call only."""

from datetime import datetime, timedelta

import pytest

from amends.models import Data, Outcome
from amends.timeline import EntryKind
from runbooks.bundle import Bundle
from runbooks.policy import TaskPolicy
from runbooks.program import FactType, Value
from tests.workflows.bench import decide
from tests.workflows.builders import OPS, REPORT, START, Incident, always, applied, refusing
from tests.workflows.promises import CLAIM, LADDER, at, claiming, hours, last, pages
from workflows.events import Command, CommandReturned, Registered, ReportReceived, RetryRequested, TimeCame
from workflows.state import StepPhase, Why

SET, PROTECTED, MISSED = EntryKind.DEADLINE_SET, EntryKind.DEADLINE_PROTECTED, EntryKind.DEADLINE_MISSED


class World:
    """Everything works; the parcel was last seen when the incident begins."""

    def __init__(self, *, refuses: tuple[str, ...] = (), market: str = "cn") -> None:
        self.refuses = refuses
        self.market = market
        self.seen: str | None = START.isoformat()
        self.calls: list[tuple[str, datetime]] = []

    def __call__(self, command: Command, now: datetime) -> CommandReturned:
        if command.role == "effect":
            self.calls.append((command.step, now))
        if command.activity in self.refuses:
            return refusing(command.activity)(command, now)
        answer = applied(command, now)
        if command.activity == "orders.read":
            return answer.model_copy(update={"result": {**answer.result, "market": self.market}})
        if command.activity == "shipping.read_parcel":
            scan: Data = {"last_scan_at": self.seen} if self.seen else {}
            return answer.model_copy(update={"result": {**answer.result, **scan}})
        if command.activity == "shipping.file_claim":
            return answer.model_copy(update={"result": {"claim_id": "CL-1", "status": "open"}})
        return answer

    def claims(self) -> list[tuple[str, float]]:
        return [(step, (now - START) / timedelta(hours=1)) for step, now in self.calls if "claim" in step]


def opened(bundle: Bundle | None = None, world: World | None = None) -> tuple[Incident, World]:
    world = world or World()
    return Incident(bundle=bundle or claiming(), world=world).open(), world


def test_a_deadline_is_set_from_its_fact_and_its_table() -> None:
    incident, _ = opened()

    told = last(incident, SET)
    assert (hours(told["due_at"]), hours(told["protect_at"])) == (72, 48)
    assert (told["table"], told["source"]) == ("claim_window", "the contract")


def reported() -> Bundle:
    """Whoever reports says when the parcel was seen last."""
    base = claiming()
    told = {"seen_at": FactType.TIMESTAMP}
    starts = (base.external[0].model_copy(update={"starts": "report.seen_at"}),)
    facts = {**base.facts, "report.seen_at": FactType.TIMESTAMP}
    return base.model_copy(update={"external": starts, "report": {**base.report, **told}, "facts": facts})


def test_nothing_is_protected_before_it_is_known_that_the_report_is_no_repeat() -> None:
    incident = Incident(bundle=reported(), world=World())
    seen_at = (START - timedelta(days=2, hours=12)).isoformat()
    incident.take(ReportReceived(key="k-1", report={**REPORT, "seen_at": seen_at}, actor=OPS))

    assert incident.commands == []
    assert incident.of(SET) == []
    incident.take(Registered())
    assert "external.carrier_claim" in [command.step for command in incident.commands]


def test_a_day_of_which_the_table_says_nothing_has_the_shortest_time_and_holds_nothing_up() -> None:
    world = World()
    world.seen = "2025-12-31T09:00:00+00:00"
    rows = claiming().tables["claim_window"].rows
    longer = rows[0].model_copy(update={"value": 400 * 86400})
    table = claiming().tables["claim_window"].model_copy(update={"rows": (longer, rows[0])})
    incident, _ = opened(claiming().model_copy(update={"tables": {"claim_window": table}}), world)

    told = last(incident, SET)
    assert (told["due_at"], told["unconfirmed"]) == ("2026-01-03T09:00:00+00:00", True)
    assert incident.state.stage == "analysis"


def test_the_row_of_the_orders_market_holds_before_the_one_for_everywhere() -> None:
    rows = claiming().tables["claim_window"].rows
    there = rows[0].model_copy(update={"jurisdiction": "US", "value": 400 * 86400, "source": "the law there"})
    table = claiming().tables["claim_window"].model_copy(update={"rows": (*rows, there)})
    incident, _ = opened(claiming().model_copy(update={"tables": {"claim_window": table}}), World(market="us"))

    told = last(incident, SET)
    assert (hours(told["due_at"]), told["source"]) == (400 * 24, "the law there")


def test_what_protects_a_deadline_of_others_runs_at_the_last_safe_moment() -> None:
    incident, world = opened()
    incident.wait(hours=60)

    assert world.claims() == [("external.carrier_claim", 48)]
    assert at(incident, PROTECTED, by="external.carrier_claim") == [48]


def test_the_runbooks_own_step_takes_over_what_was_done_and_does_not_call_again() -> None:
    incident, world = opened()
    incident.wait(hours=25).answer("refund").wait(hours=200)

    assert incident.status() == "closed"
    assert world.claims() == [("external.carrier_claim", 48)]
    assert last(incident, EntryKind.STEP_SKIPPED)["done_by"] == "external.carrier_claim"
    assert incident.state.facts["claim"] == {"claim_id": "CL-1", "status": "open"}


def test_the_runbooks_own_step_protects_it_when_it_comes_first() -> None:
    incident, world = opened(claiming(days=30))
    incident.wait(hours=25).answer("refund").wait(hours=48)

    assert world.claims() == [("follow_up.shipping.file_claim", 72)]
    assert at(incident, PROTECTED, by=CLAIM.id) == [72]


def test_the_time_that_its_approval_needs_is_taken_off() -> None:
    bundle = claiming(approve="lead", decide_within=always(6))
    incident, world = opened(bundle)
    assert hours(last(incident, SET)["protect_at"]) == 42
    incident.wait(hours=44)
    assert world.claims() == []

    decide(incident, "chen", approval_id="external.carrier_claim.approve", amount=None)

    assert world.claims() == [("external.carrier_claim", 44)]


def test_a_deadline_of_others_never_pauses() -> None:
    incident, world = opened()
    incident.wait(hours=50)

    assert incident.of(EntryKind.CLOCK_PAUSED) == []
    assert world.claims()[0][1] == 48


def test_a_deadline_that_begins_anew_moves_while_nothing_was_done() -> None:
    world = World()
    incident, _ = opened(world=world)
    incident.state.facts["parcel"]["last_scan_at"] = (START + timedelta(hours=10)).isoformat()  # type: ignore[index, call-overload]
    incident.wait(hours=7)

    assert [hours(each["due_at"]) for each in incident.of(SET)] == [72, 82]


def test_what_is_refused_is_a_persons_task_and_missed_when_its_time_comes() -> None:
    bundle = claiming().model_copy(
        update={"escalation": LADDER, "tasks": TaskPolicy(owner="logistics", within=always(90))}
    )
    incident, _ = opened(bundle, World(refuses=("shipping.file_claim",)))
    incident.wait(hours=72)

    assert [task.why for task in incident.state.tasks] == [Why.REFUSED]
    assert at(incident, MISSED) == [72]
    assert (48, 1, "an,bo") in pages(incident)
    assert last(incident, EntryKind.LADDER_RAISED)["what"] == "carrier_claim"


def test_what_could_not_be_called_for_want_of_a_fact_is_missed_and_nobodys_task_any_more() -> None:
    base = claiming()
    lacking = base.external[0].model_copy(update={"inputs": {"parcel_id": Value(expr="choice")}})
    incident, _ = opened(base.model_copy(update={"external": (lacking,)}))
    incident.wait(hours=50)
    assert [task.why for task in incident.state.tasks] == [Why.UNPROTECTED]
    incident.wait(hours=22)

    assert at(incident, MISSED) == [72]
    assert incident.state.tasks == []


def test_a_task_that_was_tried_again_in_time_keeps_it() -> None:
    world = World(refuses=("shipping.file_claim",))
    incident, _ = opened(claiming(), world)
    incident.wait(hours=50)
    world.refuses = ()
    incident.retry(incident.state.tasks[0].id).wait(hours=30)

    assert incident.of(MISSED) == []
    assert at(incident, PROTECTED) == [50]


def test_without_its_fact_there_is_no_deadline() -> None:
    world = World()
    world.seen = None
    incident, _ = opened(world=world)

    assert incident.state.deadlines == {}


def test_a_deadline_about_something_that_is_not_wanted_any_more_is_let_go() -> None:
    bundle = claiming()
    step = CLAIM.model_copy(update={"when": 'trace.status != "found"'})
    bundle = bundle.model_copy(update={"program": bundle.program.model_copy(update={"follow_up": (step,)})})
    incident, world = opened(bundle)
    incident.state.facts["trace"] = {"trace_id": "T-1", "status": "found"}
    incident.wait(hours=60)

    assert world.claims() == []
    assert incident.of(MISSED) == []
    assert at(incident, EntryKind.DEADLINE_LET_GO, deadline="carrier_claim") == [6]


def test_an_unknown_outcome_is_asked_about_before_anything_else() -> None:
    world = World()

    def losing(command: Command, now: datetime) -> CommandReturned:
        if command.activity == "shipping.file_claim" and command.reconciles is None:
            return CommandReturned(command_id=command.id, outcome=Outcome.UNKNOWN, trouble="no answer")
        return world(command, now)

    incident = Incident(bundle=claiming(), world=losing).open().wait(hours=49)

    assert len(incident.of(EntryKind.RECONCILE_REQUESTED)) == 1
    assert at(incident, PROTECTED) == [48]


def test_what_another_step_has_protected_is_nobodys_task_any_more() -> None:
    world = World(refuses=("shipping.file_claim",))
    incident, _ = opened(claiming(days=4, safe_before=30), world)
    incident.wait(hours=67).answer("refund")
    assert [task.step for task in incident.state.tasks] == ["external.carrier_claim"]
    world.refuses = ()
    incident.wait(hours=6)

    assert world.claims() == [("external.carrier_claim", 66), (CLAIM.id, 72)]
    assert at(incident, PROTECTED, by=CLAIM.id) == [72]
    assert incident.state.tasks == []


def test_an_approval_of_our_own_call_is_asked_no_more_once_another_step_has_made_it() -> None:
    incident, world = opened(claiming(days=4, approve="lead", decide_within=always(6)))
    incident.wait(hours=70).answer("refund").wait(hours=3)

    assert world.claims() == [(CLAIM.id, 72)]
    assert last(incident, EntryKind.APPROVAL_WITHDRAWN)["approval"] == "external.carrier_claim.approve"


def test_the_runbooks_own_step_waits_while_nobody_knows_what_became_of_our_call() -> None:
    incident, world = opened(claiming(days=4, safe_before=30))
    incident.wait(hours=65).answer("refund")
    for hour in (66, 72):  # our call has not come back when the runbook's own turn comes
        incident.now = START + timedelta(hours=hour)
        incident.take(TimeCame())
        for command in [each for each in incident.state.pending.values() if "claim" not in each.activity]:
            incident.take(world(command, incident.now))
    incident.settle()

    assert world.claims() == [("external.carrier_claim", 72)]
    assert last(incident, EntryKind.STEP_SKIPPED)["done_by"] == "external.carrier_claim"


def test_what_our_own_call_was_refused_is_not_tried_again_beside_a_call_that_was_made() -> None:
    world = World(refuses=("shipping.file_claim",))
    incident, _ = opened(claiming(days=4, safe_before=30), world)
    incident.wait(hours=67).answer("refund")
    task = incident.state.tasks[0].id
    incident.now = START + timedelta(hours=72)
    incident.take(TimeCame())
    while all(command.step != CLAIM.id for command in incident.state.pending.values()):
        incident.take(world(next(iter(incident.state.pending.values())), incident.now))
    incident.take(RetryRequested(key="r", task=task, actor=OPS))

    assert [command.step for command in incident.state.pending.values() if "claim" in command.activity] == [CLAIM.id]


def test_nobody_is_asked_to_approve_what_has_come_too_late() -> None:
    incident, _ = opened(claiming(approve="lead", decide_within=always(6)))
    incident.wait(hours=72)

    assert at(incident, MISSED) == [72]
    assert last(incident, EntryKind.APPROVAL_WITHDRAWN)["approval"] == "external.carrier_claim.approve"
    assert incident.state.tasks == []


def test_nothing_is_written_behind_the_end_when_the_last_step_keeps_it() -> None:
    incident, _ = opened(claiming(days=30))
    incident.wait(hours=25).answer("refund").wait(hours=48)

    assert incident.status() == "closed"
    assert incident.kinds().index(PROTECTED) < incident.kinds().index(EntryKind.INCIDENT_CLOSED)
    assert incident.kinds()[-1] is EntryKind.INCIDENT_CLOSED


@pytest.mark.parametrize("seen", ["9999-12-31T23:00:00+00:00", "0001-01-01T00:00:00+00:00"])
def test_a_moment_that_stands_for_never_sets_no_deadline(seen: str) -> None:
    world = World()
    world.seen = seen

    incident, _ = opened(world=world)

    assert SET not in incident.kinds()
    assert incident.state.steps["analysis.shipping.open_trace"].phase is StepPhase.DONE
