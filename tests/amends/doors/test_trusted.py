"""Whose word counts is what the folder says now."""

import json
from pathlib import Path

import pytest

from amends.doors.keys import DoorKey
from amends.doors.trusted import Trusted
from amends.errors import ConfigurationError
from tests.amends.doors.requests import deed, signed

DESK, CONSOLE = DoorKey.new("ops-desk"), DoorKey.new("console")


def put(folder: Path, door: DoorKey, **more: object) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / f"{door.id}.json"
    file.write_text(json.dumps({**door.public, **more}))
    return file


def refusal(trusted: Trusted, door: DoorKey) -> str | None:
    request = signed(door)
    return trusted.refusal(request.actor, deed(request))


def test_a_door_counts_from_when_it_is_put_there_until_it_is_taken_away(tmp_path: Path) -> None:
    put(tmp_path / "doors", DESK)
    trusted = Trusted.at(tmp_path / "doors")
    before = refusal(trusted, CONSOLE)

    file = put(tmp_path / "doors", CONSOLE)
    there = refusal(trusted, CONSOLE)
    file.unlink()
    after = refusal(trusted, CONSOLE)

    assert there is None
    assert before == after
    assert f"the door {CONSOLE.id!r}, which speaks for 'chen', is not trusted here" in str(after)
    assert refusal(trusted, DESK) is None


def test_a_folder_may_come_later(tmp_path: Path) -> None:
    trusted = Trusted.at(tmp_path / "doors")
    before = refusal(trusted, DESK)

    put(tmp_path / "doors", DESK)

    assert "trusts no door" in str(before)
    assert refusal(trusted, DESK) is None


def test_a_door_may_be_trusted_for_some_acts_only(tmp_path: Path) -> None:
    put(tmp_path, CONSOLE, acts=["report", "answer"])

    assert refusal(Trusted.at(tmp_path), CONSOLE) == (
        f"the door {CONSOLE.id!r} is trusted for report, answer, and not for 'decide'; use another door"
    )


@pytest.mark.parametrize("as_set", [True, False])
def test_one_file_may_hold_one_key_or_a_set(tmp_path: Path, *, as_set: bool) -> None:
    file = tmp_path / "doors.json"
    file.write_text(json.dumps({"keys": [DESK.public, CONSOLE.public]} if as_set else DESK.public))

    trusted = Trusted.at(file)

    assert set(trusted.doors) == ({DESK.id, CONSOLE.id} if as_set else {DESK.id})
    assert refusal(trusted, DESK) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "holds no public key of a door"),
        ('{"keys": [1]}', "no JWK with a kid"),
        (json.dumps({**DESK.public, "crv": "X25519"}), "no Ed25519 key"),
        (json.dumps({**DESK.public, "acts": "report"}), "are no list of acts"),
        (json.dumps({"keys": [DESK.public, DESK.public]}), "there is another key with the id"),
    ],
)
def test_a_file_that_is_no_key_is_an_error_at_the_start(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "x.json").write_text(text)

    with pytest.raises(ConfigurationError, match="AMENDS_DOOR_KEYS") as raised:
        Trusted.at(tmp_path)
    assert told in str(raised.value)
    assert "x.json" in str(raised.value)


def test_a_private_key_among_the_public_ones_is_an_error_at_the_start(tmp_path: Path) -> None:
    DESK.write(tmp_path / "oops.json")

    with pytest.raises(ConfigurationError, match="the private half"):
        Trusted.at(tmp_path)


def test_a_file_that_goes_wrong_later_shuts_its_own_door_and_no_other(tmp_path: Path) -> None:
    put(tmp_path, DESK)
    file = put(tmp_path, CONSOLE)
    trusted = Trusted.at(tmp_path)

    file.write_text("{")

    assert refusal(trusted, DESK) is None
    assert "holds no public key of a door" in str(refusal(trusted, CONSOLE))
