"""A backup is a journal of its own: as it was at one moment, whole, and as hard to alter."""

import os
import shutil
import subprocess
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from amends.errors import ConfigurationError
from amends.journal import Journal, back_up, connect, verify
from amends.journal.engine import writing
from tests.amends.journal.builders import INCIDENT, entry, opened, told
from tests.postgres import PostgresServer

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ON_SQLITE
def test_a_backup_taken_while_entries_are_written_is_whole(journal: Journal, tmp_path: Path) -> None:
    told(journal, opened())
    written, stop = [0], Event()

    def write() -> None:
        while not stop.is_set():
            written[0] += 1
            told(journal, entry(written[0]))

    writer = Thread(target=write)
    writer.start()
    while written[0] < 20:
        stop.wait(0.001)
    back_up(journal.engine, tmp_path / "copy.db")
    stop.set()
    writer.join()

    engine = connect(f"sqlite:///{tmp_path / 'copy.db'}")
    copy = Journal(engine)
    entries = copy.timeline(INCIDENT)
    checked = verify(copy, INCIDENT)
    engine.dispose()
    assert checked.ok, checked.problems
    assert entries == journal.timeline(INCIDENT)[: len(entries)]
    assert len(entries) >= 20


@ON_SQLITE
def test_a_backup_is_one_file_that_refuses_changes_too(journal: Journal, tmp_path: Path) -> None:
    told(journal, opened())

    back_up(journal.engine, tmp_path / "copies.db")

    assert [file.name for file in tmp_path.glob("*copies.db*")] == ["copies.db"]
    engine = connect(f"sqlite:///{tmp_path / 'copies.db'}")
    with pytest.raises(DBAPIError, match="append-only"), writing(engine) as connection:
        connection.execute(text("DELETE FROM timeline"))
    engine.dispose()


@ON_SQLITE
def test_a_file_that_is_there_is_never_overwritten(journal: Journal, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("somebody's")

    with pytest.raises(ConfigurationError, match=r"copy\.db' is there already; name another file"):
        back_up(journal.engine, tmp_path / "copy.db")

    assert (tmp_path / "copy.db").read_text() == "somebody's"


@ON_SQLITE
def test_a_place_that_cannot_be_written_is_told(journal: Journal, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"copy\.db' cannot be written: unable to open"):
        back_up(journal.engine, tmp_path / "nowhere" / "copy.db")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_on_postgresql_its_own_tool_is_named(journal: Journal, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="pg_dump --format=custom"):
        back_up(journal.engine, tmp_path / "copy.db")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_dump_of_postgresql_is_restored_whole_and_refuses_changes_too(
    journal: Journal, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    told(journal, opened(), entry(1))
    restored = postgres_server.create_database()
    dump = tmp_path / "journal.dump"

    run("pg_dump", "--format=custom", f"--file={dump}", libpq(journal.engine.url.render_as_string()))
    run("pg_restore", "--exit-on-error", f"--dbname={libpq(postgres_server.url(restored))}", str(dump))

    engine = connect(postgres_server.url(restored))
    copy = Journal(engine)
    checked, entries = verify(copy, INCIDENT), copy.timeline(INCIDENT)
    with pytest.raises(DBAPIError, match="append-only"), writing(engine) as connection:
        connection.execute(text("DELETE FROM timeline"))
    engine.dispose()
    postgres_server.drop_database(restored)
    assert checked.ok, checked.problems
    assert entries == journal.timeline(INCIDENT)


def libpq(url: str) -> str:
    """The URL as PostgreSQL's own tools read it."""
    return url.replace("postgresql+psycopg:", "postgresql:")


def run(tool: str, *arguments: str) -> None:
    newest_first = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{tool}"), reverse=True)
    program = next(iter(newest_first), None) or shutil.which(tool)
    assert program is not None, f"{tool} comes with the server that runs"
    done = subprocess.run([program, *arguments], capture_output=True, text=True, env=dict(os.environ))  # noqa: S603
    assert done.returncode == 0, done.stderr
