"""A journal with a published runbook whose rules order events meet, and CloudEvents for it."""

from datetime import datetime, timedelta
from typing import Final

from pydantic import JsonValue

from amends.journal import Journal
from amends.journal.schema.intake import Mode
from amends.models import Data
from amends.timeline import canonical
from intake.expectations import Expectation, expectations_of
from intake.modes import Modes
from intake.receiving import Outcome, Received, Receiving
from intake.rulebook import Rulebook
from runbooks.bundle import Bundle
from tests.intake.builders import NOON
from tests.runbooks.builders import compiled, small

LATE: Final = "late_parcel"

SCANS: Final = "[{expect: shipment.scanned, after: shipment.scanned, late_after: 72h, grace: 1h}]"

AWAITED: Final = "[{expect: shipment.delivered, after: shipment.handed_over, late_after: 72h, grace: 1h}]"


def publish(journal: Journal, opens: str = AWAITED, *, events: str = "{}", mode: Mode | None = Mode.ON) -> Bundle:
    """Publishes the small runbook with these rules about a parcel; on, from the beginning of time."""
    changed = f"subject: [order_id, parcel_id]\nevents: {events}\nopens: {opens}\n"
    bundle = compiled(small(("subject: [order_id]\n", changed)))
    journal.revisions.publish(
        bundle_json=canonical(bundle.model_dump(mode="json")).decode(),
        exception_type=bundle.exception_type,
        digest=bundle.digest,
        by="ann",
        why="to be tried",
        at=NOON,
    )
    if mode is not None:
        Modes(journal.engine).set(LATE, mode, cut_off=NOON - timedelta(days=365), by="ann", at=NOON)
    return bundle


def cloud_event(kind: str, hours: float = 0, name: str | None = None, *, order: str = "A", **data: JsonValue) -> Data:
    """Something that happened to an order, so many hours after noon; to its parcel P, if nothing else is said."""
    corrects = data.pop("corrects", None)
    return {
        "specversion": "1.0",
        "id": name or f"{order}-{kind}@{hours}",
        "source": "shop",
        "type": kind,
        "time": hence(hours).isoformat(),
        "data": {"order_id": order, "parcel_id": "P", **data},
        **({"corrects": corrects} if corrects else {}),
    }


def hence(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def receive(journal: Journal, *events: JsonValue, hours: float = 1000) -> list[Received]:
    return Receiving(journal.engine, Rulebook(journal.revisions)).receive(events, via="a test", at=hence(hours))


def outcomes(received: list[Received]) -> list[Outcome]:
    return [each.outcome for each in received]


def expected(journal: Journal, order: str = "A") -> list[Expectation]:
    with journal.engine.connect() as connection:
        return expectations_of(connection, order)
