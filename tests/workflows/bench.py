"""A small runbook with approvals and a measure, and people who decide about it, for tests of the core."""

from datetime import datetime

from amends.models import Actor, ActorKind, Head, Money, Outcome, Refusal
from amends.timeline import EntryKind
from runbooks.bundle import Bundle
from runbooks.policy import RemedyPolicy, Role, TaskPolicy
from runbooks.program import ApproveStep, FactType, MeasureStep, Plan, Undo, Value
from tests.workflows import builders
from tests.workflows.builders import REFUND, REPLACE, RESERVE, SHIP, TELL, Incident, always, lost_parcel, read
from workflows import events
from workflows.contract import Verdict
from workflows.events import Command, CommandReturned, DecisionGiven
from workflows.state import Receipt

WORTH = Money(amount=19900, currency="CNY")

HOLD = MeasureStep(
    id="report.orders.hold",
    activity="orders.hold",
    inputs={"order_id": Value(expr="report.order_id")},
    lift=Undo(activity="orders.release", takes=("hold_id",)),
    until="incident.resolved",
)


def approval(of: str, role: str, **said: object) -> ApproveStep:
    """Asked before anything else in the plan ``of``, about the worth of the parcel."""
    given = {"amount": Value(expr="parcel.value", money=True), "decide_within": always(4), "if_silent": "escalate"}
    return ApproveStep.model_validate({"id": f"action.{of}.approve", "role": role, **given, **said})


LEAD = approval("reship", "lead")
FINANCE = approval("refund", "finance", approvers=2, if_silent="reject")


def cautious(*, lead: ApproveStep = LEAD, finance: ApproveStep = FINANCE) -> Bundle:
    """Reships with the lead's approval, else refunds with that of two of finance; the order is held until it is
    resolved."""
    order = read("orders.read", stage="report", save_as="order")
    parcel = read("shipping.read_parcel", stage="report", save_as="parcel")
    bundle = lost_parcel(
        report=(order, HOLD, parcel, TELL),
        action=(
            Plan(name="reship", when='choice == "reship"', steps=(lead, REPLACE, RESERVE, SHIP)),
            Plan(name="refund", steps=(finance, REFUND)),
        ),
    )
    roles = {
        "lead": Role(team=("chen", "mei"), approves_up_to=Money(amount=500_00, currency="CNY")),
        "finance": Role(team=("dai", "fang"), approves_up_to=Money(amount=2000_00, currency="CNY")),
        "logistics": Role(team=("an",)),
    }
    facts = {**bundle.facts, "parcel.value": FactType.MONEY}
    tasks = TaskPolicy(owner="logistics", within=always(2))
    remedies = RemedyPolicy(caps={Head.GOODWILL: Money(amount=5000, currency="CNY")})
    return bundle.model_copy(update={"roles": roles, "tasks": tasks, "remedies": remedies, "facts": facts})


class World:
    """Answers commands: ``refuses`` what it is told to, ``loses`` the answers of others, all else goes well."""

    def __init__(self, *, refuses: tuple[str, ...] = (), loses: tuple[str, ...] = ()) -> None:
        self.refuses, self.loses = set(refuses), set(loses)
        self.beyond: set[str] = set()
        """The people whose authority does not reach any more."""
        self.books_agree = True

    def __call__(self, command: Command, now: datetime) -> CommandReturned:
        match command.role:
            case events.Role.COUNT if command.inputs["person"] in self.beyond:
                return self._refused(command, "BeyondAuthority", "that is beyond what may be approved today")
            case events.Role.BALANCE if not self.books_agree:
                return self._refused(command, "BooksDiffer", "the books have 1 fen too much")
            case events.Role.COUNT | events.Role.BALANCE:
                return CommandReturned(command_id=command.id, outcome=Outcome.APPLIED)
        if command.settles is not None:
            settled = command.settles
            return CommandReturned(command_id=command.id, outcome=settled.outcome, result=settled.result)
        if command.activity in self.refuses:
            return self._refused(command, "NotNow", "not now")
        if command.activity in self.loses:
            return CommandReturned(command_id=command.id, outcome=Outcome.UNKNOWN, trouble="no answer")
        if command.activity == "orders.hold":
            return CommandReturned(command_id=command.id, outcome=Outcome.APPLIED, result={"hold_id": "H-1"})
        return builders.applied(command, now)

    def _refused(self, command: Command, reason: str, message: str) -> CommandReturned:
        refusal = Refusal(reason=reason, message=message)
        return CommandReturned(command_id=command.id, outcome=Outcome.NOT_APPLIED, refusal=refusal)


def person(name: str) -> Actor:
    return Actor(kind=ActorKind.HUMAN, id=name, verified=True)


def chosen(choice: str = "reship", *, bundle: Bundle | None = None, world: World | None = None) -> Incident:
    """An incident in which the customer has chosen and the carrier has given up: an approval is asked for."""
    incident = Incident(bundle=bundle or cautious(), world=world or World()).open().wait(hours=25)
    return incident.answer(choice).wait(hours=48)


def decide(
    incident: Incident,
    who: str,
    verdict: Verdict = Verdict.APPROVE,
    *,
    of: str = "reship",
    amount: Money | None = WORTH,
    plan: str | None = None,
    approval_id: str | None = None,
    key: str | None = None,
) -> Receipt:
    """Somebody decides; the receipt of it, once it is known whether it counts."""
    key = key or f"{who}-{len(incident.entries)}"
    incident.take(
        DecisionGiven(
            key=key,
            approval=approval_id or f"action.{of}.approve",
            verdict=verdict,
            amount=amount,
            plan=(plan or of) if approval_id is None else plan,
            actor=person(who),
        )
    )
    incident.settle()
    return incident.state.handled[f"decide:{key}"]


def count(incident: Incident, kind: EntryKind) -> int:
    return len(incident.of(kind))
