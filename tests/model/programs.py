"""The runbooks that the walks follow: small, and each with other things that can go wrong."""

from datetime import timedelta
from random import Random

from amends.models import Money, Party, Severity
from runbooks.bundle import Bundle, MessageText
from runbooks.policy import Role, TaskPolicy
from runbooks.program import (
    ApproveStep,
    AskStep,
    Check,
    Choice,
    DoStep,
    FactType,
    IfUndecided,
    MeasureStep,
    OnRefusal,
    Plan,
    Program,
    SeverityRule,
    Step,
    TellStep,
    Together,
    Undo,
    Value,
    WaitStep,
)
from tests.workflows.builders import FACTS, always

LEADS, FINANCE, BOSSES = ("ops:lin", "ops:tao"), ("fin:chen", "fin:wang", "fin:zhao"), ("boss:an", "boss:bo")
PEOPLE = (*LEADS, *FINANCE, *BOSSES, "ops:mei")
"""Everybody who acts; the last has no role."""

_ORDER, _PARCEL = Value(expr="report.order_id"), Value(expr="report.parcel_id")
_TRACE = Value(expr="trace.trace_id")
_WORTH = Value(expr="parcel.value", money=True)
_UNDONE = {
    "orders.hold": ("orders.release", "hold_id"),
    "orders.add_replacement": ("orders.drop_replacement", "replacement_id"),
    "inventory.reserve": ("inventory.release", "reservation_id"),
    "shipping.open_trace": ("shipping.close_trace", "trace_id"),
    "shipping.create_shipment": ("shipping.cancel_shipment", "tracking_no"),
}


def a_parcel() -> Bundle:
    """Like the real one: look for it, ask, then reship or refund; dear ones under approval, refunds by two people."""
    trace = _effect("analysis", "shipping.open_trace", save_as="trace", otherwise={"trace_id": "", "status": "lost"})
    reship = (
        approve("action.reship.approve", "leads", when='parcel.value >= money("CNY 150.00")'),
        *(_effect("action.reship", each) for each in ("orders.add_replacement", "inventory.reserve")),
        _effect("action.reship", "shipping.create_shipment"),
        tell("action.reship.tell"),
    )
    refund = (approve("action.refund.approve", "finance", amount=_WORTH, approvers=2), _refund("action.refund"))
    return _bundle(
        report=(_read_order(), _read_parcel("report"), _measure("report", "incident.resolved"), tell("report.tell")),
        analysis=(trace, Together(id="analysis.together", steps=(_wait_for_trace("analysis"), _ask("analysis")))),
        action=(
            Plan(name="reship", when='choice == "reship"', steps=reship),
            Plan(name="refund", steps=(*refund, tell("action.refund.tell"))),
        ),
        follow_up=(_effect("follow_up", "shipping.file_claim", on_refusal=OnRefusal.CONTINUE), _survey()),
    )


def four_undoable() -> Bundle:
    """A plan with four effects to take back and a measure; then one that goes only forward behind what is final."""
    build = (
        _measure("action.build", 'has(trace.status) && trace.status == "found"'),
        *(_effect("action.build", each) for each in ("orders.add_replacement", "inventory.reserve")),
        _effect("action.build", "shipping.open_trace", save_as="trace"),
        approve("action.build.approve", "leads", if_silent=IfUndecided.REJECT),
        _effect("action.build", "shipping.create_shipment"),
        _wait_for_parcel("action.build"),
        _effect("action.build", "shipping.file_claim"),
    )
    forward = (
        _refund("action.forward"),
        approve("action.forward.approve", "leads", on_refusal=OnRefusal.CONTINUE),
        _credit("action.forward", "payments.compensate", 2_000, on_refusal=OnRefusal.TASK),
        _credit("action.forward", "payments.give_goodwill", 500, on_refusal=OnRefusal.CONTINUE),
        _effect("action.forward", "shipping.open_trace"),
    )
    return _bundle(
        report=(_read_order(), _read_parcel("report")),
        action=(Plan(name="build", steps=build), Plan(name="forward", steps=forward)),
        follow_up=(_measure("follow_up", "incident.closed"), _survey()),
    )


def a_changing_worth() -> Bundle:
    """What is to be given changes while it is approved and after; nobody of the role that is asked may approve all."""
    watched = Together(
        id="action.refund.together",
        steps=(
            approve("action.refund.first", "finance", amount=_WORTH, approvers=2),
            _wait_for_parcel("action.refund", name="early"),
        ),
    )
    refund = (
        _effect("action.refund", "inventory.reserve"),
        watched,
        approve("action.refund.second", "leads", amount=_WORTH, if_silent=IfUndecided.REJECT),
        _wait_for_parcel("action.refund", name="late"),
        _refund("action.refund"),
        tell("action.refund.tell"),
    )
    reship = (
        approve("action.reship.approve", "leads", amount=_WORTH),
        _effect("action.reship", "inventory.reserve"),
        _effect("action.reship", "shipping.create_shipment"),
    )
    return _bundle(
        report=(_read_order(), _read_parcel("report")),
        action=(Plan(name="refund", steps=refund), Plan(name="reship", steps=reship)),
        follow_up=(tell("follow_up.tell"),),
    )


def at_once() -> Bundle:
    """What is final runs beside what may be refused, and another plan waits behind."""
    both = Together(
        id="action.refund.together",
        steps=(
            _refund("action.refund"),
            _effect("action.refund", "shipping.open_trace"),
            _measure("action.refund", "incident.resolved"),
        ),
    )
    reship = (
        Together(
            id="action.reship.together",
            steps=(_effect("action.reship", "orders.add_replacement"), _effect("action.reship", "inventory.reserve")),
        ),
        _effect("action.reship", "shipping.create_shipment"),
        _effect("action.reship", "shipping.file_claim"),
    )
    return _bundle(
        report=(_read_order(), _read_parcel("report")),
        action=(
            Plan(name="reship", steps=reship),
            Plan(name="refund", steps=(both, tell("action.refund.tell"))),
            Plan(name="again", steps=(_effect("action.again", "shipping.create_shipment"),)),
        ),
        follow_up=(Together(id="follow_up.together", steps=(_ask("follow_up"), tell("follow_up.tell"))),),
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
    return _bundle(
        report=(_read_order(), _read_parcel("report"), *_some(chance, "report", chance.randint(0, 2))),
        analysis=_some(chance, "analysis", chance.randint(0, 2)),
        action=plans,
        follow_up=_some(chance, "follow_up", chance.randint(0, 2)),
    )


def approve(step: str, role: str, **rest: object) -> ApproveStep:
    fields = {"id": step, "role": role, "decide_within": always(4), "if_silent": IfUndecided.ESCALATE}
    return ApproveStep.model_validate({**fields, **rest})


def tell(step: str) -> TellStep:
    return TellStep(id=step, to=Party.CUSTOMER, message="looking", values=("parcel.value",))


def _some(chance: Random, stage: str, count: int) -> tuple[Step, ...]:
    found: list[Step] = []
    for number in range(count):
        place = f"{stage}.{number}"
        if chance.random() < 0.2:
            beside = tuple(_one(chance, f"{place}.{side}") for side in "ab")
            found.append(Together(id=place, steps=beside))
        else:
            found.append(_one(chance, place))
    return tuple(found)


def _one(chance: Random, place: str) -> Step:
    on_refusal = chance.choice(list(OnRefusal))
    kind = chance.randint(0, 11)
    match kind:
        case 0 | 1 | 2 | 3 | 4:
            return _effect(place, sorted(_UNDONE)[kind], on_refusal=on_refusal)
        case 5:
            return _refund(place)
        case 6:
            return _credit(place, "payments.give_goodwill", 500, on_refusal=on_refusal)
        case 7:
            return _measure(place, chance.choice(["incident.resolved", "incident.closed"]))
        case 8:
            return tell(f"{place}.tell")
        case 9:
            return _ask(place)
        case 10:
            amount, approvers = chance.choice([None, _WORTH]), chance.choice([1, 2])
            silent = chance.choice(list(IfUndecided))
            role = chance.choice(["leads", "finance"])
            return approve(f"{place}.approve", role, amount=amount, approvers=approvers, if_silent=silent)
        case _:
            return _wait_for_parcel(place)


def _effect(stage: str, activity: str, **rest: object) -> DoStep:
    undo = _UNDONE.get(activity)
    named = {"order_id": _ORDER} if activity == "orders.hold" else {"order_id": _ORDER, "parcel_id": _PARCEL}
    fields = {"id": f"{stage}.{activity}", "activity": activity, "effect": True, "inputs": named}
    back = {"undo": Undo(activity=undo[0], takes=(undo[1],))} if undo else {"final": True}
    return DoStep.model_validate({**fields, **back, **rest})


def _refund(stage: str) -> DoStep:
    return _effect(
        stage, "payments.refund", inputs={"order_id": _ORDER, "parcel_id": _PARCEL, "amount": _WORTH}, final=True
    )


def _credit(stage: str, activity: str, amount: int, *, on_refusal: OnRefusal) -> DoStep:
    fixed = Value(literal={"amount": amount, "currency": "CNY"})
    return _effect(stage, activity, inputs={"order_id": _ORDER, "amount": fixed}, on_refusal=on_refusal)


def _measure(stage: str, until: str) -> MeasureStep:
    lift = Undo(activity="orders.release", takes=("hold_id",))
    return MeasureStep(id=f"{stage}.hold", activity="orders.hold", inputs={"order_id": _ORDER}, lift=lift, until=until)


def _read_order() -> DoStep:
    return DoStep(
        id="report.read_order", activity="orders.read", effect=False, inputs={"order_id": _ORDER}, save_as="order"
    )


def _read_parcel(stage: str) -> DoStep:
    return DoStep(
        id=f"{stage}.read",
        activity="shipping.read_parcel",
        effect=False,
        inputs={"parcel_id": _PARCEL},
        save_as="parcel",
    )


def _wait_for_parcel(stage: str, *, name: str = "wait") -> WaitStep:
    check = Check(
        activity="shipping.read_parcel", inputs={"parcel_id": _PARCEL}, every=timedelta(hours=2), save_as="parcel"
    )
    return WaitStep(
        id=f"{stage}.{name}",
        until='parcel.value >= money("CNY 400.00")',
        check=check,
        at_most=always(5),
        then_assume={},
        waiting_for=Party.WAREHOUSE,
    )


def _wait_for_trace(stage: str) -> WaitStep:
    check = Check(
        activity="shipping.read_trace", inputs={"trace_id": _TRACE}, every=timedelta(hours=6), save_as="trace"
    )
    return WaitStep(
        id=f"{stage}.wait",
        until='trace.status != "open"',
        check=check,
        at_most=always(24),
        then_assume={"trace.status": "presumed_lost"},
        waiting_for=Party.CARRIER,
    )


def _ask(stage: str) -> AskStep:
    return AskStep(
        id=f"{stage}.ask",
        to=Party.CUSTOMER,
        question="choose",
        after=always(8),
        choices=(Choice(name="reship"), Choice(name="refund")),
        answer_within=always(48),
        if_silent="refund",
        save_as="choice",
    )


def _survey() -> AskStep:
    choices = (Choice(name="good"), Choice(name="bad"))
    return AskStep(
        id="follow_up.survey",
        to=Party.CUSTOMER,
        question="choose",
        choices=choices,
        answer_within=always(96),
        if_silent=None,
    )


def _bundle(
    *,
    report: tuple[Step, ...],
    analysis: tuple[Step, ...] = (),
    action: tuple[Plan, ...],
    follow_up: tuple[Step, ...] = (),
) -> Bundle:
    """The leads approve up to 250.00, finance as much as is wanted up to 450.00, the bosses everything."""
    return Bundle(
        exception_type="lost_parcel",
        workflow_type="LostParcel",
        title={"en": "Lost parcel", "zh": "物流丢失"},
        subject=("order_id", "parcel_id"),
        report={"order_id": FactType.STRING, "parcel_id": FactType.STRING},
        facts=FACTS,
        rates={"CNY": "1"},
        messages={key: {"en": MessageText(subject=key, body=key)} for key in ("looking", "choose")},
        program=Program(
            severity=(SeverityRule(severity=Severity.HIGH, when='parcel.value >= money("CNY 300.00")'),),
            otherwise=Severity.LOW,
            report=report,
            analysis=analysis,
            action=action,
            follow_up=follow_up,
        ),
        roles={
            "leads": Role(team=LEADS, approves_up_to=Money(amount=25_000, currency="CNY")),
            "finance": Role(team=FINANCE, approves_up_to=Money(amount=45_000, currency="CNY")),
            "bosses": Role(team=BOSSES, approves_up_to=Money(amount=1_000_000, currency="CNY")),
        },
        tasks=TaskPolicy(owner="leads", within=always(8)),
    )
