"""Who is answered sooner: a shorter budget of the same clock, as far as is known whose it is."""

from datetime import datetime

import pytest

from amends.models import Data, Severity
from amends.timeline import EntryKind
from runbooks.bundle import Bundle
from runbooks.policy import Goal, GoalName, Sooner
from runbooks.program import FactType, SeverityRule
from tests.workflows.builders import HOUR, OPS, REPORT, START, Incident, always, applied, lost_parcel, refusing
from tests.workflows.promises import at, by, hours, last, promising, sla
from workflows import clocks
from workflows.events import Command, CommandReturned, Registered, ReportReceived
from workflows.turn import Turn

RESET, STARTED, BREACHED = EntryKind.CLOCK_RESET, EntryKind.CLOCK_STARTED, EntryKind.CLOCK_BREACHED
GOLD = 'order.tier == "gold"'


def promised(*sooner: Sooner, **goals: Goal) -> Bundle:
    """The small runbook, in which the customer's tier is known once the order has been read."""
    base = lost_parcel()
    facts = {**base.facts, "order.tier": FactType.STRING}
    policy = sla(**goals).model_copy(update={"sooner": sooner})
    return promising(base.model_copy(update={"facts": facts}), sla=policy)


def answered() -> Bundle:
    """The first word in 8 hours, the next ones each in 30; for gold in 2 and in 10."""
    gold = Sooner(when=GOLD, within={GoalName.FIRST_RESPONSE: by(1, 1, 2, 2), GoalName.UPDATE: always(10)})
    return promised(gold, first_response=Goal(within=by(4, 6, 8, 8)), update=Goal(within=always(30)))


class Shop:
    """The order is of a tier; nobody can be written to, if ``mute``."""

    def __init__(self, tier: str, *, mute: bool = False) -> None:
        self.tier, self.mute = tier, mute

    def __call__(self, command: Command, now: datetime) -> CommandReturned:
        answer = (refusing("customers.tell") if self.mute else applied)(command, now)
        if command.activity == "orders.read":
            return answer.model_copy(update={"result": {**(answer.result or {}), "tier": self.tier}})
        return answer


def test_a_promise_is_the_usual_one_until_it_is_known_who_the_customer_is() -> None:
    incident = Incident(bundle=answered(), world=Shop("gold", mute=True))
    incident.take(ReportReceived(key="k-1", report=REPORT, actor=OPS))
    incident.take(Registered())
    assert hours(last(incident, STARTED)["due_at"]) == 8

    incident.settle().wait(hours=3)

    assert last(incident, RESET) == {"goal": "first_response", "within": 7200, "sooner": GOLD, "due_at": at_hour(2)}
    assert at(incident, BREACHED, goal="first_response") == [2]


def test_a_promise_that_begins_later_says_from_its_start_that_it_is_sooner() -> None:
    incident = Incident(bundle=answered(), world=Shop("gold")).open()

    started = last(incident, STARTED, goal="update")
    assert (started["within"], started["sooner"], hours(started["due_at"])) == (36_000, GOLD, 10)


def test_everybody_else_has_what_is_promised_to_everybody() -> None:
    incident = Incident(bundle=answered(), world=Shop("silver", mute=True)).open().wait(hours=9)

    assert incident.of(RESET) == []
    assert at(incident, BREACHED, goal="first_response") == [8]


def test_it_is_sooner_at_every_severity_and_nothing_else_is_changed_by_it() -> None:
    rule = SeverityRule(severity=Severity.CRITICAL, when="incident.contacts == 2")
    bundle = answered()
    bundle = bundle.model_copy(update={"program": bundle.program.model_copy(update={"severity": (rule,)})})
    incident = Incident(bundle=bundle, world=Shop("gold", mute=True)).open()
    assert incident.state.severity is Severity.LOW

    incident.take(ReportReceived(key="k-2", report=REPORT, actor=OPS))

    reset = last(incident, RESET)
    assert (reset["within"], reset["sooner"]) == (3600, GOLD)


def test_of_several_that_hold_the_least_time_counts_and_never_more_than_everybody_has() -> None:
    slow, fast = (
        Sooner(when="incident.contacts > 0", within={GoalName.UPDATE: always(50)}),
        Sooner(when=GOLD, within={GoalName.UPDATE: always(20)}),
    )
    bundle = promised(slow, fast, update=Goal(within=always(30)))

    assert last(Incident(bundle=bundle, world=Shop("gold")).open(), STARTED)["within"] == 20 * 3600
    assert last(Incident(bundle=bundle, world=Shop("silver")).open(), STARTED)["within"] == 30 * 3600


def test_what_was_consumed_stays_when_the_customer_is_of_another_tier_after_all() -> None:
    incident = Incident(bundle=answered(), world=Shop("gold")).open().wait(hours=6)
    order = incident.state.facts["order"]
    assert isinstance(order, dict)
    order["tier"] = "silver"

    incident.take(ReportReceived(key="k-2", report=REPORT, actor=OPS))

    reset = last(incident, RESET)
    assert "sooner" not in reset
    assert (reset["within"], hours(reset["due_at"])) == (30 * 3600, 30)
    assert incident.state.clocks[GoalName.UPDATE].consumed + 6 * HOUR == 6 * HOUR


@pytest.mark.parametrize(("within", "due"), [(5, 5), (10, None)])
def test_another_text_that_promises_less_time_to_the_same_people_resets_their_clock_alone(
    within: float, due: float | None
) -> None:
    incident = Incident(bundle=answered(), world=Shop("gold")).open()
    policy = incident.bundle.sla
    assert policy is not None
    gold = policy.sooner[0].model_copy(update={"within": {GoalName.UPDATE: always(within)}})
    new = incident.bundle.model_copy(update={"sla": policy.model_copy(update={"sooner": (gold,)})})
    turn = Turn(incident.state, START)

    clocks.settle(turn, new)
    incident.state.bundle = new
    clocks.reset(turn, incident.bundle)

    told: list[Data] = [entry.data for entry in turn.entries if entry.kind is RESET]
    assert [hours(each["due_at"]) for each in told] == ([] if due is None else [due])


def at_hour(hour: float) -> str:
    return (START + hour * HOUR).isoformat()
