"""Waiting for what is not there yet: how long, and what is said."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from amends.errors import ConfigurationError
from amends.temporal import TemporalAway
from cli.waiting import until

SOON = timedelta(milliseconds=1)
NEVER = timedelta(days=1)


class Server:
    """Comes up at the third look."""

    def __init__(self) -> None:
        self.looks = 0

    async def there(self) -> str:
        self.looks += 1
        if self.looks < 3:
            raise TemporalAway("connection refused")
        return "connected"


async def test_what_comes_later_is_waited_for_and_that_is_said_once() -> None:
    server = Server()

    with capture_logs() as said:
        found = await until(server.there, what="the server", away=TemporalAway, between=SOON, say_every=NEVER)

    assert found == "connected"
    assert [line["event"] for line in said] == ["waiting for the server", "the server is there"]
    assert said[0]["why"] == "connection refused"


async def test_a_long_wait_is_said_again() -> None:
    server = Server()

    with capture_logs() as said:
        await until(server.there, what="the server", away=TemporalAway, between=SOON, say_every=timedelta(0))

    assert [line["event"] for line in said].count("waiting for the server") == 2


async def test_what_is_there_at_once_needs_no_word() -> None:
    server = Server()
    server.looks = 2

    with capture_logs() as said:
        await until(server.there, what="the server", away=TemporalAway)

    assert said == []


async def test_nothing_is_waited_for_that_shall_not_be() -> None:
    server = Server()

    with pytest.raises(TemporalAway):
        await until(server.there, what="the server", away=TemporalAway, wait=False)

    assert server.looks == 1


async def test_an_error_that_does_not_pass_is_not_waited_out() -> None:
    async def wrong() -> str:
        raise ConfigurationError("the key is wrong")

    with pytest.raises(ConfigurationError, match="the key is wrong"):
        await until(wrong, what="the server", away=TemporalAway)
