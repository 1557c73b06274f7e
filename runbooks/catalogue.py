"""The activity catalogue: what a runbook may call, and all that is known of it before it runs.

The checker, the documentation and the engine read it; ``activities`` carries it out, one method for each entry. Names
are wire names: Temporal's activity types and the words of a runbook.
"""

from amends.connectors import ports
from amends.models import Head, Party
from runbooks.activity_specs import (
    BALANCE_RETRY,
    EFFECT_RETRY,
    INHERIT_RETRY,
    PAGE_RETRY,
    READ_RETRY,
    RECONCILE_RETRY,
    ActivitySpec,
    RemedyOf,
    Retry,
    effect,
    read,
)
from runbooks.catalogued import MONEY, ORDERS, QUALITY, SHIPPING, STOCK
from runbooks.catalogued.inputs import (
    ClaimRef,
    FileClaim,
    HoldRef,
    OrderAmount,
    OrderParcel,
    OrderRef,
    ParcelRef,
    ParcelRefund,
    ReplacementRef,
    ReservationRef,
    ReserveParcel,
    SendAgain,
    TellRequest,
    TraceRef,
    TrackingRef,
)

__all__ = [
    "BALANCE_RETRY",
    "EFFECT_RETRY",
    "INHERIT_RETRY",
    "PAGE_RETRY",
    "READ_RETRY",
    "RECONCILE_RETRY",
    "ActivitySpec",
    "RemedyOf",
    "Retry",
]
"""How activities are described is part of the catalogue; what stands here goes without saying."""


def _credit(name: str, head: Head, says: dict[str, str]) -> ActivitySpec:
    return effect(
        name,
        OrderAmount,
        ports.Credit,
        says,
        refusals=("OrderNotFound", "PaymentDeclined"),
        remedy=RemedyOf(head=head, amount="amount"),
        final=True,
    )


EXPOSURE_REFUSALS = ("AlreadyGiven", "AboveCaptured", "AboveCap", "BudgetSpent")
"""How an effect that gives something is refused by the journal, whatever its own refusals are, without a call: the
goods were given, in goods or in money, or it is more than was captured, than may be given on an order, or on a day."""

NEVER_ARRIVED = "NeverArrived"
"""How an effect is refused, whatever its own refusals are, when trouble outlasted its tries and its system, asked about
it, says that it has not carried it out."""

NOT_DONE = "NotDone"
"""How an effect is refused, whatever its own refusals are, when a person has found out that it was not carried out."""

BOUNCED = "Bounced"
"""How a message is refused that a channel has sent back; another channel may bring it."""

TELL = "customers.tell"
"""The activity behind ``tell: customer`` and ``ask: customer``."""

TELL_MERCHANT = "merchants.tell"
"""The activity behind ``tell: merchant`` and ``ask: merchant``."""

TELLING = {Party.CUSTOMER: TELL, Party.MERCHANT: TELL_MERCHANT}
"""Who can be written to, and by which activity."""

MESSAGES = frozenset(TELLING.values())
"""The activities that only say something: no step calls them by name."""

CATALOGUE: dict[str, ActivitySpec] = {
    spec.name: spec
    for spec in (
        read(
            "orders.read",
            OrderRef,
            ports.Order,
            {"en": "Read the order.", "zh": "读取订单。"},
            refusals=("OrderNotFound",),
        ),
        effect(
            "orders.add_replacement",
            OrderParcel,
            ports.ReplacementOrder,
            {"en": "Add a replacement order at no cost.", "zh": "创建免费补发订单。"},
            refusals=("OrderNotFound", "ParcelNotFound"),
            undone_by="orders.drop_replacement",
        ),
        effect(
            "orders.drop_replacement",
            ReplacementRef,
            None,
            {"en": "Drop the replacement order.", "zh": "撤销补发订单。"},
            undo_only=True,
        ),
        effect(
            "orders.hold",
            OrderRef,
            ports.Hold,
            {"en": "Put the order on hold.", "zh": "暂缓处理订单。"},
            refusals=("OrderNotFound",),
            undone_by="orders.release",
        ),
        effect(
            "orders.release",
            HoldRef,
            None,
            {"en": "Take the order off hold.", "zh": "恢复处理订单。"},
            undo_only=True,
        ),
        read(
            "inventory.check",
            ParcelRef,
            ports.Availability,
            {"en": "Check whether the goods could be reserved again.", "zh": "检查商品能否再次预留。"},
            refusals=("ParcelNotFound",),
        ),
        effect(
            "inventory.reserve",
            ReserveParcel,
            ports.Reservation,
            {"en": "Reserve the goods.", "zh": "预留商品。"},
            refusals=("OutOfStock", "ParcelNotFound"),
            undone_by="inventory.release",
        ),
        effect(
            "inventory.release",
            ReservationRef,
            None,
            {"en": "Give the reserved goods back to stock.", "zh": "释放预留商品。"},
            undo_only=True,
        ),
        read(
            "shipping.read_parcel",
            ParcelRef,
            ports.Parcel,
            {"en": "Read the parcel and what it is worth.", "zh": "读取包裹及其价值。"},
            refusals=("ParcelNotFound",),
        ),
        effect(
            "shipping.open_trace",
            ParcelRef,
            ports.Trace,
            {"en": "Ask the carrier to look for the parcel.", "zh": "请承运商查找包裹。"},
            refusals=("ParcelNotFound", "TraceRefused"),
            undone_by="shipping.close_trace",
        ),
        read(
            "shipping.read_trace",
            TraceRef,
            ports.Trace,
            {"en": "Ask the carrier what the search has found.", "zh": "向承运商查询查找结果。"},
            refusals=("TraceNotFound",),
        ),
        effect(
            "shipping.close_trace",
            TraceRef,
            None,
            {"en": "Tell the carrier to stop looking.", "zh": "通知承运商停止查找。"},
            undo_only=True,
        ),
        effect(
            "shipping.create_shipment",
            SendAgain,
            ports.Shipment,
            {"en": "Send the goods again.", "zh": "重新发货。"},
            refusals=("NoCapacity", "NothingReserved", "PickNotCancelled", "ParcelNotFound"),
            undone_by="shipping.cancel_shipment",
            remedy=RemedyOf(head=Head.GOODS, parcel="parcel_id", gives="parcel_id"),
        ),
        effect(
            "shipping.cancel_shipment",
            TrackingRef,
            None,
            {"en": "Stop the shipment before it leaves.", "zh": "在发出前取消发货。"},
            refusals=("AlreadyHandedOver",),
            undo_only=True,
        ),
        effect(
            "shipping.resume_delivery",
            ParcelRef,
            None,
            {"en": "Tell the carrier to deliver the found parcel.", "zh": "通知承运商派送找到的包裹。"},
            refusals=("ParcelNotFound", "NotFoundYet"),
            remedy=RemedyOf(head=Head.GOODS, parcel="parcel_id"),
            final=True,
        ),
        effect(
            "shipping.file_claim",
            FileClaim,
            ports.Claim,
            {"en": "Claim the parcel's value from the carrier.", "zh": "向承运商索赔包裹价值。"},
            refusals=("ParcelNotFound", "ClaimWindowOver"),
            final=True,
        ),
        read(
            "shipping.read_claim",
            ClaimRef,
            ports.Claim,
            {"en": "Ask the carrier what became of the claim.", "zh": "向承运商查询索赔结果。"},
            refusals=("ClaimNotFound",),
        ),
        effect(
            "payments.refund",
            ParcelRefund,
            ports.Refund,
            {"en": "Refund the customer.", "zh": "给顾客退款。"},
            refusals=("RefundTooHigh", "OrderNotFound", "PaymentDeclined"),
            remedy=RemedyOf(head=Head.REFUND, parcel="parcel_id", amount="amount"),
            final=True,
        ),
        _credit(
            "payments.compensate",
            Head.COMPENSATION,
            {"en": "Pay the customer compensation.", "zh": "向顾客支付赔偿。"},
        ),
        _credit(
            "payments.refund_freight",
            Head.FREIGHT,
            {"en": "Pay the customer's freight back.", "zh": "退还顾客运费。"},
        ),
        _credit(
            "payments.give_goodwill",
            Head.GOODWILL,
            {"en": "Give the customer something for the trouble.", "zh": "给顾客一份心意补偿。"},
        ),
        effect(
            TELL,
            TellRequest,
            ports.Delivery,
            {"en": "Write to the customer.", "zh": "给顾客发送消息。"},
            refusals=("OrderNotFound", BOUNCED, "Undeliverable"),
            final=True,
        ),
        effect(
            TELL_MERCHANT,
            TellRequest,
            ports.Delivery,
            {"en": "Write to the merchant.", "zh": "给商家发送消息。"},
            refusals=("OrderNotFound", BOUNCED, "Undeliverable"),
            final=True,
        ),
        *ORDERS,
        *STOCK,
        *SHIPPING,
        *MONEY,
        *QUALITY,
    )
}
