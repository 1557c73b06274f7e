"""A seeded world for the tests of connectors, and ways to call it and to see whether it changed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select

from amends.connectors.ports import Call, Connectors
from amends.connectors.shop import Shop
from amends.connectors.shop.engine import READING
from amends.connectors.shop.tables import Base
from amends.models import Head

CREDITS = {
    "payments.compensate": Head.COMPENSATION,
    "payments.refund_freight": Head.FREIGHT,
    "payments.give_goodwill": Head.GOODWILL,
}
"""The activities behind which the same method of a port stands, and under which head it then pays."""

SEEDED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning."""


@dataclass(frozen=True)
class World:
    """``connectors`` are under test; ``shop`` is the world behind them, to misbehave in and to look at, and ``engine``
    its database."""

    connectors: Connectors
    shop: Shop
    engine: Engine

    def call(self, name: str, *, key: str, hours: float = 0, **args: Any) -> Any:
        """Calls ``system.method`` so many hours after seeding."""
        system, method = name.split(".")
        if name in CREDITS:
            method, args = "credit", {**args, "head": CREDITS[name]}
        return getattr(getattr(self.connectors, system), method)(at(hours, key=key), **args)

    def seen(self) -> dict[str, list[Any]]:
        """Everything that a call can change: the rows of all tables but those of keys and faults."""
        with self.engine.execution_options(**{READING: True}).connect() as connection:
            return {
                table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
                for table in Base.metadata.sorted_tables
                if table.name not in ("calls", "faults")
            }


LETTER = {
    "en": {"subject": "Your parcel {report.parcel_id}", "body": "Dear {customer.name}, we are looking for it."},
    "zh": {"subject": "您的包裹 {report.parcel_id}", "body": "{customer.name}，您好！我们正在查找您的包裹。"},
}

NOTICE = {"en": {"subject": "Order", "body": "{merchant.name}: a parcel of yours is lost."}}


def at(hours: float, *, key: str = "look") -> Call:
    """A call so many hours after seeding."""
    return Call(key=key, at=SEEDED + timedelta(hours=hours))
