"""Every effect that the ports can carry out, and every refusal that they can give, as data."""

from dataclasses import dataclass
from typing import Any

from amends.models import Money
from tests.amends.connectors.worlds import CREDITS, LETTER, NOTICE, World


@dataclass(frozen=True)
class Step:
    """A call, so many hours after seeding."""

    name: str
    args: dict[str, Any]
    hours: float = 0

    def on(self, world: World, *, key: str) -> Any:
        return world.call(self.name, key=key, hours=self.hours, **self.args)


@dataclass(frozen=True)
class Case:
    """A step that is tested, behind the steps that it needs. ``reason``: the refusal that it meets."""

    step: Step
    needs: tuple[Step, ...] = ()
    reason: str = ""

    def prepare(self, world: World) -> None:
        for n, step in enumerate(self.needs):
            step.on(world, key=f"needed-{n}")

    def __str__(self) -> str:
        return f"{self.step.name} {self.reason}".strip()


def _case(name: str, *needs: Step, hours: float = 0, reason: str = "", **args: Any) -> Case:
    return Case(Step(name, args, hours), needs, reason)


def _step(name: str, hours: float = 0, **args: Any) -> Step:
    return Step(name, args, hours)


def cny(fen: int) -> Money:
    return Money(amount=fen, currency="CNY")


_GHOST = "PC-9999-1"
_RESERVED = _step("inventory.reserve", parcel_id="PC-1001-1")
_SHIPPED = _step("shipping.create_shipment", parcel_id="PC-1001-1")
_LETTER: dict[str, Any] = {"texts": LETTER, "values": {"report.parcel_id": "PC-1001-1"}}
_NOTICE: dict[str, Any] = {"texts": NOTICE, "values": {}}

EFFECTS = (
    _case("orders.add_replacement", order_id="SO-1001", parcel_id="PC-1001-1"),
    _case(
        "orders.drop_replacement",
        _step("orders.add_replacement", order_id="SO-1001", parcel_id="PC-1001-1"),
        replacement_id="SO-1001-R1",
    ),
    _case("orders.hold", order_id="SO-1001"),
    _case("orders.release", _step("orders.hold", order_id="SO-1001"), hold_id="HD-1001-1"),
    _case("inventory.reserve", parcel_id="PC-1001-1"),
    _case("inventory.release", _RESERVED, reservation_id="RS-1001-1-1"),
    _case("shipping.open_trace", parcel_id="PC-1001-1"),
    _case("shipping.close_trace", _step("shipping.open_trace", parcel_id="PC-1001-1"), trace_id="TR-1001-1-1"),
    _case("shipping.create_shipment", _RESERVED, parcel_id="PC-1001-1"),
    _case("shipping.cancel_shipment", _RESERVED, _SHIPPED, tracking_no="TN-1001-2"),
    _case(
        "shipping.resume_delivery", _step("shipping.open_trace", parcel_id="PC-1005-1"), hours=31, parcel_id="PC-1005-1"
    ),
    _case("shipping.file_claim", parcel_id="PC-1001-1"),
    _case("payments.refund", order_id="SO-1001", parcel_id="PC-1001-1", amount=cny(39800)),
    *(_case(name, order_id="SO-1001", amount=cny(5000)) for name in CREDITS),
    _case("customers.tell", order_id="SO-1001", **_LETTER),
    _case("customers.tell", order_id="SO-1001", **_LETTER, bounced=1),
    _case("merchants.tell", order_id="SO-1001", **_NOTICE),
    _case("merchants.tell", order_id="SO-1002", **_NOTICE, bounced=1),
)

REFUSALS = (
    _case("orders.read", reason="OrderNotFound", order_id="SO-9999"),
    _case("orders.add_replacement", reason="OrderNotFound", order_id="SO-9999", parcel_id="PC-1001-1"),
    _case("orders.add_replacement", reason="ParcelNotFound", order_id="SO-1001", parcel_id=_GHOST),
    _case("orders.add_replacement", reason="ParcelNotFound", order_id="SO-1001", parcel_id="PC-1002-1"),
    _case("orders.hold", reason="OrderNotFound", order_id="SO-9999"),
    _case("inventory.check", reason="ParcelNotFound", parcel_id=_GHOST),
    _case("inventory.reserve", reason="ParcelNotFound", parcel_id=_GHOST),
    _case("inventory.reserve", reason="OutOfStock", parcel_id="PC-1008-1"),
    _case("inventory.reserve", reason="OutOfStock", hours=26, parcel_id="PC-1003-1"),
    _case("shipping.read_parcel", reason="ParcelNotFound", parcel_id=_GHOST),
    _case("shipping.open_trace", reason="ParcelNotFound", parcel_id=_GHOST),
    _case("shipping.open_trace", reason="TraceRefused", parcel_id="PC-1010-1"),
    _case("shipping.read_trace", reason="TraceNotFound", trace_id="TR-9999-1-1"),
    _case("shipping.create_shipment", reason="ParcelNotFound", parcel_id=_GHOST),
    _case("shipping.create_shipment", reason="NothingReserved", parcel_id="PC-1001-1"),
    _case(
        "shipping.create_shipment",
        _RESERVED,
        _step("inventory.release", reservation_id="RS-1001-1-1"),
        reason="NothingReserved",
        parcel_id="PC-1001-1",
    ),
    _case(
        "shipping.create_shipment",
        _step("inventory.reserve", parcel_id="PC-1004-1"),
        reason="NoCapacity",
        parcel_id="PC-1004-1",
    ),
    _case(
        "shipping.cancel_shipment", _RESERVED, _SHIPPED, hours=6, reason="AlreadyHandedOver", tracking_no="TN-1001-2"
    ),
    _case("shipping.resume_delivery", reason="ParcelNotFound", parcel_id=_GHOST),
    _case(
        "shipping.resume_delivery",
        _step("shipping.open_trace", parcel_id="PC-1005-1"),
        hours=29,
        reason="NotFoundYet",
        parcel_id="PC-1005-1",
    ),
    _case("shipping.file_claim", reason="ParcelNotFound", parcel_id=_GHOST),
    _case("shipping.file_claim", reason="ClaimWindowOver", parcel_id="PC-1010-2"),
    _case("shipping.read_claim", reason="ClaimNotFound", claim_id="CL-9999-1"),
    _case("payments.refund", reason="OrderNotFound", order_id="SO-9999", parcel_id="PC-1001-1", amount=cny(1)),
    _case("payments.refund", reason="RefundTooHigh", order_id="SO-1001", parcel_id="PC-1001-1", amount=cny(39801)),
    _case("payments.refund", reason="PaymentDeclined", order_id="SO-1008", parcel_id="PC-1008-1", amount=cny(32000)),
    _case("payments.refund", reason="PaymentDeclined", order_id="SO-1001", parcel_id="PC-1002-1", amount=cny(100)),
    _case("payments.refund", reason="PaymentDeclined", order_id="SO-1001", parcel_id="PC-1001-1", amount=cny(0)),
    _case(
        "payments.refund",
        reason="PaymentDeclined",
        order_id="SO-1001",
        parcel_id="PC-1001-1",
        amount=Money(amount=100, currency="USD"),
    ),
    *(_case(name, reason="OrderNotFound", order_id="SO-9999", amount=cny(5000)) for name in CREDITS),
    *(_case(name, reason="PaymentDeclined", order_id="SO-1001", amount=cny(0)) for name in CREDITS),
    *(_case(name, reason="PaymentDeclined", order_id="SO-1008", amount=cny(5000)) for name in CREDITS),
    *(
        _case(name, reason="PaymentDeclined", order_id="SO-1001", amount=Money(amount=5000, currency="USD"))
        for name in CREDITS
    ),
    _case("customers.tell", reason="OrderNotFound", order_id="SO-9999", **_LETTER),
    _case("customers.tell", reason="Undeliverable", order_id="SO-1009", **_LETTER),
    _case("customers.tell", reason="Bounced", order_id="SO-1010", **_LETTER),
    _case("customers.tell", reason="Undeliverable", order_id="SO-1001", **_LETTER, bounced=2),
    _case("customers.tell", reason="Undeliverable", order_id="SO-1001", texts=LETTER, values={}),
    _case("customers.tell", reason="Undeliverable", order_id="SO-1001", texts={}, values={}),
    _case("merchants.tell", reason="OrderNotFound", order_id="SO-9999", **_NOTICE),
    _case("merchants.tell", reason="Undeliverable", order_id="SO-1003", **_NOTICE),
    _case("merchants.tell", reason="Bounced", order_id="SO-1002", **_NOTICE),
    _case("merchants.tell", reason="Undeliverable", order_id="SO-1001", **_LETTER),
)
