"""The door through which every call enters the shop: faults, transactions, and each key carried out once."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from amends.connectors.ports import Call, Recalled
from amends.connectors.shop.engine import READING
from amends.connectors.shop.faults import Faults, misbehaving
from amends.connectors.shop.tables import CallRow
from amends.errors import KeyReused, Trouble
from amends.models import Model, plain
from amends.timeline import canonical

T = TypeVar("T")
M = TypeVar("M", bound=Model)

_CLOSED = "closed"
"""The name, and the digest, of a key under which nothing was done and nothing will be."""


class Desk:
    """One of the shop's systems: it lets calls in by the door, and remembers them there."""

    _system: str
    """Its name, as calls and faults have it: ``payments``."""

    def __init__(self, door: "Door") -> None:
        self._door = door

    def recall(self, call: Call, *, of: str) -> Recalled:
        return self._door.recall(f"{self._system}.recall", call, of)


class Door:
    """Carries out calls. A database that is away or too busy is ``Trouble``."""

    def __init__(self, engine: Engine) -> None:
        self._writer = engine
        self._reader = engine.execution_options(**{READING: True})
        self.faults = Faults(self.reading, self.writing)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking only."""
        with _transaction(self._reader) as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that is committed at the end, or rolled back whole."""
        with _transaction(self._writer) as db:
            yield db

    def read(self, name: str, work: Callable[[Session], T]) -> T:
        """Answers a read."""
        with self.reading() as db:
            if not self.faults.is_due(db, name):
                return work(db)
        with misbehaving(self.faults.take(name)), self.reading() as db:
            return work(db)

    def give(self, name: str, call: Call, args: dict[str, Any], gives: type[M], work: Callable[[Session], M]) -> M:
        """Carries out an effect that has a result, once for its key.

        Raises ``KeyReused`` when the key came before with other arguments. A refusal leaves no trace of the key.
        """
        return gives.model_validate(self._once(name, call, args, lambda db: plain(work(db))))

    def do(self, name: str, call: Call, args: dict[str, Any], work: Callable[[Session], None]) -> None:
        """Carries out an effect that gives nothing back, once for its key, with the promises of ``give``."""

        def without_result(db: Session) -> dict[str, Any]:
            work(db)
            return {}

        self._once(name, call, args, without_result)

    def recall(self, name: str, call: Call, of: str) -> Recalled:
        """What became of the call with the key ``of``. One that has not come is closed, so that it never will."""
        with self.reading() as db:
            due = self.faults.is_due(db, name)
        with misbehaving(self.faults.take(name) if due else None), self.writing() as db:
            kept = _close(db, of, call)
            return (
                Recalled(done=False)
                if kept is None or kept.name == _CLOSED
                else Recalled(done=True, result=kept.result)
            )

    def _once(
        self, name: str, call: Call, args: dict[str, Any], work: Callable[[Session], dict[str, Any]]
    ) -> dict[str, Any]:
        digest = hashlib.sha256(canonical({"call": name, "args": args})).hexdigest()
        with self.reading() as db:
            done = _kept(db, call.key, digest) is not None
            due = self.faults.is_due(db, name, done=done)
        with misbehaving(self.faults.take(name, done=done) if due else None), self.writing() as db:
            kept = _claim(db, call, name, digest)
            if kept is not None:
                return kept.result
            result = work(db)
            db.get_one(CallRow, call.key).result = result
            return result


def _claim(db: Session, call: Call, name: str, digest: str) -> CallRow | None:
    """Claims the key, or gives the call that has it already. A claim in flight elsewhere is waited for."""
    try:
        with db.begin_nested():
            db.add(CallRow(key=call.key, name=name, digest=digest, result={}, done_at=call.at))
    except IntegrityError:
        return _kept(db, call.key, digest)
    return None


def _close(db: Session, key: str, call: Call) -> CallRow | None:
    """Closes a key, or gives the call that has it already. A claim in flight elsewhere is waited for."""
    try:
        with db.begin_nested():
            db.add(CallRow(key=key, name=_CLOSED, digest=_CLOSED, result={}, done_at=call.at))
    except IntegrityError:
        return db.get(CallRow, key)
    return None


def _kept(db: Session, key: str, digest: str) -> CallRow | None:
    row = db.get(CallRow, key)
    if row is not None and row.digest != digest:
        raise KeyReused(key)
    return row


@contextmanager
def _transaction(engine: Engine) -> Iterator[Session]:
    try:
        with Session(engine) as db, db.begin():
            yield db
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        # the driver's own words only: SQLAlchemy would add the statement
        raise Trouble(
            f"the shop's database did not answer properly: {getattr(error, 'orig', None) or error}"
        ) from error
