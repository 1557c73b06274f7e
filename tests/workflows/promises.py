"""A small runbook that makes promises, watches a deadline of others and pages people, for tests of the core."""

from datetime import date, datetime, timedelta
from typing import Any

from amends.models import Data, Party, Severity
from amends.timeline import EntryKind
from runbooks.bundle import Bundle, MessageText
from runbooks.policy import (
    Calendar,
    ExternalDeadline,
    Goal,
    GoalName,
    Level,
    Quiet,
    Role,
    Shift,
    SlaPolicy,
    Table,
    TableKind,
    TableRow,
    TaskPolicy,
)
from runbooks.program import BySeverity, FactType, OnRefusal, Value
from tests.workflows.builders import HOUR, START, Incident, always, do, lost_parcel

OFFICE = Calendar(
    version="1",
    zone="UTC",
    hours=((9 * 60, 12 * 60), (13 * 60, 18 * 60)),
    week=(0, 1, 2, 3, 4),
    holidays=(date(2026, 11, 4),),
    confirmed_until=date(2026, 11, 6),
)
CLAIM = do("shipping.file_claim", stage="follow_up", final=True, save_as="claim", on_refusal=OnRefusal.CONTINUE)


def by(critical: float, high: float, medium: float, low: float) -> BySeverity:
    """So many hours for each severity."""
    spans = {"critical": critical, "high": high, "medium": medium, "low": low}
    return BySeverity.model_validate({name: timedelta(hours=hours) for name, hours in spans.items()})


def sla(**goals: Any) -> SlaPolicy:
    """Goals in hours for every severity, or as ``Goal`` models; warned of at 50 and 80 %, paused for the customer."""
    made = {
        GoalName(name): goal if isinstance(goal, Goal) else Goal(within=always(goal)) for name, goal in goals.items()
    }
    return SlaPolicy(goals=made, warn_at=(50, 80), pause_while_waiting_for=(Party.CUSTOMER,))


ROLES = {
    "logistics": Role(team=("an", "bo")),
    "lead": Role(team=("chen",)),
    "manager": Role(team=("dai",)),
    "finance": Role(team=("fang",)),
}
LADDER = (
    Level(page="logistics", ack_within=by(0.5, 1, 2, 2)),
    Level(page="lead", ack_within=by(0.5, 1, 2, 4), repeat=2),
    Level(page="manager", ack_within=by(0.5, 1, 4, 8), repeat=3),
)
QUIET = Quiet(begins=22 * 60, ends=7 * 60, above=Severity.HIGH)
WEEKDAYS_ONLY = (Shift(who="an", begins=0, ends=7200), Shift(who="bo", begins=7200, ends=10080))


def promising(bundle: Bundle | None = None, **update: Any) -> Bundle:
    """The small lost-parcel runbook with promises, a ladder and people; ``update`` are the bundle's fields."""
    base = bundle or lost_parcel()
    messages = {**base.messages, "still": {"en": MessageText(subject="still", body="looking")}}
    given = {
        "roles": ROLES,
        "tasks": TaskPolicy(owner="logistics", within=always(24)),
        "calendars": {"office": OFFICE},
        "messages": messages,
    }
    return base.model_copy(update={**given, **update})


def claiming(*, safe_before: float = 24, days: int = 3, **more: Any) -> Bundle:
    """A claim has to be filed so many days after the parcel was seen last."""
    deadline = ExternalDeadline(
        name="carrier_claim",
        starts="parcel.last_scan_at",
        table="claim_window",
        protect_by="shipping.file_claim",
        inputs={"parcel_id": Value(expr="report.parcel_id")},
        safe_before=timedelta(hours=safe_before),
        **more,
    )
    row = TableRow(since=date(2026, 1, 1), value=days * 86400, source="the contract")
    base = lost_parcel(follow_up=(CLAIM,))
    return promising(
        base.model_copy(update={"facts": {**base.facts, "parcel.last_scan_at": FactType.TIMESTAMP}}),
        external=(deadline,),
        tables={"claim_window": Table(kind=TableKind.DURATION, rows=(row,))},
    )


def at(incident: Incident, kind: EntryKind, **data: Any) -> list[float]:
    """The hours after the start at which entries of a kind with such data were written."""
    return [
        (entry.occurred_at - START) / HOUR
        for entry in incident.entries
        if entry.kind is kind and data.items() <= entry.data.items()
    ]


def hours(text: Any) -> float:
    """An ISO time as hours after the start."""
    return (datetime.fromisoformat(str(text)) - START) / HOUR


def last(incident: Incident, kind: EntryKind, **data: Any) -> Data:
    """The newest entry of a kind with such data."""
    return [each for each in incident.of(kind) if data.items() <= each.items()][-1]


def pages(incident: Incident) -> list[tuple[float, int, str]]:
    """When which level paged whom."""
    return [
        ((entry.occurred_at - START) / HOUR, int(str(entry.data["level"])), ",".join(entry.data["people"]))  # type: ignore[arg-type]
        for entry in incident.entries
        if entry.kind is EntryKind.PAGE_REQUESTED
    ]
