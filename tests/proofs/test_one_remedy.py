"""Two incidents on one order, on two workers: the goods value of a unit is given once, refunded or on its way again."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from temporalio.client import WorkflowHandle
from temporalio.testing import TimeSkipper

import starter
import worker
from amends.connectors.shop import Shop
from amends.connectors.shop.engine import connect as connect_shop
from amends.journal import Journal, connect, verify
from amends.models import Data, Status
from runbooks.bundle import Bundle
from runbooks.library import load
from tests.proofs import bulk
from tests.proofs.rig import OPS
from workflows.contract import VIEW, View

ORDERS = 3

_RUNBOOK = """\
runbook: {name}
title: {{en: Twice reported, zh: 重复报告}}
subject: [order_id, parcel_id]
report: {{order_id: string, parcel_id: string}}
severity: {{otherwise: low}}
stages:
  analysis:
    - {{do: orders.read, save_as: order}}
    - {{do: shipping.read_parcel, save_as: parcel}}
  action:
    - plan: only
      steps:
{steps}
"""
_REFUND = """\
        - {do: payments.refund, with: {amount: =parcel.value}, final: true}
"""
_RESHIP = """\
        - {do: inventory.reserve, undo: inventory.release, save_as: held}
        - do: shipping.create_shipment
          with: {reservation_id: =held.reservation_id}
          undo: shipping.cancel_shipment
"""


@pytest.fixture
def shop_engine(tmp_path: Path) -> Iterator[Engine]:
    engine = connect_shop(f"sqlite:///{tmp_path / 'shop.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def second_journal(journal: Journal, database_url: str) -> Iterator[Journal]:
    """The same journal, as a second process has it."""
    del journal  # which makes the tables
    engine = connect(database_url)
    yield Journal(engine)
    engine.dispose()


def _bundle(folder: Path, name: str, steps: str) -> Bundle:
    file = folder / f"{name}.yaml"
    file.write_text(_RUNBOOK.format(name=name, steps=steps), encoding="utf-8")
    return load(file)


@pytest.mark.parametrize(
    ("one", "other"),
    [(_REFUND, _RESHIP), (_REFUND, _REFUND), (_RESHIP, _RESHIP)],
    ids=["refund_and_reship", "refund_twice", "reship_twice"],
)
async def test_two_incidents_that_give_the_same_unit_at_once_on_two_workers_one_wins_always(
    skipper: TimeSkipper,
    journal: Journal,
    second_journal: Journal,
    shop_engine: Engine,
    tmp_path: Path,
    one: str,
    other: str,
) -> None:
    """The goods value of a unit is given once: refunded, or on its way again.

    This holds across all incidents of the order, also when two run at once on two workers.
    """
    orders = [each for each in bulk.plant_orders(shop_engine, 2 * ORDERS) if bulk.has_capacity(each)]
    shop, name = Shop(shop_engine), tmp_path.name.replace("-", "_")
    bundles = [_bundle(tmp_path, f"once_{name}", one), _bundle(tmp_path, f"again_{name}", other)]
    queues = [f"{bundle.exception_type}-queue" for bundle in bundles]

    async with (
        worker.serving(skipper.client, journal=journal, connectors=shop, queue=queues[0]),
        worker.serving(skipper.client, journal=second_journal, connectors=shop, queue=queues[1]),
    ):
        for order_id in orders:
            handles = await asyncio.gather(
                *(_open(skipper, bundle, shop, order_id, queue) for bundle, queue in zip(bundles, queues, strict=True))
            )
            ended = sorted([await _settled(handle) for handle in handles])
            for handle in handles:
                await handle.cancel(reason="the customer is whole")

            assert ended == [Status.CLOSED, Status.TAKEN_OVER]
            given = shop.money(order_id).refunds + sum(not each.cancelled_at for each in shop.shipments(order_id))
            assert given == 1

    rows = journal.incidents(limit=4 * ORDERS)
    refusals = [effect.refusal for row in rows for effect in journal.effects_of(row.incident_id) if effect.refusal]
    assert [refusal.reason for refusal in refusals] == ["AlreadyGiven"] * ORDERS
    for row in rows:
        assert verify(journal, row.incident_id).problems == () or not row.status.final


async def _open(
    skipper: TimeSkipper, bundle: Bundle, shop: Shop, order_id: str, queue: str
) -> "WorkflowHandle[object, object]":
    report: Data = {"order_id": order_id, "parcel_id": shop.parcel_ids(order_id)[0]}
    await starter.open_incident(
        skipper.client, bundle.exception_type, report, key=f"{queue}-{order_id}", actor=OPS, queue=queue, bundle=bundle
    )
    return skipper.client.get_workflow_handle(bundle.workflow_id(report))


async def _settled(handle: "WorkflowHandle[object, object]") -> Status:
    """How an incident stands once nothing is under way in it any more."""
    while True:
        view: View = await handle.query(VIEW, result_type=View)
        if view.status.final or (view.tasks and not view.busy):
            return view.status
        await asyncio.sleep(0.02)
