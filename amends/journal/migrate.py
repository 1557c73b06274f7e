"""Bringing a database to this release's tables, and refusing to work on any other."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

import migrations
from amends.journal.engine import reading, writing
from amends.journal.errors import JournalNotMigrated, JournalTooNew

_ONE_AT_A_TIME = 0x616D656E6473
"""The key of PostgreSQL's advisory lock for migrations: "amends" in ASCII."""


def upgrade(engine: Engine) -> None:
    """Brings the database to this release's revision, in one transaction; harmless when it is there.

    Several processes may do it at once. Raises ``JournalTooNew``, and changes nothing, for a newer database.
    """
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
        config = _config()
        if _known(connection, config, engine) != _head(config):
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def current(engine: Engine) -> str | None:
    """The database's revision; ``None`` if it has no journal."""
    with reading(engine) as connection:
        return _revision(connection)


def check(engine: Engine) -> None:
    """Raises ``JournalNotMigrated`` or ``JournalTooNew`` unless the database is at this release's revision."""
    config = _config()
    with reading(engine) as connection:
        found = _known(connection, config, engine)
    if found != _head(config):
        raise JournalNotMigrated(_shown(engine), found=found, wanted=_head(config))


def _known(connection: Connection, config: Config, engine: Engine) -> str | None:
    found = _revision(connection)
    ours = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in ours:
        raise JournalTooNew(_shown(engine), found=found, wanted=_head(config))
    return found


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _head(config: Config) -> str:
    return str(ScriptDirectory.from_config(config).get_current_head())


def _config() -> Config:
    config = Config()
    # The scripts are found where they were installed; a per cent sign in that path is no interpolation.
    config.set_main_option("script_location", str(Path(migrations.__path__[0])).replace("%", "%%"))
    return config


def _shown(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)
