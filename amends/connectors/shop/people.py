"""Paging people."""

from typing import Final

from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call, Page
from amends.connectors.shop.door import Door
from amends.connectors.shop.tables import PageRow
from amends.errors import Refused
from amends.models import plain
from amends.paging.wording import worded

CHANNEL: Final = "shop"
"""The only channel: a table of pages, in which everybody can be reached and nobody is disturbed."""


class ShopPeople:
    """The shop's ``Pager``. It knows no people, and takes a page to anybody."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def channels(self, call: Call, *, person: str) -> tuple[str, ...]:  # noqa: ARG002 - everybody has the same
        return self._door.read("people.channels", lambda _: (CHANNEL,))

    def page(self, call: Call, *, person: str, channel: str, page: Page) -> ports.Said:
        def work(db: Session) -> ports.Said:
            if channel != CHANNEL:
                raise Refused("PageRefused", f"the shop has no channel {channel!r}, only {CHANNEL!r}")
            text = worded(page, language="en")
            row = PageRow(
                key=call.key,
                person=person,
                incident_id=page.incident_id,
                severity=page.severity.value,
                level=page.level,
                role=page.role,
                why=page.why,
                subject=text.subject,
                body=text.body,
                sent_at=call.at,
            )
            db.add(row)
            return ports.Said(words="kept in the reference shop")

        args = {"person": person, "channel": channel, "page": plain(page)}
        return self._door.give("people.page", call, args, ports.Said, work)
