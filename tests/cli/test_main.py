"""The command itself: what it imports, what it teaches, and how it ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from cli.codes import ExitCode
from cli.main import main

COMMANDS = (
    *("list", "show", "watch", "open", "answer", "approve", "reject", "cancel"),
    *("retry", "choose", "settle", "waive"),
    *("explain", "check", "drill", "runbooks", "diff", "publish", "intake"),
    *("up", "status", "doctor", "down", "shop", "worker", "db", "backup", "demo", "completion"),
)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main([command, "--help"])

    told = capsys.readouterr().out
    assert code == 0
    assert "For example" in told
    assert f"  amends {command}" in told


def test_help_lists_the_commands_the_exit_codes_and_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--help"])

    told = capsys.readouterr().out
    assert code == 0
    assert all(f"│ {command} " in told for command in COMMANDS)
    assert "amends open lost_parcel order_id=SO-1001 parcel_id=PC-1001-1" in told
    assert "Exit codes" in told
    assert all(f"\n  {code:<4} {code.says}\n" in told for code in ExitCode)
    assert told.index("operations") < told.index("runbook owners") < told.index("engineers")
    assert "AMENDS_DATABASE_URL" in told


@pytest.mark.parametrize("asked", ["--help", "--version"])
def test_help_and_version_import_neither_temporal_nor_a_database(asked: str) -> None:
    script = (
        "import sys\n"
        "from cli.main import main\n"
        f"assert main([{asked!r}]) == 0\n"
        "heavy = {'temporalio', 'sqlalchemy', 'pydantic', 'ruamel', 'cel_expr_python'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)  # noqa: S603 - our own script

    assert done.returncode == 0, done.stderr


def test_an_unknown_command_names_the_one_that_may_be_meant(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["shwo"])

    assert code == 2
    assert capsys.readouterr().err.startswith("error: there is no command 'shwo'; did you mean 'show'? There are up, ")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["list", "--stats", "open"], "Unknown option: --stats. Did you mean --status? See `amends list --help`."),
        (["list", "--status", "opn"], 'Invalid value "opn" for --status'),
        (["list", "--limit", "many"], "--limit"),
        (["show"], "requires an argument. See `amends show --help`."),
        (["cancel", "aaaa"], "--reason"),
    ],
)
def test_a_typing_error_is_told_in_one_line_with_exit_code_2(
    typed: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(typed)

    err = capsys.readouterr().err
    assert code == 2
    assert err.startswith("error: ")
    assert told in err
    assert err.count("\n") == 1


def test_a_known_error_is_told_without_a_traceback(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["list"])

    err = capsys.readouterr().err
    assert code == 2
    assert err.startswith("error: there is no journal at ")
    assert "`amends up`" in err
    assert list(state_dir.iterdir()) == []


def test_a_setting_of_no_use_is_told_with_its_name(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AMENDS_DATABASE_URL", "mysql://root:secret@db/amends")

    code = main(["list"])

    err = capsys.readouterr().err
    assert state_dir.is_dir()
    assert code == 2
    assert "AMENDS_DATABASE_URL" in err
    assert "secret" not in err


def test_a_database_that_is_away_is_told_with_its_url_but_not_its_password(
    state_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AMENDS_DATABASE_URL", "postgresql+psycopg://root:secret@127.0.0.1:1/amends")

    code = main(["list"])

    err = capsys.readouterr().err
    assert state_dir.is_dir()
    assert code == 2
    assert "the database 'postgresql+psycopg://root:***@127.0.0.1:1/amends' does not answer" in err
    assert "secret" not in err
