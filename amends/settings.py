"""What can be set from outside: the environment variables ``AMENDS_…``, read in this one place."""

import os
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from amends.errors import ConfigurationError
from amends.journal.engine import journal_url


class Settings(BaseSettings):
    """The settings of this process. Raises ``ConfigurationError``, naming the variable, for a value of no use.

    ``state_dir``: where everything lives that was not sent elsewhere. ``database_url``: the journal, SQLite or
    PostgreSQL. ``shop_url``: the reference shop's own database. ``temporal_bin``: the Temporal server's program; if it
    is not set, ``temporal`` is looked for.
    """

    model_config = SettingsConfigDict(env_prefix="AMENDS_", frozen=True, env_ignore_empty=True, extra="ignore")

    state_dir: Path = Path(".amends")
    # URLs may hold a password: they stay out of the repr
    database_url: str = Field(default_factory=lambda data: _sqlite(data, "journal.db"), repr=False)
    shop_url: str = Field(default_factory=lambda data: _sqlite(data, "shop.db"), repr=False)
    temporal_bin: Path | None = None

    @field_validator("state_dir")
    @classmethod
    def _is_no_file(cls, value: Path) -> Path:
        if value.exists() and not value.is_dir():
            raise ConfigurationError(f"AMENDS_STATE_DIR: {str(value)!r} is a file; name a folder")
        return value

    @field_validator("database_url")
    @classmethod
    def _holds_a_journal(cls, value: str) -> str:
        try:
            journal_url(value)
        except ConfigurationError as error:
            raise ConfigurationError(f"AMENDS_DATABASE_URL: {error}") from error
        return value

    @field_validator("shop_url")
    @classmethod
    def _is_a_url(cls, value: str) -> str:
        try:
            make_url(value)
        except (ArgumentError, ValueError) as error:
            raise ConfigurationError("AMENDS_SHOP_URL: it cannot be read; write sqlite:///<file>") from error
        return value

    @field_validator("temporal_bin")
    @classmethod
    def _can_be_run(cls, value: Path | None) -> Path | None:
        if value is not None and not (value.is_file() and os.access(value, os.X_OK)):
            raise ConfigurationError(
                f"AMENDS_TEMPORAL_BIN: {str(value)!r} is no program that can be run; name the `temporal` program, "
                "or unset it"
            )
        return value


def _sqlite(data: dict[str, Any], file: str) -> str:
    return f"sqlite:///{data['state_dir'] / file}"
