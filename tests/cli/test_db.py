"""`amends db`: the journal's tables, from the command line, on both databases."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from amends.journal import connect, current, nothing, upgrade
from amends.journal.engine import writing
from cli.main import main

HEAD = nothing().wanted


@pytest.fixture
def there(state_dir: Path, empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an empty database, which the settings name."""
    assert state_dir.is_dir()
    monkeypatch.setenv("AMENDS_DATABASE_URL", empty_database_url)
    return empty_database_url


def revision_of(url: str) -> str | None:
    engine = connect(url, threads=1)
    try:
        return current(engine)
    finally:
        engine.dispose()


def make_newer(url: str) -> None:
    engine = connect(url, threads=1)
    try:
        upgrade(engine)
        with writing(engine) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    finally:
        engine.dispose()


def test_an_upgrade_says_from_where_to_where_and_each_step(there: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["db", "upgrade"])

    told = capsys.readouterr().out.splitlines()
    assert code == 0
    assert told[0].endswith(f" went from nothing to {HEAD}:")
    assert [line.split()[0] for line in told[1:]] == [each.revision for each in nothing().missing]
    assert revision_of(there) == HEAD


def test_an_upgrade_of_what_is_up_changes_nothing_and_says_so(there: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["db", "upgrade"])
    capsys.readouterr()

    code = main(["db", "upgrade"])

    assert code == 0
    assert capsys.readouterr().out.endswith(f" is at {HEAD} already; nothing was changed\n")
    assert revision_of(there) == HEAD


def test_a_check_of_what_is_behind_is_1_and_says_what_to_type(there: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["db", "check"])

    told = capsys.readouterr().out
    assert code == 1
    assert f" is at nothing, and this release needs {HEAD}:\n" in told
    assert told.endswith("run `amends db upgrade`\n")
    assert revision_of(there) is None


def test_a_check_of_what_is_up_is_0(there: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["db", "upgrade", "--format", "json"])
    upgraded = json.loads(capsys.readouterr().out)

    code = main(["db", "check", "--format", "json"])

    checked = json.loads(capsys.readouterr().out)
    assert code == 0
    assert revision_of(there) == HEAD
    assert (upgraded["before"], upgraded["revision"]) == (None, HEAD)
    assert [step["revision"] for step in upgraded["steps"]] == [each.revision for each in nothing().missing]
    assert (checked["revision"], checked["wanted"], checked["steps"]) == (HEAD, HEAD, [])


@pytest.mark.parametrize("action", ["upgrade", "check"])
def test_a_newer_journal_is_refused_and_left_as_it_is(
    there: str, action: str, capsys: pytest.CaptureFixture[str]
) -> None:
    make_newer(there)

    code = main(["db", action])

    told = capsys.readouterr()
    assert code == 2
    assert told.out == ""
    assert f"is at revision 9999, which this release of Amends does not know (its own is {HEAD})" in told.err
    assert revision_of(there) == "9999"


def test_two_upgrades_at_once_both_succeed(there: str) -> None:
    environment = {**os.environ, "AMENDS_DATABASE_URL": there}
    command = [sys.executable, "-c", "from cli.main import run; run(['db', 'upgrade'])"]

    both = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120) for process in both]

    assert [process.returncode for process in both] == [0, 0], said
    first, second = sorted(out for out, _ in said)
    assert "already; nothing was changed" in first
    assert f"went from nothing to {HEAD}" in second


def test_a_check_makes_no_file(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["db", "check"])

    assert code == 1
    assert "is at nothing" in capsys.readouterr().out
    assert list(state_dir.iterdir()) == []


def test_tables_of_something_else_are_told_and_kept(there: str, capsys: pytest.CaptureFixture[str]) -> None:
    engine = connect(there, threads=1)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE incidents (of_another_kind INTEGER)"))
    engine.dispose()

    code = main(["db", "upgrade"])

    assert code == 2
    assert "the tables cannot be made in" in capsys.readouterr().err
    assert revision_of(there) is None


def test_a_database_that_does_not_answer_is_told(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AMENDS_DATABASE_URL", "postgresql+psycopg://amends:secret@127.0.0.1:1/amends")

    code = main(["db", "upgrade"])

    told = capsys.readouterr().err
    assert state_dir.is_dir()
    assert code == 2
    assert "does not answer" in told
    assert "secret" not in told
