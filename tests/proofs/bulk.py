"""Many incidents at once: a shop with as many orders, and the smallest runbook that goes through all stages.

Nothing in it waits, so that what a run takes is work. One carrier of two has no capacity: there the reshipment is
undone and the customer refunded.
"""

from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from amends.connectors.shop import Shop
from amends.connectors.shop.sample import SampleOrder, sample
from amends.connectors.shop.seeding import plant

RUNBOOK = """\
runbook: lost_in_bulk
title: {en: Lost in bulk, zh: 批量丢失}
subject: [order_id, parcel_id]
report: {order_id: string, parcel_id: string}
severity: {otherwise: low}
stages:
  report:
    - {do: orders.read, save_as: order}
  analysis:
    - {do: shipping.read_parcel, save_as: parcel}
  action:
    - plan: reship
      when: order.status == "shipped"
      steps:
        - {do: inventory.reserve, undo: inventory.release}
        - {do: shipping.create_shipment, save_as: shipment, undo: shipping.cancel_shipment}
    - plan: refund
      steps:
        - {do: payments.refund, with: {amount: =parcel.lines_refundable}, save_as: refund, final: true}
  follow_up:
    - {do: shipping.file_claim, save_as: claim, final: true, on_refusal: continue, otherwise: {status: not_filed}}
"""

_LIKE_THEM = ("SO-1004", "SO-1007")
"""The sample orders that the many are like: the carrier of the first has no capacity."""


def plant_orders(engine: Engine, number: int) -> list[str]:
    """Puts so many orders of one parcel into an empty shop, and enough goods; gives their ids."""
    kinds = [sample().orders[order_id] for order_id in _LIKE_THEM]
    orders = {f"SO-{5000 + n}": kinds[n % len(kinds)] for n in range(number)}
    plant_only(engine, orders, units=10 * number, at=datetime.now(UTC))
    return list(orders)


def plant_only(engine: Engine, orders: dict[str, SampleOrder], *, units: int, at: datetime) -> None:
    """Puts these orders into an empty shop, as of a moment, and so many units of all goods."""
    Shop(engine)  # which makes its tables
    world = sample()
    stock = {sku: each.model_copy(update={"on_hand": units}) for sku, each in world.stock.items()}
    with Session(engine) as db, db.begin():
        plant(db, world.model_copy(update={"orders": orders, "stock": stock}), at)


def has_capacity(order_id: str) -> bool:
    """Whether the carrier of this order's parcel takes another one."""
    return int(order_id.removeprefix("SO-")) % 2 == 1
