"""Every effect that the ports can carry out, and every refusal that they can give, as data."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from amends.models import Money
from tests.amends.connectors.worlds import CREDITS, LETTER, NOTICE, SEEDED, World


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
IN_FIVE_DAYS = SEEDED + timedelta(days=5)
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

_CANCELLED = _step("orders.cancel", order_id="SO-1101")
_REFUNDED = _step("payments.refund_order", order_id="SO-1101", amount=cny(52900))
_PROMISED = _step("orders.promise", order_id="SO-1101", by=IN_FIVE_DAYS)
_SUBSTITUTED = _step("orders.substitute", line_id="SO-1104/1", sku="MUG-GREEN")
_SPLIT = _step("orders.split", line_id="SO-1402/1")
_RETURNING = _step("orders.open_return", order_id="SO-1302", parcel_id="PC-1302-1")
_STOPPED = _step("inventory.stop_selling", sku="TOASTER-2")
_COUNTED = _step("inventory.count", sku="SCALE-K")
_ORDERED = _step("inventory.replenish", sku="TOASTER-2", quantity=20, safety_stock=8)
_FIRST = _step("shipping.prioritise", parcel_id="PC-1101-1")
_UNPICKED = _step("shipping.cancel_pick", parcel_id="PC-1101-1")
_CALLED_BACK = _step("shipping.intercept", parcel_id="PC-1106-1")
_DOUBTED = _step("shipping.ask_proof", parcel_id="PC-1111-1")
_CLAIMED = _step("shipping.file_claim", parcel_id="PC-1001-1")
_LINKED = _step("payments.send_link", order_id="SO-1204", amount=cny(25900))
_NETTED = _step("payments.net", order_id="SO-1511", amount=cny(20000))
_SOUGHT = _step("payments.open_case", refund_id="RF-1506-1")
_WRITTEN_OFF = _step("ledger.write_off", order_id="SO-1510", amount=cny(400))
_OBSERVED = _step("quality.observe", order_id="SO-1101", party="warehouse", cause="backlog")
_COMPLAINED = _step("quality.open_ticket", parcel_id="PC-1303-1", cause="loose handle")

MORE_EFFECTS = (
    _case("orders.confirm", hours=1, order_id="SO-1202"),
    _case("orders.cancel", order_id="SO-1101"),
    _case("orders.reinstate", _CANCELLED, order_id="SO-1101"),
    _case("orders.promise", order_id="SO-1101", by=IN_FIVE_DAYS),
    _case("orders.withdraw_promise", _PROMISED, promise_id="PM-1101-1"),
    _case("orders.substitute", line_id="SO-1104/1", sku="MUG-GREEN"),
    _case("orders.withdraw_substitute", _SUBSTITUTED, substitution_id="SB-1104-1"),
    _case("orders.drop_line", line_id="SO-1404/1"),
    _case("orders.restore_line", _step("orders.drop_line", line_id="SO-1404/1"), line_id="SO-1404/1"),
    _case("orders.split", line_id="SO-1402/1"),
    _case("orders.join", _SPLIT, parcel_id="PC-1402-2", line_id="SO-1402/1"),
    _case("orders.open_return", order_id="SO-1302", parcel_id="PC-1302-1"),
    _case("orders.cancel_return", _RETURNING, return_id="RT-1302-1-1"),
    _case("inventory.reserve_line", line_id="SO-1406/1"),
    _case("inventory.transfer", line_id="SO-1401/1", warehouse="suzhou"),
    _case("inventory.backorder", line_id="SO-1402/1"),
    _case("inventory.keep_order", order_id="SO-1406"),
    _case("inventory.free_order", order_id="SO-1201"),
    _case("inventory.keep_parcel", parcel_id="PC-1406-1"),
    _case("inventory.free_parcel", parcel_id="PC-1201-1"),
    _case("inventory.stop_selling", sku="TOASTER-2"),
    _case("inventory.sell_again", _STOPPED, stop_id="ST-TOASTER-2-1"),
    _case("inventory.count", sku="SCALE-K"),
    _case("inventory.cancel_count", _COUNTED, task_id="CT-SCALE-K-1"),
    _case("inventory.replenish", sku="TOASTER-2", quantity=20),
    _case("inventory.cancel_replenishment", _ORDERED, request_id="RQ-TOASTER-2-1"),
    _case("shipping.prioritise", parcel_id="PC-1101-1"),
    _case("shipping.drop_priority", _FIRST, priority_id="PR-1101-1-1"),
    _case("shipping.cancel_pick", parcel_id="PC-1101-1"),
    _case("shipping.resume_pick", _UNPICKED, pick_id="PK-1101-1-1"),
    _case("shipping.upgrade_service", parcel_id="PC-1106-1"),
    _case("shipping.intercept", parcel_id="PC-1106-1"),
    _case("shipping.withdraw_intercept", _CALLED_BACK, intercept_id="IC-1106-1-1"),
    _case("shipping.ask_proof", parcel_id="PC-1111-1"),
    _case("shipping.withdraw_proof", _DOUBTED, proof_id="PF-1111-1-1"),
    _case("shipping.complete_claim", _CLAIMED, claim_id="CL-1001-1"),
    _case("shipping.repay_claim", _CLAIMED, hours=97, claim_id="CL-1001-1"),
    _case("payments.refund_line", order_id="SO-1404", line_id="SO-1404/1", amount=cny(17010)),
    _case("payments.refund_order", order_id="SO-1101", amount=cny(52900)),
    _case("payments.refund_excess", order_id="SO-1208", amount=cny(25900)),
    _case("payments.top_up", order_id="SO-1505", amount=cny(62000)),
    _case("payments.pay_out", order_id="SO-1507", amount=cny(120000), payee="C-201/second-account"),
    _case("payments.capture", order_id="SO-1203"),
    _case("payments.void", order_id="SO-1203"),
    _case("payments.close", order_id="SO-1201"),
    _case("payments.send_link", order_id="SO-1204", amount=cny(25900)),
    _case("payments.cancel_link", _LINKED, link_id="LK-1204-1"),
    _case("payments.net", order_id="SO-1511", amount=cny(20000)),
    _case("payments.drop_netting", _NETTED, netting_id="EN-1511-5"),
    _case("payments.open_case", refund_id="RF-1506-1"),
    _case("payments.close_case", _SOUGHT, case_id="CS-1506-1-1"),
    _case("ledger.adjust", order_id="SO-1508", amount=cny(-1500)),
    _case("ledger.write_off", order_id="SO-1510", amount=cny(400), daily_cap=cny(10000)),
    _case("ledger.reverse", _WRITTEN_OFF, entry_id="EN-1510-5"),
    _case("quality.observe", order_id="SO-1101", party="warehouse", cause="backlog"),
    _case("quality.withdraw_observation", _OBSERVED, observation_id="OB-1101-1"),
    _case("quality.open_ticket", parcel_id="PC-1303-1", cause="loose handle"),
    _case("quality.close_ticket", _COMPLAINED, ticket_id="TK-1303-1-1"),
)
"""What goes through the same door as the effects before."""

OF_AN_ORDER = (
    "orders.explain_delay",
    "orders.confirm",
    "orders.cancel",
    "orders.reinstate",
    "customers.read",
    "inventory.keep_order",
    "inventory.free_order",
    "payments.query",
    "payments.check_channel",
    "payments.capture",
    "payments.void",
    "payments.close",
    "ledger.balance",
    "ledger.reconcile",
)
OF_A_LINE = (
    "orders.read_line",
    "orders.drop_line",
    "orders.split",
    "inventory.read_supply",
    "inventory.reserve_line",
    "inventory.backorder",
)
OF_A_PARCEL = (
    "inventory.read_goods",
    "inventory.find_elsewhere",
    "inventory.keep_parcel",
    "inventory.free_parcel",
    "shipping.prioritise",
    "shipping.cancel_pick",
    "shipping.upgrade_service",
    "shipping.intercept",
    "shipping.ask_proof",
    "quality.read_contract",
    "quality.read_damage",
)
OF_AN_AMOUNT = (
    "payments.refund_order",
    "payments.refund_excess",
    "payments.top_up",
    "payments.send_link",
    "payments.net",
    "ledger.adjust",
    "ledger.write_off",
)
OF_A_REQUEST = (
    ("orders.read_return", "ReturnNotFound", "return_id"),
    ("inventory.read_count", "CountNotFound", "task_id"),
    ("shipping.read_pick", "PickNotFound", "pick_id"),
    ("shipping.read_intercept", "InterceptNotFound", "intercept_id"),
    ("shipping.read_proof", "ProofNotFound", "proof_id"),
    ("shipping.complete_claim", "ClaimNotFound", "claim_id"),
    ("shipping.repay_claim", "ClaimNotFound", "claim_id"),
    ("payments.read_refund", "RefundNotFound", "refund_id"),
    ("payments.open_case", "RefundNotFound", "refund_id"),
    ("payments.read_link", "LinkNotFound", "link_id"),
    ("payments.read_case", "CaseNotFound", "case_id"),
    ("ledger.reverse", "EntryNotFound", "entry_id"),
    ("quality.read_ticket", "TicketNotFound", "ticket_id"),
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
    *(_case(name, reason="OrderNotFound", order_id="SO-9999") for name in OF_AN_ORDER),
    *(_case(name, reason="LineNotFound", line_id="SO-9999/1") for name in OF_A_LINE),
    *(_case(name, reason="ParcelNotFound", parcel_id=_GHOST) for name in OF_A_PARCEL),
    *(_case(name, reason="OrderNotFound", order_id="SO-9999", amount=cny(100)) for name in OF_AN_AMOUNT),
    *(_case(name, reason="SkuNotFound", sku="LAMP-PINE") for name in ("inventory.stop_selling", "inventory.count")),
    *(Case(Step(name, {named: "XX-9999-1"}), reason=reason) for name, reason, named in OF_A_REQUEST),
    _case("orders.confirm", reason="NotPaid", order_id="SO-1201"),
    _case("orders.confirm", _CANCELLED, reason="OrderCancelled", order_id="SO-1101"),
    _case("orders.cancel", reason="AlreadyDispatched", order_id="SO-1106"),
    _case("orders.reinstate", _CANCELLED, reason="TooLate", hours=0.6, order_id="SO-1101"),
    _case("orders.reinstate", _step("orders.cancel", order_id="SO-1210"), reason="PriceChanged", order_id="SO-1210"),
    _case("orders.reinstate", _step("orders.cancel", order_id="SO-1212"), reason="OrderedAgain", order_id="SO-1212"),
    _case("orders.reinstate", _step("orders.cancel", order_id="SO-1102"), reason="StockGone", order_id="SO-1102"),
    _case("orders.reinstate", _CANCELLED, _REFUNDED, reason="PaidBack", order_id="SO-1101"),
    _case("orders.promise", reason="OrderNotFound", order_id="SO-9999", by=IN_FIVE_DAYS),
    _case("orders.promise", _CANCELLED, reason="OrderCancelled", order_id="SO-1101", by=IN_FIVE_DAYS),
    _case("orders.substitute", reason="LineNotFound", line_id="SO-1104/9", sku="MUG-GREEN"),
    _case("orders.substitute", reason="NoSubstitute", line_id="SO-1104/1", sku="LAMP-PINE"),
    _case("orders.substitute", reason="AlreadyDispatched", line_id="SO-1106/1", sku="MUG-GREEN"),
    _case(
        "orders.withdraw_substitute",
        _step("orders.substitute", line_id="SO-1101/1", sku="MUG-GREEN"),
        _step("inventory.keep_order", order_id="SO-1101"),
        hours=300,
        reason="AlreadyDispatched",
        substitution_id="SB-1101-1",
    ),
    _case("orders.drop_line", reason="AlreadyDispatched", line_id="SO-1106/1"),
    _case(
        "orders.restore_line",
        _step("orders.drop_line", line_id="SO-1404/1"),
        _step("inventory.reserve_line", line_id="SO-1404/2"),
        hours=300,
        reason="AlreadyDispatched",
        line_id="SO-1404/1",
    ),
    _case("orders.split", reason="AlreadyDispatched", line_id="SO-1005/1"),
    _case("orders.split", reason="NothingToSplit", line_id="SO-1403/1"),
    _case(
        "orders.join",
        _step("orders.split", line_id="SO-1404/2"),
        hours=13,
        reason="AlreadyDispatched",
        parcel_id="PC-1404-2",
        line_id="SO-1404/2",
    ),
    _case("orders.open_return", reason="OrderNotFound", order_id="SO-9999", parcel_id="PC-1302-1"),
    _case("orders.open_return", reason="ParcelNotFound", order_id="SO-1302", parcel_id="PC-1303-1"),
    _case("orders.open_return", reason="NoReturn", order_id="SO-1305", parcel_id="PC-1305-1"),
    _case("inventory.reserve_line", reason="OutOfStock", line_id="SO-1403/1"),
    _case("inventory.reserve_line", reason="OthersFirst", line_id="SO-1407/1"),
    _case("inventory.transfer", reason="LineNotFound", line_id="SO-9999/1", warehouse="suzhou"),
    _case("inventory.transfer", reason="OutOfStock", line_id="SO-1403/1", warehouse="suzhou"),
    _case("inventory.backorder", reason="NothingInbound", line_id="SO-1403/1"),
    _case("inventory.keep_order", reason="OutOfStock", order_id="SO-1403"),
    _case("inventory.keep_parcel", reason="OutOfStock", parcel_id="PC-1403-1"),
    _case("inventory.replenish", reason="SkuNotFound", sku="LAMP-PINE", quantity=20),
    _case("inventory.replenish", reason="NothingWanted", sku="TOASTER-2", quantity=0),
    _case(
        "shipping.create_shipment",
        _step("inventory.reserve", parcel_id="PC-1101-1"),
        reason="PickNotCancelled",
        parcel_id="PC-1101-1",
    ),
    _case("shipping.prioritise", reason="AlreadyDispatched", parcel_id="PC-1106-1"),
    _case("shipping.prioritise", reason="NothingToPack", parcel_id="PC-1102-1"),
    _case("shipping.cancel_pick", reason="AlreadyDispatched", parcel_id="PC-1106-1"),
    _case("shipping.upgrade_service", reason="NotHandedOver", parcel_id="PC-1101-1"),
    _case("shipping.upgrade_service", reason="AlreadyDelivered", parcel_id="PC-1111-1"),
    _case("shipping.upgrade_service", reason="NoFasterService", parcel_id="PC-1107-1"),
    _case("shipping.intercept", reason="NotHandedOver", parcel_id="PC-1101-1"),
    _case("shipping.intercept", reason="AlreadyDelivered", parcel_id="PC-1111-1"),
    _case("shipping.ask_proof", reason="NotDelivered", parcel_id="PC-1106-1"),
    _case("shipping.repay_claim", _CLAIMED, reason="NothingPaid", claim_id="CL-1001-1"),
    _case("payments.refund_line", reason="OrderNotFound", order_id="SO-9999", line_id="SO-1404/1", amount=cny(1)),
    _case("payments.refund_line", reason="LineNotFound", order_id="SO-1404", line_id="SO-1403/1", amount=cny(1)),
    _case("payments.refund_line", reason="RefundTooHigh", order_id="SO-1404", line_id="SO-1404/1", amount=cny(18721)),
    _case("payments.refund_line", reason="PaymentDeclined", order_id="SO-1404", line_id="SO-1404/1", amount=cny(0)),
    _case("payments.refund_order", reason="RefundTooHigh", order_id="SO-1101", amount=cny(52901)),
    _case("payments.refund_order", reason="PaymentDeclined", order_id="SO-1101", amount=cny(0)),
    _case("payments.refund_excess", reason="NothingInExcess", order_id="SO-1101", amount=cny(1)),
    _case("payments.refund_excess", reason="PaymentDeclined", order_id="SO-1208", amount=cny(0)),
    _case(
        "payments.refund_excess",
        _step("payments.top_up", order_id="SO-1208", amount=cny(51800)),
        reason="RefundTooHigh",
        order_id="SO-1208",
        amount=cny(25900),
    ),
    _case("payments.top_up", reason="RefundTooHigh", order_id="SO-1505", amount=cny(62001)),
    _case("payments.top_up", reason="PaymentDeclined", order_id="SO-1505", amount=cny(0)),
    _case("payments.pay_out", reason="OrderNotFound", order_id="SO-9999", amount=cny(1), payee="C-201/a"),
    _case("payments.pay_out", reason="RefundTooHigh", order_id="SO-1507", amount=cny(120001), payee="C-201/a"),
    _case("payments.pay_out", reason="PaymentDeclined", order_id="SO-1507", amount=cny(0), payee="C-201/a"),
    _case("payments.pay_out", reason="NameMismatch", order_id="SO-1507", amount=cny(1), payee="C-202/a"),
    _case("payments.capture", reason="NothingAuthorised", order_id="SO-1201"),
    _case("payments.void", reason="NothingAuthorised", order_id="SO-1201"),
    _case("payments.close", reason="AlreadyPaid", order_id="SO-1203"),
    _case("payments.close", reason="AlreadyPaid", order_id="SO-1205"),
    _case("payments.close", reason="NotYet", order_id="SO-1206"),
    _case("payments.close", reason="NotYet", order_id="SO-1211"),
    _case("payments.send_link", reason="PaymentDeclined", order_id="SO-1204", amount=cny(0)),
    _case("payments.net", reason="NoConsent", order_id="SO-1504", amount=cny(3000)),
    _case("payments.net", reason="PaymentDeclined", order_id="SO-1511", amount=cny(0)),
    _case("ledger.adjust", reason="NothingToBook", order_id="SO-1508", amount=cny(0)),
    _case("ledger.write_off", reason="NothingToBook", order_id="SO-1510", amount=cny(0)),
    _case(
        "ledger.write_off",
        _WRITTEN_OFF,
        reason="DailyCapSpent",
        order_id="SO-1504",
        amount=cny(3000),
        daily_cap=cny(3399),
    ),
    _case("quality.observe", reason="OrderNotFound", order_id="SO-9999", party="carrier", cause="late"),
    _case("quality.open_ticket", reason="ParcelNotFound", parcel_id=_GHOST, cause="loose handle"),
)
