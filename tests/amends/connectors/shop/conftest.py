from collections.abc import Iterator

import pytest

from amends.connectors.shop import Shop
from tests.amends.connectors.worlds import SEEDED
from tests.shops import seeded


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A seeded shop of the test's own, in memory."""
    with seeded(SEEDED) as shop:
        yield shop
