"""`amends door`: a key for who types, and the public keys of those whose word counts."""

import json
import stat
from pathlib import Path

import pytest

from amends.doors.keys import DoorKey
from amends.doors.trusted import Trusted
from amends.settings import Settings
from cli import signing
from cli.main import main


def told(capsys: pytest.CaptureFixture[str], *arguments: str, expect: int = 0) -> tuple[str, str]:
    assert main(["door", *arguments]) == expect
    said = capsys.readouterr()
    return said.out, said.err


def test_a_new_key_stays_here_and_its_public_half_is_printed(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = told(capsys, "new", "ops-desk")

    key = DoorKey.read(state_dir / "door.json")
    assert json.loads(out) == key.public
    assert key.id.startswith("ops-desk-")
    assert stat.S_IMODE((state_dir / "door.json").stat().st_mode) == 0o600
    assert f"the key of {key.id} is in {state_dir / 'door.json'}" in err
    assert "amends door trust" in err


def test_a_second_key_does_not_replace_the_first(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "new", "ops-desk")
    before = (state_dir / "door.json").read_bytes()

    _, err = told(capsys, "new", "ops-desk", expect=2)

    assert "is there already, and a key is never written over" in err
    assert (state_dir / "door.json").read_bytes() == before


def test_a_door_that_is_trusted_counts_until_its_file_is_removed(
    state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    public, _ = told(capsys, "new", "ops-desk")
    (tmp_path / "ops-desk.json").write_text(public)

    out, _ = told(capsys, "trust", str(tmp_path / "ops-desk.json"))
    (file,) = (state_dir / "doors").iterdir()
    shown, _ = told(capsys, "show")
    file.unlink()
    after, _ = told(capsys, "show")

    door = json.loads(public)["kid"]
    assert out == f"the word of {door} counts for every act: {file}\n"
    assert f"what is typed here is signed by {door} ({state_dir / 'door.json'})" in shown
    assert f"  {door}  every act\n" in shown
    assert "trusts no door; `amends door trust` puts one into" in after


def test_a_door_may_be_trusted_for_some_acts(
    state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = DoorKey.new("shop")
    (tmp_path / "shop.json").write_text(json.dumps(shop.public))

    out, _ = told(capsys, "trust", str(tmp_path / "shop.json"), "--acts", "report, answer", "--format", "json")
    shown = json.loads(told(capsys, "show", "--format", "json")[0])

    assert json.loads(out)["acts"] == ["report", "answer"]
    assert shown == {"own": None, "trusted": [{"door": shop.id, "acts": ["report", "answer"]}]}
    assert Trusted.at(state_dir / "doors").doors[shop.id].acts == ("report", "answer")


def test_without_a_key_it_is_said_what_that_means(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = told(capsys, "show")

    assert "what is typed here is unsigned, and cannot approve" in out
    assert not (state_dir / "doors").exists()


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (("new",), "say which: the door's name"),
        (("new", "Ops Desk"), "is no name of a door"),
        (("new", "ops", "--acts", "report"), "--acts belongs to `amends door trust`"),
        (("trust",), "say which: the file with its public key"),
        (("trust", "nothing.json"), "cannot be read"),
        (("show", "ops"), "takes no name"),
    ],
)
def test_what_cannot_be_done_is_told(
    state_dir: Path, capsys: pytest.CaptureFixture[str], typed: tuple[str, ...], why: str
) -> None:
    assert why in told(capsys, *typed, expect=2)[1]
    assert list(state_dir.iterdir()) == []


def test_an_act_that_there_is_not_is_told_with_the_one_that_may_be_meant(
    state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "shop.json").write_text(json.dumps(DoorKey.new("shop").public))

    _, err = told(capsys, "trust", str(tmp_path / "shop.json"), "--acts", "reports", expect=2)

    assert "--acts: there is no act 'reports'; did you mean 'report'?" in err
    assert not (state_dir / "doors").exists()


def test_a_key_that_was_named_and_is_not_there_is_an_error(
    state_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMENDS_DOOR_KEY", str(state_dir / "gone.json"))
    assert "AMENDS_DOOR_KEY says where it is" in told(capsys, "show", expect=2)[1]

    monkeypatch.delenv("AMENDS_DOOR_KEY")
    monkeypatch.setenv("AMENDS_DOOR_KEYS", str(state_dir / "gone"))
    assert "AMENDS_DOOR_KEYS" in told(capsys, "show", expect=2)[1]


def finding(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    main(["doctor", "--format", "json"])
    (found,) = [each for each in json.loads(capsys.readouterr().out) if each["name"] == "doors"]
    return dict(found)


def test_doctor_says_whether_what_is_typed_here_would_count(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing = finding(capsys)
    public, _ = told(capsys, "new", "ops-desk")
    alone = finding(capsys)
    other = DoorKey.new("shop")
    signing.trust(other.public, state_dir / "doors")
    stranger = finding(capsys)
    signing.trust(json.loads(public), state_dir / "doors")
    well = finding(capsys)
    (state_dir / "door.json").chmod(0o644)
    open_to_all = finding(capsys)

    assert [each["verdict"] for each in (nothing, alone, stranger, well)] == ["warning", "unknown", "warning", "ok"]
    assert "nobody can approve" in nothing["says"]
    assert "and not this one: what is typed here is refused" in stranger["says"]
    assert "trusts 2 doors, this one among them" in well["says"]
    assert open_to_all["verdict"] == "wrong"
    assert "can be read by others" in open_to_all["says"]


def test_a_state_folder_gets_a_key_of_its_own_once_and_trusts_it(state_dir: Path) -> None:
    signing.make_own(Settings())
    first = signing.signer()
    signing.make_own(Settings())

    assert first is not None
    assert [*signing.trusted(Settings()).doors] == [first.id]
    assert DoorKey.read(state_dir / "door.json").id == first.id


@pytest.mark.parametrize("named", ["AMENDS_DOOR_KEY", "AMENDS_DOOR_KEYS"])
def test_where_somebody_says_which_key_none_is_made(
    state_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.setenv(named, str(tmp_path / "elsewhere"))

    signing.make_own(Settings())

    assert list(state_dir.iterdir()) == []
