"""What an event is about, in the terms of a runbook's subject."""

from amends.models import Data
from intake.events import OrderEvent
from intake.rules import Rule


def subject_of(rule: Rule, event: OrderEvent) -> Data:
    """The fields of the subject that an event says. What it does not say is not guessed from other events."""
    said: Data = {**event.data, "order_id": event.order_id}
    return {name: said[name] for name in rule.subject if said.get(name) is not None}


def concerns(rule: Rule, event: OrderEvent, subject: Data) -> bool:
    """Whether an event is about a subject, as far as it says what it is about: one that names no parcel is about all
    parcels of its order."""
    return all(subject.get(name) == value for name, value in subject_of(rule, event).items())
