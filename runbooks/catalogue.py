"""The activity catalogue: what a runbook may call, and all that is known of it before it runs.

The checker, the documentation and the engine read it; ``activities`` carries it out, one method for each entry. Names
are wire names: Temporal's activity types and the words of a runbook.
"""

from datetime import timedelta
from typing import Any

from amends.connectors import ports
from amends.models import Model, Money


class Retry(Model):
    """How trouble is met: ``attempts`` tries in all (0: no limit), ``first`` wait, doubled up to ``longest``."""

    attempts: int
    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(minutes=5)


READ_RETRY = Retry(attempts=0)
"""A read harms nothing: it is tried until it answers."""

EFFECT_RETRY = Retry(attempts=12)
"""Waits of 19 minutes in all; past them the outcome is unknown."""

RECONCILE_RETRY = Retry(attempts=24, first=timedelta(seconds=10), longest=timedelta(minutes=15))
"""How long a system is asked what became of a call: about four hours; past them a person must find out."""


BALANCE_RETRY = Retry(attempts=24, first=timedelta(seconds=10), longest=timedelta(minutes=15))
"""How long the shop's books are asked for; past it a person is told that they could not be read."""


class ActivitySpec(Model):
    """One activity. ``takes``/``gives``: the models of its inputs and result. ``says``: one plain sentence in each
    language. ``undone_by``: the activity that takes it back; its inputs must all be among this one's inputs and
    result. ``gives_value``: whether the customer is given goods or money by it. ``within``: the longest one attempt
    may take. ``final``: cannot be called back."""

    name: str
    says: dict[str, str]
    takes: type[Model]
    gives: type[Model] | None = None
    effect: bool
    refusals: tuple[str, ...] = ()
    undone_by: str | None = None
    undo_only: bool = False
    """Only ever called as an undo: a runbook does not ``do`` it."""
    gives_value: bool = False
    final: bool = False
    within: timedelta = timedelta(seconds=30)
    retry: Retry

    @property
    def undo_takes(self) -> tuple[str, ...]:
        """The names of the fields that this activity needs when it undoes another."""
        return tuple(self.takes.model_fields)


class OrderRef(Model):
    order_id: str


class ParcelRef(Model):
    parcel_id: str


class AddReplacement(Model):
    order_id: str
    parcel_id: str


class ReplacementRef(Model):
    replacement_id: str


class ReservationRef(Model):
    reservation_id: str


class TraceRef(Model):
    trace_id: str


class TrackingRef(Model):
    tracking_no: str


class ClaimRef(Model):
    claim_id: str


class RefundRequest(Model):
    order_id: str
    parcel_id: str
    amount: Money


class TellRequest(Model):
    """``texts``: language → ``{"subject": …, "body": …}``; ``values``: what stands for the placeholders."""

    order_id: str
    texts: dict[str, dict[str, str]]
    values: dict[str, str] = {}


def _read(name: str, takes: type[Model], gives: type[Model], says: dict[str, str], **rest: Any) -> ActivitySpec:
    return ActivitySpec(name=name, takes=takes, gives=gives, says=says, effect=False, retry=READ_RETRY, **rest)


def _effect(
    name: str, takes: type[Model], gives: type[Model] | None, says: dict[str, str], **rest: Any
) -> ActivitySpec:
    return ActivitySpec(name=name, takes=takes, gives=gives, says=says, effect=True, retry=EFFECT_RETRY, **rest)


NEVER_ARRIVED = "NeverArrived"
"""How an effect is refused, whatever its own refusals are, when trouble outlasted its tries and its system, asked about
it, says that it has not carried it out."""

TELL = "customers.tell"
"""The activity behind ``tell: customer`` and ``ask: customer``."""

CATALOGUE: dict[str, ActivitySpec] = {
    spec.name: spec
    for spec in (
        _read(
            "orders.read",
            OrderRef,
            ports.Order,
            {"en": "Read the order.", "zh": "读取订单。"},
            refusals=("OrderNotFound",),
        ),
        _effect(
            "orders.add_replacement",
            AddReplacement,
            ports.ReplacementOrder,
            {"en": "Add a replacement order at no cost.", "zh": "创建免费补发订单。"},
            refusals=("OrderNotFound", "ParcelNotFound"),
            undone_by="orders.drop_replacement",
        ),
        _effect(
            "orders.drop_replacement",
            ReplacementRef,
            None,
            {"en": "Drop the replacement order.", "zh": "撤销补发订单。"},
            undo_only=True,
        ),
        _read(
            "inventory.check",
            ParcelRef,
            ports.Availability,
            {"en": "Check whether the goods could be reserved again.", "zh": "检查商品能否再次预留。"},
            refusals=("ParcelNotFound",),
        ),
        _effect(
            "inventory.reserve",
            ParcelRef,
            ports.Reservation,
            {"en": "Reserve the goods.", "zh": "预留商品。"},
            refusals=("OutOfStock", "ParcelNotFound"),
            undone_by="inventory.release",
        ),
        _effect(
            "inventory.release",
            ReservationRef,
            None,
            {"en": "Give the reserved goods back to stock.", "zh": "释放预留商品。"},
            undo_only=True,
        ),
        _read(
            "shipping.read_parcel",
            ParcelRef,
            ports.Parcel,
            {"en": "Read the parcel and what it is worth.", "zh": "读取包裹及其价值。"},
            refusals=("ParcelNotFound",),
        ),
        _effect(
            "shipping.open_trace",
            ParcelRef,
            ports.Trace,
            {"en": "Ask the carrier to look for the parcel.", "zh": "请承运商查找包裹。"},
            refusals=("ParcelNotFound", "TraceRefused"),
            undone_by="shipping.close_trace",
        ),
        _read(
            "shipping.read_trace",
            TraceRef,
            ports.Trace,
            {"en": "Ask the carrier what the search has found.", "zh": "向承运商查询查找结果。"},
            refusals=("TraceNotFound",),
        ),
        _effect(
            "shipping.close_trace",
            TraceRef,
            None,
            {"en": "Tell the carrier to stop looking.", "zh": "通知承运商停止查找。"},
            undo_only=True,
        ),
        _effect(
            "shipping.create_shipment",
            ParcelRef,
            ports.Shipment,
            {"en": "Send the goods again.", "zh": "重新发货。"},
            refusals=("NoCapacity", "NothingReserved", "ParcelNotFound"),
            undone_by="shipping.cancel_shipment",
            gives_value=True,
        ),
        _effect(
            "shipping.cancel_shipment",
            TrackingRef,
            None,
            {"en": "Stop the shipment before it leaves.", "zh": "在发出前取消发货。"},
            refusals=("AlreadyHandedOver",),
            undo_only=True,
        ),
        _effect(
            "shipping.resume_delivery",
            ParcelRef,
            None,
            {"en": "Tell the carrier to deliver the found parcel.", "zh": "通知承运商派送找到的包裹。"},
            refusals=("ParcelNotFound", "NotFoundYet"),
            gives_value=True,
            final=True,
        ),
        _effect(
            "shipping.file_claim",
            ParcelRef,
            ports.Claim,
            {"en": "Claim the parcel's value from the carrier.", "zh": "向承运商索赔包裹价值。"},
            refusals=("ParcelNotFound", "ClaimWindowOver"),
            final=True,
        ),
        _read(
            "shipping.read_claim",
            ClaimRef,
            ports.Claim,
            {"en": "Ask the carrier what became of the claim.", "zh": "向承运商查询索赔结果。"},
            refusals=("ClaimNotFound",),
        ),
        _effect(
            "payments.refund",
            RefundRequest,
            ports.Refund,
            {"en": "Refund the customer.", "zh": "给顾客退款。"},
            refusals=("RefundTooHigh", "OrderNotFound", "PaymentDeclined"),
            gives_value=True,
            final=True,
        ),
        _effect(
            TELL,
            TellRequest,
            ports.Delivery,
            {"en": "Write to the customer.", "zh": "给顾客发送消息。"},
            refusals=("OrderNotFound", "Undeliverable"),
            final=True,
        ),
    )
}
