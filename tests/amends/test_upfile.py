"""The file of an `amends up`: who wrote it, and whether that one lives."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from amends import upfile
from amends.errors import ConfigurationError
from amends.upfile import Announcement, UpFile, UpState

TOLD = UpFile(
    pid=4711,
    server_pid=4712,
    state=UpState.UP,
    started_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
    version="0.1.0",
    temporal="127.0.0.1:7233",
    pages=None,
    journal="sqlite:///.amends/journal.db",
    shop="sqlite:///.amends/shop.db",
)

WRITER = """
import sys
from pathlib import Path
from amends.upfile import Announcement, UpFile
announcement = Announcement(Path(sys.argv[1]))
announcement.say(UpFile.model_validate_json(sys.argv[2]))
print("said", flush=True)
sys.stdin.read()
"""


def test_where_nothing_was_said_nothing_is_found(tmp_path: Path) -> None:
    assert upfile.find(tmp_path) is None
    assert upfile.find(tmp_path / "nowhere") is None


def test_what_a_living_process_says_is_found_until_it_is_withdrawn(tmp_path: Path) -> None:
    announcement = Announcement(tmp_path)

    announcement.say(TOLD)
    found = upfile.find(tmp_path)
    announcement.withdraw()

    assert found == (TOLD, True)
    assert upfile.find(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_what_is_said_anew_replaces_what_was_said(tmp_path: Path) -> None:
    announcement = Announcement(tmp_path)
    stopping = TOLD.model_copy(update={"state": UpState.STOPPING, "waits_for": ("payments.refund of 09e8ed54",)})

    announcement.say(TOLD)
    announcement.say(stopping)
    found = upfile.find(tmp_path)
    announcement.withdraw()

    assert found == (stopping, True)


def test_a_killed_writer_is_known_to_be_dead_though_its_number_may_be_another_s(tmp_path: Path) -> None:
    alive_elsewhere = TOLD.model_copy(update={"pid": 1})
    command = [sys.executable, "-c", WRITER, str(tmp_path), alive_elsewhere.model_dump_json()]

    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:  # noqa: S603 - our own script
        assert writer.stdout is not None
        assert writer.stdout.readline() == "said\n"
        before = upfile.find(tmp_path)
        writer.kill()
    after = upfile.find(tmp_path)

    assert before == (alive_elsewhere, True)
    assert after == (alive_elsewhere, False)


def test_one_who_withdraws_leaves_what_he_never_said(tmp_path: Path) -> None:
    first, second = Announcement(tmp_path), Announcement(tmp_path)
    first.say(TOLD)

    second.withdraw()

    assert upfile.find(tmp_path) == (TOLD, True)
    first.withdraw()


def test_a_file_of_something_else_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "up.json").write_text("not ours")

    with pytest.raises(ConfigurationError, match=r"up\.json' cannot be read .* remove it if no `amends up` runs here"):
        upfile.find(tmp_path)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere/up\.json' cannot be written: No such file"):
        Announcement(tmp_path / "nowhere").say(TOLD)
