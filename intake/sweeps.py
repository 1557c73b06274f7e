"""The sign of life of whoever sweeps, for those who look from another process."""

from datetime import datetime

from sqlalchemy import Engine, select

from amends.journal import schema
from amends.journal.engine import reading, writing
from amends.journal.statements import upsert
from amends.models import Model, Utc

_sweeps = schema.intake_sweeps


class Sweep(Model):
    """The last sweep of any sweeper; ``trouble``: what kept it from doing all of it."""

    at: Utc
    trouble: str | None = None


def last(engine: Engine) -> Sweep | None:
    """``None`` if nobody has ever swept."""
    with reading(engine) as connection:
        row = connection.execute(select(_sweeps)).mappings().first()
    return None if row is None else Sweep.model_validate(dict(row))


def note(engine: Engine, *, at: datetime, trouble: str | None) -> None:
    with writing(engine) as connection:
        upsert(connection, _sweeps, {"number": 1, "at": at, "trouble": trouble})
