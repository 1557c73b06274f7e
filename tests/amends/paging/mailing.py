"""A mail server of this machine, which takes mail, asks for a login, or says no, over TLS or without it."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

USER, PASSWORD = "pager@shop.example", "correct horse:battery/staple"


@dataclass
class Mailbox:
    """``got``: what was taken. ``answers``: what the server says next to the end of a mail, instead of taking it."""

    port: int = 0
    got: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    """What the server says to recipients that it does not take."""

    async def handle_RCPT(self, _: Any, __: Any, envelope: Envelope, address: str, ___: Any) -> str:  # noqa: N802 - a name of aiosmtpd
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: Any, __: Any, envelope: Envelope) -> str:  # noqa: N802 - as above
        if self.answers:
            return self.answers.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.got.append(message)
        return f"250 2.0.0 OK: queued as {len(self.got)}"


class _Here(Controller):
    def _trigger_server(self) -> None:
        """Sees that the server listens. The library's own look would speak plainly to one that is all TLS."""
        socket.create_connection(self.address).close()

    @property
    def address(self) -> tuple[str, int]:
        sockets = getattr(self.server, "sockets", None)
        assert sockets
        host, port = sockets[0].getsockname()[:2]
        return host, port


@contextmanager
def mail_server(*, tls: str = "none", authority: trustme.CA | None = None, login: bool = False) -> Iterator[Mailbox]:
    """A server, as long as the block runs, whose certificate comes from ``authority``. ``login``: behind ``starttls``,
    only ``USER`` may send."""
    mailbox = Mailbox()
    context = None
    if authority is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
    options: dict[str, Any] = {"hostname": "127.0.0.1", "port": 0}
    if tls == "implicit":
        options["ssl_context"] = context
    if tls == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    if login:
        options |= {"authenticator": _authenticated, "auth_required": True}
    controller = _Here(mailbox, **options)
    controller.start()
    mailbox.port = controller.address[1]
    try:
        yield mailbox
    finally:
        controller.stop(no_assert=True)


def _authenticated(_: Any, __: Any, ___: Any, ____: Any, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)
