"""Which systems a process calls, by its settings."""

from pathlib import Path

import pytest

from amends.connectors.chosen import connectors_of, place_of
from amends.connectors.shop import Shop
from amends.errors import ConfigurationError
from amends.settings import Settings, Systems
from tests.amends.connectors.elsewhere import SECRET, Elsewhere
from tests.amends.connectors.worlds import SEEDED, at
from tests.shops import seeded


def test_without_a_word_it_is_the_reference_shop(tmp_path: Path) -> None:
    settings = Settings(shop_url=f"sqlite:///{tmp_path / 'shop.db'}")

    with connectors_of(settings) as systems:
        assert isinstance(systems, Shop)


def test_systems_over_http_are_called_where_they_answer(elsewhere: Elsewhere) -> None:
    with seeded(SEEDED) as shop:
        elsewhere.reached(shop)

        with connectors_of(over_http(elsewhere.line.url)) as systems:
            order = systems.orders.read(at(0), order_id="SO-1001")

    assert order.total.amount == 39800
    assert place_of(over_http(elsewhere.line.url)) == elsewhere.line.url


@pytest.mark.parametrize(
    ("missing", "says"),
    [
        ("connectors_url", "AMENDS_CONNECTORS_URL: AMENDS_CONNECTORS is http, and nothing says where"),
        ("connectors_secret", "AMENDS_CONNECTORS_SECRET: it is not set"),
    ],
)
def test_what_is_missing_is_named(missing: str, says: str) -> None:
    settings = over_http("https://systems.example").model_copy(update={missing: None})

    with pytest.raises(ConfigurationError, match=says), connectors_of(settings):
        pass


def test_a_place_is_told_without_its_password() -> None:
    settings = Settings(shop_url="postgresql+psycopg://amends:hunter2@db.example/shop")

    assert place_of(settings) == "postgresql+psycopg://amends:***@db.example/shop"


def over_http(url: str) -> Settings:
    return Settings(connectors=Systems.HTTP, connectors_url=url, connectors_secret=SECRET)
