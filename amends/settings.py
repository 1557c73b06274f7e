"""What can be set from outside: the environment variables ``AMENDS_…``, read in this one place."""

import os
import re
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from amends.addresses import Address, require_base_url
from amends.connectors.signing import Secrets
from amends.errors import ConfigurationError
from amends.journal.engine import journal_url
from amends.paging.server import MailServer

_LARGEST_EVIDENCE = 1024
"""MiB. A file is held in memory while it is taken in."""


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """``text`` is for people, ``json`` has one object a line."""

    TEXT = "text"
    JSON = "json"


class Systems(StrEnum):
    """Which systems are called: the reference ``shop``, or a company's own over ``http``."""

    SHOP = "shop"
    HTTP = "http"


class Settings(BaseSettings):
    """The settings of this process. Raises ``ConfigurationError``, naming the variable, for a value of no use.

    ``state_dir``: where everything lives that was not sent elsewhere. ``database_url``: the journal, SQLite or
    PostgreSQL. ``shop_url``: the reference shop's own database. ``connectors``: which systems are called; those over
    HTTP at ``connectors_url``, signed with ``connectors_secret``. ``temporal_bin``: the Temporal server's program; if
    it is not set, ``temporal`` is looked for. ``channels``: the file that says how people are reached, if there is one.
    ``smtp_url``: the server that takes mail to them. ``door_key``: the file with the key by which this door vouches for
    people. ``door_keys``: the folder, or file, of the public keys of the doors that a worker trusts.
    ``evidence_dir``: the folder where files are kept that show something, each of ``evidence_largest`` MiB at most.
    ``intake_feeds``: the feeds of order events that are polled, as URLs with blanks between them.

    ``log_level``, ``log_format``: what is logged, and how; the command's own choice if not set. ``health_address``,
    ``metrics_address``: ``host:port`` where a worker answers; nowhere if not set. ``deployment``, ``build``: the worker
    deployment that a worker belongs to, and its version in it; unversioned if not set.
    """

    model_config = SettingsConfigDict(env_prefix="AMENDS_", frozen=True, env_ignore_empty=True, extra="ignore")

    state_dir: Path = Path(".amends")
    # URLs may hold a password: they stay out of the repr
    database_url: str = Field(default_factory=lambda data: _sqlite(data, "journal.db"), repr=False)
    shop_url: str = Field(default_factory=lambda data: _sqlite(data, "shop.db"), repr=False)
    connectors: Systems = Systems.SHOP
    connectors_url: str | None = None
    connectors_secret: str | None = Field(default=None, repr=False)
    temporal_bin: Path | None = None
    channels: Path | None = Field(default_factory=lambda data: _if_there(data, "channels.yaml"))
    smtp_url: str | None = Field(default=None, repr=False)
    door_key: Path = Field(default_factory=lambda data: data["state_dir"] / "door.json")
    door_keys: Path = Field(default_factory=lambda data: data["state_dir"] / "doors")
    evidence_dir: Path = Field(default_factory=lambda data: data["state_dir"] / "evidence")
    evidence_largest: int = 25
    intake_feeds: str = Field(default="", repr=False)
    log_level: LogLevel | None = None
    log_format: LogFormat | None = None
    health_address: str | None = None
    metrics_address: str | None = None
    deployment: str | None = None
    build: str | None = None

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

    @field_validator("connectors", mode="before")
    @classmethod
    def _are_systems(cls, value: str) -> Systems:
        return _one_of(Systems, value, "AMENDS_CONNECTORS") or Systems.SHOP

    @field_validator("connectors_url")
    @classmethod
    def _is_an_http_address(cls, value: str | None) -> str | None:
        if value is not None:
            require_base_url(value, named="AMENDS_CONNECTORS_URL")
        return value

    @field_validator("intake_feeds")
    @classmethod
    def _are_feeds(cls, value: str) -> str:
        for each in value.split():
            require_base_url(each.partition("?")[0], named="AMENDS_INTAKE_FEEDS")
        return value

    @field_validator("connectors_secret")
    @classmethod
    def _is_a_secret(cls, value: str | None) -> str | None:
        if value is not None:
            Secrets.parse(value, named="AMENDS_CONNECTORS_SECRET")
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

    @field_validator("channels")
    @classmethod
    def _is_a_file(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ConfigurationError(f"AMENDS_CHANNELS: {str(value)!r} is no file; write it, or unset the variable")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_a_mail_server(cls, value: str | None) -> str | None:
        if value is not None:
            MailServer.parse(value, named="AMENDS_SMTP_URL")
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _is_a_level(cls, value: str | None) -> LogLevel | None:
        return _one_of(LogLevel, value, "AMENDS_LOG_LEVEL")

    @field_validator("log_format", mode="before")
    @classmethod
    def _is_a_format(cls, value: str | None) -> LogFormat | None:
        return _one_of(LogFormat, value, "AMENDS_LOG_FORMAT")

    @field_validator("health_address", "metrics_address")
    @classmethod
    def _is_an_address(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None:
            Address.parse(value, named=f"AMENDS_{str(info.field_name).upper()}")
        return value

    @field_validator("evidence_largest", mode="before")
    @classmethod
    def _is_a_size(cls, value: int | str) -> int:
        if not str(value).isdecimal() or not 1 <= int(value) <= _LARGEST_EVIDENCE:
            raise ConfigurationError(
                f"AMENDS_EVIDENCE_LARGEST: {value!r} is no size; write whole MiB, from 1 to {_LARGEST_EVIDENCE}"
            )
        return int(value)

    @field_validator("deployment", "build")
    @classmethod
    def _is_a_name(cls, value: str | None, info: ValidationInfo) -> str | None:
        allowed = r"[\w-]{1,100}" if info.field_name == "deployment" else r"[\w.+-]{1,100}"
        if value is not None and not re.fullmatch(allowed, value, re.ASCII):
            raise ConfigurationError(
                f"AMENDS_{str(info.field_name).upper()}: {value!r} is no name; write letters, digits, - and _"
                + (" (and . or + in a build)" if info.field_name == "build" else "")
            )
        return value


Choice = TypeVar("Choice", bound=StrEnum)


def _one_of(choices: type[Choice], value: str | None, name: str) -> Choice | None:
    if value is None:
        return None
    try:
        return choices(value.lower())
    except ValueError as error:
        raise ConfigurationError(f"{name}: {value!r} is none of {', '.join(choices)}") from error


def _sqlite(data: dict[str, Any], file: str) -> str:
    return f"sqlite:///{data['state_dir'] / file}"


def _if_there(data: dict[str, Any], file: str) -> Path | None:
    path: Path = data["state_dir"] / file
    return path if path.is_file() else None
