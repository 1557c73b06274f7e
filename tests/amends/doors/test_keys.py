"""A door's key is made once, kept to its owner, and never written over."""

import json
import stat
from pathlib import Path

import pytest

from amends.doors.keys import DoorKey, public_in
from amends.errors import ConfigurationError, InputError


def test_a_key_that_was_kept_is_read_as_it_was(tmp_path: Path) -> None:
    key = DoorKey.new("console")
    key.write(tmp_path / "new" / "door.json")

    assert DoorKey.read(tmp_path / "new" / "door.json").public == key.public
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["door.json"]


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "door.json"
    DoorKey.new("console").write(file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_one_that_others_may_read_is_not_used(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "door.json"
    DoorKey.new("console").write(file)
    file.chmod(mode)

    with pytest.raises(ConfigurationError, match="can be read by others; `chmod 600` it"):
        DoorKey.read(file)


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "door.json"
    first = DoorKey.new("console")
    first.write(file)

    with pytest.raises(ConfigurationError, match="is there already"):
        DoorKey.new("console").write(file)
    assert DoorKey.read(file).id == first.id
    assert [each.name for each in tmp_path.iterdir()] == ["door.json"]


def test_two_keys_of_one_name_have_different_ids() -> None:
    one, two = DoorKey.new("console"), DoorKey.new("console")

    assert one.id != two.id
    assert one.id.startswith("console-")


@pytest.mark.parametrize("name", ["", "Console", "a b", "../doors", "x" * 41])
def test_a_name_that_would_be_no_name_of_a_file_is_none(name: str) -> None:
    with pytest.raises(InputError, match="is no name of a door"):
        DoorKey.new(name)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"kid": "a", "kty": "RSA"}', "-----BEGIN PRIVATE KEY-----"])
def test_what_is_no_key_is_told_as_that(tmp_path: Path, text: str) -> None:
    file = tmp_path / "door.json"
    file.write_text(text)
    file.chmod(0o600)

    with pytest.raises(ConfigurationError, match="holds no door's key"):
        DoorKey.read(file)
    with pytest.raises(InputError, match="holds no public key of a door"):
        public_in(file)


def test_a_key_that_is_not_there_is_told_with_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="`amends door new` makes one, and AMENDS_DOOR_KEY says where"):
        DoorKey.read(tmp_path / "door.json")
    with pytest.raises(InputError, match="cannot be read"):
        public_in(tmp_path / "door.json")


def test_the_public_half_does_not_sign_and_the_key_itself_is_not_given_away(tmp_path: Path) -> None:
    key = DoorKey.new("console")
    public, private = tmp_path / "public.json", tmp_path / "door.json"
    public.write_text(json.dumps(key.public))
    public.chmod(0o600)
    key.write(private)

    assert public_in(public) == key.public
    assert "d" not in key.public
    with pytest.raises(ConfigurationError, match="is the public half"):
        DoorKey.read(public)
    with pytest.raises(InputError, match="holds the key itself"):
        public_in(private)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError, match="cannot be written to"):
        DoorKey.new("console").write(tmp_path / "file" / "door.json")
