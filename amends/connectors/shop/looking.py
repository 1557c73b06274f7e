"""What a test, a demo or an auditor sees when they look into the shop."""

from amends.models import Head, Model, Money, Party, Severity, Utc


class Stock(Model):
    """Units of one SKU. ``received == on_hand + sold + sent``, and ``reserved`` is part of ``on_hand``."""

    sku: str
    title: str
    received: int
    on_hand: int
    reserved: int
    sold: int
    sent: int


class SentRefund(Model):
    refund_id: str
    order_id: str
    parcel_id: str
    amount: Money
    paid_at: Utc


class SentCredit(Model):
    credit_id: str
    order_id: str
    head: Head
    amount: Money
    paid_at: Utc


class Letter(Model):
    """A message in the outbox, with its address: only for looking, never to be handed on."""

    message_id: str
    order_id: str
    party: Party | None
    channel: str
    address: str
    language: str
    subject: str
    body: str
    sent_at: Utc


class SentPage(Model):
    """A page, as the person got it."""

    key: str
    person: str
    incident_id: str
    severity: Severity
    level: int
    role: str
    why: str
    subject: str
    body: str
    sent_at: Utc


class SentShipment(Model):
    tracking_no: str
    parcel_id: str
    replaces: str
    created_at: Utc
    collected_at: Utc
    cancelled_at: Utc | None


class Replacement(Model):
    replacement_id: str
    order_id: str
    parcel_id: str
    created_at: Utc
    dropped_at: Utc | None


class PlacedHold(Model):
    """The order is held while one of its holds has no ``released_at``."""

    hold_id: str
    order_id: str
    held_at: Utc
    released_at: Utc | None


class HeldUnits(Model):
    """``status``: ``held``, ``released`` or ``sent``."""

    reservation_id: str
    parcel_id: str
    status: str


class Search(Model):
    """``ends_at`` is set when the carrier will answer by itself."""

    trace_id: str
    parcel_id: str
    opened_at: Utc
    ends_at: Utc | None
    closed_at: Utc | None


class FiledClaim(Model):
    claim_id: str
    parcel_id: str
    amount: Money
    filed_at: Utc
    decided_at: Utc | None
    decided_as: str | None


class Books(Model):
    """The money of an order: what was captured, what went back, and how often."""

    captured: Money
    refunded: Money
    refunds: int

    @property
    def kept(self) -> int:
        """What the shop keeps, in minor units; never below zero."""
        return self.captured.amount - self.refunded.amount
