"""A shop that keeps its own books, written without a look at the engine: what really happens to goods and money.

It carries a call out once by its key, whoever repeats it. It asserts what no shop could put right: a call that is
carried out twice, a key with other arguments, something taken back twice or that was never given.
"""

from collections import Counter
from dataclasses import dataclass, field

from amends.models import Data

CAPTURED = 50_000
"""What the customer has paid, in minor units."""

_GIVES_BACK = {
    "orders.release": "orders.hold",
    "orders.drop_replacement": "orders.add_replacement",
    "inventory.release": "inventory.reserve",
    "shipping.close_trace": "shipping.open_trace",
    "shipping.cancel_shipment": "shipping.create_shipment",
}
_NAMES = {
    "orders.hold": "hold_id",
    "orders.add_replacement": "replacement_id",
    "inventory.reserve": "reservation_id",
    "shipping.open_trace": "trace_id",
    "shipping.create_shipment": "tracking_no",
    "shipping.file_claim": "claim_id",
    "payments.refund": "refund_id",
    "payments.compensate": "credit_id",
    "payments.give_goodwill": "credit_id",
    "customers.tell": "message_id",
    "merchants.tell": "message_id",
}
GOODS, REFUNDS = ("shipping.create_shipment",), ("payments.refund",)
CREDITS = ("payments.compensate", "payments.give_goodwill")
GIVING = (*GOODS, *REFUNDS, *CREDITS)
TELLING = ("customers.tell", "merchants.tell")


@dataclass(frozen=True)
class Call:
    """A call as it travels. ``undoes``: the key of the effect that it takes back."""

    key: str
    activity: str
    inputs: Data
    undoes: str | None = None


@dataclass(frozen=True)
class Answer:
    """``refused`` names the reason; else the call was carried out and gave ``result``."""

    result: Data
    refused: str | None = None


@dataclass
class Shop:
    """``value``: what the parcel is worth now. ``stands``: what was given or switched on and not taken back, by the key
    that did it. ``closed``: keys that were asked about before they arrived, and will never be carried out."""

    value: int = 19_900
    stock: int = 3
    trace: str = "open"
    zone: str = ""
    """Where the customer is, if the order says so."""
    seen: str = "2026-11-02T09:00:00+00:00"
    """When the carrier has scanned the parcel last."""
    handed_over: set[str] = field(default_factory=set)
    stands: dict[str, Call] = field(default_factory=dict)
    money: Counter[str] = field(default_factory=lambda: Counter(shop=CAPTURED, customer=-CAPTURED))
    answers: dict[str, tuple[Call, Answer]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    carried_out: Counter[str] = field(default_factory=Counter)
    taken_back: Counter[str] = field(default_factory=Counter)
    refuses: set[str] = field(default_factory=set)
    """What it does not do for now."""
    misled: bool = False
    """Somebody has said something untrue: what the shop is asked to take back may never have been given."""

    def read(self, activity: str) -> Data:
        """What a read shows now."""
        match activity:
            case "orders.read":
                paid, refunded = money(CAPTURED), money(self.refunded())
                order: Data = {"order_id": "SO-1", "status": "paid", "currency": "CNY"}
                return order | {"total": paid, "refunded": refunded} | ({"zone": self.zone} if self.zone else {})
            case "shipping.read_parcel":
                worth = money(self.value)
                parcel: Data = {"parcel_id": "PC-1", "order_id": "SO-1", "status": "in_transit"}
                return parcel | {"value": worth, "lines_refundable": worth, "last_scan_at": self.seen}
            case "shipping.read_trace":
                return {"trace_id": "T", "status": self.trace}
            case _:
                raise AssertionError(f"nothing is read by {activity}")

    def take(self, call: Call, *, refuse: str | None = None) -> Answer:
        """Carry a call out, or say again what became of it. ``refuse``: say no for this reason."""
        if call.key in self.answers:
            known, answer = self.answers[call.key]
            assert known == call, "a key never comes back with other arguments"
            return answer
        assert call.key not in self.closed, "what a system was told never to do is not asked for again"
        refused = refuse or self._no(call)
        answer = Answer(result={}, refused=refused) if refused else Answer(result=self._do(call))
        self.answers[call.key] = (call, answer)
        return answer

    def recall(self, key: str) -> Answer | None:
        """What a key has done; ``None``, and never any more, if it has done nothing."""
        known = self.answers.get(key)
        if known is not None and known[1].refused is None:
            return known[1]
        self.closed.add(key)
        return None

    def put_right_by_hand(self, call: Call) -> None:
        """A person takes something back that the shop itself would not take back."""
        assert call.undoes is not None
        self.handed_over.discard(call.undoes)
        self.closed.discard(call.key)
        self.take(call)

    def given(self, activities: tuple[str, ...]) -> list[Call]:
        """What stands of these."""
        return [call for call in self.stands.values() if call.activity in activities]

    def refunded(self) -> int:
        return sum(amount_of(call) for call in self.given(REFUNDS))

    def must_add_up(self) -> None:
        """No money is made or lost, and no more paid back than was paid; goods are given once, in goods or in money."""
        on_top = sum(amount_of(call) for call in self.given(CREDITS))
        assert self.money["shop"] + self.money["customer"] == 0
        assert self.money["shop"] == CAPTURED - self.refunded() - on_top
        assert self.refunded() <= CAPTURED
        goods, refunds = len(self.given(GOODS)), len(self.given(REFUNDS))
        assert self.misled or goods == 0 or (goods == 1 and refunds == 0), "refunded or on its way again"

    def _no(self, call: Call) -> str | None:
        match call.activity:
            case _ if call.activity in self.refuses:
                return "NotNow"
            case "inventory.reserve" if self.stock <= 0:
                return "OutOfStock"
            case "shipping.cancel_shipment" if call.undoes in self.handed_over:
                return "AlreadyHandedOver"
            case _ if self.misled and call.undoes is not None and call.undoes not in self.stands:
                return "NothingToTakeBack"
            case "payments.refund" if amount_of(call) > CAPTURED - self.refunded():
                return "RefundTooHigh"
            case _:
                return None

    def _do(self, call: Call) -> Data:
        self.carried_out[call.key] += 1
        assert self.carried_out[call.key] == 1, "no call is carried out twice"
        if call.undoes is not None:
            return self._take_back(call, call.undoes)
        self.stands[call.key] = call
        paid = amount_of(call) if call.activity in (*REFUNDS, *CREDITS) else 0
        self.money["shop"] -= paid
        self.money["customer"] += paid
        self.stock -= call.activity == "inventory.reserve"
        named: Data = {_NAMES[call.activity]: f"{call.activity}:{call.key}"}
        return named | ({"status": "open"} if call.activity in ("shipping.open_trace", "shipping.file_claim") else {})

    def _take_back(self, call: Call, effect: str) -> Data:
        self.taken_back[effect] += 1
        assert self.taken_back[effect] == 1, "nothing is taken back twice"
        assert effect in self.stands, "nothing is taken back that was not given"
        given = self.stands.pop(effect)
        assert _GIVES_BACK[call.activity] == given.activity
        name = _NAMES[given.activity]
        assert call.inputs[name] == f"{given.activity}:{effect}", "what is taken back is what was given"
        self.stock += given.activity == "inventory.reserve"
        return {}


def money(amount: int) -> Data:
    return {"amount": amount, "currency": "CNY"}


def amount_of(call: Call) -> int:
    """The amount that a call is about, in minor units."""
    amount = call.inputs["amount"]
    assert isinstance(amount, dict)
    assert isinstance(amount["amount"], int)
    return amount["amount"]
