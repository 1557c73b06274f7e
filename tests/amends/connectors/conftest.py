from collections.abc import Callable, Iterator
from typing import NamedTuple

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
def shop_engine(request: pytest.FixtureRequest) -> Engine:
    """The engine of a shop that is as it was seeded. What it has learnt of its statements stays from test to test."""
    kept: _Kept = request.getfixturevalue("on_postgresql" if request.param == "postgresql" else "on_sqlite")
    kept.engine.dispose()
    kept.renew()
    return kept.engine


class _Kept(NamedTuple):
    engine: Engine
    renew: Callable[[], None]
    """Makes its database as it was seeded. Nobody may be at work on it."""


@pytest.fixture(scope="session")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Kept]:
    file = tmp_path_factory.mktemp("shop") / "shop.db"

    def renew() -> None:
        for each in file.parent.iterdir():
            each.unlink()
        seeded_file(file, SEEDED)

    engine = connect(f"sqlite:///{file}")
    yield _Kept(engine, renew)
    engine.dispose()


@pytest.fixture(scope="session")
def on_postgresql(postgres_server: PostgresServer, seeded_database: str) -> Iterator[_Kept]:
    name = postgres_server.create_database()

    def renew() -> None:
        postgres_server.drop_database(name)
        postgres_server.create_database(name, template=seeded_database)

    engine = connect(postgres_server.url(name))
    yield _Kept(engine, renew)
    engine.dispose()


@pytest.fixture(scope="session")
def seeded_database(postgres_server: PostgresServer) -> str:
    name = postgres_server.create_database()
    shop = Shop(postgres_server.url(name))
    shop.seed(at=SEEDED)
    shop.dispose()
    return name
