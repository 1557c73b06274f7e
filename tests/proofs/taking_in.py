"""A shop whose own changes open, wake and clear incidents by themselves, with processes that are killed meanwhile.

The reference shop is served over HTTP, as a company's systems would be: it is called there, and its feed tells of its
changes. A few of its parcels stay behind, so that their incidents open; once one is open, the carrier finds its parcel,
scans it, and then delivers it after all. With all other orders nothing is wrong: they are placed, handed over, scanned
and delivered.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from amends.addresses import Address
from amends.connectors.feed import Change
from amends.connectors.serving import application, served
from amends.connectors.shop import Shop
from amends.connectors.shop.engine import READING
from amends.connectors.shop.engine import connect as engine_of_shop
from amends.connectors.shop.sample import SampleOrder, sample
from amends.connectors.shop.tables import EventRow, ParcelRow, TraceRow
from amends.connectors.signing import Secrets, new_secret
from amends.embedded import EmbeddedServer
from amends.journal import IncidentRow, Journal, connect, reading, schema, upgrade
from amends.journal.schema.intake import ExpectationState, Mode
from amends.timeline import EntryKind, canonical
from intake.looking import looked_up
from intake.modes import Modes
from runbooks.library import load
from tests.proofs.bulk import plant_only

TYPE: Final = "lost_parcel"

LIKE: Final = "SO-1005"
"""The sample order that all are like: two lines of little value, one parcel."""

EVENTS: Final = 4
"""What each order of which nothing is wrong has told by the time it is delivered."""

_AMENDS: Final = Path(sys.executable).with_name("amends")
_UNSCANNED: Final = timedelta(hours=73)
"""How long ago a parcel may have been scanned until its incident opens: the rule's time, and its grace."""
_DUPLICATED: Final = 10
"""One event of so many is told twice."""
_BEGINS: Final = timedelta(seconds=12)
"""From planting to the first event: processes start meanwhile."""
_WITHIN: Final = 300.0
"""Seconds for all to come to its end, however busy the machine is."""


@dataclass
class Outcome:
    """What came of it. ``told``: changes of the shop; ``repeated``: how many of them its feed told twice. ``lags``:
    seconds from a change until its event was kept, ascending."""

    told: int
    repeated: int
    kept: int
    seconds: float
    lags: list[float]
    astray: list[str]
    incidents: list[IncidentRow]
    opened: dict[str, str | None]
    """The incident of each order whose parcel stayed behind, as intake noted it."""
    woken: Counter[str] = field(default_factory=Counter)
    """How often an incident's first wait ended by news."""
    heard: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often each event was heard by each incident."""

    @property
    def heard_twice(self) -> int:
        return sum(number > 1 for number in self.heard.values())

    def lag(self, part: float) -> float:
        """The lag that this part of the events did not exceed."""
        return self.lags[min(int(len(self.lags) * part), len(self.lags) - 1)]


class ForgetfulShop(Shop):
    """A shop that tells now and then what it has told already, as systems do."""

    repeated: set[int]

    def events(self, *, after: int = 0) -> Sequence[Change]:
        told = [[each] * (1 + (each.seq % _DUPLICATED == 0)) for each in super().events(after=after)]
        self.repeated = {*getattr(self, "repeated", ()), *(same[0].seq for same in told if len(same) > 1)}
        return [each for same in told for each in same]


async def live(folder: Path, *, seconds: float, per_second: int, astray: int) -> Outcome:
    """Has the shop change so many times a second for so long, kills whoever sweeps and whoever carries incidents on the
    way, and returns when every incident has come to its end."""
    journal_url = f"sqlite:///{folder / 'journal.db'}"
    engine, world = connect(journal_url), engine_of_shop(f"sqlite:///{folder / 'shop.db'}")
    begins = datetime.now(UTC) + _BEGINS
    behind = _plant(world, begins, seconds=seconds, per_second=per_second, astray=astray)
    shop = ForgetfulShop(world, clock=lambda: datetime.now(UTC))
    try:
        upgrade(engine)
        journal = Journal(engine)
        _publish(journal)
        async with EmbeddedServer(folder / "temporal.db") as server:
            with _serving(shop) as (url, secret):
                env = {
                    "AMENDS_STATE_DIR": str(folder),
                    "AMENDS_DATABASE_URL": journal_url,
                    "AMENDS_CONNECTORS": "http",
                    "AMENDS_CONNECTORS_URL": url,
                    "AMENDS_CONNECTORS_SECRET": secret,
                    "AMENDS_INTAKE_FEEDS": f"{url}/events",
                    "TEMPORAL_ADDRESS": server.address,
                }
                async with (
                    _worker(folder, env, "journal,effects") as sweeping,
                    _worker(folder, env, "incidents") as carrying,
                ):
                    await asyncio.sleep((begins - datetime.now(UTC)).total_seconds())
                    began = time.monotonic()
                    await asyncio.gather(
                        _carry(world, journal, behind),
                        _kill(sweeping, began + seconds / 3, lambda: _claimed(journal) > 0),
                        _kill(carrying, began + 2 * seconds / 3, lambda: True),
                        asyncio.sleep(seconds),
                    )
                    await _until(lambda: _all_over(journal, world, astray), "every incident has ended")
                    took = time.monotonic() - began
        return _outcome(journal, shop, world, behind, begins, took)
    finally:
        world.dispose()
        engine.dispose()


def _plant(world: Engine, begins: datetime, *, seconds: float, per_second: int, astray: int) -> list[str]:
    """Orders of which each second some are placed and soon delivered, and some whose parcels were last scanned so long
    ago that their incidents open one after the other within the first two thirds of the time. Gives the latter."""
    like = sample().orders[LIKE]
    stays, step = timedelta(seconds=seconds * 2 / 3 / astray), timedelta(seconds=EVENTS / per_second)
    behind = {f"SO-{6000 + n}": _like(like, _UNSCANNED - n * stays) for n in range(astray)}
    fine = {
        f"SO-{20000 + n}": _like(like, -n * step, scanned=1, delivered=2)
        for n in range(int(seconds * per_second / EVENTS))
    }
    plant_only(world, behind | fine, units=10 * len(behind), at=begins)
    return list(behind)


def _like(
    order: SampleOrder, handed_over_ago: timedelta, *, scanned: int = 0, delivered: int | None = None
) -> SampleOrder:
    """An order whose parcel was handed over a second after it was placed, and ``scanned`` and ``delivered`` so many
    seconds later; what is to come has a time ago below nothing."""
    (parcel,) = order.parcels
    moments = {
        "handed_over_ago": handed_over_ago,
        "last_scan_ago": handed_over_ago - timedelta(seconds=scanned),
        "delivered_ago": None if delivered is None else handed_over_ago - timedelta(seconds=delivered),
        "trace": None,
    }
    placed = {"placed_ago": handed_over_ago + timedelta(seconds=1), "parcels": (parcel.model_copy(update=moments),)}
    return order.model_copy(update=placed)


def _publish(journal: Journal) -> None:
    bundle = load(TYPE)
    journal.revisions.publish(
        bundle_json=canonical(bundle.model_dump(mode="json")).decode(),
        exception_type=TYPE,
        digest=bundle.digest,
        by="ann",
        why="events open it",
        at=datetime.now(UTC),
    )
    Modes(journal.engine).set(TYPE, Mode.ON, cut_off=datetime(2020, 1, 1, tzinfo=UTC), by="ann", at=datetime.now(UTC))


@contextlib.contextmanager
def _serving(shop: Shop) -> Iterator[tuple[str, str]]:
    """The shop's address, and the secret with which it is called."""
    secret = new_secret()
    app = application(shop, Secrets.parse(secret, named="the proof's secret"))
    with served(app, Address("127.0.0.1", 0), named="the shop") as url:
        yield url, secret


class _Worker:
    """A real `amends worker`, which can be killed and is started again."""

    def __init__(self, folder: Path, env: dict[str, str], queues: str) -> None:
        self._folder, self._queues = folder, queues
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AMENDS_", "TEMPORAL_"))}
        self._env = kept | env
        self.process = self._started()

    def restart(self) -> None:
        """Kills it without a word, and starts it again."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        with (self._folder / f"{self._queues}.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own command
                [_AMENDS, "worker", "--queues", self._queues], env=self._env, stdout=log, stderr=log
            )


@contextlib.asynccontextmanager
async def _worker(folder: Path, env: dict[str, str], queues: str) -> AsyncIterator[_Worker]:
    worker = _Worker(folder, env, queues)
    try:
        yield worker
    finally:
        worker.process.kill()
        worker.process.wait()


async def _kill(worker: _Worker, at: float, ripe: Callable[[], bool]) -> None:
    """Kills a worker once, behind the moment and when it is ripe."""
    await asyncio.sleep(max(0.0, at - time.monotonic()))
    await _until(ripe, "the sweeper is about to open")
    await asyncio.to_thread(worker.restart)


async def _carry(world: Engine, journal: Journal, behind: Sequence[str]) -> None:
    """What the carrier does with the parcels that stayed behind, one at a time: each whose incident waits for it is
    found and scanned, and delivered once that was heard."""
    delivered, found = set[str](), set[str]()

    def look() -> bool:
        for row in journal.incidents(limit=1000, open_only=True):
            kinds = Counter(entry.kind for entry in journal.timeline(row.incident_id))
            order_id = str(row.order_id)
            if order_id not in found and kinds[EntryKind.WAIT_STARTED]:
                found.add(order_id)
                _scan(world, order_id)
            elif order_id not in delivered and kinds[EntryKind.WAIT_ENDED]:
                delivered.add(order_id)
                _deliver(world, order_id)
        return len(delivered) == len(behind)

    await _until(look, "all are delivered")


def _scan(world: Engine, order_id: str) -> None:
    """The carrier has found the parcel of an order, and says so to whoever has it searched for."""
    now, parcel_id = datetime.now(UTC), _parcel(order_id)
    with Session(world) as db, db.begin():
        db.execute(update(TraceRow).where(TraceRow.parcel_id == parcel_id).values(ends_at=now, ends_as="found"))
        db.execute(update(ParcelRow).where(ParcelRow.parcel_id == parcel_id).values(last_scan_at=now))


def _deliver(world: Engine, order_id: str) -> None:
    now = datetime.now(UTC)
    with Session(world) as db, db.begin():
        moments = {"last_scan_at": now, "delivered_at": now, "delivered_to": "door"}
        db.execute(update(ParcelRow).where(ParcelRow.parcel_id == _parcel(order_id)).values(moments))


def _parcel(order_id: str) -> str:
    return f"{order_id.replace('SO', 'PC', 1)}-1"


def _claimed(journal: Journal) -> int:
    held = schema.expectations.c.claimed_until > datetime.now(UTC)
    waiting = schema.expectations.c.state == ExpectationState.WAITING.value
    with reading(journal.engine) as connection:
        return int(connection.execute(select(func.count()).where(held, waiting)).scalar_one())


def _all_over(journal: Journal, world: Engine, astray: int) -> bool:
    rows, noted = journal.incidents(limit=1000), looked_up(journal.engine, state=ExpectationState.OPENED, limit=1000)
    ended = len(rows) >= astray and all(row.closed_at for row in rows)
    return ended and len(noted) >= astray and _kept(journal) == len(_told(world))


def _told(world: Engine) -> dict[str, datetime]:
    """Every change of the shop, and when it was."""
    with Session(world.execution_options(**{READING: True})) as db:
        return {row.event_id: row.at for row in db.scalars(select(EventRow))}


def _kept(journal: Journal) -> int:
    with reading(journal.engine) as connection:
        return int(connection.execute(select(func.count()).select_from(schema.order_events)).scalar_one())


async def _until(reached: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _WITHIN
    while not await asyncio.to_thread(reached):
        assert time.monotonic() < deadline, f"{what}: not within {_WITHIN} s"
        await asyncio.sleep(0.2)


def _outcome(
    journal: Journal, shop: ForgetfulShop, world: Engine, behind: list[str], begins: datetime, took: float
) -> Outcome:
    events, told = schema.order_events, _told(world)
    with reading(journal.engine) as connection:
        received = {row.id: row.received_at for row in connection.execute(select(events.c.id, events.c.received_at))}
    outcome = Outcome(
        told=len(told),
        repeated=len(shop.repeated),
        kept=len(received),
        seconds=took,
        lags=sorted((received[name] - at).total_seconds() for name, at in told.items() if at >= begins),
        astray=behind,
        incidents=journal.incidents(limit=1000),
        opened={
            row.order_id: row.incident_id
            for row in looked_up(journal.engine, exception_type=TYPE, limit=10_000)
            if row.state is ExpectationState.OPENED
        },
    )
    for row in outcome.incidents:
        for entry in journal.timeline(row.incident_id):
            if entry.kind is EntryKind.WAIT_ENDED:
                outcome.woken[row.incident_id] += 1
            if entry.kind is EntryKind.NEWS_RECEIVED:
                outcome.heard[row.incident_id, str(entry.data["event_id"])] += 1
    return outcome
