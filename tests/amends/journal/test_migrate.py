"""Migrations: from nothing to now, on both databases, and never past what this release knows."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint, Engine, inspect, text

from amends.journal import Journal, JournalNotMigrated, JournalTooNew, connect, current, nothing, schema, upgrade
from amends.journal.engine import writing
from tests.amends.journal.builders import INCIDENT, opened, told

ROOT = Path(__file__).parents[3]
HEAD = nothing().wanted


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Engine]:
    engine = connect(empty_database_url)
    yield engine
    engine.dispose()


def test_an_empty_database_is_brought_up(empty: Engine) -> None:
    before = current(empty)

    upgrade(empty)

    assert (before, current(empty)) == (None, HEAD)
    told(Journal(empty), opened())


def test_upgrading_again_keeps_everything(empty: Engine) -> None:
    upgrade(empty)
    told(Journal(empty), opened())

    upgrade(empty)

    assert Journal(empty).incident(INCIDENT).entries == 1


def test_the_constraints_have_the_names_that_the_tables_give_them(engine: Engine) -> None:
    migrated = inspect(engine)

    for table in schema.metadata.sorted_tables:
        checks = {str(check["name"]) for check in migrated.get_check_constraints(table.name)}
        assert checks == {str(check.name) for check in table.constraints if isinstance(check, CheckConstraint)}


def test_a_journal_is_not_opened_before_its_database_is_migrated(empty: Engine) -> None:
    with pytest.raises(JournalNotMigrated, match=r"is at revision none, .* run `amends db upgrade`") as raised:
        Journal(empty)

    assert (raised.value.found, raised.value.wanted) == (None, HEAD)


def test_a_newer_database_is_left_alone(empty: Engine) -> None:
    upgrade(empty)
    with writing(empty) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    for use in (Journal, upgrade):
        with pytest.raises(JournalTooNew, match="update Amends, the journal was left as it is"):
            use(empty)

    assert current(empty) == "9999"


def test_a_migration_that_fails_leaves_nothing_behind(empty: Engine) -> None:
    with writing(empty) as connection:
        connection.execute(text("CREATE TABLE runbook_revisions (in_the_way INTEGER)"))

    with pytest.raises(Exception, match="runbook_revisions"):
        upgrade(empty)

    assert inspect(empty).get_table_names() == ["runbook_revisions"]


def test_alembics_own_command_brings_a_database_up_and_finds_nothing_missing(empty_database_url: str) -> None:
    environment = {**os.environ, "AMENDS_DATABASE_URL": empty_database_url}

    for command in (["upgrade", "head"], ["check"]):
        alembic = [sys.executable, "-m", "alembic", *command]
        done = subprocess.run(  # noqa: S603 - our own interpreter
            alembic, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr

    assert "No new upgrade operations detected." in done.stdout
