"""The sweeper: opens what is overdue, tells open incidents what happened, and decides orders anew by new rules.

Any number may sweep at once. Whatever is done is safe to be done again: an opening by its report's key, news by its
event's id; so one that dies on the way leaves nothing half-done, and the next one finishes it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.exceptions import TemporalError
from temporalio.service import RPCError, RPCStatusCode

from amends.alongside import about, going_on, in_thread
from amends.errors import InputError, Trouble
from amends.journal import Journal
from amends.models import Actor, ActorKind, Data
from intake import sweeps
from intake.expectations import Expectation
from intake.overdue import Overdue
from intake.redeciding import Redeciding
from intake.rulebook import Rulebook
from intake.untold import Telling, note_told, untold
from runbooks.bundle import Bundle
from workflows.contract import NEWS

EVERY: Final = timedelta(seconds=1)
"""How long news may lie before it is told. To look when there is nothing costs three short reads."""

LEASE: Final = timedelta(seconds=30)
"""How long an opening is one sweeper's own, which may have died: longer than an opening is waited for."""

AGAIN: Final = timedelta(seconds=15)
"""After how long an opening that nobody answered is tried again."""

_AT_ONCE: Final = 8
"""Openings that are waited for at once, of one sweeper."""

_BATCH: Final = 200

_STANDING: Final = timedelta(seconds=10)
"""How often it is noted that somebody sweeps."""

_log = structlog.get_logger("amends.intake")


class Opening(Protocol):
    """Opens an incident, or adds the report to one that is open; the incident's id.

    The same ``key`` again changes nothing. It answers well within the lease of a sweeper. Raises ``InputError`` for a
    report that is refused, ``Trouble`` when nothing answered.
    """

    def __call__(self, bundle: Bundle, report: Data, *, key: str, actor: Actor) -> Coroutine[Any, Any, str]: ...


Signalling = Callable[[Telling], Coroutine[Any, Any, None]]
"""Tells an incident its news; one that has closed needs none, and what Temporal refuses is logged. Raises ``RPCError``
when Temporal does not answer."""


class Sweeper:
    """Sweeps when it is told to. ``lease``: how long an opening is its own."""

    def __init__(
        self,
        journal: Journal,
        rulebook: Rulebook,
        *,
        opening: Opening,
        signalling: Signalling,
        lease: timedelta = LEASE,
    ) -> None:
        self._engine = journal.engine
        self._rulebook = rulebook
        self._opening = opening
        self._signalling = signalling
        self._lease = lease
        self._overdue = Overdue(journal.engine)
        self._redeciding = Redeciding(journal.engine, rulebook)
        self._noted: datetime | None = None
        self.at: datetime | None = None
        """When the last sweep began that came to its end."""
        self.trouble: str | None = None
        """What kept the last sweep from doing all of it."""

    async def sweep(self, at: datetime) -> None:
        """Does all that is to be done now.

        Raises ``TemporalError`` or SQLAlchemy's errors when Temporal or the journal does not answer; nothing is lost
        then.
        """
        await in_thread(lambda: self._redeciding.go_on(at=at))
        await asyncio.gather(self._open_overdue(at), self._tell(at))
        self.at, self.trouble = at, None
        await self._note(at, None)

    async def fail(self, at: datetime, error: Exception) -> None:
        """Notes that a sweep has failed, if the journal can be reached."""
        self.trouble = str(error).partition("\n")[0]
        _log.warning("sweeper_failed", error=self.trouble)
        with contextlib.suppress(SQLAlchemyError):
            await self._note(at, self.trouble)

    async def _open_overdue(self, at: datetime) -> None:
        await in_thread(lambda: self._overdue.note_lost(at=at))
        while claimed := await in_thread(lambda: self._overdue.claim(at=at, lease=self._lease, limit=_AT_ONCE)):
            await asyncio.gather(*map(self._open, claimed))

    async def _open(self, expectation: Expectation) -> None:
        number, rule = expectation.number, f"{expectation.exception_type} {expectation.rule}"
        bundle = (await in_thread(self._rulebook.now)).bundles[expectation.exception_type]
        actor = Actor(kind=ActorKind.SYSTEM, id=rule)
        try:
            incident_id = await self._opening(bundle, expectation.report, key=expectation.key, actor=actor)
        except InputError as error:
            why = str(error)
            _log.warning("opening_refused", rule=rule, order=expectation.order_id, why=why)
            await in_thread(lambda: self._overdue.note_refused(number, why=why, at=datetime.now(UTC)))
        except (TemporalError, Trouble) as error:
            _log.warning("opening_put_off", rule=rule, order=expectation.order_id, why=str(error))
            await in_thread(lambda: self._overdue.put_off(number, until=datetime.now(UTC) + AGAIN))
        except asyncio.CancelledError:
            await in_thread(lambda: self._overdue.put_off(number, until=datetime.now(UTC)))
            raise
        else:
            _log.info("opened_by_rule", incident=incident_id, rule=rule, order=expectation.order_id)
            note, order_id = self._overdue.note_opened, expectation.order_id
            await in_thread(lambda: note(number, order_id=order_id, incident_id=incident_id, at=datetime.now(UTC)))

    async def _tell(self, at: datetime) -> None:
        bundles = (await in_thread(self._rulebook.now)).bundles
        while to_tell := await in_thread(lambda: untold(self._engine, bundles, limit=_BATCH)):
            for news in to_tell.values():
                for each in news:
                    await self._signalling(each)
            await in_thread(lambda: note_told(self._engine, to_tell, at=at))

    async def _note(self, at: datetime, trouble: str | None) -> None:
        if trouble is None and self._noted is not None and at - self._noted < _STANDING:
            return
        await in_thread(lambda: sweeps.note(self._engine, at=at, trouble=trouble))
        self._noted = at if trouble is None else None


def signalling(client: Client) -> Signalling:
    """Tells incidents through Temporal."""

    async def signal(telling: Telling) -> None:
        try:
            await client.get_workflow_handle(telling.workflow_id).signal(NEWS, telling.news)
        except RPCError as error:
            if error.status is RPCStatusCode.INVALID_ARGUMENT:  # the same again would be refused again
                _log.error("news_refused", workflow=telling.workflow_id, event=telling.news.event_id, why=error.message)
            elif error.status is not RPCStatusCode.NOT_FOUND:
                raise

    return signal


@contextlib.asynccontextmanager
async def sweeping(sweeper: Sweeper, *, every: timedelta = EVERY) -> AsyncIterator[None]:
    """Sweeps ``every`` so often as long as the block runs. A sweep that fails is logged, and the next one comes."""
    async with going_on(_sweep(sweeper, every)):
        yield


async def _sweep(sweeper: Sweeper, every: timedelta) -> None:
    while True:
        try:
            await sweeper.sweep(datetime.now(UTC))
        except (TemporalError, SQLAlchemyError) as error:
            await sweeper.fail(datetime.now(UTC), error)
        await about(every)
