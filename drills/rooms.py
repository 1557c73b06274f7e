"""The rooms in which scenarios are played, one after the other: each finds the databases as if nobody had been there.

What is costly to make stays from one to the next: the tables, and all statements that the engines have compiled.
"""

import shutil
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, event
from temporalio.client import Client

from amends.connectors.shop import Shop
from amends.connectors.shop.engine import connect as connect_shop
from amends.journal import Journal, connect, upgrade

_JOURNAL: Final = "journal.db"
_SHOP: Final = "shop.db"


class Room:
    """A namespace, a journal and a shop for one scenario at a time."""

    def __init__(self, client: Client, folder: Path, blank: Path) -> None:
        """``blank``: the folder whose databases each scenario begins with."""
        self.client = client
        self._folder = folder
        self._blank = blank
        shutil.copytree(blank, folder)
        self._engines = _engines(folder)
        journal, shop = self._engines
        self.journal = Journal(journal)
        self.shop = Shop(shop)

    def renew(self) -> None:
        """Leave nothing of what was played. Nobody may be at work in it."""
        self.close()
        shutil.rmtree(self._folder)
        shutil.copytree(self._blank, self._folder)

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        for engine in self._engines:
            engine.dispose()


def make_blank(folder: Path) -> None:
    """Make the databases of an empty journal and an empty shop in a new folder."""
    journal, shop = _engines(folder)
    try:
        upgrade(journal)
        Shop(shop)
    finally:
        journal.dispose()
        shop.dispose()


def _engines(folder: Path) -> tuple[Engine, Engine]:
    """Those of the journal and of the shop. Nothing in them outlives its play, so nothing waits for the disk."""
    engines = connect(f"sqlite:///{folder / _JOURNAL}"), connect_shop(f"sqlite:///{folder / _SHOP}")
    for engine in engines:
        event.listen(engine, "connect", _without_the_disk)
    return engines


def _without_the_disk(connection: Any, _entry: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")
