"""Lengths of time that a text names: ``48 hours``, ``seven days``, ``两天``."""

import re
from datetime import timedelta
from typing import NamedTuple


class TimeNamed(NamedTuple):
    """A length of time as it is written in a text, and how long that is."""

    written: str
    time: timedelta


def times_named(text: str) -> tuple[TimeNamed, ...]:
    """Every number of minutes, hours, days or weeks in a text, in English or Chinese, in its order.

    A number is written in digits or, up to twelve, as a word. What stands in braces is passed over.
    """
    bare = re.sub(r"\{[^{}]*\}", "{}", text)
    return tuple(TimeNamed(found[0], _length(found)) for found in _NAMED.finditer(bare))


_ENGLISH = {
    **{f"{unit}{plural}": unit for unit in ("minute", "hour", "day", "week") for plural in ("", "s")},
    **dict.fromkeys(("min", "mins"), "minute"),
    **dict.fromkeys(("h", "hr", "hrs"), "hour"),
    "d": "day",
}
_CHINESE = {
    "分钟": "minute",
    **dict.fromkeys(("小时", "钟头"), "hour"),
    **dict.fromkeys(("天", "工作日", "日内", "日之内"), "day"),  # 日 alone also ends a date
    **dict.fromkeys(("周", "星期", "礼拜"), "week"),
}
_ENGLISH_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_CHINESE_NUMBERS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_NUMBERS = {
    **{word: number for words in (_ENGLISH_NUMBERS, _CHINESE_NUMBERS) for number, word in enumerate(words, start=1)},
    **dict.fromkeys(("a", "an"), 1),
    "两": 2,
}


def _one_of(*words: str) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_NAMED = re.compile(
    rf"(?:(?<![\w.,])(?P<digits>\d+)|\b(?P<word>{_one_of(*_ENGLISH_NUMBERS)})|(?<=\bwithin )(?P<one>an?))"
    rf"[\s-]*(?:(?:business|working|calendar)\s+)?(?P<unit>{_one_of(*_ENGLISH)})\b"
    rf"|(?P<number>\d+|{_one_of(*_CHINESE_NUMBERS)}|两)\s*个?\s*(?P<han>{_one_of(*_CHINESE)})",
    re.IGNORECASE,
)
_LENGTHS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}


def _length(found: re.Match[str]) -> timedelta:
    number = (found["digits"] or found["word"] or found["one"] or found["number"]).lower()
    length = _LENGTHS[_CHINESE[found["han"]] if found["han"] else _ENGLISH[found["unit"].lower()]]
    try:
        return length * (int(number) if number.isdecimal() else _NUMBERS[number])
    except OverflowError:  # no calendar reaches so far
        return timedelta.max
