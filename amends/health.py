"""Whether a process is well, over HTTP: for systemd, Kubernetes, load balancers and people.

``GET /live``: 200 while the process gets anything done. ``GET /ready``: 200 when every check passes, else 503. Both
answer with JSON; that of ``/ready`` has a line for each check: ``ok``, or what is wrong.
"""

import asyncio
import contextlib
import json
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import TimeoutError as TimedOut
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final

from amends.addresses import Address
from amends.errors import ConfigurationError

NAMED: Final = "AMENDS_HEALTH_ADDRESS"
OK: Final = "ok"

Check = Callable[[], Awaitable[str]]
"""Says ``ok``, or what is wrong; it may also raise or take for ever."""

_PATIENCE = 5.0
"""Seconds for a check; whoever asks gives up soon after."""


@contextlib.contextmanager
def answering(address: Address, checks: Mapping[str, Check]) -> Iterator[None]:
    """Answers on ``address`` as long as the block runs, within a running event loop, on which the checks are made.

    ``checks`` may change meanwhile. Raises ``ConfigurationError`` when nothing can listen there.
    """
    numeric = address.require_free(named=NAMED)
    try:
        server = _Server(numeric, checks, asyncio.get_running_loop())
    except OSError as error:
        raise ConfigurationError(f"{NAMED}: nothing can listen on {str(address)!r}: {error.strerror}") from error
    thread = Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    block_on_close = False  # an answer that waits for the loop must not hold the loop up

    def __init__(self, address: Address, checks: Mapping[str, Check], loop: asyncio.AbstractEventLoop) -> None:
        self.address_family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
        super().__init__((address.host, address.port), _Handler)
        self.checks = checks
        self._loop = loop

    def ask(self, check: Check) -> str:
        asked = asyncio.run_coroutine_threadsafe(_checked(check), self._loop)
        try:
            return asked.result(_PATIENCE + 1)
        except TimedOut:
            asked.cancel()
            return f"nothing was done for {_PATIENCE:.0f} s"


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        match self.path.partition("?")[0]:
            case "/live":
                said = self.server.ask(_alive)
                self._answer({"live": said == OK, **({} if said == OK else {"why": said})}, well=said == OK)
            case "/ready":
                said_of = {name: self.server.ask(check) for name, check in dict(self.server.checks).items()}
                well = all(said == OK for said in said_of.values())
                self._answer({"ready": well, **said_of}, well=well)
            case path:
                self._answer({"error": f"there is no {path}; ask for /live or /ready"}, status=HTTPStatus.NOT_FOUND)

    def _answer(self, document: Mapping[str, object], *, well: bool = False, status: HTTPStatus | None = None) -> None:
        body = json.dumps(document).encode()
        self.send_response(status or (HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Who asks every second need not be told each time."""


async def _alive() -> str:
    return OK


async def _checked(check: Check) -> str:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await check()
    except TimeoutError:
        return f"silent for {_PATIENCE:.0f} s"
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is that it does not work
        return (str(error).splitlines() or [type(error).__name__])[0]
