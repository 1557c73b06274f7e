"""Connecting: what can hold a journal, and what is said about the rest."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from amends.errors import ConfigurationError
from amends.journal import Journal, connect
from amends.journal.engine import journal_url, reading, writing
from tests.amends.journal.builders import INCIDENT, opened, told


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://root:hunter2@db/amends", "is neither SQLite nor PostgreSQL"),
        ("sqlite://", "a journal needs a file"),
        ("sqlite:///:memory:", "a journal needs a file"),
        ("not a url: hunter2", "the journal's URL cannot be read"),
        ("", "the journal's URL cannot be read"),
    ],
)
def test_a_database_that_cannot_hold_a_journal_is_refused_without_its_password(url: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says) as raised:
        connect(url)

    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("url", ["postgresql://db/amends", "postgres://db/amends", "postgresql+psycopg://db/amends"])
def test_postgresql_is_always_spoken_to_by_psycopg(url: str) -> None:
    assert journal_url(url).drivername == "postgresql+psycopg"


def test_the_folder_of_a_new_journal_is_made(tmp_path: Path) -> None:
    connect(f"sqlite:///{tmp_path / 'a' / 'b' / 'journal.db'}").dispose()

    assert (tmp_path / "a" / "b").is_dir()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigurationError, match=r"file/deeper' for the journal cannot be made .*AMENDS_DATABASE_URL"):
        connect(f"sqlite:///{tmp_path / 'file' / 'deeper' / 'journal.db'}")


def test_an_error_rolls_everything_back(journal: Journal, engine: Engine) -> None:
    told(journal, opened())

    with pytest.raises(KeyError, match="something else"):
        _delete_and_fail(engine)

    assert journal.incident(INCIDENT).entries == 1


def test_reading_sees_one_moment_and_holds_up_no_writer(journal: Journal, engine: Engine) -> None:
    count = text("SELECT count(*) FROM incidents")

    with reading(engine) as connection:
        before = connection.execute(count).scalar_one()
        told(journal, opened())
        still = connection.execute(count).scalar_one()

    assert (before, still) == (0, 0)
    assert len(journal.incidents()) == 1


def test_sqlite_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'journal.db'}")

    with reading(engine) as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "busy_timeout")
        }
    engine.dispose()

    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "busy_timeout": 30_000,
    }


def _delete_and_fail(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM incidents"))
        raise KeyError("something else went wrong")
