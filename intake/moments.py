"""Moments as other systems write them."""

from datetime import UTC, datetime, tzinfo
from typing import Any

from pydantic import BeforeValidator


def moment_of(value: Any, zone: tzinfo | None = None) -> datetime:
    """The moment that an ISO 8601 text names, in UTC. ``zone``: what a text without a zone means; none is refused if it
    is not given. Raises ``ValueError``."""
    if not isinstance(value, str) or "T" not in value.upper().replace(" ", "T"):
        raise ValueError(f"{value!r} is no moment; write it like 2026-03-02T12:00:00Z")
    read = datetime.fromisoformat(value)
    if read.tzinfo is None:
        if zone is None:
            raise ValueError(f"{value!r} names no zone; write it like 2026-03-02T12:00:00Z")
        read = read.replace(tzinfo=zone)
    try:
        return read.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{value!r} is beyond all calendars") from error


Moment = BeforeValidator(moment_of)
