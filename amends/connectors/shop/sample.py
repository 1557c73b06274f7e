"""The sample world as it is written in ``orders.yaml``."""

import re
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from ruamel.yaml import YAML

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


class SampleCarrier(Written):
    capacity: bool
    claim_window: Duration
    claim: ClaimHabit | None = None


class SampleStock(Written):
    title: str
    on_hand: int
    sells_out_after: Duration | None = None


class SampleCustomer(Written):
    name: str
    email: str | None = None
    phone: str | None = None
    language: Literal["en", "zh"]
    zone: str | None = None


class SampleMerchant(Written):
    name: str
    email: str | None = None
    phone: str | None = None
    language: Literal["en", "zh"]


class TraceFate(Written):
    after: Duration
    ends: Literal["found", "lost"]


class SampleLine(Written):
    sku: str
    quantity: int
    unit_price: int


class SampleParcel(Written):
    carrier: str
    handed_over_ago: Duration
    last_scan_ago: Duration
    delivered_ago: Duration | None = None
    trace: TraceFate | None = None
    lines: tuple[SampleLine, ...] = Field(min_length=1)


class SampleOrder(Written):
    """``shows``: which way an incident about it can go. ``merchant``: who sells it, if not the shop itself."""

    shows: str
    customer: str
    merchant: str | None = None
    placed_ago: Duration
    account_open: bool = True
    parcels: tuple[SampleParcel, ...] = Field(min_length=1)

    @property
    def total(self) -> int:
        """What it costs, in minor units."""
        return sum(line.quantity * line.unit_price for parcel in self.parcels for line in parcel.lines)


class Sample(Written):
    currency: str
    carriers: dict[str, SampleCarrier]
    stock: dict[str, SampleStock]
    customers: dict[str, SampleCustomer]
    merchants: dict[str, SampleMerchant]
    orders: dict[str, SampleOrder]


@cache
def sample() -> Sample:
    """The sample world that comes with Amends."""
    text = resources.files(__package__).joinpath("orders.yaml").read_text(encoding="utf-8")
    return Sample.model_validate(YAML(typ="safe").load(text))
