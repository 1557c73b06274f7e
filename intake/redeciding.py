"""Orders that were decided by rules which are in force no longer: they are decided anew, a few at a time."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine, select

from amends.journal import schema
from amends.journal.engine import reading, writing
from intake.expectations import hold_order, refold
from intake.rulebook import Rulebook

_orders = schema.intake_orders

_BATCH: Final = 100

_LOOK_AGAIN: Final = timedelta(minutes=1)
"""An event that came while rules were being published may have been decided by the old ones a moment after a look."""


class Redeciding:
    """Brings all orders to the rules that are in force, one batch after the other."""

    def __init__(self, engine: Engine, rulebook: Rulebook) -> None:
        self._engine = engine
        self._rulebook = rulebook
        self._done: tuple[str, datetime] | None = None

    def go_on(self, *, at: datetime) -> int:
        """Decides some more orders anew, if there are any; how many it was."""
        rules = self._rulebook.now()
        if self._done is not None and self._done[0] == rules.digest and at - self._done[1] < _LOOK_AGAIN:
            return 0
        with reading(self._engine) as connection:
            wanted = select(_orders.c.order_id).where(_orders.c.rules != rules.digest).limit(_BATCH)
            old = sorted(connection.execute(wanted).scalars())
        for order_id in old:
            with writing(self._engine) as connection:
                hold_order(connection, order_id)
                refold(connection, order_id=order_id, rules=rules, at=at)
        if len(old) < _BATCH:
            self._done = (rules.digest, at)
        return len(old)
