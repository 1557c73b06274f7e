from datetime import timedelta

import pytest

from runbooks.answer_times import in_words, say_answer_within


@pytest.mark.parametrize(
    ("limit", "english", "chinese"),
    [
        (timedelta(minutes=1), "1 minute", "1 分钟"),
        (timedelta(minutes=90), "90 minutes", "90 分钟"),
        (timedelta(hours=1), "1 hour", "1 小时"),
        (timedelta(days=1), "24 hours", "24 小时"),
        (timedelta(days=2), "48 hours", "48 小时"),
        (timedelta(hours=60), "60 hours", "60 小时"),
        (timedelta(hours=72), "3 days", "3 天"),
        (timedelta(days=7), "7 days", "7 天"),
    ],
)
def test_a_limit_is_said_in_the_words_of_each_language(limit: timedelta, english: str, chinese: str) -> None:
    assert (in_words(limit, "en"), in_words(limit, "zh")) == (english, chinese)


def test_a_language_that_is_not_known_gets_english() -> None:
    assert in_words(timedelta(hours=4), "de") == "4 hours"


def test_only_the_placeholder_of_the_limit_is_filled_in() -> None:
    text = "{customer.name}: within {answer_within}, {order.total}, {answer_within}"

    said = say_answer_within(text, timedelta(hours=4), "en")

    assert said == "{customer.name}: within 4 hours, {order.total}, 4 hours"
