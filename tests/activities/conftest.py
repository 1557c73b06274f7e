from collections.abc import Iterator

import pytest

from amends.connectors.shop import Shop
from amends.journal import Journal
from tests.activities.rig import SEEDED, Rig


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop("sqlite://")
    shop.seed(at=SEEDED)
    yield shop
    shop.dispose()


@pytest.fixture
def rig(shop: Shop, journal: Journal) -> Rig:
    return Rig(shop, journal)
