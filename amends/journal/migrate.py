"""Bringing a database to this release's tables, and refusing to work on any other."""

from pathlib import Path
from typing import Final, NamedTuple

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

import migrations
from amends.journal import clocks, evidence
from amends.journal.engine import reading, writing
from amends.journal.errors import JournalNotMigrated, JournalTooNew

_ONE_AT_A_TIME = 0x616D656E6473
"""The key of PostgreSQL's advisory lock for migrations: "amends" in ASCII."""

_FOLDS: Final = {"0005": clocks.refold_all, "0007": evidence.refold_all}
"""The revisions that bring tables which follow the timeline: what was told before is folded into them."""


class Migration(NamedTuple):
    """One step between revisions, and what it brings, in a line."""

    revision: str
    says: str


class Standing(NamedTuple):
    """How a database stands to this release: its revision (``None``: no journal), ours, and the steps in between."""

    found: str | None
    wanted: str
    missing: tuple[Migration, ...]


def upgrade(engine: Engine) -> Standing:
    """Brings the database to this release's revision, in one transaction; harmless when it is there. Returns how it
    stood before.

    Several processes may do it at once. Raises ``JournalTooNew``, and changes nothing, for a newer database.
    """
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
        config = _config()
        before = _standing(connection, config, engine)
        if before.missing:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            for step in before.missing:
                if step.revision in _FOLDS:
                    _FOLDS[step.revision](connection)
    return before


def standing(engine: Engine) -> Standing:
    """How the database stands; nothing is changed. Raises ``JournalTooNew`` for a newer one."""
    with reading(engine) as connection:
        return _standing(connection, _config(), engine)


def nothing() -> Standing:
    """How a database stands that is not there yet."""
    ours = _migrations(_config())
    return Standing(None, ours[-1].revision, ours)


def current(engine: Engine) -> str | None:
    """The database's revision; ``None`` if it has no journal."""
    with reading(engine) as connection:
        return _revision(connection)


def check(engine: Engine) -> None:
    """Raises ``JournalNotMigrated`` or ``JournalTooNew`` unless the database is at this release's revision."""
    found = standing(engine)
    if found.missing:
        raise JournalNotMigrated(_shown(engine), found=found.found, wanted=found.wanted)


def _standing(connection: Connection, config: Config, engine: Engine) -> Standing:
    found = _revision(connection)
    ours = _migrations(config)
    wanted = ours[-1].revision
    if found is None:
        return Standing(found, wanted, ours)
    places = [place for place, each in enumerate(ours) if each.revision == found]
    if not places:
        raise JournalTooNew(_shown(engine), found=found, wanted=wanted)
    return Standing(found, wanted, ours[places[0] + 1 :])


def _migrations(config: Config) -> tuple[Migration, ...]:
    """All that this release knows, the first one first."""
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    return tuple(Migration(str(each.revision), str(each.doc)) for each in scripts)[::-1]


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    # The scripts are found where they were installed; a per cent sign in that path is no interpolation.
    config.set_main_option("script_location", str(Path(migrations.__path__[0])).replace("%", "%%"))
    return config


def _shown(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)
