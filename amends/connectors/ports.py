"""The outside systems as Amends sees them: one small protocol each.

Every method takes a ``Call`` first: the idempotency key of an effect and the incident's own time. A repeated key with
the same arguments returns the first result and does nothing; with other arguments it raises ``KeyReused``. A business
refusal raises ``Refused`` with its reason, a failure that may pass raises ``Trouble``. Implementations are safe to call
from several threads.
"""

from typing import Literal, Protocol

from amends.connectors.facts.carriage import (
    DeliveredTo,
    Intercept,
    Parcel,
    ParcelStatus,
    Pick,
    PickPriority,
    Proof,
    Upgrade,
)
from amends.connectors.facts.money import (
    Balance,
    Capture,
    ChannelHealth,
    Closing,
    LedgerEntry,
    Netting,
    PaymentLink,
    PaymentState,
    ProviderCase,
    Reconciliation,
    RefundState,
)
from amends.connectors.facts.orders import (
    Cause,
    Customer,
    Delay,
    Line,
    Order,
    OrderStatus,
    Promise,
    Return,
    Split,
    Substitution,
)
from amends.connectors.facts.quality import Contract, Damage, Liable, Observation, Ticket
from amends.connectors.facts.stock import (
    Backorder,
    Count,
    Elsewhere,
    Goods,
    KeptGoods,
    KeptParcel,
    Replenishment,
    SaleStop,
    Supply,
    Transfer,
)
from amends.models import Data, Head, Model, Money, Severity, Utc

__all__ = [
    "Backorder",
    "Balance",
    "Capture",
    "Cause",
    "ChannelHealth",
    "Closing",
    "Contract",
    "Count",
    "Customer",
    "Damage",
    "Delay",
    "DeliveredTo",
    "Elsewhere",
    "Goods",
    "Intercept",
    "KeptGoods",
    "KeptParcel",
    "LedgerEntry",
    "Liable",
    "Line",
    "Netting",
    "Observation",
    "Order",
    "OrderStatus",
    "Parcel",
    "ParcelStatus",
    "PaymentLink",
    "PaymentState",
    "Pick",
    "PickPriority",
    "Promise",
    "Proof",
    "ProviderCase",
    "Reconciliation",
    "RefundState",
    "Replenishment",
    "Return",
    "SaleStop",
    "Split",
    "Substitution",
    "Supply",
    "Ticket",
    "Transfer",
    "Upgrade",
]
"""What the systems answer is part of the ports, wherever it is written; what stands here goes without saying."""


class Call(Model):
    """``key``: the idempotency key; reads have one too, as a label. ``at``: now, in the incident's time."""

    key: str
    at: Utc


TraceStatus = Literal["open", "found", "lost", "closed"]
ClaimReason = Literal["lost", "damaged", "late"]
ClaimStatus = Literal["open", "paid", "rejected"]


class ReplacementOrder(Model):
    replacement_id: str


class Hold(Model):
    hold_id: str


class Cancellation(Model):
    """``first``: whether the order stood until this call ended it; who comes later finds it cancelled."""

    first: bool


class Availability(Model):
    """Whether every unit of a parcel could be reserved again now."""

    reservable: bool


class Reservation(Model):
    reservation_id: str


class Shipment(Model):
    """``arrives_at``: when it should be delivered, if that is known yet."""

    parcel_id: str
    carrier: str
    tracking_no: str
    arrives_at: Utc | None = None


class Trace(Model):
    trace_id: str
    status: TraceStatus


class Claim(Model):
    """``amount``: what is claimed, or what was paid."""

    claim_id: str
    status: ClaimStatus
    amount: Money | None = None


class Refund(Model):
    refund_id: str
    amount: Money


class Credit(Model):
    credit_id: str
    amount: Money


class Unit(Model):
    """One piece of goods in an order: a line of two gives two. ``parcel_id``: the parcel that the customer paid for it
    in. ``value``: what was paid for it. ``line_id``: the line that it is of."""

    unit: str
    parcel_id: str
    value: Money
    line_id: str = ""


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

    def read_line(self, call: Call, *, line_id: str) -> Line:
        """Refuses ``LineNotFound``."""

    def explain_delay(self, call: Call, *, order_id: str) -> Delay:
        """A read: why an order is late, or may become so. Refuses ``OrderNotFound``."""

    def confirm(self, call: Call, *, order_id: str) -> None:
        """Takes an order up whose payment came in late. Refuses ``OrderNotFound``, ``NotPaid``, ``OrderCancelled``."""

    def cancel(self, call: Call, *, order_id: str) -> Cancellation:
        """Ends an order of which nothing has left. Its goods stay set aside, and its money where it is. One that is
        cancelled is joined: it stays so until all who have cancelled it take that back. Refuses ``OrderNotFound``,
        ``AlreadyDispatched``."""

    def reinstate(self, call: Call, *, order_id: str) -> None:
        """Takes a cancelled order up again, at the same price, with its goods set aside, unless another who cancelled
        it too wants it cancelled still; harmless for one that stands. Refuses ``OrderNotFound``, ``TooLate``,
        ``PriceChanged``, ``StockGone`` (not all of its goods are to be had any more), ``OrderedAgain``, ``PaidBack``
        (its money has gone back)."""

    def promise(self, call: Call, *, order_id: str, by: Utc) -> Promise:
        """Sets a new day by which the order is to arrive. Refuses ``OrderNotFound``, ``OrderCancelled``."""

    def withdraw_promise(self, call: Call, *, promise_id: str) -> None:
        """Goes back to what was promised before; harmless when it is withdrawn already. One that was made since
        stands."""

    def substitute(self, call: Call, *, line_id: str, sku: str) -> Substitution:
        """Puts another article, at its own price, in the place of what a line has. Money is settled by others. Refuses
        ``LineNotFound``, ``NoSubstitute``, ``AlreadyDispatched``."""

    def withdraw_substitute(self, call: Call, *, substitution_id: str) -> None:
        """Puts back what was there before; harmless when it is back already. What was put in its place since stays.
        Refuses ``AlreadyDispatched``."""

    def drop_line(self, call: Call, *, line_id: str) -> None:
        """Takes a line off an order, so that the rest can leave. Discounts and freight of the rest stay as they were.
        Refuses ``LineNotFound``, ``AlreadyDispatched``."""

    def restore_line(self, call: Call, *, line_id: str) -> None:
        """Puts a line back on its order; harmless for one that is on it. Refuses ``AlreadyDispatched``: the others have
        left without it."""

    def split(self, call: Call, *, line_id: str) -> Split:
        """Puts a line into a parcel of its own, so that the rest need not wait for it. Refuses ``LineNotFound``,
        ``AlreadyDispatched``, ``NothingToSplit``: it is by itself."""

    def join(self, call: Call, *, parcel_id: str, line_id: str) -> None:
        """Puts a line that was split off back into the parcel it was in; harmless when it is there. Refuses
        ``AlreadyDispatched``."""

    def open_return(self, call: Call, *, order_id: str, parcel_id: str) -> Return:
        """Lets the customer send a parcel back, and gives them a label that costs them nothing. Refuses
        ``OrderNotFound``, ``ParcelNotFound``, ``NoReturn``: what is in it must not travel."""

    def read_return(self, call: Call, *, return_id: str) -> Return:
        """Refuses ``ReturnNotFound``."""

    def cancel_return(self, call: Call, *, return_id: str) -> None:
        """Takes a label back; harmless when the goods are back."""


class Inventory(Recalling, Protocol):
    def check(self, call: Call, *, parcel_id: str) -> Availability:
        """Refuses ``ParcelNotFound``."""

    def reserve(self, call: Call, *, parcel_id: str, warehouse: str | None = None) -> Reservation:
        """Sets every unit of a parcel's lines aside, all or none: in the warehouse that is named, or in the main one.
        Refuses ``OutOfStock``, ``ParcelNotFound``."""

    def release(self, call: Call, *, reservation_id: str) -> None:
        """Gives reserved units back; harmless when they are back already."""

    def read_goods(self, call: Call, *, parcel_id: str) -> Goods:
        """Refuses ``ParcelNotFound``."""

    def find_elsewhere(self, call: Call, *, parcel_id: str) -> Elsewhere:
        """A read. Refuses ``ParcelNotFound``."""

    def read_supply(self, call: Call, *, line_id: str) -> Supply:
        """Refuses ``LineNotFound``."""

    def reserve_line(self, call: Call, *, line_id: str) -> Reservation:
        """Sets a line's units aside where it is to leave from. Lines that come before it (by law or by date, else who
        paid first) are served first. Refuses ``LineNotFound``, ``OutOfStock``, ``OthersFirst``."""

    def transfer(self, call: Call, *, line_id: str, warehouse: str) -> Transfer:
        """Has a line's units brought from another warehouse. Refuses ``LineNotFound``, ``OutOfStock``."""

    def backorder(self, call: Call, *, line_id: str) -> Backorder:
        """Sets units aside for a line of what is to come in. Refuses ``LineNotFound``, ``NothingInbound``."""

    def keep_order(self, call: Call, *, order_id: str) -> KeptGoods:
        """Sets every unit aside that an order still waits for, all or none; what stands aside stays. Refuses
        ``OrderNotFound``, ``OutOfStock``."""

    def free_order(self, call: Call, *, order_id: str) -> KeptGoods:
        """Gives back all that stands aside for the lines of an order. Refuses ``OrderNotFound``."""

    def keep_parcel(self, call: Call, *, parcel_id: str) -> KeptParcel:
        """Sets every unit aside that a parcel's lines still wait for, all or none; what stands aside stays. Refuses
        ``ParcelNotFound``, ``OutOfStock``."""

    def free_parcel(self, call: Call, *, parcel_id: str) -> KeptParcel:
        """Gives back all that stands aside for the lines of a parcel; those of the order's other parcels keep theirs.
        Refuses ``ParcelNotFound``."""

    def stop_selling(self, call: Call, *, sku: str) -> SaleStop:
        """Keeps the shop from selling an article. Several stops may stand: it is not sold while any of them does.
        Refuses ``SkuNotFound``."""

    def sell_again(self, call: Call, *, stop_id: str) -> None:
        """Lifts one stop; harmless when it is lifted already."""

    def count(self, call: Call, *, sku: str) -> Count:
        """Has somebody count an article; a record that is wrong is put right. Joins what was asked before. Refuses
        ``SkuNotFound``."""

    def read_count(self, call: Call, *, task_id: str) -> Count:
        """Refuses ``CountNotFound``."""

    def cancel_count(self, call: Call, *, task_id: str) -> None:
        """Takes a task to count back, unless another who joined it wants it still; harmless when it is done."""

    def replenish(self, call: Call, *, sku: str, quantity: int, safety_stock: int = 0) -> Replenishment:
        """Asks buying for units, and notes how many should be in stock from now on. Refuses ``SkuNotFound``,
        ``NothingWanted``: it is no number of units."""

    def cancel_replenishment(self, call: Call, *, request_id: str) -> None:
        """Takes a request back; harmless when it is taken back already."""


class Shipping(Recalling, Protocol):
    def read_parcel(self, call: Call, *, parcel_id: str) -> Parcel:
        """Refuses ``ParcelNotFound``."""

    def open_trace(self, call: Call, *, parcel_id: str) -> Trace:
        """Asks the carrier to look for a parcel; joins what was asked before. Refuses ``ParcelNotFound``,
        ``TraceRefused``."""

    def read_trace(self, call: Call, *, trace_id: str) -> Trace:
        """Refuses ``TraceNotFound``."""

    def close_trace(self, call: Call, *, trace_id: str) -> None:
        """Tells the carrier that it need not look any more, unless another who joined it wants it still; harmless when
        the trace has ended."""

    def create_shipment(self, call: Call, *, parcel_id: str, reservation_id: str | None = None) -> Shipment:
        """Sends the contents of a parcel again, from a reservation for it, or from the oldest that is held.
        ``parcel_id`` of the result is the new parcel. Refuses ``NoCapacity``, ``NothingReserved``, ``PickNotCancelled``
        (the first parcel may still leave), ``ParcelNotFound``."""

    def cancel_shipment(self, call: Call, *, tracking_no: str) -> None:
        """Stops a shipment that has not left. Refuses ``AlreadyHandedOver``."""

    def resume_delivery(self, call: Call, *, parcel_id: str) -> None:
        """Tells the carrier to deliver a found parcel. Refuses ``ParcelNotFound``, ``NotFoundYet``."""

    def file_claim(self, call: Call, *, parcel_id: str, reason: ClaimReason = "lost") -> Claim:
        """Claims the parcel's value from the carrier, once, for whichever reason came first. Refuses
        ``ParcelNotFound``, ``ClaimWindowOver``."""

    def read_claim(self, call: Call, *, claim_id: str) -> Claim:
        """Refuses ``ClaimNotFound``."""

    def complete_claim(self, call: Call, *, claim_id: str) -> None:
        """Hands in what proves a claim. Refuses ``ClaimNotFound``."""

    def repay_claim(self, call: Call, *, claim_id: str) -> None:
        """Gives back what the carrier has paid, because the parcel came to light. Refuses ``ClaimNotFound``,
        ``NothingPaid``."""

    def prioritise(self, call: Call, *, parcel_id: str) -> PickPriority:
        """Has a warehouse pack a parcel first. Refuses ``ParcelNotFound``, ``AlreadyDispatched``, ``NothingToPack``:
        its goods are not there, or it is not to leave."""

    def drop_priority(self, call: Call, *, priority_id: str) -> None:
        """Puts a parcel back into its turn; harmless when it is there, or has left."""

    def cancel_pick(self, call: Call, *, parcel_id: str) -> Pick:
        """Asks a warehouse not to send a parcel; joins what was asked before. Refuses ``ParcelNotFound``,
        ``AlreadyDispatched``."""

    def read_pick(self, call: Call, *, pick_id: str) -> Pick:
        """Refuses ``PickNotFound``."""

    def resume_pick(self, call: Call, *, pick_id: str) -> None:
        """Lets the warehouse send the parcel after all, unless another who joined it wants it kept still; harmless when
        it does."""

    def upgrade_service(self, call: Call, *, parcel_id: str) -> Upgrade:
        """Has a parcel that is under way brought faster. Refuses ``ParcelNotFound``, ``NotHandedOver``,
        ``AlreadyDelivered``, ``NoFasterService``."""

    def intercept(self, call: Call, *, parcel_id: str) -> Intercept:
        """Asks the carrier to bring a parcel back; joins what was asked before. Refuses ``ParcelNotFound``,
        ``NotHandedOver``, ``AlreadyDelivered``."""

    def read_intercept(self, call: Call, *, intercept_id: str) -> Intercept:
        """Refuses ``InterceptNotFound``."""

    def withdraw_intercept(self, call: Call, *, intercept_id: str) -> None:
        """Lets the carrier deliver after all, unless another who joined it wants it back still; harmless when it has
        answered."""

    def ask_proof(self, call: Call, *, parcel_id: str) -> Proof:
        """Has the carrier prove a delivery; joins what was asked before. Refuses ``ParcelNotFound``,
        ``NotDelivered``."""

    def read_proof(self, call: Call, *, proof_id: str) -> Proof:
        """Refuses ``ProofNotFound``."""

    def withdraw_proof(self, call: Call, *, proof_id: str) -> None:
        """The carrier need not prove it any more, unless another who joined it wants it still; harmless when it has
        answered."""


class Payments(Recalling, Protocol):
    def refund(self, call: Call, *, order_id: str, parcel_id: str, amount: Money) -> Refund:
        """Pays money back to where it came from. Refuses ``RefundTooHigh`` (above what was captured and not yet
        refunded), ``OrderNotFound``, ``PaymentDeclined``."""

    def credit(self, call: Call, *, order_id: str, head: Head, amount: Money) -> Credit:
        """Pays out money that comes on top of what was paid, under a head: ``compensation``, ``freight`` or
        ``goodwill``. It does not count against what was captured. Refuses ``OrderNotFound``, ``PaymentDeclined``
        (another currency than the order's, nothing to pay, or nowhere to pay it to)."""

    def refund_line(self, call: Call, *, order_id: str, line_id: str, amount: Money) -> Refund:
        """Pays back what was paid for a line, or a part of it. Refuses as ``refund``, and ``LineNotFound``."""

    def refund_order(self, call: Call, *, order_id: str, amount: Money) -> Refund:
        """Pays back what was paid for all of an order. Refuses as ``refund``."""

    def refund_excess(self, call: Call, *, order_id: str, amount: Money) -> Refund:
        """Pays back what came in beyond what an order costs, or for one that is cancelled. Refuses as ``refund``, and
        ``NothingInExcess`` where less came in."""

    def top_up(self, call: Call, *, order_id: str, amount: Money) -> Refund:
        """Pays back what an earlier refund was short of. Refuses as ``refund``."""

    def pay_out(self, call: Call, *, order_id: str, amount: Money, payee: str) -> Refund:
        """Pays a refund to another account of the customer's than that which paid; ``payee`` is a reference to it.
        Refuses as ``refund``, and ``NameMismatch``: it is somebody else's."""

    def read_refund(self, call: Call, *, refund_id: str) -> RefundState:
        """Refuses ``RefundNotFound``."""

    def query(self, call: Call, *, order_id: str) -> PaymentState:
        """A read: asks the provider. Refuses ``OrderNotFound``."""

    def check_channel(self, call: Call, *, order_id: str) -> ChannelHealth:
        """A read. Refuses ``OrderNotFound``."""

    def capture(self, call: Call, *, order_id: str) -> Capture:
        """Takes in what the customer has authorised. Refuses ``OrderNotFound``, ``NothingAuthorised``."""

    def void(self, call: Call, *, order_id: str) -> None:
        """Lets go what the customer has authorised. Refuses ``OrderNotFound``, ``NothingAuthorised``."""

    def close(self, call: Call, *, order_id: str) -> Closing:
        """Has the provider take no more payment for an order. Refuses ``OrderNotFound``, ``AlreadyPaid``, ``NotYet``:
        it is busy with one."""

    def send_link(self, call: Call, *, order_id: str, amount: Money) -> PaymentLink:
        """Gives the customer a new way to pay. Refuses ``OrderNotFound``, ``PaymentDeclined``: it is no amount that can
        be asked for."""

    def read_link(self, call: Call, *, link_id: str) -> PaymentLink:
        """Refuses ``LinkNotFound``."""

    def cancel_link(self, call: Call, *, link_id: str) -> None:
        """Lets a link go out; harmless when it was paid or is out."""

    def net(self, call: Call, *, order_id: str, amount: Money) -> Netting:
        """Takes what the customer owes off what they will be due. Refuses ``OrderNotFound``, ``NoConsent``,
        ``PaymentDeclined``: it is no amount, or not in the order's currency."""

    def drop_netting(self, call: Call, *, netting_id: str) -> None:
        """Takes a netting back; harmless when it is taken back already."""

    def open_case(self, call: Call, *, refund_id: str) -> ProviderCase:
        """Has the provider look for a refund; joins what was opened before. Refuses ``RefundNotFound``."""

    def read_case(self, call: Call, *, case_id: str) -> ProviderCase:
        """Refuses ``CaseNotFound``."""

    def close_case(self, call: Call, *, case_id: str) -> None:
        """The provider need not look any more, unless another who joined it wants it still; harmless when it has
        answered."""


class Customers(Recalling, Protocol):
    def read(self, call: Call, *, order_id: str) -> Customer:
        """Who placed an order. Refuses ``OrderNotFound``."""

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


class Ledger(Recalling, Protocol):
    def given(self, call: Call, *, order_id: str) -> Given:
        """A read. Refuses ``OrderNotFound``."""

    def balance(self, call: Call, *, order_id: str) -> Balance:
        """A read. Refuses ``OrderNotFound``."""

    def reconcile(self, call: Call, *, order_id: str) -> Reconciliation:
        """A read. Refuses ``OrderNotFound``."""

    def adjust(self, call: Call, *, order_id: str, amount: Money) -> LedgerEntry:
        """Puts books right that say something else than what happened, by an amount that may be negative. Refuses
        ``OrderNotFound``, ``NothingToBook``."""

    def write_off(self, call: Call, *, order_id: str, amount: Money, daily_cap: Money | None = None) -> LedgerEntry:
        """Gives up what a customer owes. Refuses ``OrderNotFound``, ``NothingToBook``, ``DailyCapSpent``: with it, more
        than that would be given up on this day (UTC)."""

    def reverse(self, call: Call, *, entry_id: str) -> None:
        """Books the opposite of an entry, once. Refuses ``EntryNotFound``."""


class Quality(Recalling, Protocol):
    """Contracts with partners, and how well they keep them."""

    def read_contract(self, call: Call, *, parcel_id: str) -> Contract:
        """Refuses ``ParcelNotFound``."""

    def read_damage(self, call: Call, *, parcel_id: str) -> Damage:
        """Refuses ``ParcelNotFound``."""

    def observe(self, call: Call, *, order_id: str, party: Liable, cause: str) -> Observation:
        """Notes on the scorecard of whoever was liable what went wrong. Refuses ``OrderNotFound``."""

    def withdraw_observation(self, call: Call, *, observation_id: str) -> None:
        """Takes a note back; harmless when it is taken back already."""

    def open_ticket(self, call: Call, *, parcel_id: str, cause: str) -> Ticket:
        """Complains to the supplier of what is in a parcel. Refuses ``ParcelNotFound``."""

    def read_ticket(self, call: Call, *, ticket_id: str) -> Ticket:
        """Refuses ``TicketNotFound``."""

    def close_ticket(self, call: Call, *, ticket_id: str) -> None:
        """Takes a complaint back; harmless when the supplier has answered."""


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
    def quality(self) -> Quality: ...
    @property
    def people(self) -> Pager: ...
