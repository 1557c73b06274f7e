"""What has come of order events, for those who look: which expectations there are, and how many in which state."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, case, func, select

from amends.journal import schema
from amends.journal.engine import reading
from amends.journal.schema.intake import ExpectationState
from amends.models import Model
from intake.expectations import Expectation, rows

_events, _expectations = schema.order_events, schema.expectations


class Counts(Model):
    """How many expectations of a type are in which state. ``met``: what was expected came in time to open nothing.
    ``overdue``: of those that wait, how many a sweeper should have seen to."""

    waiting: int = 0
    overdue: int = 0
    met: int = 0
    opened: int = 0
    shadowed: int = 0
    passed_over: int = 0
    unusable: int = 0


def looked_up(
    engine: Engine,
    *,
    exception_type: str | None = None,
    order_id: str | None = None,
    state: ExpectationState | None = None,
    limit: int = 100,
) -> list[Expectation]:
    """The expectations that are wanted, those that are due last first; those that events no longer say are left out,
    unless something was opened for them."""
    columns = _expectations.c
    wanted: list[ColumnElement[bool]] = [
        columns.withdrawn_at.is_(None) | (columns.state == ExpectationState.OPENED.value)
    ]
    for column, value in ((columns.exception_type, exception_type), (columns.order_id, order_id)):
        if value is not None:
            wanted.append(column == value)
    if state is not None:
        wanted.append(columns.state == state.value)
    latest_first = (columns.due_at.desc(), columns.number.desc())
    with reading(engine) as connection:
        statement = select(_expectations).where(*wanted).order_by(*latest_first).limit(limit)
        return rows(connection.execute(statement).mappings())


def counted(engine: Engine, *, at: datetime) -> Mapping[str, Counts]:
    """How the expectations of each type stand, but for those that events no longer say."""
    columns = _expectations.c
    waits, cleared = columns.state == ExpectationState.WAITING.value, columns.cleared_at.is_not(None)
    kind = case((waits & cleared, "met"), (waits & (columns.opens_at <= at), "overdue"), else_=columns.state)
    stands = columns.withdrawn_at.is_(None) | (columns.state == ExpectationState.OPENED.value)
    statement = select(columns.exception_type, kind, func.count()).where(stands).group_by(columns.exception_type, kind)
    found: dict[str, dict[str, int]] = {}
    with reading(engine) as connection:
        for name, state, number in connection.execute(statement):
            found.setdefault(name, {})[state] = number
    return {name: _counts(numbers) for name, numbers in found.items()}


def events_kept(engine: Engine) -> int:
    """How many order events are kept."""
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(_events)).scalar_one())


def _counts(numbers: Mapping[str, int]) -> Counts:
    overdue = numbers.get("overdue", 0)
    return Counts.model_validate({**numbers, "waiting": numbers.get("waiting", 0) + overdue})
