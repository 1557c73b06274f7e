"""The sample world as it is written in ``orders.yaml`` and the files of ``samples/``."""

import re
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from ruamel.yaml import YAML

from amends.connectors.facts.carriage import LeftAt
from amends.connectors.facts.orders import Holdup
from amends.connectors.facts.quality import DamagedBy
from amends.models import Written

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _duration(text: object) -> timedelta:
    found = re.fullmatch(r"(\d+)([mhd])", str(text))
    if found is None:
        raise ValueError(f"{text!r} is no duration; write it as 30m, 26h or 12d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


Duration = Annotated[timedelta, BeforeValidator(_duration)]


class ClaimHabit(Written):
    after: Duration
    ends: Literal["paid", "rejected"]


class SampleContract(Written):
    """What a partner pays for. ``limit``: the most for a parcel, in minor units."""

    loss: bool = False
    damage: bool = False
    delay: bool = False
    limit: int | None = None


class SampleCarrier(Written):
    capacity: bool
    claim_window: Duration
    claim: ClaimHabit | None = None
    contract: SampleContract | None = None


class Fate(Written):
    """How a request ends, so long after it is made; without ``after`` never. ``amount``: what was found or paid."""

    after: Duration | None = None
    ends: str | None = None
    amount: int | None = None


class SampleArticle(Written):
    """``price`` in minor units; ``found``: what a count finds, where the record is wrong, and ``counted_after`` how
    long."""

    price: int
    category: str = "household"
    supplier: str = "unnamed"
    fresh: bool = False
    medicine: bool = False
    hazardous: bool = False
    part_of_set: bool = False
    withdrawal_days: int = 7
    quality_days: int = 7
    warning_level: int = 0
    substitute: str | None = None
    bundle: str | None = None
    found: int | None = None
    counted_after: Duration = timedelta(hours=4)


class SampleInbound(Written):
    quantity: int
    arrives_in: Duration


class SampleStock(Written):
    """``branches``: what is in other warehouses than the main one."""

    title: str
    on_hand: int
    sells_out_after: Duration | None = None
    article: SampleArticle | None = None
    branches: dict[str, int] = {}
    inbound: tuple[SampleInbound, ...] = ()


class SampleCustomer(Written):
    name: str
    email: str | None = None
    phone: str | None = None
    language: Literal["en", "zh"]
    zone: str | None = None
    tier: str | None = None
    trusted: bool = False
    nets: bool = False


class SampleMerchant(Written):
    name: str
    email: str | None = None
    phone: str | None = None
    language: Literal["en", "zh"]


class TraceFate(Written):
    after: Duration
    ends: Literal["found", "lost"]


class SampleLine(Written):
    """``discount``: what of the order's discounts falls to the whole line. ``allocated``: its goods stand aside."""

    sku: str
    quantity: int
    unit_price: int
    discount: int = 0
    allocated: bool = False
    returned_ago: Duration | None = None


class SampleParcel(Written):
    """A parcel that was handed over, or that ``leaves_in`` some time, or that waits for goods or for a word.

    ``allocated``: its goods stand aside. ``fates``: how what is asked about it ends (``pick``, ``intercept``,
    ``proof``, ``return``, ``ticket``, ``upgrade``). ``replaces``: it was sent in place of that parcel of the order,
    counted from 1, and has that one's lines."""

    carrier: str
    handed_over_ago: Duration | None = None
    leaves_in: Duration | None = None
    last_scan_ago: Duration | None = None
    delivered_ago: Duration | None = None
    delivered_in: Duration | None = None
    delivered_to: LeftAt | None = None
    cross_border: bool = False
    damaged_ago: Duration | None = None
    damage: DamagedBy | None = None
    damage_proven: bool = False
    warehouse: str | None = None
    allocated: bool = False
    trace: TraceFate | None = None
    fates: dict[Literal["pick", "intercept", "proof", "return", "ticket", "upgrade"], Fate] = {}
    replaces: int | None = None
    lines: tuple[SampleLine, ...] = ()

    @model_validator(mode="after")
    def _carries_something(self) -> Self:
        if (self.replaces is None) != bool(self.lines):
            raise ValueError("a parcel has lines, or it replaces one that has")
        return self


class SamplePhase(Written):
    """From ``after`` placing the order on, an attempt to pay ``is`` so. ``amount``: what comes in; the order's price,
    if it is not said. ``late``: it comes even when the payment was closed before."""

    after: Duration
    status: Literal["pending", "authorised", "captured", "failed", "underpaid", "risk_review", "unknown"]
    amount: int | None = None
    late: bool = False


class SampleRefund(Written):
    """A refund of before. ``settles_after``: when it has arrived; without it, it never does."""

    amount: int
    ago: Duration
    settles_after: Duration | None = None
    withheld: int = 0
    withheld_for: Literal["fee", "exchange"] = "fee"
    fails: bool = False
    case: Fate | None = None


class SampleOrder(Written):
    """``shows``: which way an incident about it can go. ``payments``: how each attempt to pay goes; an order without
    any was paid when it was placed. ``merchant``: who sells it, if not the shop itself. ``slips``: how often another
    day was promised before. Amounts in minor units."""

    shows: str
    customer: str
    merchant: str | None = None
    placed_ago: Duration
    account_open: bool = True
    promised_in: Duration | None = None
    promised_ago: Duration | None = None
    ship_by_ago: Duration | None = None
    slips: int = 0
    cancelled_ago: Duration | None = None
    """When somebody ended it by hand, and left its money where it is."""
    gift_in: Duration | None = None
    method: str = "card"
    market: str = "cn"
    delay: Holdup | None = None
    price_changed: bool = False
    ordered_again: bool = False
    freight: int = 0
    duty: int = 0
    instalment_fee: int = 0
    in_coupons: int = 0
    payments: tuple[tuple[SamplePhase, ...], ...] = ()
    busy_for: Duration | None = None
    """How long after it was placed the provider refuses to close its payment."""
    link: Fate | None = None
    refunds: tuple[SampleRefund, ...] = ()
    books_off_by: int = 0
    """By how much its books say something else than what happened."""
    parcels: tuple[SampleParcel, ...] = Field(min_length=1)

    @property
    def skus(self) -> set[str]:
        """What is in it."""
        return {line.sku for parcel in self.parcels for line in parcel.lines}

    @property
    def goods(self) -> int:
        """What its lines cost."""
        lines = (line for parcel in self.parcels for line in parcel.lines)
        return sum(line.quantity * line.unit_price - line.discount for line in lines)

    @property
    def total(self) -> int:
        """What the customer has to pay."""
        return self.goods + self.freight + self.duty + self.instalment_fee - self.in_coupons


class Sample(Written):
    """``channels``: by payment method, how many in a hundred payments go through, and for how long after an order.
    ``suppliers``: their contracts."""

    currency: str
    carriers: dict[str, SampleCarrier]
    suppliers: dict[str, SampleContract] = {}
    channels: dict[str, Fate] = {}
    stock: dict[str, SampleStock]
    customers: dict[str, SampleCustomer]
    merchants: dict[str, SampleMerchant]
    orders: dict[str, SampleOrder]

    def around(self, order_id: str) -> "Sample":
        """The same world with one of its orders, and those that ask for the same goods or for what may stand in for
        them: all that can matter to that order."""
        wanted = self.orders[order_id].skus
        articles = [self.stock[sku].article for sku in wanted]
        wanted |= {sku for each in articles if each is not None for sku in (each.substitute, each.bundle) if sku}
        return self.model_copy(
            update={"orders": {name: each for name, each in self.orders.items() if each.skus & wanted}}
        )


FILES = ("delayed", "lost", "payments", "damaged", "stockout", "refunds")
"""What stands in ``samples/``, by what goes wrong in it."""


@cache
def sample() -> Sample:
    """The sample world that comes with Amends. Raises ``ValueError`` for what two of its files name alike."""
    here = resources.files(__package__)
    texts = [here.joinpath("orders.yaml"), *(here.joinpath("samples", f"{name}.yaml") for name in FILES)]
    world: dict[str, Any] = {}
    for text in texts:
        for part, said in YAML(typ="safe").load(text.read_text(encoding="utf-8")).items():
            before = world.get(part, {})
            twice = sorted(before.keys() & said.keys()) if isinstance(said, dict) else []
            if twice:
                raise ValueError(
                    f"{text.name}: {part} names {', '.join(twice)} anew, which stands in another file already"
                )
            world[part] = before | said if isinstance(said, dict) else said
    return Sample.model_validate(world)
