"""Moments as people read them: the time since the opening."""

from datetime import timedelta


def since(span: timedelta) -> str:
    """``+1d 06:00``: days, hours and minutes, rounded to whole minutes."""
    minutes = round(span.total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    days, rest = divmod(abs(minutes), 24 * 60)
    return f"{sign}{days}d {rest // 60:02}:{rest % 60:02}"
