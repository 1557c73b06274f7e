"""The ``Pager`` of a real company: pages leave by mail, by webhook and by the robots of chats."""

import logging
from datetime import UTC, datetime
from typing import Final

import httpx2

from amends.connectors.ports import Call, Page, Said
from amends.errors import Refused, Trouble
from amends.paging import mail
from amends.paging.addresses import Address, Kind
from amends.paging.answers import PAGE_REFUSED, judged, showing
from amends.paging.directory import Directory, Reached
from amends.paging.robots import posted
from amends.paging.server import MailServer
from amends.paging.wording import worded

_PATIENCE: Final = httpx2.Timeout(8.0, connect=4.0)
"""Seconds for an answer, and for a connection: one try of a page has 30 in all."""


class Channels:
    """Reaches people as a directory says. Safe to use from several threads."""

    def __init__(self, directory: Directory, server: MailServer | None = None) -> None:
        self.directory = directory
        self._server = server
        self._http = httpx2.Client(timeout=_PATIENCE, follow_redirects=False)
        for name in ("httpx2", "httpcore2"):  # below warnings they tell addresses, tokens and all
            logging.getLogger(name).setLevel(logging.WARNING)

    def dispose(self) -> None:
        """Closes the connections."""
        self._http.close()

    def channels(self, call: Call, *, person: str) -> tuple[str, ...]:  # noqa: ARG002 - the directory stays as it is
        reached = self.directory.people.get(person)
        return tuple(reached.channels) if reached else ()

    def page(self, call: Call, *, person: str, channel: str, page: Page) -> Said:
        reached = self.directory.people.get(person)
        address = reached.channels.get(channel) if reached else None
        if reached is None or address is None:
            raise Refused(PAGE_REFUSED, f"{person!r} has no channel {channel!r} any more")
        return Said(words=self._send(call.key, reached, address, page))

    def _send(self, key: str, reached: Reached, address: Address, page: Page) -> str:
        text = worded(page, language=reached.language)
        now = datetime.now(UTC)  # the other side holds a signature against its own clock, not the incident's
        if address.kind is Kind.MAIL:
            return self._mail(key, reached, address, page, now)
        request = posted(address, key=key, page=page, text=text, now=now)
        shown = showing((*address.hidden, request.url))
        try:
            answer = self._http.post(request.url, content=request.body.encode(), headers=request.headers)
            return judged(address.kind, status=answer.status_code, body=answer.text, shown=shown)
        except httpx2.TimeoutException:
            raise Trouble(f"{address.kind} did not answer in time") from None
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Trouble(f"{address.kind} does not answer properly: {shown(str(error))}") from None

    def _mail(self, key: str, reached: Reached, address: Address, page: Page, now: datetime) -> str:
        server = self._server
        if server is None:
            raise Refused(PAGE_REFUSED, "no mail server is set; name it in AMENDS_SMTP_URL")
        text = worded(page, language=reached.language)
        message = mail.letter(server, to=address.to, key=key, page=page, text=text, language=reached.language, now=now)
        return mail.send(server, message, shown=showing((*address.hidden, server.user, server.password)))
