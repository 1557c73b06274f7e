"""The runbooks that the walks follow: small, and each with other things that can go wrong."""

from datetime import timedelta
from random import Random
from typing import Any

from amends.models import Party, Severity
from runbooks.bundle import Bundle, MessageText
from runbooks.policy import TaskPolicy
from runbooks.program import (
    AnswerKind,
    FactType,
    IfUndecided,
    OnRefusal,
    Plan,
    Program,
    Reminders,
    SeverityRule,
    Step,
    Together,
    Value,
)
from tests.model import promises
from tests.model.promises import BOSSES, CLERKS, FINANCE, LEADS
from tests.model.steps import (
    UNDONE,
    WORTH,
    approve,
    ask,
    asks_for,
    credit,
    decide,
    effect,
    measure,
    read_order,
    read_parcel,
    refund,
    rounds,
    survey,
    tell,
    wait_for_parcel,
    wait_for_trace,
)
from tests.workflows.builders import FACTS

_MESSAGES = ("looking", "choose", "describe", "how_much", "show", "still", "gone", "confirm")
_FACTS = {
    "parcel.last_scan_at": FactType.TIMESTAMP,
    "size": FactType.STRING,
    "said": FactType.STRING,
    "offer": FactType.MONEY,
    "owed": FactType.MONEY,
    "pictures.count": FactType.INT,
    "pictures.digests": FactType.STRING,
}
PEOPLE = (*LEADS, *FINANCE, *BOSSES, *CLERKS)
"""Everybody who has a role."""


def a_parcel() -> Bundle:
    """Like the real one: look for it, ask, then reship or refund; dear ones under approval, refunds by two people."""
    trace = effect("analysis", "shipping.open_trace", save_as="trace", otherwise={"trace_id": "", "status": "lost"})
    reship = (
        approve("action.reship.approve", "leads", when='parcel.value >= money("CNY 150.00")'),
        *(effect("action.reship", each) for each in ("orders.add_replacement", "inventory.reserve")),
        effect("action.reship", "shipping.create_shipment"),
        tell("action.reship.tell"),
    )
    pay_back = (approve("action.refund.approve", "finance", amount=WORTH, approvers=2), refund("action.refund"))
    lost = 'trace.status != "found"'
    claim = effect("follow_up", "shipping.file_claim", when=lost, on_refusal=OnRefusal.CONTINUE)
    return _bundle(
        report=(read_order(), read_parcel("report"), measure("report", "incident.resolved"), tell("report.tell")),
        analysis=(trace, Together(id="analysis.together", steps=(wait_for_trace("analysis"), ask("analysis")))),
        action=(
            Plan(name="reship", when='choice == "reship"', steps=reship),
            Plan(name="refund", steps=(*pay_back, tell("action.refund.tell"))),
        ),
        follow_up=(claim, survey()),
        sla=promises.all_six(Party.CUSTOMER, sooner=promises.SOONER),
        escalation=promises.ladder(),
        external=promises.claim("leads", safe_before=timedelta(hours=10)),
        near={"carrier_claim": timedelta(hours=20)},
    )


def four_undoable() -> Bundle:
    """A plan with four effects to take back and a measure; then one that goes only forward behind what is final."""
    build = (
        measure("action.build", 'has(trace.status) && trace.status == "found"'),
        *(effect("action.build", each) for each in ("orders.add_replacement", "inventory.reserve")),
        effect("action.build", "shipping.open_trace", save_as="trace"),
        approve("action.build.approve", "leads", if_silent=IfUndecided.REJECT),
        effect("action.build", "shipping.create_shipment"),
        wait_for_parcel("action.build"),
        effect("action.build", "shipping.file_claim"),
    )
    forward = (
        refund("action.forward"),
        approve("action.forward.approve", "leads", on_refusal=OnRefusal.CONTINUE),
        credit("action.forward", "payments.compensate", 2_000, on_refusal=OnRefusal.TASK),
        credit("action.forward", "payments.give_goodwill", 500, on_refusal=OnRefusal.CONTINUE),
        effect("action.forward", "shipping.open_trace"),
    )
    return _bundle(
        report=(read_order(), read_parcel("report")),
        action=(Plan(name="build", steps=build), Plan(name="forward", steps=forward)),
        follow_up=(measure("follow_up", "incident.closed"), survey()),
        sla=promises.other_promises(Party.CUSTOMER, Party.WAREHOUSE),
        escalation=promises.ladder(levels=2, again=26),
        external=promises.claim(),
    )


def a_changing_worth() -> Bundle:
    """What is to be given changes while it is approved and after; nobody of the role that is asked may approve all."""
    watched = Together(
        id="action.refund.together",
        steps=(
            approve("action.refund.first", "finance", amount=WORTH, approvers=2),
            wait_for_parcel("action.refund", name="early"),
        ),
    )
    pay_back = (
        effect("action.refund", "inventory.reserve"),
        watched,
        approve("action.refund.second", "leads", amount=WORTH, if_silent=IfUndecided.REJECT),
        wait_for_parcel("action.refund", name="late"),
        refund("action.refund"),
        tell("action.refund.tell"),
    )
    reship = (
        approve("action.reship.approve", "leads", amount=WORTH),
        effect("action.reship", "inventory.reserve"),
        effect("action.reship", "shipping.create_shipment"),
    )
    return _bundle(
        report=(read_order(), read_parcel("report")),
        action=(Plan(name="refund", steps=pay_back), Plan(name="reship", steps=reship)),
        follow_up=(tell("follow_up.tell"),),
        sla=promises.other_promises(Party.WAREHOUSE, tells=True, warn_at=(25, 50, 75)),
        escalation=promises.ladder(again=3),
    )


def at_once() -> Bundle:
    """What is final runs beside what may be refused, and another plan waits behind; two are waited for at once."""
    both = Together(
        id="action.refund.together",
        steps=(
            refund("action.refund"),
            effect("action.refund", "shipping.open_trace"),
            measure("action.refund", "incident.resolved"),
        ),
    )
    reship = (
        Together(
            id="action.reship.together",
            steps=(effect("action.reship", "orders.add_replacement"), effect("action.reship", "inventory.reserve")),
        ),
        effect("action.reship", "shipping.create_shipment"),
        effect("action.reship", "shipping.file_claim"),
    )
    asked = Together(id="analysis.together", steps=(wait_for_parcel("analysis"), ask("analysis", after=1)))
    return _bundle(
        report=(read_order(), read_parcel("report")),
        analysis=(asked,),
        action=(
            Plan(name="reship", steps=reship),
            Plan(name="refund", steps=(both, tell("action.refund.tell"))),
            Plan(name="again", steps=(effect("action.again", "shipping.create_shipment"),)),
        ),
        follow_up=(Together(id="follow_up.together", steps=(ask("follow_up"), tell("follow_up.tell"))),),
        sla=promises.all_six(Party.CUSTOMER, Party.WAREHOUSE),
        escalation=promises.ladder(levels=1),
        external=promises.claim(safe_before=timedelta(hours=40)),
    )


def news_and_nights() -> Bundle:
    """A table, rounds of the same question, words that wait for the morning, and news that cuts in or clears it."""
    asked = ask("analysis.rounds", after=0, within=9, remind=(2, 5))
    trace = effect("analysis", "shipping.open_trace", save_as="trace")
    reship = (
        *(effect("action.reship", each) for each in ("orders.add_replacement", "inventory.reserve")),
        wait_for_parcel("action.reship"),
        effect("action.reship", "shipping.create_shipment"),
    )
    call_off = (measure("action.call_off", "incident.resolved"), refund("action.call_off"))
    return _bundle(
        report=(read_order(), read_parcel("report"), tell("report.tell"), tell("report.warn", safety=True)),
        analysis=(decide("analysis"), trace, rounds("analysis", asked, until='choice == "reship"')),
        action=(
            Plan(name="reship", when='size == "middling"', steps=reship),
            Plan(name="call_off", when='size == "never"', steps=call_off),
            Plan(
                name="refund",
                steps=(approve("action.refund.approve", "finance", amount=WORTH), refund("action.refund")),
            ),
        ),
        follow_up=(tell("follow_up.tell"), survey()),
        sla=promises.all_six(Party.CUSTOMER),
        escalation=promises.ladder(levels=2),
        external=promises.claim(safe_before=timedelta(hours=20)),
        night=promises.NIGHT,
        interrupts=promises.cuts_in("refund", or_else="call_off", known=False),
        clears=promises.clears(),
    )


def answers_of_every_kind() -> Bundle:
    """A text, an amount, files and a choice; of the customer, the merchant and a role; under approval what was said."""
    offer = Value(expr="offer", money=True)
    reminder = Reminders(message="still", after=(timedelta(hours=6),))
    merchant = asks_for("analysis.stock", AnswerKind.TEXT, Party.MERCHANT, remind=reminder)
    looked_for = asks_for("analysis.count", AnswerKind.CHOICE, Party.US, role="leads", if_silent="refund")
    haggled = asks_for("analysis.rounds.offer", AnswerKind.AMOUNT)
    reship = (
        effect("action.reship", "inventory.reserve"),
        effect("action.reship", "shipping.create_shipment"),
        tell("action.reship.tell", to=Party.MERCHANT),
    )
    worth = asks_for("action.refund.worth", AnswerKind.AMOUNT, Party.US, role="finance", save_as="owed")
    pay_back = (
        worth,
        approve("action.refund.approve", "bosses", amount=offer, on_refusal=OnRefusal.TASK),
        refund("action.refund", amount=offer),
    )
    return _bundle(
        report=(read_order(), read_parcel("report"), tell("report.tell"), tell("report.warn", to=Party.MERCHANT)),
        analysis=(
            Together(id="analysis.together", steps=(merchant, looked_for)),
            rounds("analysis", haggled, until='offer >= money("CNY 200.00")', most=2),
            asks_for("analysis.show", AnswerKind.FILES, on_refusal=OnRefusal.CONTINUE),
        ),
        action=(
            Plan(name="reship", when='said == "in stock"', steps=reship),
            Plan(name="refund", steps=pay_back),
        ),
        follow_up=(asks_for("follow_up.why", AnswerKind.TEXT, Party.MERCHANT, save_as=None, otherwise=None),),
        sla=promises.all_six(Party.CUSTOMER, Party.MERCHANT),
        escalation=promises.ladder(levels=2),
        night=promises.NIGHT,
    )


def at_random(seed: int) -> Bundle:
    """One of many runbooks that nobody would write."""
    chance = Random(seed)  # noqa: S311  # not for secrets: a seed always means the same runbook
    plans = tuple(
        Plan(
            name=f"plan_{number}",
            when=chance.choice([None, 'parcel.value >= money("CNY 150.00")']),
            steps=_some(chance, f"action.plan_{number}", chance.randint(1, 5)),
        )
        for number in range(chance.randint(1, 3))
    )
    cuts_in = promises.cuts_in(plans[0].name, or_else=plans[-1].name, known=True)
    return _bundle(
        interrupts=chance.choice([(), cuts_in]),
        report=(read_order(), read_parcel("report"), *_some(chance, "report", chance.randint(0, 2))),
        analysis=_some(chance, "analysis", chance.randint(0, 2)),
        action=plans,
        follow_up=_some(chance, "follow_up", chance.randint(0, 2)),
        **promises.at_random(chance),
    )


def _some(chance: Random, stage: str, count: int) -> tuple[Step, ...]:
    found: list[Step] = []
    for number in range(count):
        place = f"{stage}.{number}"
        if chance.random() < 0.2:
            beside = tuple(_one(chance, f"{place}.{side}") for side in "ab")
            found.append(Together(id=place, steps=beside))
        elif chance.random() < 0.1:
            found.append(rounds(place, _one(chance, place), most=chance.randint(1, 3)))
        else:
            found.append(_one(chance, place))
    return tuple(found)


def _one(chance: Random, place: str) -> Step:
    on_refusal = chance.choice(list(OnRefusal))
    kind = chance.randint(0, 13)
    match kind:
        case 0 | 1 | 2 | 3 | 4:
            return effect(place, sorted(UNDONE)[kind], on_refusal=on_refusal)
        case 5:
            return refund(place)
        case 6:
            return credit(place, "payments.give_goodwill", 500, on_refusal=on_refusal)
        case 7:
            return measure(place, chance.choice(["incident.resolved", "incident.closed"]))
        case 8:
            return tell(f"{place}.tell", to=chance.choice([Party.CUSTOMER, Party.MERCHANT]))
        case 9:
            return ask(place)
        case 10:
            amount, approvers = chance.choice([None, WORTH]), chance.choice([1, 2])
            silent = chance.choice(list(IfUndecided))
            role = chance.choice(["leads", "finance"])
            return approve(f"{place}.approve", role, amount=amount, approvers=approvers, if_silent=silent)
        case 11:
            return decide(place)
        case 12:
            to, answer = chance.choice([Party.CUSTOMER, Party.MERCHANT, Party.US]), chance.choice(list(AnswerKind))
            asked_of = "clerks" if to is Party.US else None
            return asks_for(f"{place}.ask", answer, to, role=asked_of, on_refusal=on_refusal)
        case _:
            return wait_for_parcel(place)


def _bundle(
    *,
    report: tuple[Step, ...],
    analysis: tuple[Step, ...] = (),
    action: tuple[Plan, ...],
    follow_up: tuple[Step, ...] = (),
    near: dict[str, timedelta] | None = None,
    **promised: Any,
) -> Bundle:
    """The leads approve up to 250.00, finance as much as is wanted up to 450.00, the bosses everything. ``near``: from
    how long before each deadline on it is critical. ``promised``: the bundle's promises, deadlines, ladder, roles."""
    kept: dict[str, Any] = {"roles": promises.ROLES, "tables": promises.TABLES, **promised}
    return Bundle(
        exception_type="lost_parcel",
        workflow_type="LostParcel",
        title={"en": "Lost parcel", "zh": "物流丢失"},
        subject=("order_id", "parcel_id"),
        report={"order_id": FactType.STRING, "parcel_id": FactType.STRING},
        facts={**FACTS, **_FACTS},
        rates={"CNY": "1"},
        messages={key: {"en": MessageText(subject=key, body=key)} for key in _MESSAGES},
        reopen_for=timedelta(days=30),
        program=Program(
            severity=(
                SeverityRule(severity=Severity.CRITICAL, when="incident.contacts == 3", near=near or {}),
                SeverityRule(severity=Severity.HIGH, when='parcel.value >= money("CNY 300.00")'),
                SeverityRule(severity=Severity.MEDIUM, when="incident.contacts > 1"),
            ),
            otherwise=Severity.LOW,
            report=report,
            analysis=analysis,
            action=action,
            follow_up=follow_up,
        ),
        calendars={"office": promises.OFFICE, "nights": promises.NIGHTS},
        tasks=TaskPolicy(owner="leads", within=promises.by(4, 6, 8, 12)),
        **kept,
    )
