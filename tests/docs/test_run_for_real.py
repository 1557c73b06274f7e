"""The README's section "Run it for real" is typed as it stands, in four terminals; only the ports are free ones."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from amends.server_process import free_port
from tests.docs.pages import examples
from tests.postgres import PostgresServer
from tests.project.repository import ROOT

WITHIN = 90.0
"""Seconds for what takes a few."""


class Terminals:
    """Shells in one folder, with a PostgreSQL server beside them and nothing of this machine's settings."""

    def __init__(self, folder: Path, postgres: PostgresServer) -> None:
        self._folder = folder
        self._running: list[subprocess.Popen[bytes]] = []
        self._ports = {port: str(free_port()) for port in ("7233", "8081", "8082")}
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("AMENDS_", "TEMPORAL_", "OTEL_", "PG"))}
        host = str(make_url(postgres.url("postgres")).query["host"])
        self._environment = kept | {"PGHOST": host, "PGUSER": "postgres"}
        self._environment["TEMPORAL_ADDRESS"] = f"127.0.0.1:{self._ports['7233']}"
        (folder / ".venv").symlink_to(Path(sys.executable).parents[1])

    def run(self, text: str) -> str:
        """Types text and waits for its end; gives what was printed."""
        typed = subprocess.run(  # noqa: S603 - what the page says
            ["bash", "-euc", self._freed(text)],  # noqa: S607 - whichever bash there is
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=WITHIN,
            check=False,
        )
        assert typed.returncode == 0, typed.stdout + typed.stderr
        return typed.stdout

    def start(self, text: str) -> subprocess.Popen[bytes]:
        """Types text whose last command goes on."""
        log = (self._folder / f"terminal-{len(self._running)}.log").open("wb")
        with log:
            started = subprocess.Popen(  # noqa: S603 - what the page says
                ["bash", "-euc", self._freed(text)],  # noqa: S607 - whichever bash there is
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._running.append(started)
        return started

    def until(self, reached: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WITHIN
        while not reached():
            assert time.monotonic() < deadline, self._said()
            assert all(each.poll() is None for each in self._running), self._said()
            time.sleep(0.1)

    def ready(self, port: str) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._ports[port]}/ready", timeout=10) as answer:
                return bool(json.load(answer)["ready"])
        except (urllib.error.URLError, ConnectionError):
            return False

    def kill(self, started: subprocess.Popen[bytes]) -> None:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait(WITHIN)
        self._running.remove(started)

    def close(self) -> None:
        for each in [*self._running]:
            self.kill(each)

    def _freed(self, text: str) -> str:
        text = text.replace("start-dev", f"start-dev --headless --port {self._ports['7233']}")
        return re.sub(r"\b808[12]\b", lambda port: self._ports[port[0]], text)

    def _said(self) -> str:
        return "\n".join(log.read_text() for log in sorted(self._folder.glob("*.log")))


@pytest.fixture
def terminals(tmp_path: Path, postgres_server: PostgresServer) -> Iterator[Terminals]:
    terminals = Terminals(tmp_path, postgres_server)
    yield terminals
    terminals.close()
    postgres_server.drop_database("amends")


def test_followed_word_for_word_it_runs_and_survives_a_killed_worker(terminals: Terminals) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("## Run it for real")[1].split("\n## ")[0]
    server, first, second, incident = (each.text for each in examples("bash") if each.text in section)
    terminals.start(server)
    one = terminals.start(first)
    terminals.until(lambda: terminals.ready("8081"))
    terminals.start(second)
    terminals.until(lambda: terminals.ready("8082"))

    told = terminals.run(incident)
    terminals.kill(one)
    again = terminals.run(_without_the_check(incident).replace("1001", "1005"))

    assert '"ready": true' in told
    assert "SO-1001" in told
    assert "SO-1005" in again
    assert len(_listed(terminals, incident)) == 2


def _without_the_check(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if "curl" not in line)


def _listed(terminals: Terminals, incident: str) -> list[Any]:
    lines = _without_the_check(incident).splitlines()
    listed: list[Any] = json.loads(terminals.run("\n".join([*lines[:-2], "amends list --open --format json"])))
    return listed
