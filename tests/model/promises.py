"""What the walks' runbooks promise, whom they page, and which deadlines of others they keep."""

from datetime import date, timedelta
from random import Random
from typing import Any

from amends.models import Money, Party, Severity
from runbooks.policy import (
    Calendar,
    Clearing,
    ExternalDeadline,
    Goal,
    GoalName,
    Interrupt,
    Level,
    Night,
    Quiet,
    Role,
    Shift,
    SlaPolicy,
    Sooner,
    Table,
    TableKind,
    TableRow,
)
from runbooks.program import BySeverity, Value
from tests.workflows.builders import always

LEADS, FINANCE, BOSSES = ("ops:lin", "ops:tao"), ("fin:chen", "fin:wang", "fin:zhao"), ("boss:an", "boss:bo")
CLERKS = ("ops:mei",)
"""They see to tasks, and approve next to nothing."""
_ZONE = "Europe/Berlin"
_DAY = 24 * 60

OFFICE = Calendar(
    version="2026",
    zone=_ZONE,
    hours=((9 * 60, 12 * 60), (13 * 60, 18 * 60)),
    week=(0, 1, 2, 3, 4),
    holidays=(date(2026, 10, 28), date(2026, 11, 4)),
    workdays=(date(2026, 10, 24), date(2026, 11, 7)),
    confirmed_until=date(2026, 11, 8),
)
NIGHTS = OFFICE.model_copy(update={"version": "nights", "hours": ((20 * 60, 30 * 60),)})
"""Ten hours that begin in the evening: also those of the night in which the clocks are put back."""

TABLES = {
    "claim_window": Table(
        kind=TableKind.DURATION,
        rows=(
            TableRow(since=date(2026, 1, 1), value=2 * 86400, source="the contract"),
            TableRow(since=date(2026, 11, 5), value=3 * 86400, source="the new contract"),
        ),
    )
}

ROLES = {
    "leads": Role(
        team=LEADS,
        duty=(
            Shift(who="ops:lin", begins=0, ends=3 * _DAY + 150),
            Shift(who="ops:tao", begins=3 * _DAY + 150, ends=6 * _DAY + 150),
            Shift(who="ops:lin", begins=6 * _DAY + 90, ends=7 * _DAY),
        ),
        zone=_ZONE,
        quiet=Quiet(begins=22 * 60, ends=7 * 60, above=Severity.MEDIUM),
        approves_up_to=Money(amount=25_000, currency="CNY"),
    ),
    "finance": Role(
        team=FINANCE,
        duty=tuple(
            Shift(who=FINANCE[day % 3], begins=day * _DAY + 8 * 60, ends=day * _DAY + 20 * 60) for day in range(7)
        ),
        zone="Asia/Shanghai",
        quiet=Quiet(begins=12 * 60, ends=13 * 60 + 30, above=Severity.CRITICAL),
        approves_up_to=Money(amount=45_000, currency="CNY"),
    ),
    "clerks": Role(team=CLERKS, approves_up_to=Money(amount=1, currency="CNY")),
    "bosses": Role(team=BOSSES, approves_up_to=Money(amount=1_000_000, currency="CNY")),
}
"""The leads hand over at half past two, also in the night in which the clocks show that twice, and two are on for an
hour of every Sunday; at night nobody of finance is."""

_CLAIM = {"order_id": Value(expr="report.order_id"), "parcel_id": Value(expr="report.parcel_id")}


def by(critical: float, high: float, medium: float, low: float) -> BySeverity:
    """So many hours for each severity."""
    spans = {"critical": critical, "high": high, "medium": medium, "low": low}
    return BySeverity.model_validate({name: timedelta(hours=hours) for name, hours in spans.items()})


def claim(approve: str | None = None, **said: Any) -> tuple[ExternalDeadline, ...]:
    """A claim has to be filed two days after the parcel was seen last (three, by the new contract), and is a day before
    that at the latest."""
    deadline = ExternalDeadline(
        name="carrier_claim",
        starts="parcel.last_scan_at",
        table="claim_window",
        protect_by="shipping.file_claim",
        inputs=_CLAIM,
        approve=approve,
        decide_within=by(1, 2, 4, 6) if approve else None,
    )
    return (deadline.model_copy(update=said),)


SOONER = (
    Sooner(
        when='parcel.value < money("CNY 150.00")',
        within={GoalName.FIRST_RESPONSE: by(1, 2, 8, 12), GoalName.UPDATE: by(5, 9, 18, 20)},
    ),
    Sooner(when='parcel.value < money("CNY 300.00")', within={GoalName.UPDATE: by(6, 8, 12, 24)}),
)
"""Both hold for what is cheapest, and each is the shorter one at some severity."""


def all_six(*pausing: Party, sooner: tuple[Sooner, ...] = ()) -> SlaPolicy:
    """Everything that can be promised; what is to be done by us is reckoned in office hours."""
    return SlaPolicy(
        goals={
            GoalName.ACKNOWLEDGE: Goal(within=by(0.25, 1, 4, 8)),
            GoalName.FIRST_RESPONSE: Goal(within=by(1, 4, 12, 24)),
            GoalName.UPDATE: Goal(within=by(6, 12, 18, 24), tell="still", values=("parcel.value",)),
            GoalName.ANALYSIS: Goal(within=by(6, 12, 24, 48)),
            GoalName.ACTION: Goal(within=by(3, 5, 9, 14), calendar="office"),
            GoalName.RESOLVE: Goal(within=by(24, 36, 60, 72)),
        },
        sooner=sooner,
        warn_at=(50, 80),
        pause_while_waiting_for=pausing,
    )


def other_promises(*pausing: Party, tells: bool = False, warn_at: tuple[int, ...] = (33, 90)) -> SlaPolicy:
    """Some, that stand still for others; the customer hears from us by itself or not."""
    return SlaPolicy(
        goals={
            GoalName.ACKNOWLEDGE: Goal(within=by(0.5, 2, 4, 8)),
            GoalName.UPDATE: Goal(within=by(4, 7, 30, 30), tell="still" if tells else None),
            GoalName.ACTION: Goal(within=by(4, 6, 12, 20), calendar="nights"),
            GoalName.RESOLVE: Goal(within=by(12, 20, 50, 90), calendar="office"),
        },
        warn_at=warn_at,
        pause_while_waiting_for=pausing,
    )


NIGHT = Night(begins=timedelta(hours=21), ends=timedelta(hours=8), zone=_ZONE)
INTERRUPTS = ("order.cancel_requested",)
CLEARS = ("shipment.delivered", "order.changed")


def cuts_in(plan: str, *, or_else: str, known: bool) -> tuple[Interrupt, ...]:
    """A plan for what is dear, and another for the rest. ``known``: only once it is known what it is worth."""
    rest = 'parcel.value < money("CNY 300.00")' if known else None
    dear = Interrupt(on=INTERRUPTS[0], when='parcel.value >= money("CNY 300.00")', plan=plan)
    return (dear, Interrupt(on=INTERRUPTS[0], when=rest, plan=or_else))


def clears() -> tuple[Clearing, ...]:
    """By one piece of news the customer is asked in doubt, by the other nobody is."""
    delivered, changed = CLEARS
    asked = Clearing(
        on=delivered,
        when='parcel.value < money("CNY 400.00")',
        tell="gone",
        confirm="confirm",
        answer_within=always(12),
    )
    return (asked, Clearing(on=changed, tell="gone"))


def ladder(*, levels: int = 3, again: float | None = None) -> tuple[Level, ...]:
    """The leads, then finance twice, then the bosses for ever."""
    after = None if again is None else always(again)
    return (
        Level(page="leads", ack_within=by(0.25, 1, 2, 3), again_after=after),
        Level(page="finance", ack_within=by(0.5, 2, 3, 5), repeat=2),
        Level(page="bosses", ack_within=by(0.5, 3, 4, 7), repeat=3, again_after=after),
    )[:levels]


def at_random(chance: Random) -> dict[str, Any]:
    """Some of all that, by chance: the fields of a bundle."""
    pausing = tuple(party for party in (Party.CUSTOMER, Party.WAREHOUSE) if chance.random() < 0.5)
    warn_at = chance.choice([(), (80,), (25, 50, 75)])
    some = other_promises(*pausing, tells=chance.random() < 0.5, warn_at=warn_at)
    given: dict[str, Any] = {
        "sla": chance.choice([None, all_six(*pausing), some, some]),
        "escalation": chance.choice([(), ladder(), ladder(levels=1, again=3), ladder(levels=2, again=26)]),
        "external": chance.choice([(), claim(), claim("leads"), claim("finance", safe_before=timedelta(hours=30))]),
    }
    given["night"], given["clears"] = chance.choice([None, NIGHT]), chance.choice([(), clears()])
    if chance.random() < 0.2:
        given["roles"] = {name: role.model_copy(update={"quiet": None, "duty": ()}) for name, role in ROLES.items()}
    return given
