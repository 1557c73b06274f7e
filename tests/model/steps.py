"""The steps that the walks' runbooks are made of."""

from datetime import timedelta

from amends.models import Party
from runbooks.program import (
    AnswerKind,
    ApproveStep,
    AskStep,
    Check,
    Choice,
    DecideStep,
    DoStep,
    IfUndecided,
    MeasureStep,
    OnRefusal,
    Reminders,
    Rounds,
    Step,
    TellStep,
    Undo,
    Value,
    WaitStep,
)
from tests.workflows.builders import always

_ORDER, _PARCEL = Value(expr="report.order_id"), Value(expr="report.parcel_id")
_TRACE = Value(expr="trace.trace_id")
WORTH = Value(expr="parcel.value", money=True)
LEAST, SILENT = 12_000, 25_000
"""What an amount that is asked for is at least, and what silence means: both no more than the parcel is worth."""
FEWEST, MOST = 2, 3
"""So many files are asked for."""
_KINDS: dict[AnswerKind, dict[str, object]] = {
    AnswerKind.CHOICE: {
        "question": "choose",
        "choices": (Choice(name="reship"), Choice(name="refund")),
        "if_silent": "refund",
        "save_as": "choice",
    },
    AnswerKind.TEXT: {"question": "describe", "if_silent": None, "otherwise": "nothing", "save_as": "said"},
    AnswerKind.AMOUNT: {
        "question": "how_much",
        "at_least": Value(expr='money("CNY 120.00")', money=True),
        "at_most": WORTH,
        "if_silent": Value(expr='money("CNY 250.00")', money=True),
        "save_as": "offer",
    },
    AnswerKind.FILES: {"question": "show", "fewest": FEWEST, "most": MOST, "if_silent": None, "save_as": "pictures"},
}
"""What is asked for each kind of answer."""
UNDONE = {
    "orders.hold": ("orders.release", "hold_id"),
    "orders.add_replacement": ("orders.drop_replacement", "replacement_id"),
    "inventory.reserve": ("inventory.release", "reservation_id"),
    "shipping.open_trace": ("shipping.close_trace", "trace_id"),
    "shipping.create_shipment": ("shipping.cancel_shipment", "tracking_no"),
}


def approve(step: str, role: str, **rest: object) -> ApproveStep:
    fields = {"id": step, "role": role, "decide_within": always(4), "if_silent": IfUndecided.ESCALATE}
    return ApproveStep.model_validate({**fields, **rest})


def tell(step: str, *, to: Party = Party.CUSTOMER, safety: bool = False) -> TellStep:
    return TellStep(id=step, to=to, message="looking", values=("parcel.value",), safety=safety)


def decide(stage: str) -> DecideStep:
    """How much it is about, by a table."""
    rows = (("large", "CNY 300.00"), ("middling", "CNY 150.00"), ("not small", "CNY 120.00"))
    choices = tuple(Choice(name=name, when=f'parcel.value >= money("{least}")') for name, least in rows)
    return DecideStep(id=f"{stage}.decide", fact="size", choices=choices, otherwise="small")


def rounds(stage: str, *steps: Step, until: str = 'parcel.value >= money("CNY 400.00")', most: int = 3) -> Rounds:
    return Rounds(id=f"{stage}.rounds", max=most, until=until, steps=steps)


def effect(stage: str, activity: str, **rest: object) -> DoStep:
    undo = UNDONE.get(activity)
    named = {"order_id": _ORDER} if activity == "orders.hold" else {"order_id": _ORDER, "parcel_id": _PARCEL}
    fields = {"id": f"{stage}.{activity}", "activity": activity, "effect": True, "inputs": named}
    back = {"undo": Undo(activity=undo[0], takes=(undo[1],))} if undo else {"final": True}
    return DoStep.model_validate({**fields, **back, **rest})


def refund(stage: str, amount: Value = WORTH) -> DoStep:
    inputs = {"order_id": _ORDER, "parcel_id": _PARCEL, "amount": amount}
    return effect(stage, "payments.refund", inputs=inputs, final=True)


def credit(stage: str, activity: str, amount: int, *, on_refusal: OnRefusal) -> DoStep:
    fixed = Value(literal={"amount": amount, "currency": "CNY"})
    return effect(stage, activity, inputs={"order_id": _ORDER, "amount": fixed}, on_refusal=on_refusal)


def measure(stage: str, until: str) -> MeasureStep:
    lift = Undo(activity="orders.release", takes=("hold_id",))
    return MeasureStep(id=f"{stage}.hold", activity="orders.hold", inputs={"order_id": _ORDER}, lift=lift, until=until)


def read_order() -> DoStep:
    return DoStep(
        id="report.read_order", activity="orders.read", effect=False, inputs={"order_id": _ORDER}, save_as="order"
    )


def read_parcel(stage: str) -> DoStep:
    return DoStep(
        id=f"{stage}.read",
        activity="shipping.read_parcel",
        effect=False,
        inputs={"parcel_id": _PARCEL},
        save_as="parcel",
    )


def wait_for_parcel(stage: str, *, name: str = "wait") -> WaitStep:
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


def wait_for_trace(stage: str) -> WaitStep:
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


def ask(stage: str, *, after: float = 8, within: float = 48, remind: tuple[float, ...] = ()) -> AskStep:
    hours = tuple(timedelta(hours=each) for each in remind)
    return AskStep(
        id=f"{stage}.ask",
        to=Party.CUSTOMER,
        question="choose",
        after=always(after),
        choices=(Choice(name="reship"), Choice(name="refund")),
        answer_within=always(within),
        remind=Reminders(message="still", after=hours) if hours else None,
        if_silent="refund",
        save_as="choice",
    )


def asks_for(step: str, answer: AnswerKind, to: Party = Party.CUSTOMER, **rest: object) -> AskStep:
    """A question for an answer of a kind; to a role of ours, to whom no letter goes, if ``rest`` names one."""
    fields = {"id": step, "to": to, "answer": answer, "answer_within": always(20), **_KINDS[answer], **rest}
    return AskStep.model_validate(fields)


def survey() -> AskStep:
    choices = (Choice(name="good"), Choice(name="bad"))
    return AskStep(
        id="follow_up.survey",
        to=Party.CUSTOMER,
        question="choose",
        choices=choices,
        answer_within=always(96),
        if_silent=None,
    )
