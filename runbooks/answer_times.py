"""How long an answer is awaited, as the messages of questions say it: the placeholder ``{answer_within}``."""

from datetime import timedelta

ANSWER_WITHIN = "answer_within"
"""The placeholder that the engine fills in when it sends a question. It is no fact."""


def say_answer_within(text: str, limit: timedelta, language: str) -> str:
    """The text with ``limit`` in its language's words at every ``{answer_within}``. Other placeholders stay."""
    return text.replace(f"{{{ANSWER_WITHIN}}}", in_words(limit, language))


def in_words(limit: timedelta, language: str) -> str:
    """``48 hours``, ``7 days``, ``1 hour``; in Chinese ``48 小时``, ``7 天``. Any other language gets English.

    Whole days from three on are days. Up to then people count hours, and minutes where those are not whole.
    """
    minutes = int(limit.total_seconds()) // 60
    if minutes % _MINUTES["day"] == 0 and minutes >= 3 * _MINUTES["day"]:
        unit = "day"
    else:
        unit = "hour" if minutes % _MINUTES["hour"] == 0 else "minute"
    number = minutes // _MINUTES[unit]
    if language == "zh":
        return f"{number} {_CHINESE[unit]}"
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


_MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60}
_CHINESE = {"minute": "分钟", "hour": "小时", "day": "天"}
