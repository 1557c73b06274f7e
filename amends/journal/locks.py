"""Locks on what is counted, held by whoever counts until the end of the transaction."""

from datetime import date
from typing import Final

from sqlalchemy import Connection, bindparam, select

from amends.journal import schema
from amends.journal.statements import insert_once
from amends.models import Head

_exposures = schema.exposures

_LOCKED: Final = select(_exposures.c.name).where(_exposures.c.name == bindparam("name")).with_for_update()


def hold_order(connection: Connection, order_id: str) -> None:
    """Holds what an order's remedies add up to. It is held before the budget of a day."""
    _hold(connection, f"order {order_id}")


def hold_budget(connection: Connection, *, day: date, head: Head, currency: str) -> None:
    """Holds what is given under a head on one day."""
    _hold(connection, f"day {day.isoformat()} {head} {currency}")


def hold_person(connection: Connection, person: str) -> None:
    """Holds what a person has approved and has been paged for."""
    _hold(connection, f"person {person}")


def _hold(connection: Connection, name: str) -> None:
    # On SQLite a transaction that may write is alone already. Elsewhere there must be a row to lock.
    insert_once(connection, _exposures, {"name": name})
    connection.execute(_LOCKED, {"name": name})
