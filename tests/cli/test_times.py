"""Moments as people read and type them, in their own zone and in UTC."""

from datetime import UTC, datetime, timedelta

import pytest

from amends.errors import InputError
from cli.times import Times, roughly
from tests.cli.zones import zone

NOW = datetime(2026, 3, 30, 10, 0, tzinfo=UTC)
"""The day after Berlin has put its clocks forward."""


def test_a_moment_is_told_in_the_machine_s_zone_or_in_utc() -> None:
    with zone("Asia/Shanghai"):
        here, utc = Times(), Times(utc=True)

        assert (here.moment(NOW), utc.moment(NOW)) == ("2026-03-30 18:00 CST", "2026-03-30 10:00 UTC")
        assert (here.day(NOW), here.clock(NOW)) == ("Mon 2026-03-30", "18:00")
        assert utc.second(NOW) == "2026-03-30 10:00:00 UTC"


def test_a_deadline_says_how_far_it_is() -> None:
    times = Times(utc=True)

    assert times.deadline(NOW + timedelta(days=2, hours=3, minutes=9), now=NOW).endswith(" UTC (in 2 d 3 h)")
    assert times.deadline(NOW - timedelta(minutes=5), now=NOW).endswith(" UTC (5 min ago)")


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(hours=3, minutes=5), "3 h 5 min"),
        (timedelta(days=2, minutes=59), "2 d"),
        (timedelta(days=2, hours=23), "2 d 23 h"),
    ],
)
def test_a_length_is_told_as_exactly_as_it_matters(length: timedelta, words: str) -> None:
    assert roughly(length) == words


@pytest.mark.parametrize(
    ("typed", "since", "until"),
    [
        ("30m", "2026-03-30T09:30+00:00", "2026-03-30T09:30+00:00"),
        ("2w", "2026-03-16T10:00+00:00", "2026-03-16T10:00+00:00"),
        ("today", "2026-03-30T00:00+02:00", "2026-03-31T00:00+02:00"),
        ("yesterday", "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00"),
        ("2026-03-28", "2026-03-28T00:00+01:00", "2026-03-29T00:00+01:00"),
        ("2026-03-28T18:30", "2026-03-28T18:30+01:00", "2026-03-28T18:30+01:00"),
        ("2026-03-28T18:30+08:00", "2026-03-28T18:30+08:00", "2026-03-28T18:30+08:00"),
        ("2026-03-28T18:30Z", "2026-03-28T18:30+00:00", "2026-03-28T18:30+00:00"),
    ],
)
def test_what_is_typed_is_meant_in_the_reader_s_zone_and_a_day_counts_whole(typed: str, since: str, until: str) -> None:
    with zone("Europe/Berlin"):
        assert Times().since(typed, now=NOW, option="--since") == datetime.fromisoformat(since)
        assert Times().until(typed, now=NOW, option="--until") == datetime.fromisoformat(until)


def test_with_utc_a_day_is_a_day_of_utc() -> None:
    with zone("Pacific/Auckland"):
        midnight = Times(utc=True).since("today", now=NOW, option="--since")

    assert midnight == datetime(2026, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["", "4", "4y", "-3d", "31.3.2026", "2026-02-30", "999999w"])
def test_what_is_no_time_is_told_with_what_would_be_one(typed: str) -> None:
    with pytest.raises(InputError, match=r"--since .* is no time; write a day \(2026-11-22, today, yesterday\)"):
        Times().since(typed, now=NOW, option="--since")
