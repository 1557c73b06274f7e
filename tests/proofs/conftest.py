"""A rig on each database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from temporalio.testing import TimeSkipper

from amends.connectors.shop import Shop
from amends.journal import Journal
from tests.proofs.rig import Rig, new_rig


@pytest.fixture
def rig_on(skipper: TimeSkipper, journal: Journal, tmp_path: Path) -> Iterator[Callable[[str], Rig]]:
    """Makes a rig on the test's journal, about the order that is named, with a shop of its own."""
    shops: list[Shop] = []

    def make(order_id: str) -> Rig:
        shop = Shop(f"sqlite:///{tmp_path / f'shop-{len(shops)}.db'}")
        shops.append(shop)
        return new_rig(skipper, journal, shop, order_id)

    yield make
    for shop in shops:
        shop.dispose()


@pytest.fixture
def rig(rig_on: Callable[[str], Rig]) -> Rig:
    """A rig whose reshipment cannot be sent, so that a plan is undone and a refund made."""
    return rig_on("SO-1004")
