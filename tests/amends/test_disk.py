"""How much room there is, and when there is too little."""

import os
from pathlib import Path

import pytest

from amends import disk
from amends.errors import ConfigurationError


def test_the_room_of_a_folder_that_is_not_there_yet_is_that_of_the_one_above(tmp_path: Path) -> None:
    above = os.statvfs(tmp_path)

    left = disk.free(tmp_path / "not" / "there")

    assert left == pytest.approx(above.f_bavail * above.f_frsize, rel=0.1)


def test_with_room_nothing_is_said(tmp_path: Path) -> None:
    disk.require_room(tmp_path)


def test_a_file_system_that_does_not_tell_is_no_full_one() -> None:
    disk.require_room(Path("/proc/amends"))


def test_without_room_the_error_says_how_little_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "NEEDED", disk.free(tmp_path) * 2)

    with pytest.raises(
        ConfigurationError, match=r"nearly full: \d+ MB are left .* make room, .*AMENDS_STATE_DIR; nothing"
    ):
        disk.require_room(tmp_path)
