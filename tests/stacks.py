"""A real `amends up` on a folder of the test's: started, killed, and looked at from outside."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from amends import upfile
from amends.connectors.shop import Shop
from amends.journal import Journal, connect
from amends.server_process import is_claimed
from amends.upfile import UpFile, UpState

AMENDS = Path(sys.executable).with_name("amends")
WITHIN = 60.0
"""Seconds for what takes a few."""


class Ended(NamedTuple):
    code: int
    out: str
    err: str


@dataclass
class Stack:
    """An `amends up` on free ports, or the folder of one. ``wrapper``: a command that runs it in other circumstances;
    ``seen_as``: the folder as we see it, if that sees another."""

    folder: Path
    options: Sequence[str] = ()
    wrapper: Sequence[str] = ()
    seen_as: Callable[[int], Path] | None = None
    _process: subprocess.Popen[str] | None = field(default=None, init=False)

    @property
    def state_dir(self) -> Path:
        folder = self.seen_as(self.process.pid) if self.seen_as and self._process else self.folder
        return folder / ".amends"

    @property
    def process(self) -> subprocess.Popen[str]:
        assert self._process is not None, "start it first"
        return self._process

    @property
    def told(self) -> UpFile:
        """What the running one says of itself."""
        found = upfile.find(self.state_dir)
        assert found is not None
        assert found.alive
        return found.written

    def launch(self) -> None:
        """Starts it and does not wait for anything."""
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [*self.wrapper, AMENDS, "up", "--port", "0", "--ui-port", "0", *self.options],
            cwd=self.folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def start(self) -> UpFile:
        """Returns when everything is ready."""
        self.launch()
        until(lambda: self.process.poll() is not None or self._is_up(), what="it is up")
        assert self.process.poll() is None, self.ended()
        return self.told

    def stop(self) -> Ended:
        """Stops it as a service manager would."""
        self.process.send_signal(signal.SIGTERM)
        return self.ended()

    def kill(self) -> None:
        """Kills it, and waits until its server has gone after it."""
        self.process.kill()
        self.ended()
        until(lambda: not is_claimed(self.state_dir / "temporal.db"), what="its server is gone")

    def ended(self) -> Ended:
        """How it ended, once it has."""
        out, err = self.process.communicate(timeout=WITHIN)
        return Ended(self.process.returncode, out, err)

    def clean_up(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.communicate()

    @contextmanager
    def journal(self) -> Iterator[Journal]:
        engine = connect(f"sqlite:///{self.state_dir / 'journal.db'}")
        try:
            yield Journal(engine)
        finally:
            engine.dispose()

    @contextmanager
    def shop(self) -> Iterator[Shop]:
        shop = Shop(f"sqlite:///{self.state_dir / 'shop.db'}")
        try:
            yield shop
        finally:
            shop.dispose()

    @contextmanager
    def hanging_shop(self) -> Iterator[None]:
        """Whatever writes to the shop hangs as long as the block runs."""
        database = sqlite3.connect(self.state_dir / "shop.db", isolation_level=None)
        try:
            database.execute("BEGIN IMMEDIATE")
            yield
        finally:
            database.close()

    def _is_up(self) -> bool:
        found = upfile.find(self.state_dir)
        return found is not None and found.alive and found.written.state is UpState.UP


@contextmanager
def stack_in(folder: Path, *options: str) -> Iterator[Stack]:
    """A stack on the folder; whatever runs of it at the end is killed."""
    stack = Stack(folder, options)
    try:
        yield stack
    finally:
        stack.clean_up()


def until(reached: Callable[[], bool], *, what: str) -> None:
    """Waits until it is so."""
    deadline = time.monotonic() + WITHIN
    while not reached():
        assert time.monotonic() < deadline, f"waited {WITHIN:.0f} s until {what}"
        time.sleep(0.02)


def environment() -> dict[str, str]:
    """This machine's environment without its own settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("AMENDS_", "TEMPORAL_"))}
