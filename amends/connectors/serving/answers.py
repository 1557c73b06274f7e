"""What is answered when there is no result: a problem, or nothing at all."""

import asyncio
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from amends.connectors.problems import PROBLEM_TYPE, Problem

_CUT_OFF: Final = [(b"content-length", b"1"), (b"connection", b"close")]


def problem(status: int, code: str, detail: str, *, reason: str | None = None) -> Response:
    """A problem by RFC 9457."""
    said = Problem(status=status, title=HTTPStatus(status).phrase, code=code, detail=detail, reason=reason)
    return Response(said.model_dump_json(exclude_none=True), status, media_type=PROBLEM_TYPE)


class Silence(Response):
    """No answer: the connection stays open until whoever asked has gone, or for so long, and is closed then."""

    def __init__(self, lasts: timedelta) -> None:
        super().__init__()
        self._lasts = lasts.total_seconds()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI has it
        try:
            async with asyncio.timeout(self._lasts):
                while (await receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            # what was announced and never comes: the server closes the connection over it
            await send({"type": "http.response.start", "status": 500, "headers": _CUT_OFF})
