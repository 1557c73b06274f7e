"""Logs: one shape for ours and the SDK's, for people on a terminal and for programs elsewhere."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
import structlog

from amends.errors import ConfigurationError
from cli import logs


@pytest.fixture(autouse=True)
def _nothing_set(state_dir: Path) -> None:
    assert state_dir.is_dir()


def written(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    told = capsys.readouterr()
    assert told.out == ""
    return [json.loads(line) for line in told.err.splitlines()]


def test_logs_go_to_stderr_from_their_level_up(capsys: pytest.CaptureFixture[str]) -> None:
    logs.to_stderr(level=logging.WARNING)

    structlog.get_logger("amends.test").info("not_told")
    logging.getLogger("temporalio.worker").info("not_told")
    structlog.get_logger("amends.test").warning("told")

    assert [line["event"] for line in written(capsys)] == ["told"]


def test_the_level_that_is_set_goes_before_the_command_s(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AMENDS_LOG_LEVEL", "debug")
    logs.to_stderr(level=logging.WARNING)

    structlog.get_logger("amends.test").debug("told")

    assert [line["level"] for line in written(capsys)] == ["debug"]


def test_what_is_no_terminal_gets_an_object_a_line_with_time_level_and_logger(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.to_stderr()

    structlog.get_logger("amends.test").info("recorded", incident="0192", step="report.orders.read")

    (line,) = written(capsys)
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "recorded",
        "incident": "0192",
        "step": "report.orders.read",
        "level": "info",
        "logger": "amends.test",
    }


def test_text_can_be_asked_for(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("AMENDS_LOG_FORMAT", "text")
    logs.to_stderr()

    structlog.get_logger("amends.test").info("recorded", incident="0192")

    told = capsys.readouterr().err
    assert "recorded" in told
    assert "incident=0192" in told
    assert not told.startswith("{")


def test_the_sdk_s_lines_have_the_same_names_and_the_failure(capsys: pytest.CaptureFixture[str]) -> None:
    logs.to_stderr()
    of = {"temporal_activity": {"workflow_id": "lost_parcel:SO-1", "workflow_run_id": "r-1", "activity_type": "a.b"}}
    structlog.contextvars.bind_contextvars(incident="0192", step="report.a.b")

    try:
        raise OSError("the line is dead")
    except OSError:
        logging.getLogger("temporalio.activity").warning("failed", exc_info=True, extra=of)
    finally:
        structlog.contextvars.clear_contextvars()

    (line,) = written(capsys)
    names = {name: line[name] for name in ("event", "incident", "step", "workflow", "run", "activity")}
    assert names == {
        "event": "failed",
        "incident": "0192",
        "step": "report.a.b",
        "workflow": "lost_parcel:SO-1",
        "run": "r-1",
        "activity": "a.b",
    }
    assert "OSError: the line is dead" in line["exception"]


def test_said_twice_where_logs_go_each_line_is_written_once(capsys: pytest.CaptureFixture[str]) -> None:
    logs.to_stderr()
    logs.to_stderr()

    logging.getLogger("temporalio.worker").warning("told")

    assert [line["event"] for line in written(capsys)] == ["told"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("AMENDS_LOG_LEVEL", "'loud' is none of debug, info, warning, error"),
        ("AMENDS_LOG_FORMAT", "none of text, json"),
    ],
)
def test_a_setting_of_no_use_is_an_error(name: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "loud")

    with pytest.raises(ConfigurationError, match=f"{name}: .*{told}"):
        logs.to_stderr()
