"""Moments as people read and type them: in their own time zone, or in UTC where they ask for it."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Annotated, Final

from cyclopts import Parameter

from amends.errors import InputError

Utc = Annotated[bool, Parameter(name="--utc", help="Times in UTC; without it in this machine's zone (TZ).")]

_AGO = re.compile(r"^(\d{1,6})([mhdw])$")
_CLOCK = re.compile(r"^\d\d:\d\d$")
_UNITS: Final = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


class Times:
    """Writes moments in one zone: UTC, or that of this machine."""

    def __init__(self, *, utc: bool = False) -> None:
        self._zone: tzinfo | None = UTC if utc else None

    def day(self, at: datetime) -> str:
        """``Wed 2026-11-25``"""
        return f"{at.astimezone(self._zone):%a %Y-%m-%d}"

    def clock(self, at: datetime) -> str:
        """``18:32``"""
        return f"{at.astimezone(self._zone):%H:%M}"

    def moment(self, at: datetime) -> str:
        """``2026-11-25 18:32 CET``"""
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M %Z}"

    def second(self, at: datetime) -> str:
        """``2026-11-25 18:32:07 CET``"""
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M:%S %Z}"

    def deadline(self, at: datetime, *, now: datetime) -> str:
        """``2026-11-25 18:32 CET (in 2 d 3 h)``; one that has passed says so."""
        away = roughly(abs(at - now))
        return f"{self.moment(at)} ({f'in {away}' if at >= now else f'{away} ago'})"

    def since(self, typed: str, *, now: datetime, option: str) -> datetime:
        """The moment that ``--since`` means: a day begins at its midnight. Raises ``InputError``."""
        return self._read(typed, now=now, option=option)[0]

    def until(self, typed: str, *, now: datetime, option: str) -> datetime:
        """The moment that ``--until`` means: a day counts whole. Raises ``InputError``."""
        return self._read(typed, now=now, option=option)[1]

    def coming(self, typed: str, *, now: datetime, option: str) -> datetime:
        """The moment to come that was typed: a time of day is its next one. Raises ``InputError``."""
        try:
            if _CLOCK.match(typed):
                today = now.astimezone(self._zone).date()
                days = (today, today + timedelta(days=1))
                return next(at for day in days if (at := self._here(_on(day, typed))) > now)
            at = datetime.fromisoformat(typed)
        except (ValueError, OverflowError, StopIteration) as error:
            raise InputError(
                f"{option} {typed!r} is no time to come; write a time of day (18:30) or a moment (2026-11-22T18:30, "
                "with its zone if it is not yours)"
            ) from error
        return at if at.tzinfo is not None else self._here(at)

    def _read(self, typed: str, *, now: datetime, option: str) -> tuple[datetime, datetime]:
        """The beginning and the end of what was typed."""
        today = now.astimezone(self._zone).date()
        try:
            if ago := _AGO.match(typed):
                at = now - int(ago[1]) * _UNITS[ago[2]]
                return at, at
            day = {"today": today, "yesterday": today - timedelta(days=1)}.get(typed)
            if day is not None or len(typed) <= len("2026-11-22"):
                day = day or date.fromisoformat(typed)
                return self._midnight(day), self._midnight(day + timedelta(days=1))
            at = datetime.fromisoformat(typed)
            at = at if at.tzinfo is not None else self._here(at)
        except (ValueError, OverflowError) as error:
            raise InputError(
                f"{option} {typed!r} is no time; write a day (2026-11-22, today, yesterday), a moment "
                "(2026-11-22T18:30, with its zone if it is not yours), or how long ago (30m, 4h, 3d, 2w)"
            ) from error
        return at, at

    def _midnight(self, day: date) -> datetime:
        return self._here(datetime.combine(day, time()))

    def _here(self, naive: datetime) -> datetime:
        return naive.replace(tzinfo=self._zone) if self._zone else naive.astimezone()


def _on(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock))


def roughly(length: timedelta) -> str:
    """``2 d 3 h``, ``3 h 5 min``, ``5 min``, ``less than a minute``"""
    minutes = int(length.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    match (days, hours, minutes):
        case (0, 0, 0):
            return "less than a minute"
        case (0, 0, _):
            return f"{minutes} min"
        case (0, _, _):
            return f"{hours} h {minutes} min" if minutes else f"{hours} h"
        case _:
            return f"{days} d {hours} h" if hours else f"{days} d"
