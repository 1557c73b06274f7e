"""An order system whose events open, wake and clear incidents by themselves, with processes that are killed meanwhile.

The order system is a feed. A few of its parcels are never delivered, so that their incidents open; once one is open,
the carrier finds its parcel and delivers it after all. All other events are of parcels with which nothing is wrong.
"""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import create_engine, func, select

from amends.embedded import EmbeddedServer
from amends.journal import IncidentRow, Journal, connect, reading, schema, upgrade
from amends.journal.schema.intake import ExpectationState, Mode
from amends.timeline import EntryKind, canonical
from intake.looking import looked_up
from intake.modes import Modes
from runbooks.library import load
from tests.proofs.bulk import plant_orders

RUNBOOK: Final = Path(__file__).with_name("lost_on_the_way.yaml")
TYPE: Final = "lost_on_the_way"

_AMENDS: Final = Path(sys.executable).with_name("amends")
_IN_GRACE: Final = timedelta(hours=73)
"""How long a parcel may be on its way until its incident opens."""
_DUPLICATED: Final = 10
"""One event of so many is sent twice."""
_WITHIN: Final = 300.0
"""Seconds for all to come to its end, however busy the machine is."""


@dataclass
class Outcome:
    """What came of it. ``lags``: seconds from the sending of an event until it was kept, ascending."""

    sent: int
    repeated: int
    kept: int
    seconds: float
    lags: list[float]
    astray: list[str]
    incidents: list[IncidentRow]
    opened: dict[str, str | None]
    """The incident of each parcel that went astray, as intake noted it."""
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


class OrderSystem(ThreadingHTTPServer):
    """The feed of an order system: its events from the first on, to be asked for by number."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Feed)
        self.sent: list[dict[str, Any]] = []
        self.sent_at: dict[str, datetime] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/events"

    def send(self, kind: str, order_id: str, *, ago: timedelta = timedelta(0), **data: Any) -> None:
        """Something happened to the only parcel of an order; now and then its system tells it twice."""
        now, name = datetime.now(UTC), f"{order_id}-{kind}-{len(self.sent)}"
        event = {
            "specversion": "1.0",
            "id": name,
            "source": "/shop",
            "type": kind,
            "time": (now - ago).isoformat(),
            "data": {"order_id": order_id, "parcel_id": f"{order_id.replace('SO', 'PC', 1)}-1", **data},
        }
        for _ in range(1 + (len(self.sent_at) % _DUPLICATED == 0)):
            self.sent.append({**event, "sequence": str(len(self.sent) + 1)})
        self.sent_at[name] = now


class _Feed(BaseHTTPRequestHandler):
    server: OrderSystem

    def do_GET(self) -> None:
        after = int(parse_qs(urlsplit(self.path).query)["after"][0])
        body = json.dumps(self.server.sent[after : after + 100]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


async def live(folder: Path, *, seconds: float, per_second: int, astray: int) -> Outcome:
    """Sends so many events a second for so long, kills whoever sweeps and whoever carries incidents on the way, and
    returns when every incident has come to its end."""
    journal_url, shop_url = f"sqlite:///{folder / 'journal.db'}", f"sqlite:///{folder / 'shop.db'}"
    shop = create_engine(shop_url)
    orders = plant_orders(shop, astray)
    shop.dispose()
    engine = connect(journal_url)
    try:
        upgrade(engine)
        journal = Journal(engine)
        _publish(journal)
        async with EmbeddedServer(folder / "temporal.db") as server:
            with _order_system() as system:
                env = {
                    "AMENDS_STATE_DIR": str(folder),
                    "AMENDS_DATABASE_URL": journal_url,
                    "AMENDS_SHOP_URL": shop_url,
                    "AMENDS_INTAKE_FEEDS": system.url,
                    "TEMPORAL_ADDRESS": server.address,
                }
                async with (
                    _worker(folder, env, "journal,effects") as sweeping,
                    _worker(folder, env, "incidents") as carrying,
                ):
                    began = time.monotonic()
                    await asyncio.gather(
                        _send(system, journal, orders, seconds, per_second),
                        _kill(sweeping, began + seconds / 3, lambda: _claimed(journal) > 0),
                        _kill(carrying, began + 2 * seconds / 3, lambda: True),
                    )
                    await _until(lambda: _all_over(journal, system, astray), "every incident has ended")
                    took = time.monotonic() - began
                return _outcome(journal, system, orders, took)
    finally:
        engine.dispose()


def _publish(journal: Journal) -> None:
    bundle = load(str(RUNBOOK))
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
def _order_system() -> Iterator[OrderSystem]:
    system = OrderSystem()
    thread = threading.Thread(target=system.serve_forever, daemon=True)
    thread.start()
    try:
        yield system
    finally:
        system.shutdown()
        thread.join()
        system.server_close()


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


async def _send(system: OrderSystem, journal: Journal, orders: list[str], seconds: float, per_second: int) -> None:
    """Sends at an even pace: parcels that go astray, spread over the first two thirds, and among many others what the
    carriers say of those whose incident waits; then the rest of that."""
    told: Counter[str] = Counter()
    total, began = int(seconds * per_second), time.monotonic()
    for number in range(total):
        step, left = divmod(number * 3 * len(orders), 2 * total)
        if step < len(orders) and left < 3 * len(orders):
            system.send("shipment.handed_over", orders[step], ago=_IN_GRACE)
        elif number % per_second != 0 or not _tell_on(system, journal, told):
            system.send("shipment.scanned", f"SO-{90000 + number}")
        await asyncio.sleep(max(0.0, began + number / per_second - time.monotonic()))
    await _until(lambda: not _tell_on(system, journal, told) and told.total() == 2 * len(orders), "all are delivered")


def _tell_on(system: OrderSystem, journal: Journal, told: Counter[str]) -> bool:
    """Tells of each parcel whose incident waits for the carrier that it is lost, and once that has been heard that it
    is delivered; whether there was one."""
    found = False
    for row in journal.incidents(limit=1000, open_only=True):
        kinds = Counter(entry.kind for entry in journal.timeline(row.incident_id))
        order_id = str(row.order_id)
        if told[order_id] == 0 and kinds[EntryKind.WAIT_STARTED] == 1:
            system.send("shipment.scanned", order_id, facts={"parcel.status": "lost"})
        elif told[order_id] == 1 and kinds[EntryKind.WAIT_STARTED] == 2:
            system.send("shipment.delivered", order_id)
        else:
            continue
        told[order_id] += 1
        found = True
    return found


def _claimed(journal: Journal) -> int:
    held = schema.expectations.c.claimed_until > datetime.now(UTC)
    waiting = schema.expectations.c.state == ExpectationState.WAITING.value
    with reading(journal.engine) as connection:
        return int(connection.execute(select(func.count()).where(held, waiting)).scalar_one())


def _all_over(journal: Journal, system: OrderSystem, astray: int) -> bool:
    rows, noted = journal.incidents(limit=1000), looked_up(journal.engine, state=ExpectationState.OPENED, limit=1000)
    ended = len(rows) >= astray and all(row.closed_at for row in rows)
    return ended and len(noted) >= astray and _kept(journal) == len(system.sent_at)


def _kept(journal: Journal) -> int:
    with reading(journal.engine) as connection:
        return int(connection.execute(select(func.count()).select_from(schema.order_events)).scalar_one())


async def _until(reached: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _WITHIN
    while not await asyncio.to_thread(reached):
        assert time.monotonic() < deadline, f"{what}: not within {_WITHIN} s"
        await asyncio.sleep(0.1)


def _outcome(journal: Journal, system: OrderSystem, orders: list[str], took: float) -> Outcome:
    events = schema.order_events
    with reading(journal.engine) as connection:
        received = {row.id: row.received_at for row in connection.execute(select(events.c.id, events.c.received_at))}
    outcome = Outcome(
        sent=len(system.sent),
        repeated=len(system.sent) - len(system.sent_at),
        kept=len(received),
        seconds=took,
        lags=sorted((received[name] - at).total_seconds() for name, at in system.sent_at.items()),
        astray=orders,
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
