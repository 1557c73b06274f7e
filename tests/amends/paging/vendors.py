"""Servers of this machine that answer as the vendors' are documented to: robots of chats, and a receiver of webhooks.

Each robot checks its token and, where it was given a secret, the signature, worked out here anew from the documents.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from standardwebhooks import Webhook, WebhookVerificationError

TOKEN, DINGTALK_SECRET, FEISHU_SECRET = "5f0c9d1e7b3a4c6d8e2f", "SECb0a1f7e2d3c4", "qW3rTy9oPl"
WEBHOOK_KEY = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
AN_HOUR = 3600

Answer = tuple[int, Any]
"""A status, and a body: text as it is, all else as JSON."""


class Request(NamedTuple):
    path: str
    query: dict[str, list[str]]
    raw: bytes
    headers: dict[str, str]

    @property
    def token(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass
class Vendors:
    """``got``: the bodies that were taken, by kind, each with its headers. ``next``: what is answered next, instead, as
    status and body; ``"silence"``: nothing for a while; ``"hang up"``: nothing at all."""

    port: int = 0
    got: list[tuple[str, dict[str, Any], dict[str, str]]] = field(default_factory=list)
    next: list[Answer | str] = field(default_factory=list)

    def address(self, kind: str, *, secret: str | None = None) -> str:
        """The channel URL of a robot, as people write it into the file."""
        here = f"http://127.0.0.1:{self.port}"
        to, own = {
            "dingtalk": (f"{here}/robot/send?access_token={TOKEN}", DINGTALK_SECRET),
            "feishu": (f"{here}/open-apis/bot/v2/hook/{TOKEN}", FEISHU_SECRET),
            "wecom": (f"{here}/cgi-bin/webhook/send?key={TOKEN}", ""),
            "slack": (f"{here}/services/T00000000/B00000000/{TOKEN}", ""),
            "webhook": (f"{here}/pages/{TOKEN}", f"whsec_{WEBHOOK_KEY}"),
        }[kind]
        signed = own if secret is None else secret
        return f"{kind}:{to}" + (f"#secret={signed}" if signed else "")

    def texts(self) -> list[str]:
        """What people read of it, in the order in which it came."""
        return [_text(kind, body) for kind, body, _ in self.got]


@contextmanager
def vendors() -> Iterator[Vendors]:
    """The servers, as long as the block runs."""
    state = Vendors()
    server = _Server(state)
    state.port = server.server_port
    thread = Thread(target=server.serve_forever, args=(0.01,), name="vendors", daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def __init__(self, state: Vendors) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.state = state


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        state = self.server.state
        raw = self.rfile.read(int(self.headers["content-length"]))
        planned = state.next.pop(0) if state.next else None
        if planned == "hang up":
            self.close_connection = True
            return
        if planned == "silence":
            time.sleep(0.5)
            planned = (200, "late")
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        kind, judge = _judge_of(url.path)
        request = Request(url.path, parse_qs(url.query), raw, headers)
        status, answer = planned if isinstance(planned, tuple) else judge(request)
        if planned is None and (status, answer) in _TAKEN:
            state.got.append((kind, json.loads(raw), headers))
        body = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked has given up
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nobody reads it."""


_TAKEN: list[Answer] = [
    (200, {"errcode": 0, "errmsg": "ok"}),
    (200, {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}),
    (200, "ok"),
    (202, "noted"),
]


def _dingtalk(request: Request) -> Answer:
    if request.query["access_token"] != [TOKEN]:
        return 200, {"errcode": 300001, "errmsg": "token is not exist"}
    if not request.headers["content-type"].startswith("application/json"):
        return 200, {"errcode": 43004, "errmsg": "无效的HTTP HEADER Content-Type"}
    moment, sign = request.query.get("timestamp", ["0"])[0], request.query.get("sign", [""])[0]
    if abs(time.time() - int(moment) / 1000) > AN_HOUR:
        return 200, {"errcode": 310000, "errmsg": "invalid timestamp"}
    wanted = hmac.new(DINGTALK_SECRET.encode(), f"{moment}\n{DINGTALK_SECRET}".encode(), hashlib.sha256).digest()
    if sign != base64.b64encode(wanted).decode():
        return 200, {"errcode": 310000, "errmsg": "sign not match"}
    return _TAKEN[0]


def _feishu(request: Request) -> Answer:
    if request.token != TOKEN:
        return 200, {"code": 19001, "data": {}, "msg": "param invalid: incoming webhook access token invalid"}
    body = json.loads(request.raw)
    moment = str(body.get("timestamp", "0"))
    wanted = hmac.new(f"{moment}\n{FEISHU_SECRET}".encode(), digestmod=hashlib.sha256).digest()
    if abs(time.time() - int(moment)) > AN_HOUR or body.get("sign") != base64.b64encode(wanted).decode():
        return 200, {
            "code": 19021,
            "data": {},
            "msg": "sign match fail or timestamp is not within one hour from current time",
        }
    return _TAKEN[1]


def _wecom(request: Request) -> Answer:
    if request.query["key"] != [TOKEN]:
        more = "more info at https://open.work.weixin.qq.com/devtool/query?e=93000"
        return 200, {"errcode": 93000, "errmsg": f"invalid webhook url, hint: [1732284000], {more}"}
    return _TAKEN[0]


def _slack(request: Request) -> Answer:
    if request.token != TOKEN:
        return 403, "invalid_token"
    return _TAKEN[2] if json.loads(request.raw).get("text") else (400, "no_text")


def _webhook(request: Request) -> Answer:
    try:
        Webhook(WEBHOOK_KEY).verify(request.raw, request.headers)
    except WebhookVerificationError as error:
        return 401, str(error)
    return _TAKEN[3]


def _judge_of(path: str) -> tuple[str, Any]:
    for beginning, kind, judge in (
        ("/robot/send", "dingtalk", _dingtalk),
        ("/open-apis/bot/v2/hook/", "feishu", _feishu),
        ("/cgi-bin/webhook/send", "wecom", _wecom),
        ("/services/", "slack", _slack),
        ("/pages/", "webhook", _webhook),
    ):
        if unquote(path).startswith(beginning):
            return kind, judge
    raise AssertionError(f"nobody serves {path}")


def _text(kind: str, body: dict[str, Any]) -> str:
    match kind:
        case "feishu":
            return str(body["content"]["text"])
        case "slack":
            return str(body["text"])
        case "webhook":
            return f"{body['subject']}\n{body['text']}"
        case _:
            return str(body["text"]["content"])
