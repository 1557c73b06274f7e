"""Settings: where they come from, and what is said about those of no use."""

import base64
from pathlib import Path

import pytest

from amends.errors import ConfigurationError
from amends.settings import LogLevel, Settings, Systems


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"AMENDS_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_without_any_setting_everything_lives_under_one_folder() -> None:
    settings = Settings()

    assert settings.state_dir == Path(".amends")
    assert settings.database_url == "sqlite:///.amends/journal.db"
    assert settings.shop_url == "sqlite:///.amends/shop.db"
    assert (settings.connectors, settings.connectors_url, settings.connectors_secret) == (Systems.SHOP, None, None)
    assert settings.temporal_bin is None
    assert (settings.log_level, settings.log_format) == (None, None)
    assert (settings.health_address, settings.metrics_address) == (None, None)
    assert (settings.deployment, settings.build) == (None, None)
    assert (settings.channels, settings.smtp_url) == (None, None)


def test_a_level_may_be_written_in_capitals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_LOG_LEVEL", "WARNING")

    assert Settings().log_level is LogLevel.WARNING


def test_what_was_not_sent_elsewhere_follows_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_STATE_DIR", "/var/lib/amends")
    monkeypatch.setenv("AMENDS_DATABASE_URL", "postgresql+psycopg://amends@db/amends")

    settings = Settings()

    assert settings.database_url == "postgresql+psycopg://amends@db/amends"
    assert settings.shop_url == "sqlite:////var/lib/amends/shop.db"


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMENDS_TEMPORAL_BIN", "")

    assert Settings().temporal_bin is None


def test_a_program_is_taken_as_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "temporal"
    program.touch(mode=0o755)
    monkeypatch.setenv("AMENDS_TEMPORAL_BIN", str(program))

    assert Settings().temporal_bin == program


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DATABASE_URL", "mysql://db/amends", "AMENDS_DATABASE_URL: .* is neither SQLite nor PostgreSQL"),
        ("DATABASE_URL", "journal.db", "AMENDS_DATABASE_URL: the journal's URL cannot be read; write sqlite:///<file>"),
        ("SHOP_URL", "shop.db", "AMENDS_SHOP_URL: it cannot be read; write sqlite:///<file>"),
        ("CONNECTORS", "rest", "AMENDS_CONNECTORS: 'rest' is none of shop, http"),
        *(
            ("CONNECTORS_URL", url, "AMENDS_CONNECTORS_URL: it is no address of systems; write https://<host>/<path>")
            for url in (
                "shop.example",
                "ftp://shop.example",
                "https://a:hunter2@shop.example",
                "https://shop.example?a=b",
            )
        ),
        ("CONNECTORS_SECRET", "hunter2", "AMENDS_CONNECTORS_SECRET: a secret is whsec_ and 24 to 64 bytes in base64"),
        ("TEMPORAL_BIN", "/nowhere/temporal", "AMENDS_TEMPORAL_BIN: '/nowhere/temporal' is no program"),
        ("LOG_LEVEL", "loud", "AMENDS_LOG_LEVEL: 'loud' is none of debug, info, warning, error"),
        ("LOG_FORMAT", "xml", "AMENDS_LOG_FORMAT: 'xml' is none of text, json"),
        ("HEALTH_ADDRESS", "8080", "AMENDS_HEALTH_ADDRESS: '8080' is no address; write host:port"),
        ("METRICS_ADDRESS", "here:x", "AMENDS_METRICS_ADDRESS: 'here:x' is no address; write host:port"),
        ("DEPLOYMENT", "a.b", "AMENDS_DEPLOYMENT: 'a.b' is no name; write letters, digits, - and _"),
        ("BUILD", "1 2", "AMENDS_BUILD: '1 2' is no name"),
        (
            "CHANNELS",
            "/nowhere/channels.yaml",
            "AMENDS_CHANNELS: '/nowhere/channels.yaml' is no file; write it",
        ),
        ("SMTP_URL", "mail.example", "AMENDS_SMTP_URL: it is no address of a mail server; write smtp://"),
        ("STATE_DIR", __file__, "AMENDS_STATE_DIR: .* is a file; name a folder"),
    ],
)
def test_a_setting_of_no_use_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    monkeypatch.setenv(f"AMENDS_{name}", value)

    with pytest.raises(ConfigurationError, match=says):
        Settings()


def test_how_people_are_reached_stands_in_the_folder_unless_it_was_sent_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".amends").mkdir()
    own, elsewhere = tmp_path / ".amends" / "channels.yaml", tmp_path / "people.yaml"
    own.touch()
    elsewhere.touch()

    from_the_folder = Settings().channels
    monkeypatch.setenv("AMENDS_CHANNELS", str(elsewhere))

    assert (from_the_folder, Settings().channels) == (Path(".amends/channels.yaml"), elsewhere)


@pytest.mark.parametrize("url", ["https://shop.example", "http://127.0.0.1:8070/", "https://[::1]:8443/a/b/"])
def test_systems_answer_at_an_address_below_which_paths_can_stand(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("AMENDS_CONNECTORS", "HTTP")
    monkeypatch.setenv("AMENDS_CONNECTORS_URL", url)

    assert (Settings().connectors, Settings().connectors_url) == (Systems.HTTP, url)


def test_a_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "whsec_" + base64.b64encode(b"hunter2 hunter2 hunter2 hunter2").decode()
    monkeypatch.setenv("AMENDS_CONNECTORS_SECRET", secret)
    monkeypatch.setenv("AMENDS_DATABASE_URL", "postgresql://amends:hunter2@db/amends")
    monkeypatch.setenv("AMENDS_SMTP_URL", "smtp://amends:hunter2@mail.example?from=pager@shop.example")

    assert "hunter2" not in repr(Settings())
    assert secret not in repr(Settings())
