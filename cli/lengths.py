"""Until when something holds, as it is typed: for a length, or until a moment."""

from datetime import datetime, timedelta
from typing import Final

from amends.errors import InputError
from amends.journal import TimelineRow
from cli import pending
from cli.times import Times
from runbooks.language.durations import parse_duration

_AS_LONG: Final = timedelta(minutes=5)
"""Two of one length, typed one after the other, end at most so far apart."""


def ends_at(length: str | None, until: str | None, *, now: datetime, option: str, such_as: str) -> datetime:
    """When it ends. ``option``: what the length is typed behind. Raises ``InputError`` unless just one is given."""
    match length, until:
        case None, None:
            raise InputError(f"say for how long ({option} {such_as}) or until when (--until 18:30)")
        case str(), None:
            return now + _length(length, option)
        case None, str():
            return Times().coming(until, now=now, option="--until")
        case _:
            raise InputError(f"{option} and --until cannot both be given; give one of them")


def is_the_same(before: TimelineRow, at: datetime, *, now: datetime, as_long: bool) -> bool:
    """Whether what an entry says still holds and is what was typed: until the same moment, or for ``as_long``."""
    until = pending.moment(before.data.get("until"))
    if until is None or until <= now:
        return False
    if not as_long:
        return until == at
    return abs((until - before.occurred_at) - (at - now)) <= _AS_LONG


def _length(typed: str, option: str) -> timedelta:
    try:
        return parse_duration(typed)
    except ValueError as error:
        raise InputError(f"{option}: {error}") from error
