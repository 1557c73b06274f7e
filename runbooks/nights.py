"""When it is night for a customer. Pure functions over a bundle's night."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from runbooks.local_time import span_around
from runbooks.policy import Night


def around(night: Night, zone: str | None, at: datetime) -> tuple[datetime, datetime] | None:
    """The night, from when to when in UTC, that an aware moment lies in; ``None`` by day. ``zone``: that of the
    customer, if it is known; one that there is not counts as unknown."""
    return span_around(_zone(zone, night), night.begins, night.ends, at)


def _zone(name: str | None, night: Night) -> ZoneInfo:
    try:
        return ZoneInfo(name or night.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(night.zone)
