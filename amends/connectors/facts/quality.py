"""What is known of partners: contracts, observations, tickets, and who is to blame for damage."""

from typing import Literal

from amends.models import Model, Money

Liable = Literal["carrier", "warehouse", "supplier", "merchant", "payment_provider", "platform", "customer", "nobody"]
"""Who pays in the end for what went wrong."""

DamagedBy = Literal["transit", "packing", "product", "customer"]


class Contract(Model):
    """Who pays by contract for what goes wrong with a parcel. ``limit``: the most that the carrier pays for it."""

    parcel_id: str
    carrier: str
    supplier: str
    loss_paid_by: Liable
    damage_paid_by: Liable
    delay_paid_by: Liable
    claim_days: int
    limit: Money | None = None


class Damage(Model):
    """Why goods are damaged, as far as it can be told from scans, packing and the supplier's record."""

    parcel_id: str
    cause: Literal["unknown", DamagedBy]
    liable: Liable
    proven: bool
    """Whether it would hold against a customer who says otherwise."""


class Observation(Model):
    """``partner``: whose scorecard it stands on."""

    observation_id: str
    partner: str


class Ticket(Model):
    """A complaint to a supplier."""

    ticket_id: str
    status: Literal["open", "accepted", "rejected", "closed"]
