"""All of it, as people use it: `amends up` in one process, the other commands beside it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from amends.connectors.shop import Shop
from amends.journal import Journal, connect
from amends.timeline import EntryKind
from cli.main import main

AMENDS = Path(sys.executable).with_name("amends")
LOST = ("open", "lost_parcel", "order_id=SO-1001", "parcel_id=PC-1001-1", "--actor", "mei")
_WITHIN = 30.0
"""Seconds for what takes one or two."""


@dataclass
class Terminal:
    """A terminal in a folder of its own, without this machine's settings."""

    folder: Path
    address: str | None = None

    def amends(self, *arguments: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(  # noqa: S603 - our own command
            [AMENDS, *arguments],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=_WITHIN,
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done

    def read(self, *arguments: str) -> Any:
        return json.loads(self.amends(*arguments, "--format", "json").stdout)

    @contextmanager
    def up(self) -> Iterator[str]:
        """Runs `amends up` on free ports; gives what it says. Stops it as a service manager would."""
        process = subprocess.Popen(  # noqa: S603 - our own command
            [AMENDS, "up", "--port", "0", "--ui-port", "0"],
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            said = ""
            for line in process.stdout:
                said += line
                if "amends show" in line:
                    break
            assert process.poll() is None, process.communicate()[1]
            found = re.search(r"export TEMPORAL_ADDRESS=(\S+)", said)
            assert found is not None, said
            self.address = found[1]
            yield said
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=_WITHIN)
            assert process.returncode == 0, err
            assert "stopped; everything is kept in" in err
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()

    def _environment(self) -> dict[str, str]:
        ours = ("AMENDS_STATE_DIR", "AMENDS_DATABASE_URL", "AMENDS_SHOP_URL")
        kept = {
            name: value for name, value in os.environ.items() if name not in ours and (not name.startswith("TEMPORAL_"))
        }
        return kept | ({"TEMPORAL_ADDRESS": self.address} if self.address else {})


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A terminal beside an `amends up`."""
    terminal = Terminal(tmp_path_factory.mktemp("running"))
    with terminal.up():
        yield terminal


@pytest.fixture
def here(running: Terminal, state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """The commands of this process find what runs in the terminal's folder."""
    assert running.address is not None
    assert state_dir.is_dir()
    monkeypatch.setenv("AMENDS_STATE_DIR", str(running.folder / ".amends"))
    monkeypatch.setenv("TEMPORAL_ADDRESS", running.address)
    return running


@dataclass
class Desk:
    """Commands in this process: they say the same, and need not be imported each time."""

    capsys: pytest.CaptureFixture[str]

    def read(self, *arguments: str) -> Any:
        assert main([*arguments, "--format", "json"]) == 0
        return json.loads(self.capsys.readouterr().out)

    def refused(self, *arguments: str) -> str:
        """What is said of a command that is refused."""
        assert main(arguments) == 2
        return self.capsys.readouterr().err


@pytest.fixture
def desk(capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(capsys)


def test_an_incident_is_opened_answered_and_found_again_after_a_restart(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)

    with terminal.up() as said:
        assert "SO-1001  PC-1001-1" in said
        _refuse_the_search(tmp_path)  # so that the customer is asked at once
        opened = terminal.read(*LOST)
        short = opened["incident_id"][:8]
        _until(tmp_path, opened["incident_id"], EntryKind.QUESTION_ASKED)
        listed = terminal.read("list", "--open")
        story = terminal.amends("show", short).stdout
        answered = terminal.amends("answer", short, "reship").stdout
        _until(tmp_path, opened["incident_id"], EntryKind.INCIDENT_RESOLVED)
        again = terminal.read(*LOST)

    assert (opened["result"], opened["duplicate_of"]) == ("opened", None)
    assert [row["incident_id"] for row in listed] == [opened["incident_id"]]
    assert "Asked the customer: lost_parcel.reship_or_refund (reship, refund)" in story
    assert f"    amends answer {short} reship\n" in story
    assert answered.startswith("recorded: reship is the answer to the question lost_parcel.reship_or_refund")
    assert again["incident_id"] == opened["incident_id"]

    with terminal.up() as said:
        assert "open incidents: 1" in said
        shown = terminal.read("show", short)

    assert shown["incident"]["outcome"] == "reship"
    assert shown["view"]["incident_id"] == opened["incident_id"]


def test_an_answer_counts_once_and_only_if_it_is_offered(here: Terminal, desk: Desk) -> None:
    _refuse_the_search(here.folder)
    incident = desk.read("open", "lost_parcel", "order_id=SO-1003", "parcel_id=PC-1003-1")["incident_id"]
    _until(here.folder, incident, EntryKind.QUESTION_ASKED)

    elsewhere = desk.refused("answer", incident, "refund", "--ask", "satisfaction")
    not_offered = desk.refused("answer", incident, "nothing")
    counted = desk.read("answer", incident, "refund", "--ask", "lost_parcel.reship_or_refund")
    repeated = desk.read("answer", incident, "refund")
    too_late = desk.refused("answer", incident, "reship")

    assert "nothing is asked at 'satisfaction' now; open questions: 'analysis.ask." in elsewhere
    assert "'nothing' is not offered" in not_offered
    assert "choose one of 'reship', 'refund'" in not_offered
    assert (counted["result"], counted["choice"]) == ("recorded", "refund")
    assert (repeated["result"], repeated["n"], repeated["key"]) == ("repeated", counted["n"], counted["key"])
    assert "asks nothing now" in too_late


def test_a_report_is_added_under_another_key_and_refused_with_what_it_lacks(here: Terminal, desk: Desk) -> None:
    report = ("open", "lost_parcel", "order_id=SO-1005", "parcel_id=PC-1005-1")
    opened = desk.read(*report)

    added = desk.read(*report, "--key", f"{opened['key']}-2")
    lacking = desk.refused("open", "lost_parcel", "order_id=SO-1005")
    unknown = desk.refused("open", "lost_parcl", "order_id=SO-1005")

    assert here.address is not None
    assert (added["result"], added["incident_id"]) == ("added", opened["incident_id"])
    assert "the report lacks 'parcel_id'" in lacking
    assert "did you mean 'lost_parcel'?" in unknown


def test_an_incident_is_called_off_with_who_asked_and_why(here: Terminal, desk: Desk) -> None:
    incident = desk.read("open", "lost_parcel", "order_id=SO-1002", "parcel_id=PC-1002-1")["incident_id"]
    _until(here.folder, incident, EntryKind.WAIT_STARTED)

    code = main(["cancel", incident, "--reason", "it is in the mail room", "--actor", "mei"])

    told = desk.capsys.readouterr().out
    _until(here.folder, incident, EntryKind.INCIDENT_CLOSED)
    (row,) = desk.read("list", "--order", "SO-1002")
    assert (code, told) == (0, f"recorded: incident {incident} is called off\n")
    assert (row["status"], row["outcome"]) == ("cancelled", "cancelled: it is in the mail room")


def test_a_port_that_is_taken_is_told_with_the_option_that_names_another(running: Terminal, tmp_path: Path) -> None:
    assert running.address is not None
    port = running.address.rpartition(":")[2]

    done = Terminal(tmp_path).amends("up", "--port", port, "--ui-port", "0", expect=2)

    assert f"port {port} cannot be used" in done.stderr
    assert "--temporal-port" in done.stderr


def test_two_cannot_be_up_in_one_folder(running: Terminal) -> None:
    done = running.amends("up", "--port", "0", "--ui-port", "0", expect=2)

    assert re.search(r"runs on .* already: process \d+, since .*; `amends status` tells .* `amends down`", done.stderr)


def _refuse_the_search(folder: Path) -> None:
    shop = Shop(f"sqlite:///{folder / '.amends' / 'shop.db'}")
    try:
        shop.fault(call="shipping.open_trace", kind="refuse", reason="TraceRefused")
    finally:
        shop.dispose()


def _until(folder: Path, incident_id: str, kind: EntryKind) -> None:
    """Waits until the incident's timeline has an entry of this kind."""
    engine = connect(f"sqlite:///{folder / '.amends' / 'journal.db'}")
    deadline = time.monotonic() + _WITHIN
    try:
        journal = Journal(engine)
        while kind not in (kinds := [entry.kind for entry in journal.timeline(incident_id)]):
            assert time.monotonic() < deadline, f"no {kind}, but {kinds}"
            time.sleep(0.05)
    finally:
        engine.dispose()
