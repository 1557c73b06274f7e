from collections.abc import Iterator

import pytest

from amends.connectors.shop import Shop
from amends.journal import Journal
from tests.activities.rig import SEEDED, Rig
from tests.shops import seeded


@pytest.fixture
def shop() -> Iterator[Shop]:
    with seeded(SEEDED) as shop:
        yield shop


@pytest.fixture
def rig(shop: Shop, journal: Journal) -> Rig:
    return Rig(shop, journal)
