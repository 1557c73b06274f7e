"""Watching an incident: what was, what comes, and when it is over."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.main import main
from tests.cli import stories
from tests.cli.terminals import Terminal, terminal

WAITING = (stories.reported, stories.searched)
WHOLE = (*WAITING, stories.asked, stories.reship_failed, stories.refunded)


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")


@contextmanager
def later(state_dir: Path, *, once: str, on: Terminal) -> Iterator[None]:
    """The rest of the incident is written as soon as the terminal shows ``once``."""
    over = threading.Event()

    def write() -> None:
        while once not in on.raw:
            if over.wait(0.01):
                return
        stories.write(state_dir, *(part() for part in WHOLE))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_what_comes_is_told_below_the_story_and_the_last_line_says_who_is_waited_for(state_dir: Path) -> None:
    stories.write(state_dir, *(part() for part in WAITING))

    with terminal(width=200, err=True) as shown, later(state_dir, once="waiting for the carrier, at", on=shown):
        code = main(["watch", "5d3a", "--utc"])

    story, _, rest = shown.raw.partition("\r\x1b[Kwaiting for the carrier, at most until 2026-11-25 22:04 UTC (")
    told = rest.partition("\r\x1b[K")[2].splitlines()
    assert code == 0
    assert f"Lost parcel, incident {stories.INCIDENT}\n" in story
    assert story.endswith("(status open, trace id TR-1). The same 2 more times, last at 16:04.\n")
    assert told[0] == "    22:04  Checked: ask the carrier what the search has found (status lost, trace id TR-1)."
    assert told[5:9] == [
        "    22:04  Status: waiting, waiting for the customer.",
        "  Tue 2026-11-24",
        "    00:04  customer answered the question lost_parcel.reship_or_refund: reship.",
        "Action",
    ]
    assert "    00:04  Doing: send the goods again." in told
    assert told[-1] == "    00:04  Ended: closed (refund)."


def test_an_incident_that_has_ended_is_told_and_left(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stories.write(state_dir, *(part() for part in WHOLE))

    code = main(["watch", "5d3a"])

    told = capsys.readouterr()
    assert code == 0
    assert told.out.endswith("Ended: closed (refund).\n")
    assert told.err == ""


def test_as_json_every_entry_is_a_line_of_its_own(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = stories.write(state_dir, *(part() for part in WHOLE))

    code = main(["watch", "5d3a", "--format", "json"])

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    main(["show", "5d3a", "--format", "json"])
    assert code == 0
    assert lines == json.loads(capsys.readouterr().out)["timeline"]
    assert lines[-1]["hash"] == row.head_hash


@pytest.mark.parametrize(
    ("until", "code", "said"),
    [
        ("waiting", 0, ""),
        ("resolved", 0, ""),
        ("closed", 0, ""),
        ("taken-over", 1, "it has ended as closed, and never was taken over\n"),
    ],
)
def test_the_code_says_whether_it_has_had_the_status_that_was_waited_for(
    until: str, code: int, said: str, state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stories.write(state_dir, *(part() for part in WHOLE))

    assert main(["watch", "5d3a", "--until", until]) == code
    assert capsys.readouterr().err == said


def test_an_id_that_is_unknown_is_told(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stories.write(state_dir, *(part() for part in WAITING))

    assert main(["watch", "cccc"]) == 2
    assert "no incident 'cccc' in this journal" in capsys.readouterr().err


def test_ctrl_c_ends_the_watching_with_130(state_dir: Path) -> None:
    stories.write(state_dir, *(part() for part in WAITING))
    heeding = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"  # the background ignores it
    command = [sys.executable, "-c", f"{heeding}; from cli.main import run; run()", "watch", "5d3a", "--format", "json"]

    watching = subprocess.Popen(  # noqa: S603 - our own Python and arguments
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ
    )
    assert watching.stdout is not None
    first = watching.stdout.readline()
    watching.send_signal(signal.SIGINT)
    _, err = watching.communicate(timeout=60)

    assert json.loads(first)["seq"] == 1
    assert (watching.returncode, err) == (130, "")
