"""The guard before the application: nothing is looked at before its signature holds."""

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from amends.connectors.serving.answers import problem
from amends.connectors.signing import AT_HEADER, KEY_HEADER, Secrets, Unsigned, named

OPEN: Final = frozenset({"/openapi.json"})
"""What anybody may read."""

_LARGEST: Final = 1024 * 1024
"""Bytes of a body: it is held in memory until its signature was checked."""


class Guard:
    """Lets requests through that one of the secrets has signed; others are answered 401, and too large ones 413."""

    def __init__(self, app: ASGIApp, secrets: Secrets) -> None:
        self._app = app
        self._secrets = secrets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in OPEN:
            await self._app(scope, receive, send)
            return
        body = await _whole(receive)
        if body is None:
            answer = problem(413, "too_large", f"a body has {_LARGEST} bytes at most")
            await answer(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            self._secrets.verify(headers, request=_name(scope, headers), body=body)
        except Unsigned as error:
            await problem(401, error.code, str(error))(scope, receive, send)
            return
        await self._app(scope, _again(body, receive), send)


def _name(scope: Scope, headers: Headers) -> str:
    query = scope["query_string"].decode("latin-1")
    target = scope["path"].removeprefix("/") + (f"?{query}" if query else "")
    return named(target, at=headers.get(AT_HEADER, ""), key=headers.get(KEY_HEADER, ""))


async def _whole(receive: Receive) -> bytes | None:
    """The body; ``None`` if it is too large, or whoever sent it has gone."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > _LARGEST or message["type"] == "http.disconnect":
            return None
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    """Has the body received once more, then whatever comes behind it."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return first.pop() if first else await receive()

    return received
