"""A page to send, and channels to send it over."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from amends.connectors.ports import Call, Page
from amends.models import Severity
from amends.paging.channels import Channels
from amends.paging.directory import read_directory
from amends.paging.server import MailServer

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KEY = "09e8ed54-2d5b-4a53-9a6c-7a6ac5b2f1f0/page/1/an/mail"

PAGE = Page(
    incident_id="09e8ed54-2d5b-4a53-9a6c-7a6ac5b2f1f0",
    exception_type="lost_parcel",
    title={"en": "Lost parcel", "zh": "物流丢失"},
    order_id="SO-1001",
    severity=Severity.CRITICAL,
    level=2,
    levels=3,
    role="logistics_lead",
    why="undo_failed",
    due_at=NOON,
)


@contextmanager
def reached(*channels: str, language: str = "en", smtp: str | None = None) -> Iterator[Channels]:
    """Channels that reach ``an`` over these."""
    text = f"people: {{an: {{language: {language}, channels: {[*channels]!r}}}}}"
    server = None if smtp is None else MailServer.parse(smtp, named="AMENDS_SMTP_URL")
    found = Channels(read_directory("channels.yaml", text), server)
    try:
        yield found
    finally:
        found.dispose()


def page_over(channels: Channels, channel: str, *, key: str = KEY, **changes: Any) -> str:
    """Pages ``an``; what the channel says."""
    page = PAGE.model_copy(update=changes)
    return channels.page(Call(key=key, at=NOON), person="an", channel=channel, page=page).words
