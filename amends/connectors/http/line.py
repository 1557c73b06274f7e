"""The line to a company's systems: one pool of connections, over which each call of the ports is a signed request."""

import logging
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any, Final, cast

import httpx2
from pydantic import ValidationError

from amends.connectors.calls import PORT_CALLS, Hello, PortCall
from amends.connectors.http.answers import URL_SETTING, Answer, judged, unanswered
from amends.connectors.ports import Call, Connectors
from amends.connectors.signing import AT_HEADER, KEY_HEADER, Secrets, named, written_key
from amends.errors import ConfigurationError, NoAnswer

PATIENCE: Final = timedelta(seconds=20)
"""For an answer: one try of a call has 30 seconds in all."""

_CONNECT: Final = 5.0
"""Seconds for a connection."""

_LARGEST: Final = 8 * 1024 * 1024
"""Bytes of an answer, which is held in memory."""

_CONNECTIONS: Final = httpx2.Limits(max_connections=64, max_keepalive_connections=32)
"""A worker makes 32 calls at once."""


class Line:
    """A line to the systems below ``url``. Safe to use from several threads."""

    def __init__(self, url: str, secrets: Secrets, *, patience: timedelta = PATIENCE) -> None:
        self.url = url.rstrip("/")
        self._secrets = secrets
        self._patience = patience.total_seconds()
        self._http = httpx2.Client(
            timeout=httpx2.Timeout(self._patience, connect=min(_CONNECT, self._patience)),
            limits=_CONNECTIONS,
            follow_redirects=False,
        )
        for name in ("httpx2", "httpcore2"):  # below warnings they tell every request
            logging.getLogger(name).setLevel(logging.WARNING)

    def dispose(self) -> None:
        """Closes the connections."""
        self._http.close()

    def ask(self, asked: PortCall, call: Call, /, **arguments: Any) -> Any:
        """Makes one call, once. Raises ``Refused``, ``KeyReused``, ``Trouble``, and ``ConfigurationError`` when what
        answers there does not understand it, or is not understood."""
        body = asked.takes(**arguments).model_dump_json(exclude_unset=True)
        key, at = written_key(call.key), call.at.isoformat().replace("+00:00", "Z")
        headers = {KEY_HEADER: key, AT_HEADER: at, "content-type": "application/json"}
        signed = self._signed(named(asked.path, at=at, key=key), body)
        return judged(asked, call, self._heard(asked.name, "POST", asked.path, headers | signed, body))

    def hello(self) -> Hello:
        """Greets the other side, which does nothing but say what it serves. Raises as ``ask`` does."""
        signed = self._signed(named("hello"), "")
        answer = self._heard("hello", "GET", "hello", signed)
        if answer.status != httpx2.codes.OK:
            raise unanswered("hello", answer)
        try:
            return Hello.model_validate_json(answer.body)
        except ValidationError:
            raise ConfigurationError(
                f"hello: {answer.url} answered what is no greeting; is {URL_SETTING} right?"
            ) from None

    def _signed(self, request: str, body: str) -> dict[str, str]:
        # the other side holds it against its own clock, not the incident's
        return self._secrets.headers(request=request, body=body, now=datetime.now(UTC))

    def _heard(self, what: str, method: str, path: str, headers: dict[str, str], body: str = "") -> Answer:
        """The whole answer. One that trickles in is not waited for any longer than one that does not come."""
        url, deadline, heard = f"{self.url}/{path}", time.monotonic() + self._patience, bytearray()
        try:
            with self._http.stream(method, url, content=body.encode(), headers=headers) as answer:
                for part in answer.iter_bytes():
                    heard += part
                    if time.monotonic() > deadline:
                        raise NoAnswer(f"{what}: {self.url} did not answer in time")
                    if len(heard) > _LARGEST:
                        raise ConfigurationError(
                            f"{what}: {url} answered more than {_LARGEST} bytes; is {URL_SETTING} right?"
                        )
        except httpx2.TimeoutException:
            raise NoAnswer(f"{what}: {self.url} did not answer in time") from None
        except httpx2.HTTPError as error:
            raise NoAnswer(f"{what}: no answer from {self.url}: {error}") from None
        location = answer.headers.get("location", "nowhere")
        return Answer(method, url, answer.status_code, bytes(heard), location)


def connected(line: Line) -> Connectors:
    """The ports, at the other end of the line."""
    ports: dict[str, dict[str, Any]] = {}
    for each in PORT_CALLS.values():
        ports.setdefault(each.port, {})[each.method] = partial(line.ask, each)
    return cast("Connectors", SimpleNamespace(**{port: SimpleNamespace(**methods) for port, methods in ports.items()}))
