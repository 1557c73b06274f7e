"""Where something listens: how it is written, and what is said when it cannot."""

import socket

import pytest

from amends.addresses import Address
from amends.errors import ConfigurationError


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [("127.0.0.1:9000", "127.0.0.1", 9000), ("localhost:80", "localhost", 80), ("[::1]:9000", "::1", 9000)],
)
def test_an_address_is_read_and_written_alike(text: str, host: str, port: int) -> None:
    address = Address.parse(text, named="--health")

    assert address == Address(host, port)
    assert str(address) == text


@pytest.mark.parametrize(
    "text", ["", "9000", ":9000", "localhost", "localhost:", "localhost:http", "::1:9000", "http://a:1"]
)
def test_what_is_no_address_is_told_with_its_name_and_how_to_write_one(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^--health: .* is no address; write host:port"):
        Address.parse(text, named="--health")


@pytest.mark.parametrize("port", [0, 65536])
def test_a_port_that_there_is_not_is_told(port: int) -> None:
    with pytest.raises(ConfigurationError, match="--health: ports go from 1 to 65535"):
        Address.parse(f"localhost:{port}", named="--health")


def test_an_address_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = Address("127.0.0.1", taken.getsockname()[1])

        with pytest.raises(
            ConfigurationError, match=r"--metrics: nothing can listen on .*in use.*; stop what holds it"
        ):
            address.require_free(named="--metrics")
