"""Moments as people read and write them: the time since the opening."""

import re
from datetime import timedelta

_SHOWN = re.compile(r"\+(\d{1,5})d (\d\d):([0-5]\d)")


def since(span: timedelta) -> str:
    """``+1d 06:00``: days, hours and minutes, rounded to whole minutes."""
    minutes = round(span.total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    days, rest = divmod(abs(minutes), 24 * 60)
    return f"{sign}{days}d {rest // 60:02}:{rest % 60:02}"


def since_in_both(span: timedelta) -> str:
    """``+1d 06:30 (30h 30m)``: also as the moments of a scenario are mostly written."""
    hours, minutes = divmod(round(abs(span).total_seconds() / 60), 60)
    parts = [f"{hours}h" if hours else "", f"{minutes}m" if minutes or not hours else ""]
    return f"{since(span)} ({' '.join(filter(None, parts))})"


def read_since(text: str) -> timedelta | None:
    """What ``since`` wrote of a moment behind the opening, read back; ``None`` for any other text."""
    shown = _SHOWN.fullmatch(text)
    return timedelta(days=int(shown[1]), hours=int(shown[2]), minutes=int(shown[3])) if shown else None
