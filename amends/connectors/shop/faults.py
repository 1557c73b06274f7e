"""Faults that can be switched on: how the shop misbehaves, and in which order.

A new kind is a member of ``FaultKind`` and a case in ``misbehaving``: what stands before the ``yield`` happens before
the call, what stands behind it happens after the call has been committed.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from enum import StrEnum
from typing import Final, assert_never

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.shop.tables import FaultRow
from amends.errors import InputError, NoAnswer, Refused, Trouble
from amends.models import Head, Model


class FaultKind(StrEnum):
    REFUSE = "refuse"
    """Says no, with a reason. What is done already is not refused: the repeated key is answered."""
    TROUBLE = "trouble"
    """Fails before doing it."""
    TROUBLE_AFTER = "trouble_after"
    """Does it, and fails to say so."""
    ERROR = "error"
    """Fails before doing it, and says so: over HTTP, a 5xx."""
    DELAY = "delay"
    """Does it, and answers late."""
    GOES_WELL = "goes_well"
    """Does no wrong: the faults behind it meet later calls. What is done already is no call of its own."""


class Fault(Model):
    call: str
    kind: FaultKind
    reason: str = ""


_SYSTEMS = {
    "orders": ports.Orders,
    "inventory": ports.Inventory,
    "shipping": ports.Shipping,
    "payments": ports.Payments,
    "customers": ports.Customers,
    "merchants": ports.Merchants,
    "ledger": ports.Ledger,
    "quality": ports.Quality,
    "people": ports.Pager,
}

_METHODS = frozenset(
    f"{name}.{method}" for name, system in _SYSTEMS.items() for method in dir(system) if not method.startswith("_")
)

CREDITS = {
    Head.COMPENSATION: "payments.compensate",
    Head.FREIGHT: "payments.refund_freight",
    Head.GOODWILL: "payments.give_goodwill",
}
"""What may come on top of what was paid, and what a call of ``Payments.credit`` is then called."""

CALLS = _METHODS - {"payments.credit"} | set(CREDITS.values())
"""The names of all calls, as ``payments.refund``."""


DELAY: Final = timedelta(seconds=0.5)
"""How late an answer is that comes late. It is real time: whoever waits for it has patience or has not."""


@contextmanager
def misbehaving(fault: Fault | None) -> Iterator[None]:
    """Surrounds a call, transaction and all, with what the fault does to it."""
    if fault is None:
        yield
        return
    match fault.kind:
        case FaultKind.REFUSE:
            raise Refused(fault.reason, f"{fault.call} was refused: {fault.reason}")
        case FaultKind.TROUBLE:
            raise NoAnswer(f"{fault.call}: no connection")
        case FaultKind.TROUBLE_AFTER:
            yield
            raise NoAnswer(f"{fault.call}: the connection was lost before the answer came")
        case FaultKind.ERROR:
            raise Trouble(f"{fault.call}: internal error")
        case FaultKind.DELAY:
            yield
            time.sleep(DELAY.total_seconds())
        case FaultKind.GOES_WELL:
            yield
        case _:
            assert_never(fault.kind)


class Faults:
    """The faults that are still to come. They are kept in the database, so that every process meets them."""

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Session]],
        writing: Callable[[], AbstractContextManager[Session]],
    ) -> None:
        self._reading = reading
        self._writing = writing

    def plan(self, *, call: str, kind: FaultKind | str, times: int, reason: str) -> None:
        """Adds a fault behind those that are planned for the same call. Raises ``InputError``, changing nothing."""
        row = FaultRow(call=call, kind=_checked(call, kind, times, reason), reason=reason, times_left=times)
        with self._writing() as db:
            db.add(row)

    def to_come(self) -> list[int]:
        """How often each fault that was ever added is still to come, in the order in which they were added."""
        with self._reading() as db:
            return list(db.scalars(select(FaultRow.times_left).order_by(FaultRow.fault_id)))

    def is_due(self, db: Session, call: str, *, done: bool = False) -> bool:
        """Whether a call has a fault to come. ``done``: the call's key was carried out before."""
        return db.scalars(_next(done=done), {"call": call}).first() is not None

    def take(self, call: str, *, done: bool = False) -> Fault | None:
        """The next fault of a call, used up once. It writes: ask first whether one ``is_due``."""
        with self._writing() as db:
            row = db.scalars(_next(done=done).with_for_update(), {"call": call}).first()
            if row is None:
                return None
            row.times_left -= 1
            return Fault(call=row.call, kind=FaultKind(row.kind), reason=row.reason)


_TO_COME = select(FaultRow).where(FaultRow.call == bindparam("call"), FaultRow.times_left > 0)
_OF_WHAT_IS_DONE = FaultRow.kind.not_in((FaultKind.REFUSE.value, FaultKind.GOES_WELL.value))

# built once: every call asks
_NEXT = _TO_COME.order_by(FaultRow.fault_id).limit(1)
_NEXT_ONCE_DONE = _TO_COME.where(_OF_WHAT_IS_DONE).order_by(FaultRow.fault_id).limit(1)


def _next(*, done: bool) -> Select[FaultRow]:
    return _NEXT_ONCE_DONE if done else _NEXT


def _checked(call: str, kind: FaultKind | str, times: int, reason: str) -> FaultKind:
    if call not in CALLS:
        raise InputError(f"the shop has no call {call!r}; it has {', '.join(sorted(CALLS))}")
    if kind not in set(FaultKind):
        raise InputError(f"fault on {call!r}: no kind {str(kind)!r}; there are {', '.join(FaultKind)}")
    if times < 1:
        raise InputError(f"fault on {call!r}: times must be at least 1, not {times}")
    if kind == FaultKind.REFUSE and not reason:
        raise InputError(f"fault on {call!r}: a refusal needs a reason, as reason='OutOfStock'")
    return FaultKind(kind)
