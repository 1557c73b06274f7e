"""The worker as a command: what it says when it cannot serve, and where its logs go."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from cli import logs
from cli.main import main
from tests.cli.builders import write_incidents


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_a_worker_without_a_server_says_what_to_start(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_incidents(state_dir)

    code = main(["worker"])

    told = capsys.readouterr()
    assert code == 2
    assert "error: no Temporal server answers at '127.0.0.1:" in told.err
    assert told.out == ""


def test_a_worker_at_an_address_that_is_none_says_how_to_write_one(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_incidents(state_dir)

    code = main(["worker", "--address", "http://localhost:7233"])

    assert code == 2
    assert "write host:port, without a scheme" in capsys.readouterr().err


def test_a_worker_does_not_make_a_journal_but_says_how(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["worker"])

    assert state_dir.is_dir()
    assert code == 2
    assert "run `amends db upgrade`" in capsys.readouterr().err


def test_logs_go_to_stderr_from_their_level_up(capsys: pytest.CaptureFixture[str]) -> None:
    logs.to_stderr(level=logging.WARNING)

    structlog.get_logger("amends.test").info("not_told")
    structlog.get_logger("amends.test").warning("told")

    written = capsys.readouterr()
    assert written.out == ""
    assert "told" in written.err
    assert "not_told" not in written.err
