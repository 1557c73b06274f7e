"""Order events and the rules that they are held against."""

from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from amends.models import Data
from intake.deciding import Standing, decide
from intake.events import OrderEvent
from intake.rules import Rule, rules_of
from tests.runbooks.builders import compiled, small

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FAR = datetime(2100, 1, 1, tzinfo=UTC)


def rules(opens: str, *, events: str = "{}", subject: str = "order_id") -> tuple[Rule, ...]:
    """The rules of a runbook whose ``opens`` is a list in YAML, and whose report carries an order_id, and a parcel_id
    at least if ``subject`` has it."""
    text = small(("subject: [order_id]\n", f"subject: [{subject}]\nevents: {events}\nopens: {opens}\n"))
    if "parcel_id" not in subject:
        text = text.replace("  parcel_id: string\n", "  parcel_id: {type: string, optional: true}\n")
    return rules_of(compiled(text))


def event(kind: str, hours: float = 0, name: str | None = None, **data: JsonValue) -> OrderEvent:
    """Something that happened to order A, so many hours after noon."""
    corrects = data.pop("corrects", None)
    return OrderEvent(
        source="shop",
        id=name or f"{kind}@{hours}",
        type=kind,
        order_id="A",
        at=NOON + timedelta(hours=hours),
        data=data,
        corrects=str(corrects) if corrects is not None else None,
    )


def standings(rules: tuple[Rule, ...], *events: OrderEvent, until: datetime = FAR) -> list[Data]:
    """What stands, in short: due and cleared in hours after noon, and what it is about."""
    return [_short(each) for each in decide(rules, events, until=until)]


def _short(standing: Standing) -> Data:
    short: Data = {"due": _hours(standing.due_at), "by": standing.caused_by[0].removeprefix("shop#")}
    if standing.opens_at != standing.due_at:
        short["opens"] = _hours(standing.opens_at)
    if standing.cleared_at is not None:
        short["cleared"] = _hours(standing.cleared_at)
    if "parcel_id" in standing.subject:
        short["parcel"] = standing.subject["parcel_id"]
    return short


def _hours(at: datetime) -> float:
    return (at - NOON) / timedelta(hours=1)
