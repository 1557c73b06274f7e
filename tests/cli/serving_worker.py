"""A real `amends worker` in a process of its own, with what it needs beside it."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from amends.server_process import free_port

AMENDS = Path(sys.executable).with_name("amends")
WITHIN = 60.0
"""Seconds for what takes one or two."""


@dataclass
class RunningWorker:
    """``said``: the file with what it logs."""

    process: subprocess.Popen[bytes]
    said: Path
    health: int
    metrics: int

    def ask(self, page: str) -> tuple[int, Any]:
        """The status and document of a page of its health."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.health}{page}", timeout=WITHIN) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, json.load(refusal)

    def until_ready(self) -> None:
        self.until(lambda: self._answers() and self.ask("/ready")[0] == 200)

    def until_it_says(self, text: str) -> None:
        self.until(lambda: text in self.said.read_text())

    def until(self, reached: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WITHIN
        while not reached():
            assert self.process.poll() is None, self.said.read_text()
            assert time.monotonic() < deadline, self.said.read_text()
            time.sleep(0.05)

    def counters(self) -> dict[str, float]:
        """What Prometheus would read: each line's name and labels with its number."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}/metrics", timeout=WITHIN) as answer:
            lines = [line for line in answer.read().decode().splitlines() if line and not line.startswith("#")]
        return {name: float(number) for name, _, number in (line.rpartition(" ") for line in lines)}

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.said.read_text().splitlines()]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(WITHIN)

    def _answers(self) -> bool:
        try:
            self.ask("/live")
        except urllib.error.URLError:
            return False
        return True


@contextmanager
def running_worker(folder: Path, *arguments: str, **settings: str) -> Iterator[RunningWorker]:
    """Starts a worker with settings of its own and nothing of this machine's; kills it at the end if it still runs."""
    health, metrics, said = free_port(), free_port(), folder / "worker.log"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AMENDS_", "TEMPORAL_", "OTEL_"))}
    ours = {"AMENDS_METRICS_ADDRESS": f"localhost:{metrics}", "AMENDS_HEALTH_ADDRESS": f"127.0.0.1:{health}"}
    with said.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [AMENDS, "worker", *arguments], cwd=folder, env=kept | ours | settings, stdout=output, stderr=output
        )
    try:
        yield RunningWorker(process, said, health, metrics)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(WITHIN)


@dataclass
class Collector:
    """What a collector of traces has been sent, as it came."""

    endpoint: str
    received: list[bytes] = field(default_factory=list)


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that takes whatever it is given, over HTTP."""
    collector = Collector("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
