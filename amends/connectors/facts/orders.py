"""What the order system says: orders, their lines, what was promised, why they are late, and who placed them."""

from typing import Literal

from amends.connectors.facts.quality import Liable
from amends.models import Model, Money, Utc

OrderStatus = Literal["placed", "paid", "shipped", "delivered", "cancelled"]

Holdup = Literal[
    "warehouse_backlog",
    "supplier_late",
    "merchant_late",
    "carrier_delay",
    "weather",
    "address_problem",
    "payment_hold",
]
"""What holds an order up."""

Cause = Literal["none", Holdup]
"""Why an order is late. ``none``: nothing is known that would hold it up."""


class Order(Model):
    """``refunded``: what has gone back. ``captured``: what has come in. ``slips``: how often a new date was promised.
    ``fresh``, ``medicine``, ``hazardous``: whether anything in it is. ``market``: the jurisdiction whose law holds.
    ``reinstatable``: it was cancelled so shortly ago, and so little has happened since, that it can be taken up again.
    """

    order_id: str
    status: OrderStatus
    currency: str
    total: Money
    refunded: Money
    zone: str | None = None
    """The time zone that its customer is in, such as ``Asia/Shanghai``, if the shop knows it."""
    captured: Money | None = None
    placed_at: Utc | None = None
    paid_at: Utc | None = None
    ship_by: Utc | None = None
    promised_by: Utc | None = None
    gift_date: Utc | None = None
    cancelled_at: Utc | None = None
    slips: int = 0
    fresh: bool = False
    medicine: bool = False
    hazardous: bool = False
    dispatched: bool = False
    held: bool = False
    reinstatable: bool = False
    tier: str = "standard"
    payment_method: str = "card"
    market: str = "cn"


class Line(Model):
    """A line of an order. ``price``: what was paid for it, its share of the order's discounts taken off.
    ``refundable``: what of that has not gone back. ``allocated``: its goods are set aside for it. ``alone``: nothing
    else is in its parcel; ``last``: nothing else is left in its order."""

    line_id: str
    order_id: str
    parcel_id: str
    sku: str
    quantity: int
    price: Money
    refundable: Money
    status: Literal["open", "dropped", "dispatched"]
    allocated: bool = False
    fresh: bool = False
    alone: bool = False
    last: bool = False


class Delay(Model):
    """Why an order is late. ``parcel_id``: the parcel of it that is most late. ``expected_at``: when it should arrive
    now, if anybody knows. ``days_late`` against what was promised: of the day that it is, or that it is expected."""

    order_id: str
    parcel_id: str
    dispatched: bool
    cause: Cause
    liable: Liable
    days_late: int
    expected_at: Utc | None = None


class Promise(Model):
    promise_id: str
    promised_by: Utc
    slips: int


class Substitution(Model):
    """Another article in the place of what was ordered. ``refund_due``: by how much it is cheaper; ``to_pay``: by how
    much it is dearer. Neither is settled by it."""

    substitution_id: str
    line_id: str
    sku: str
    refund_due: Money
    to_pay: Money


class Split(Model):
    """``parcel_id``: the parcel in which the line now waits by itself."""

    parcel_id: str
    line_id: str


class Return(Model):
    """``label``: what the customer sticks on the parcel. ``status`` ``arrived``: it is back, and was looked at."""

    return_id: str
    label: str
    status: Literal["open", "arrived", "closed"]
    condition: Literal["unknown", "as_sent", "damaged", "used", "wrong_item", "empty"] = "unknown"
    arrived_at: Utc | None = None


class Customer(Model):
    """Who placed an order, without a name or an address. ``trusted``: their refunds need not wait for the return.
    ``nets``: they have agreed that what they owe may be taken off what they are due."""

    tier: str
    language: str
    trusted: bool
    nets: bool
    orders: int
