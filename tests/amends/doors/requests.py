"""A decision, and the incident that it is about."""

from typing import Any

from amends.doors.claims import Deed
from amends.doors.keys import DoorKey
from amends.models import Actor, ActorKind, Money
from workflows.contract import DECIDE, DecideRequest, Verdict

CHEN = Actor(kind=ActorKind.HUMAN, id="chen")
WORKFLOW = "lost_parcel:SO-1001:PC-1001-1"
INCIDENT = "09e8ed54"
YES = DecideRequest(
    key="k-1",
    approval="action.reship.approve.logistics_lead",
    verdict=Verdict.APPROVE,
    amount=Money(amount=120_000, currency="CNY"),
    plan="reship",
    actor=CHEN,
)


def signed(door: DoorKey, **otherwise: Any) -> DecideRequest:
    return door.signed(YES.model_copy(update=otherwise), act=DECIDE, workflow_id=WORKFLOW, incident_id=INCIDENT)


def deed(
    request: DecideRequest, *, act: str = DECIDE, workflow: str = WORKFLOW, incident: str | None = INCIDENT
) -> Deed:
    """What has come to an incident."""
    return Deed.of(request, act=act, workflow=workflow, incident=incident)
