"""What is done with what opens by itself: for each exception type ``shadow``, ``on`` or ``off``, and from when on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Engine, select, update

from amends.journal import schema
from amends.journal.engine import reading, writing
from amends.journal.schema.intake import ExpectationState, Mode
from amends.journal.statements import upsert
from amends.models import Model, Utc

_modes, _expectations = schema.intake_modes, schema.expectations


class Setting(Model):
    """How it is set. What was due before ``cut_off`` is not opened; ``changed_by``: whose word it is."""

    exception_type: str
    mode: Mode = Mode.SHADOW
    cut_off: Utc | None = None
    changed_at: Utc | None = None
    changed_by: str = ""


class Modes:
    """The settings of all exception types. A type of which nobody has said anything is in the shadow."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, exception_type: str) -> Setting:
        with reading(self._engine) as connection:
            return settings(connection).get(exception_type, Setting(exception_type=exception_type))

    def all(self) -> Mapping[str, Setting]:
        """Those that somebody has set."""
        with reading(self._engine) as connection:
            return settings(connection)

    def set(self, exception_type: str, mode: Mode, *, cut_off: datetime | None, by: str, at: datetime) -> Setting:
        """Sets how it is from now on.

        Switched on without a ``cut_off``, a type opens what is due from now on; one that is on keeps its own. With one,
        what was in the shadow or passed over is looked at again: what still stands and was due since then opens.
        """
        with writing(self._engine) as connection:
            before = settings(connection).get(exception_type, Setting(exception_type=exception_type))
            if cut_off is None:
                was_on = before.mode is Mode.ON
                cut_off = before.cut_off if was_on or mode is not Mode.ON else at
            elif mode is Mode.ON:
                _look_again(connection, exception_type, since=cut_off)
            setting = Setting(exception_type=exception_type, mode=mode, cut_off=cut_off, changed_at=at, changed_by=by)
            upsert(connection, _modes, {**setting.model_dump(), "mode": mode.value})
        return setting


def settings(connection: Connection) -> dict[str, Setting]:
    """What has been set, by exception type."""
    rows = connection.execute(select(_modes).order_by(_modes.c.exception_type)).mappings()
    return {row["exception_type"]: Setting.model_validate(dict(row)) for row in rows}


_MAY_STILL_OPEN: Final = (ExpectationState.SHADOWED.value, ExpectationState.PASSED_OVER.value)


def _look_again(connection: Connection, exception_type: str, *, since: datetime) -> None:
    which = (_expectations.c.exception_type == exception_type) & _expectations.c.state.in_(_MAY_STILL_OPEN)
    values = {"state": ExpectationState.WAITING.value, "why": "", "settled_at": None}
    connection.execute(update(_expectations).where(which, _expectations.c.due_at >= since).values(**values))
