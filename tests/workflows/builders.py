"""Small runbooks and a small world, for tests of the core without Temporal, a database or a clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from amends.models import Actor, ActorKind, Data, Outcome, Party, Refusal, Severity, Status
from amends.timeline import Entry, EntryKind
from runbooks.bundle import Bundle, MessageText
from runbooks.program import (
    AskStep,
    BySeverity,
    Check,
    Choice,
    DoStep,
    FactType,
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
from workflows import core
from workflows.events import (
    AnswerGiven,
    Command,
    CommandReturned,
    Event,
    Registered,
    ReportReceived,
    RetryRequested,
    TimeCame,
)
from workflows.state import State

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
OPS = Actor(kind=ActorKind.HUMAN, id="an")
CUSTOMER = Actor(kind=ActorKind.HUMAN, id="customer:C-17")
HOUR = timedelta(hours=1)

FACTS = {
    "report.order_id": FactType.STRING,
    "report.parcel_id": FactType.STRING,
    "incident.severity": FactType.STRING,
    "incident.contacts": FactType.INT,
    "order.currency": FactType.STRING,
    "parcel.value": FactType.MONEY,
    "trace.trace_id": FactType.STRING,
    "trace.status": FactType.STRING,
    "stock.reservable": FactType.BOOL,
    "choice": FactType.STRING,
}


def always(hours: float) -> BySeverity:
    span = timedelta(hours=hours)
    return BySeverity(critical=span, high=span, medium=span, low=span)


def do(activity: str, *, stage: str, undo: str | None = None, takes: tuple[str, ...] = (), **rest: object) -> DoStep:
    """An effect of the test world; ``undo`` names what takes it back."""
    return DoStep.model_validate(
        {
            "id": f"{stage}.{activity}",
            "activity": activity,
            "effect": True,
            "inputs": {"parcel_id": Value(expr="report.parcel_id")},
            "undo": Undo(activity=undo, takes=takes) if undo else None,
            **rest,
        }
    )


def read(activity: str, *, stage: str, save_as: str, **rest: object) -> DoStep:
    return DoStep.model_validate(
        {"id": f"{stage}.{activity}", "activity": activity, "effect": False, "save_as": save_as, **rest}
    )


RESERVE = do("inventory.reserve", stage="action.reship", undo="inventory.release", takes=("reservation_id",))
SHIP = do("shipping.create_shipment", stage="action.reship", undo="shipping.cancel_shipment", takes=("tracking_no",))
REPLACE = do("orders.add_replacement", stage="action.reship", undo="orders.drop_replacement", takes=("replacement_id",))
REFUND = do("payments.refund", stage="action.refund", final=True)
TRACE = do(
    "shipping.open_trace",
    stage="analysis",
    undo="shipping.close_trace",
    takes=("trace_id",),
    save_as="trace",
)
WAIT = WaitStep(
    id="analysis.wait",
    until='trace.status != "open"',
    check=Check(
        activity="shipping.read_trace",
        inputs={"trace_id": Value(expr="trace.trace_id")},
        every=timedelta(hours=6),
        save_as="trace",
    ),
    at_most=always(72),
    then_assume={"trace.status": "presumed_lost"},
    waiting_for=Party.CARRIER,
)
ASK = AskStep(
    id="analysis.ask",
    to=Party.CUSTOMER,
    question="choose",
    after=always(24),
    choices=(Choice(name="reship"), Choice(name="refund")),
    answer_within=always(48),
    if_silent="refund",
    save_as="choice",
)
TELL = TellStep(id="report.tell", to=Party.CUSTOMER, message="looking", values=("report.parcel_id",))
SURVEY = AskStep(
    id="follow_up.ask",
    to=Party.CUSTOMER,
    question="choose",
    choices=(Choice(name="good"), Choice(name="bad")),
    answer_within=always(168),
    if_silent=None,
)


def lost_parcel(
    *,
    report: tuple[Step, ...] | None = None,
    analysis: tuple[Step, ...] | None = None,
    action: tuple[Plan, ...] | None = None,
    follow_up: tuple[Step, ...] | None = None,
) -> Bundle:
    """A lost-parcel runbook like the real one, small; any stage can be replaced."""
    together = Together(id="analysis.together", steps=(WAIT, ASK))
    default_action = (
        Plan(name="reship", when='choice == "reship"', steps=(REPLACE, RESERVE, SHIP)),
        Plan(name="refund", steps=(REFUND,)),
    )
    parcel = read("shipping.read_parcel", stage="report", save_as="parcel")
    order = read("orders.read", stage="report", save_as="order")
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
            severity=(SeverityRule(severity=Severity.HIGH, when='parcel.value >= money("CNY 1000.00")'),),
            otherwise=Severity.LOW,
            report=(order, parcel, TELL) if report is None else report,
            analysis=(TRACE, together) if analysis is None else analysis,
            action=default_action if action is None else action,
            follow_up=(SURVEY,) if follow_up is None else follow_up,
        ),
    )


REPORT: Data = {"order_id": "SO-1", "parcel_id": "PC-1"}

RESULTS: dict[str, Data] = {
    "orders.read": {"order_id": "SO-1", "currency": "CNY"},
    "shipping.read_parcel": {"parcel_id": "PC-1", "value": {"amount": 19900, "currency": "CNY"}},
    "shipping.open_trace": {"trace_id": "T-1", "status": "open"},
    "shipping.read_trace": {"trace_id": "T-1", "status": "open"},
    "inventory.reserve": {"reservation_id": "R-1"},
    "orders.add_replacement": {"replacement_id": "SO-1-R"},
    "shipping.create_shipment": {"tracking_no": "TN-1", "parcel_id": "PC-2"},
}
"""What the small world answers, by activity."""

Answerer = Callable[[Command, datetime], CommandReturned]


def applied(command: Command, at: datetime) -> CommandReturned:
    """Everything works."""
    del at
    return CommandReturned(command_id=command.id, outcome=Outcome.APPLIED, result=RESULTS.get(command.activity, {}))


def refusing(*activities: str) -> Answerer:
    """Everything works but these, which are refused."""

    def answer(command: Command, at: datetime) -> CommandReturned:
        if command.activity in activities:
            refusal = Refusal(reason="OutOfStock", message="none left")
            return CommandReturned(command_id=command.id, outcome=Outcome.NOT_APPLIED, refusal=refusal)
        return applied(command, at)

    return answer


@dataclass
class Incident:
    """An incident driven by hand: feed it events, let its commands be answered, move its time."""

    bundle: Bundle = field(default_factory=lost_parcel)
    world: Answerer = applied
    now: datetime = START
    entries: list[Entry] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = State.new(
            incident_id="inc-1", workflow_id="lost_parcel:SO-1:PC-1", run_id="run-1", bundle=self.bundle
        )

    def take(self, event: Event) -> list[Command]:
        commands, entries = core.step(self.state, event, self.now)
        self.commands += commands
        self.entries += entries
        return commands

    def open(self) -> "Incident":
        """Reported and registered, and as far as it goes without time passing."""
        self.take(ReportReceived(key="k-1", report=REPORT, actor=OPS))
        self.take(Registered())
        return self.settle()

    def settle(self) -> "Incident":
        """Answer all pending commands, and what they lead to."""
        while self.state.pending:
            command = next(iter(self.state.pending.values()))
            self.take(self.world(command, self.now))
        return self

    def wait(self, **span: float) -> "Incident":
        """Let time pass, stopping at every due moment on the way."""
        end = self.now + timedelta(**span)
        while (due := core.next_due(self.state)) is not None and due.at <= end:
            self.now = max(self.now, due.at)
            self.take(TimeCame())
            self.settle()
        self.now = end
        return self

    def answer(self, choice: str, *, ask: str = "analysis.ask", key: str = "a-1") -> "Incident":
        self.take(AnswerGiven(key=key, ask=ask, choice=choice, actor=CUSTOMER))
        return self.settle()

    def retry(self, task: str, *, key: str = "r-1") -> "Incident":
        self.take(RetryRequested(key=key, task=task, actor=OPS))
        return self.settle()

    def status(self) -> Status:
        return self.state.status

    def kinds(self) -> list[EntryKind]:
        return [entry.kind for entry in self.entries]

    def of(self, kind: EntryKind) -> list[Data]:
        return [entry.data for entry in self.entries if entry.kind is kind]

    def activities(self) -> list[str]:
        return [command.activity for command in self.commands]
