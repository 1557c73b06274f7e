from pathlib import Path

import pytest
from temporalio.contrib.pydantic import pydantic_data_converter

from amends.embedded import EmbeddedServer
from amends.errors import ConfigurationError
from amends.temporal import TemporalAway, connect, effects_queue, journal_queue
from tests.amends.refusing_server import PERMISSION_DENIED, UNAUTHENTICATED, UNAVAILABLE, refusing


@pytest.fixture(autouse=True)
def no_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Temporal's own file on this machine must not decide our tests."""
    empty = tmp_path / "temporal.toml"
    empty.touch()
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(empty))
    for name in ("ADDRESS", "NAMESPACE", "PROFILE", "API_KEY", "TLS"):
        monkeypatch.delenv(f"TEMPORAL_{name}", raising=False)


async def test_every_client_speaks_in_our_models(temporal_server: EmbeddedServer) -> None:
    client = await connect(temporal_server.address)

    assert client.data_converter is pydantic_data_converter


async def test_without_a_target_temporal_s_own_configuration_holds(
    temporal_server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal_server.address)
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "orders")

    client = await connect()

    assert client.service_client.config.target_host == temporal_server.address
    assert client.namespace == "orders"


async def test_a_target_leaves_temporal_s_configuration_unread(
    temporal_server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "orders")

    client = await connect(temporal_server.address)

    assert client.namespace == "default"


async def test_a_profile_of_temporal_s_file_is_followed(
    temporal_server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "profiles.toml"
    file.write_text(f'[profile.staging]\naddress = "{temporal_server.address}"\nnamespace = "staging"\n')
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(file))

    client = await connect(profile="staging")

    assert client.namespace == "staging"


async def test_a_server_that_is_not_there_is_named_with_the_mend() -> None:
    with pytest.raises(
        ConfigurationError, match=r"'127\.0\.0\.1:1' \(Connection refused\).*amends up.*TEMPORAL_ADDRESS"
    ):
        await connect("127.0.0.1:1")


@pytest.mark.parametrize("status", [PERMISSION_DENIED, UNAUTHENTICATED])
async def test_a_server_that_refuses_us_is_not_one_that_is_away(status: int) -> None:
    async with refusing(status, "no such key") as address:
        with pytest.raises(ConfigurationError, match=r"refuses us \(no such key\); mend TEMPORAL_API_KEY") as raised:
            await connect(address)

    assert not isinstance(raised.value, TemporalAway)


async def test_a_server_that_is_just_starting_is_away() -> None:
    async with refusing(UNAVAILABLE, "starting") as address:
        with pytest.raises(TemporalAway, match="starting"):
            await connect(address)


async def test_an_address_with_a_scheme_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"'http://temporal:7233'.*without a scheme"):
        await connect("http://temporal:7233")


async def test_a_broken_configuration_file_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("[profile.default\n")
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(file))

    with pytest.raises(ConfigurationError, match=r"(?s)cannot be read.*TEMPORAL_CONFIG_FILE"):
        await connect()


async def test_a_configuration_file_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", "/nowhere/temporal.toml")

    with pytest.raises(ConfigurationError, match=r"'/nowhere/temporal\.toml', which is no file"):
        await connect()


async def test_an_unknown_profile_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="'gone' not found"):
        await connect(profile="gone")


def test_each_kind_of_activity_has_a_queue_named_after_the_workflows_queue() -> None:
    assert journal_queue("amends") == "amends-journal"
    assert effects_queue("amends") == "amends-effects"
