from datetime import timedelta

import pytest

from runbooks.language.times_named import times_named

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "written", "time"),
    [
        ("Tell us within 48 hours.", "48 hours", 48 * HOUR),
        ("a 24-hour limit", "24-hour", 24 * HOUR),
        ("Within 24h, please", "24h", 24 * HOUR),
        ("the next\n7  days", "7  days", 7 * DAY),
        ("in Seven days", "Seven days", 7 * DAY),
        ("within 3 business days", "3 business days", 3 * DAY),
        ("within a week", "a week", 7 * DAY),
        ("within an hour", "an hour", HOUR),
        ("90 minutes", "90 minutes", 90 * timedelta(minutes=1)),
        ("99999999999999999999 days", "99999999999999999999 days", timedelta.max),
        ("请在收到本消息后 48 小时内告诉我们", "48 小时", 48 * HOUR),
        ("４８小时", "４８小时", 48 * HOUR),
        ("请在 7 天内", "7 天", 7 * DAY),
        ("两天内", "两天", 2 * DAY),
        ("三个工作日", "三个工作日", 3 * DAY),
        ("十二个小时", "十二个小时", 12 * HOUR),
        ("5日内", "5日内", 5 * DAY),
        ("一周", "一周", 7 * DAY),
    ],
)
def test_a_length_of_time_is_found_as_it_is_written(text: str, written: str, time: timedelta) -> None:
    assert times_named(text) == ((written, time),)


@pytest.mark.parametrize(
    "text",
    [
        "within {answer_within}",
        "{answer_within}内",
        "a number from 1 (not at all) to 5",
        "12 hoursemen, 5 hats, parcel PC-1001-1",
        "on 2 November, 11月2日",
        "the day after",
        "CNY 1,500 have been refunded",
        "今天",
    ],
)
def test_what_names_no_length_of_time_is_left_alone(text: str) -> None:
    assert times_named(text) == ()


def test_all_of_them_are_found_in_their_order() -> None:
    assert [each.written for each in times_named("2 days, or 3 hours, or 4 天")] == ["2 days", "3 hours", "4 天"]
