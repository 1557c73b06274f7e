"""A fault of each kind at each effect of a lost parcel: whatever breaks, the ledger and the stock are right."""

import asyncio
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

import pytest

from amends.connectors.shop import FaultKind
from amends.connectors.shop.sample import sample
from amends.journal import verify
from amends.models import Status
from drills.observed import Observed, observe, outcome_of
from drills.player import play
from drills.retelling import state_of
from drills.scenario import Fault, Scenario, load_scenarios
from drills.stage import Stage, World
from runbooks.catalogue import CATALOGUE, TELL
from runbooks.library import load
from runbooks.program import DoStep, MeasureStep, Program
from tests.proofs.rig import set_aside

RUNBOOK = "lost_parcel"

WAYS = {
    "reship": (
        *("orders.hold", "shipping.open_trace", "orders.add_replacement"),
        *("inventory.reserve", "shipping.create_shipment"),
    ),
    "silent_customer": ("payments.refund", "orders.release", "shipping.file_claim", TELL),
    "found_and_delivered": ("shipping.resume_delivery",),
    "no_capacity": ("inventory.release", "orders.drop_replacement"),
    "called_off": ("shipping.close_trace",),
    "called_off_after_sending": ("shipping.cancel_shipment",),
    "called_off_while_proving": ("shipping.ask_proof", "shipping.withdraw_proof"),
}
"""Shipped scenarios, and the effects on the way to a customer who is whole, undos too, that are broken in each: every
effect once."""

PAST_THE_TRIES = 12


class Kind(NamedTuple):
    fault: FaultKind
    times: int


KINDS = {
    "refused": Kind(FaultKind.REFUSE, 1),
    "fails_once_before_doing_it": Kind(FaultKind.TROUBLE, 1),
    "fails_once_after_doing_it": Kind(FaultKind.TROUBLE_AFTER, 1),
    "never_arrives": Kind(FaultKind.TROUBLE, PAST_THE_TRIES),
    "is_done_and_never_said": Kind(FaultKind.TROUBLE_AFTER, PAST_THE_TRIES),
}

DOES_NO_HARM = ("fails_once_before_doing_it", "fails_once_after_doing_it", "is_done_and_never_said")
"""Faults that the retries and the question to the system mend: all ends as if there had been none."""


@dataclass(frozen=True)
class Case:
    """``calls``: what is broken; nothing for how it goes undisturbed."""

    way: str
    calls: tuple[str, ...] = ()
    kind: str = ""

    @property
    def name(self) -> str:
        broken = self.calls[0] if len(self.calls) == 1 else self.way
        return f"{broken}-{self.kind or 'undisturbed'}"


CASES = [
    *(Case(way, calls, kind) for way, calls in WAYS.items() for kind in DOES_NO_HARM),
    *(
        Case(way, (call,), kind)
        for way, calls in WAYS.items()
        for call in calls
        for kind in KINDS
        if kind not in DOES_NO_HARM
    ),
]
"""What does no harm is done to all effects of a way at once; what changes the way, to one effect at a time."""


@dataclass(frozen=True)
class Ended:
    """How a case ended: the incident, and the shop as it stands then. ``reserved``: units that stand aside and did not
    before."""

    observed: Observed
    problems: tuple[str, ...]
    remarks: tuple[str, ...]
    refunds: int
    kept: int
    shipments: int
    replacements: int
    held: bool
    reserved: int
    letters: int
    conserved: bool


def test_every_effect_until_the_customer_is_whole_and_its_undo_is_broken_here() -> None:
    program = _until_whole(load(RUNBOOK).program)
    steps = list(program.all_steps())
    effects = {step.activity for step in steps if isinstance(step, DoStep) and step.effect}
    effects |= {step.undo.activity for step in steps if isinstance(step, DoStep) and step.undo}
    effects |= {name for step in steps if isinstance(step, MeasureStep) for name in (step.activity, step.lift.activity)}

    broken = [call for calls in WAYS.values() for call in calls]
    assert sorted(effects | {TELL}) == sorted(broken)


@pytest.mark.parametrize("way", WAYS)
async def test_whatever_breaks_the_ledger_and_the_stock_are_right(
    way: str, drill_stage: Stage, subtests: pytest.Subtests
) -> None:
    """No path refunds twice, and none forgets a refund."""
    undisturbed, *cases = [Case(way), *(case for case in CASES if case.way == way)]

    async with asyncio.TaskGroup() as group:
        playing = {case: group.create_task(_play(case, drill_stage)) for case in [undisturbed, *cases]}

    for case in cases:
        with subtests.test(case.name):
            _check(case, playing[case].result(), playing[undisturbed].result())


def _check(case: Case, ended: Ended, undisturbed: Ended) -> None:
    given = ended.refunds + ended.shipments + _delivered(ended.observed)
    assert ended.problems == ()
    assert ended.conserved, "units are neither lost nor made"
    assert given <= 1, "the goods value is given once"
    assert ended.kept >= 0, "no more goes back than was paid"
    assert ended.letters == len(ended.observed.messages), "no letter is written twice"
    if ended.observed.status is Status.TAKEN_OVER:
        assert ended.observed.tasks, "somebody knows that something is left to do"
    else:
        assert ended.observed.status in (Status.CLOSED, Status.CANCELLED)
        assert ended.observed.tasks == ()
        assert given == (ended.observed.status is Status.CLOSED), "whoever is whole was made whole once"
        assert not ended.held, "every measure is lifted on every way out"
        assert ended.reserved == 0
        assert ended.replacements == ended.shipments
    if case.kind in DOES_NO_HARM:
        assert _story(ended) == _story(undisturbed), "as if nothing had been wrong"


async def _play(case: Case, on: Stage) -> Ended:
    scenario = _scenario(case)
    async with on.world(scenario) as world:
        before = set_aside(world.shop)
        (course,) = (await play(world, scenario)).values()
        ended = _seen(world, scenario, course.incident_id, tuple(course.remarks))
        return replace(ended, reserved=ended.reserved - before)


def _scenario(case: Case) -> Scenario:
    """The shipped scenario with the faults before its own; without the weeks of the follow-up, and without promises and
    pages, which make nobody whole."""
    shipped = _shipped()[case.way]
    program = _until_whole(shipped.bundle.program)
    plain = {"sla": None, "escalation": (), "external": (), "program": program}
    bundle = shipped.bundle.model_copy(update=plain)
    faults = (*(_fault(call, KINDS[case.kind]) for call in case.calls), *shipped.faults)
    return shipped.model_copy(update={"bundle": bundle, "faults": faults})


@cache
def _shipped() -> dict[str, Scenario]:
    return {each.name: each for each in load_scenarios(RUNBOOK)}


def _until_whole(program: Program) -> Program:
    return program.model_copy(update={"follow_up": ()})


def _fault(call: str, kind: Kind) -> Fault:
    refusals = CATALOGUE[call].refusals
    reason = (refusals[-1] if refusals else "NotNow") if kind.fault is FaultKind.REFUSE else ""
    return Fault(call=call, kind=kind.fault, times=kind.times, reason=reason)


def _seen(world: World, scenario: Scenario, incident_id: str, remarks: tuple[str, ...]) -> Ended:
    shop, order_id = world.shop, scenario.order_id
    stocks = [shop.stock(sku) for sku in sample().stock]
    timeline = world.journal.timeline(incident_id)
    state = state_of(scenario.bundle, timeline)
    return Ended(
        observed=observe(world, scenario, timeline, state, begun_at=timeline[0].occurred_at),
        problems=verify(world.journal, incident_id).problems,
        remarks=remarks,
        refunds=len(shop.refunds(order_id)),
        kept=shop.money(order_id).kept,
        shipments=sum(each.cancelled_at is None for each in shop.shipments(order_id)),
        replacements=sum(each.dropped_at is None for each in shop.replacements(order_id)),
        held=any(hold.released_at is None for hold in shop.holds(order_id)),
        reserved=set_aside(shop),
        letters=len(shop.messages(order_id)),
        conserved=all(stock.received == stock.on_hand + stock.sold + stock.sent for stock in stocks),
    )


def _delivered(observed: Observed) -> int:
    return sum(
        effect.activity == "shipping.resume_delivery" and outcome_of(effect) == "applied" for effect in observed.effects
    )


def _story(ended: Ended) -> tuple[object, ...]:
    observed = ended.observed
    effects = [(effect.step, effect.activity, effect.attempt, outcome_of(effect)) for effect in observed.effects]
    shop = (ended.refunds, ended.kept, ended.shipments, ended.replacements, ended.held, ended.reserved, ended.letters)
    return (observed.status, observed.outcome, effects, observed.messages, observed.tasks, *shop)
