from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from temporalio.testing import ActivityEnvironment

from activities import clock


def test_now_is_the_moment_for_which_this_attempt_was_scheduled_in_utc() -> None:
    environment = ActivityEnvironment()
    beijing = datetime(2026, 3, 2, 17, 0, tzinfo=timezone(timedelta(hours=8)))
    environment.info = replace(environment.info, current_attempt_scheduled_time=beijing)

    now = environment.run(clock.now)

    assert now == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert now.tzinfo is UTC


def test_there_is_no_now_outside_of_an_activity() -> None:
    with pytest.raises(RuntimeError, match=r"[Nn]ot in activity context"):
        clock.now()
