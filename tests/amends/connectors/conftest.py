from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from amends.connectors.shop import Shop
from amends.connectors.shop.engine import connect
from tests.amends.connectors.elsewhere import Elsewhere, serving_elsewhere
from tests.amends.connectors.worlds import SEEDED, World
from tests.postgres import PostgresServer
from tests.shops import seeded_file

HTTP = "http"
"""The ports over HTTP, with the reference shop on SQLite at the other end."""


@pytest.fixture
def world(request: pytest.FixtureRequest, shop_engine: Engine) -> World:
    """A freshly seeded world behind each implementation of the ports."""
    shop = Shop(shop_engine)
    if request.node.callspec.params["shop_engine"] == HTTP:
        elsewhere: Elsewhere = request.getfixturevalue("elsewhere")
        return World(connectors=elsewhere.reached(shop), shop=shop, engine=shop_engine)
    return World(connectors=shop, shop=shop, engine=shop_engine)


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[Elsewhere]:
    """One server for all tests."""
    with serving_elsewhere() as elsewhere:
        yield elsewhere


@pytest.fixture(params=["sqlite", "postgresql", HTTP])
def shop_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A copy of a seeded shop's database."""
    if request.param != "postgresql":
        engine = connect(seeded_file(tmp_path / "shop.db", SEEDED))
        yield engine
        engine.dispose()
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create_database(template=request.getfixturevalue("seeded_database"))
    engine = connect(server.url(name))
    yield engine
    engine.dispose()
    server.drop_database(name)


@pytest.fixture(scope="session")
def seeded_database(postgres_server: PostgresServer) -> str:
    name = postgres_server.create_database()
    shop = Shop(postgres_server.url(name))
    shop.seed(at=SEEDED)
    shop.dispose()
    return name
