"""What payment providers and the books say."""

from typing import Literal

from amends.models import Model, Money, Utc

Provided = Literal[
    "pending", "authorised", "captured", "failed", "underpaid", "risk_review", "unknown", "closed", "overpaid"
]


class PaymentState(Model):
    """What the provider says of an order's payment, asked by the order. ``missing``: what has not come in; ``over``:
    what came in beyond what the order costs, or for an order that is cancelled; ``captures``: how often something came
    in."""

    order_id: str
    status: Provided
    method: str
    due: Money
    paid: Money
    missing: Money
    over: Money
    captures: int


class ChannelHealth(Model):
    """How payments by the method of an order went in the last hour. ``successes`` in a hundred."""

    method: str
    healthy: bool
    successes: int


class Capture(Model):
    capture_id: str
    amount: Money


class Closing(Model):
    """``closed``: nothing can come in any more."""

    order_id: str
    closed: bool


class PaymentLink(Model):
    """Where the customer can pay an amount. A card that is on file is never charged by it."""

    link_id: str
    status: Literal["open", "paid", "expired", "closed"]
    expires_at: Utc | None = None


class RefundState(Model):
    """A refund, as it was asked for and as it has come out. ``withheld``: the fee that the provider has kept of it."""

    refund_id: str
    order_id: str
    status: Literal["requested", "settled", "failed"]
    requested: Money
    settled: Money
    withheld: Money
    settled_at: Utc | None = None


class ProviderCase(Model):
    case_id: str
    status: Literal["open", "settled", "rejected", "closed"]


class Netting(Model):
    netting_id: str
    amount: Money


class LedgerEntry(Model):
    """``entry_id``: by it the entry can be reversed."""

    entry_id: str
    amount: Money


class Balance(Model):
    """What an order's books come to. ``over``: money of the customer's that belongs to no goods; ``owed``: goods that
    they have not paid for. The books balance when both are nothing."""

    order_id: str
    balanced: bool
    over: Money
    owed: Money


class Reconciliation(Model):
    """What should have gone back on an order, reckoned anew from its lines, returns and books, against what has.

    ``due``: goods that were dropped, lost or returned, at what was paid for them, with what goes back with them
    (``freight``, ``duty``, ``instalment_fee``). ``in_coupons`` of it goes back in coupons, points and gift cards, and
    is not ``requested`` in money. ``missing`` and ``over``: what is ``settled`` below or above ``due``.
    """

    order_id: str
    due: Money
    requested: Money
    settled: Money
    missing: Money
    over: Money
    freight: Money
    duty: Money
    instalment_fee: Money
    in_coupons: Money
    cause: Literal[
        "none",
        "fee_withheld",
        "exchange_rate",
        "duplicate",
        "wrong_amount",
        "partial",
        "missing",
        "account_closed",
        "books_only",
    ]
    refund_id: str | None = None
    """The refund that the cause is about."""
