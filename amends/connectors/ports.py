"""The outside systems as Amends sees them: one small protocol each.

Every method takes a ``Call`` first: the idempotency key of an effect and the incident's own time. A repeated key with
the same arguments returns the first result and does nothing; with other arguments it raises ``KeyReused``. A business
refusal raises ``Refused`` with its reason, a failure that may pass raises ``Trouble``. Implementations are safe to call
from several threads.
"""

from typing import Literal, Protocol

from amends.models import Data, Head, Model, Money, Severity, Utc


class Call(Model):
    """``key``: the idempotency key; reads have one too, as a label. ``at``: now, in the incident's time."""

    key: str
    at: Utc


OrderStatus = Literal["placed", "paid", "shipped", "delivered", "cancelled"]
ParcelStatus = Literal["not_dispatched", "in_transit", "delivered", "lost"]
TraceStatus = Literal["open", "found", "lost", "closed"]
ClaimStatus = Literal["open", "paid", "rejected"]


class Order(Model):
    order_id: str
    status: OrderStatus
    currency: str
    total: Money
    refunded: Money
    zone: str | None = None
    """The time zone that its customer is in, such as ``Asia/Shanghai``, if the shop knows it."""


class Parcel(Model):
    parcel_id: str
    order_id: str
    status: ParcelStatus
    value: Money
    """What the lines in it cost."""
    lines_refundable: Money
    """What of that has not been refunded yet."""
    last_scan_at: Utc | None = None


class ReplacementOrder(Model):
    replacement_id: str


class Hold(Model):
    hold_id: str


class Availability(Model):
    """Whether every unit of a parcel could be reserved again now."""

    reservable: bool


class Reservation(Model):
    reservation_id: str


class Shipment(Model):
    parcel_id: str
    carrier: str
    tracking_no: str


class Trace(Model):
    trace_id: str
    status: TraceStatus


class Claim(Model):
    claim_id: str
    status: ClaimStatus


class Refund(Model):
    refund_id: str
    amount: Money


class Credit(Model):
    credit_id: str
    amount: Money


class Unit(Model):
    """One piece of goods in an order: a line of two gives two. ``parcel_id``: the parcel that the customer paid for it
    in. ``value``: what was paid for it."""

    unit: str
    parcel_id: str
    value: Money


class OrderWorth(Model):
    """What was paid for an order, and for which goods, in the order of its lines. ``carries``: of each parcel of the
    order, the parcel that its contents were paid for in: itself, or the one that it replaces."""

    order_id: str
    currency: str
    captured: Money
    units: tuple[Unit, ...]
    carries: dict[str, str]


class GivenLine(Model):
    """What was given by one call, whose idempotency key is ``key`` (empty in books from before keys were kept).

    ``amount`` is unset for goods; ``parcel_id`` is the parcel in which goods are on their way. ``stands``: it was not
    taken back.
    """

    key: str
    head: Head
    amount: Money | None = None
    parcel_id: str | None = None
    stands: bool = True


class Given(Model):
    """What a shop's own books say was given on an order, whoever asked for it."""

    order_id: str
    captured: Money
    refunded: Money
    lines: tuple[GivenLine, ...]


class Delivery(Model):
    """A message that a channel has taken. ``channel`` names it; the address stays with the channel."""

    message_id: str
    channel: str
    language: str


class Page(Model):
    """What people are paged about: an incident on which somebody of ``role`` owes a move, ``why``, and by when
    (``due_at``). ``title``: what went wrong, by language. ``level`` of ``levels`` counts from 1. ``test``: nothing is
    wrong, somebody tries out whether pages arrive."""

    incident_id: str
    exception_type: str
    title: dict[str, str]
    order_id: str | None = None
    severity: Severity
    level: int = 1
    levels: int = 1
    role: str
    why: str
    due_at: Utc | None = None
    test: bool = False


class Said(Model):
    """What a channel has answered, in its own words, without addresses and secrets."""

    words: str = ""


class Recalled(Model):
    """What a system knows of a key. ``done``: the call was carried out, and gave ``result``."""

    done: bool
    result: Data = {}


class Recalling(Protocol):
    """Every system that has effects."""

    def recall(self, call: Call, *, of: str) -> Recalled:
        """What became of the call with the key ``of``, of any method of the system.

        A key that has not arrived is closed by asking: a call that comes with it later raises ``KeyReused`` and does
        nothing. So an answer holds for ever, and whoever asked may go on by it.
        """


class Orders(Recalling, Protocol):
    def read(self, call: Call, *, order_id: str) -> Order:
        """Refuses ``OrderNotFound``."""

    def add_replacement(self, call: Call, *, order_id: str, parcel_id: str) -> ReplacementOrder:
        """Adds an order of no cost for the lines of a parcel. Refuses ``OrderNotFound``, ``ParcelNotFound``."""

    def drop_replacement(self, call: Call, *, replacement_id: str) -> None:
        """Takes a replacement order back. Dropping one that is dropped is harmless."""

    def hold(self, call: Call, *, order_id: str) -> Hold:
        """Keeps the shop from going on with an order while somebody looks into it. Several holds may stand on one
        order: it is held while any of them does. What Amends itself sends again is not held up. Refuses
        ``OrderNotFound``."""

    def release(self, call: Call, *, hold_id: str) -> None:
        """Lifts one hold; harmless when it is lifted already."""

    def worth(self, call: Call, *, order_id: str) -> OrderWorth:
        """A read. Refuses ``OrderNotFound``."""


class Inventory(Recalling, Protocol):
    def check(self, call: Call, *, parcel_id: str) -> Availability:
        """Refuses ``ParcelNotFound``."""

    def reserve(self, call: Call, *, parcel_id: str) -> Reservation:
        """Sets every unit of a parcel's lines aside, all or none. Refuses ``OutOfStock``, ``ParcelNotFound``."""

    def release(self, call: Call, *, reservation_id: str) -> None:
        """Gives reserved units back; harmless when they are back already."""


class Shipping(Recalling, Protocol):
    def read_parcel(self, call: Call, *, parcel_id: str) -> Parcel:
        """Refuses ``ParcelNotFound``."""

    def open_trace(self, call: Call, *, parcel_id: str) -> Trace:
        """Asks the carrier to look for a parcel. Refuses ``ParcelNotFound``, ``TraceRefused``."""

    def read_trace(self, call: Call, *, trace_id: str) -> Trace:
        """Refuses ``TraceNotFound``."""

    def close_trace(self, call: Call, *, trace_id: str) -> None:
        """Tells the carrier that it need not look any more; harmless when the trace has ended."""

    def create_shipment(self, call: Call, *, parcel_id: str, reservation_id: str | None = None) -> Shipment:
        """Sends the contents of a parcel again, from a reservation for it, or from the oldest that is held.
        ``parcel_id`` of the result is the new parcel. Refuses ``NoCapacity``, ``NothingReserved``,
        ``ParcelNotFound``."""

    def cancel_shipment(self, call: Call, *, tracking_no: str) -> None:
        """Stops a shipment that has not left. Refuses ``AlreadyHandedOver``."""

    def resume_delivery(self, call: Call, *, parcel_id: str) -> None:
        """Tells the carrier to deliver a found parcel. Refuses ``ParcelNotFound``, ``NotFoundYet``."""

    def file_claim(self, call: Call, *, parcel_id: str) -> Claim:
        """Claims the parcel's value from the carrier. Refuses ``ParcelNotFound``, ``ClaimWindowOver``."""

    def read_claim(self, call: Call, *, claim_id: str) -> Claim:
        """Refuses ``ClaimNotFound``."""


class Payments(Recalling, Protocol):
    def refund(self, call: Call, *, order_id: str, parcel_id: str, amount: Money) -> Refund:
        """Pays money back to where it came from. Refuses ``RefundTooHigh`` (above what was captured and not yet
        refunded), ``OrderNotFound``, ``PaymentDeclined``."""

    def credit(self, call: Call, *, order_id: str, head: Head, amount: Money) -> Credit:
        """Pays out money that comes on top of what was paid, under a head: ``compensation``, ``freight`` or
        ``goodwill``. It does not count against what was captured. Refuses ``OrderNotFound``, ``PaymentDeclined``
        (another currency than the order's, nothing to pay, or nowhere to pay it to)."""


class Customers(Recalling, Protocol):
    def tell(
        self, call: Call, *, order_id: str, texts: dict[str, dict[str, str]], values: dict[str, str], bounced: int = 0
    ) -> Delivery:
        """Sends a message to who placed the order, in their language.

        ``texts``: language → ``{"subject": …, "body": …}``, with placeholders in braces; ``values``: what stands for
        them. ``{customer.name}`` is filled in by the shop, so that no personal data leaves it.

        A customer is reached over channels that have an order; the first ``bounced`` of them have sent this message
        back, so it goes over the next. Refuses ``OrderNotFound``; ``Bounced`` when the channel sends it back: the one
        after it may not; ``Undeliverable`` when no channel is left, or the message itself cannot be sent.
        """


class Merchants(Recalling, Protocol):
    def tell(
        self, call: Call, *, order_id: str, texts: dict[str, dict[str, str]], values: dict[str, str], bounced: int = 0
    ) -> Delivery:
        """Sends a message to who sells what the order is about, as ``Customers.tell`` does to who placed it, and with
        the same refusals. ``{merchant.name}`` is filled in by the shop."""


class Ledger(Protocol):
    def given(self, call: Call, *, order_id: str) -> Given:
        """A read. Refuses ``OrderNotFound``."""


class Pager(Protocol):
    """The people of the company, and the channels over which each is reached.

    A channel cannot always be asked what became of a page, and so a page whose answer was lost is sent again. It comes
    under the same key then, which whoever receives it can know it by, where the channel can carry a key at all.
    """

    def channels(self, call: Call, *, person: str) -> tuple[str, ...]:
        """A read: the names of a person's channels, in the order in which they are tried; none for a person of whom
        nobody has said."""

    def page(self, call: Call, *, person: str, channel: str, page: Page) -> Said:
        """Sends a page over one of a person's channels. Refuses ``PageRefused``, with the channel's own words."""


class Connectors(Protocol):
    """All outside systems of one company."""

    @property
    def orders(self) -> Orders: ...
    @property
    def inventory(self) -> Inventory: ...
    @property
    def shipping(self) -> Shipping: ...
    @property
    def payments(self) -> Payments: ...
    @property
    def customers(self) -> Customers: ...
    @property
    def merchants(self) -> Merchants: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def people(self) -> Pager: ...
