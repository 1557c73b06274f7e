"""A rig on each database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from temporalio.testing import TimeSkipper

from amends.connectors.shop import Shop
from amends.journal import Journal, connect, upgrade
from tests.proofs.rig import Rig, new_rig


@pytest.fixture
def rig_on(skipper: TimeSkipper, journal: Journal, tmp_path: Path) -> Iterator[Callable[[str], Rig]]:
    """Makes a rig about the order that is named, with a shop of its own, on the test's journal. A second one gets a
    journal of its own too: what was given on an order in one shop was not given in another."""
    shops: list[Shop] = []
    engines: list[Engine] = []

    def make(order_id: str) -> Rig:
        shop = Shop(f"sqlite:///{tmp_path / f'shop-{len(shops)}.db'}")
        shops.append(shop)
        if len(shops) == 1:
            return new_rig(skipper, journal, shop, order_id)
        engine = connect(f"sqlite:///{tmp_path / f'journal-{len(shops)}.db'}")
        engines.append(engine)
        upgrade(engine)
        return new_rig(skipper, Journal(engine), shop, order_id)

    yield make
    for shop in shops:
        shop.dispose()
    for engine in engines:
        engine.dispose()


@pytest.fixture
def rig(rig_on: Callable[[str], Rig]) -> Rig:
    """A rig whose reshipment cannot be sent, so that a plan is undone and a refund made."""
    return rig_on("SO-1004")
