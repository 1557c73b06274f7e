"""What warehouses and carriers say of parcels."""

from typing import Literal

from amends.models import Model, Money, Utc

ParcelStatus = Literal["not_dispatched", "in_transit", "delivered", "lost", "returned"]
LeftAt = Literal["door", "locker", "station", "neighbour"]
DeliveredTo = Literal["nobody", LeftAt]


class Parcel(Model):
    """``damaged``: the carrier has scanned it as damaged. ``arrives_at``: when the carrier means to deliver it.
    ``replaces``: the parcel in whose place it was sent. ``allocated``: all its goods are set aside for it.
    ``line_id``: the line that is in it, if it is the only one."""

    parcel_id: str
    order_id: str
    status: ParcelStatus
    value: Money
    """What the lines in it cost."""
    lines_refundable: Money
    """What of that has not been refunded yet."""
    last_scan_at: Utc | None = None
    handed_over_at: Utc | None = None
    delivered_at: Utc | None = None
    promised_by: Utc | None = None
    arrives_at: Utc | None = None
    carrier: str = ""
    warehouse: str = ""
    service: Literal["standard", "express"] = "standard"
    delivered_to: DeliveredTo = "nobody"
    cross_border: bool = False
    damaged: bool = False
    replaces: str | None = None
    allocated: bool = False
    line_id: str | None = None


class PickPriority(Model):
    """``leaves_at``: when the parcel is handed over now; ``arrives_at``: when it should be delivered then."""

    priority_id: str
    leaves_at: Utc
    arrives_at: Utc | None = None


class Pick(Model):
    """What became of the word to a warehouse not to send a parcel. Another may send it once this is ``applied``."""

    pick_id: str
    status: Literal["open", "applied", "too_late", "closed"]


class Upgrade(Model):
    """``arrives_at``: when a faster service delivers it."""

    service: Literal["express"]
    arrives_at: Utc


class Intercept(Model):
    """What became of the word to a carrier to bring a parcel back."""

    intercept_id: str
    status: Literal["open", "returned", "failed", "closed"]


class Proof(Model):
    """What a carrier has shown for a delivery that the customer knows nothing of."""

    proof_id: str
    status: Literal["open", "proven", "unproven", "closed"]
