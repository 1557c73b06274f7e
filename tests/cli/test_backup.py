"""A backup is the journal with the files that it tells of, whole or none."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from amends.evidence import EvidenceFiles
from amends.journal import Journal, connect, verify
from amends.models import Evidence, plain
from amends.timeline import EntryKind
from cli.main import main
from tests.cli import stories

PDF = b"%PDF-1.4 paid"


@pytest.fixture
def slip(state_dir: Path, tmp_path: Path) -> Evidence:
    """A file that Mei has shown in an incident."""
    (tmp_path / "slip.pdf").write_bytes(PDF)
    kept = EvidenceFiles(state_dir / "evidence").keep(tmp_path / "slip.pdf")
    stories.write(state_dir, stories.reported(), showing(kept))
    return kept


def showing(kept: Evidence) -> Iterator[stories.Told]:
    yield timedelta(), EntryKind.EVIDENCE_ADDED, stories.MEI, {"key": "e-1", "evidence": [plain(kept)], "note": ""}


def test_what_was_copied_proves_the_incident_and_its_files_elsewhere(
    slip: Evidence,
    state_dir: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copy, beside = tmp_path / "copy.db", tmp_path / "copy.db.evidence"

    code, said = main(["backup", str(copy)]), capsys.readouterr()

    engine = connect(f"sqlite:///{copy}")
    found = verify(Journal(engine), stories.INCIDENT, files=EvidenceFiles(beside))
    engine.dispose()
    monkeypatch.setenv("AMENDS_DATABASE_URL", f"sqlite:///{copy}")
    monkeypatch.setenv("AMENDS_EVIDENCE_DIR", str(beside))
    assert (code, main(["evidence", "5d3a"])) == (0, 0)
    assert f"copied {state_dir / 'evidence'} to {beside}: 1 file, 13 bytes\n" in said.out
    assert f"read it with AMENDS_DATABASE_URL=sqlite:///{copy} AMENDS_EVIDENCE_DIR={beside} amends list" in said.err
    assert "every file that was shown is kept as it was" in found.proved
    assert found.problems == ()
    assert f"{str(slip.sha256)[:12]}  application/pdf  13 bytes  kept" in capsys.readouterr().out


def test_a_file_that_is_gone_is_named_and_all_else_is_copied(
    slip: Evidence, state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    EvidenceFiles(state_dir / "evidence").path(str(slip.sha256)).unlink()

    code = main(["backup", str(tmp_path / "copy.db")])

    said = capsys.readouterr().err
    assert code == 1
    assert (
        f"not copied, for it is missing or was altered: slip.pdf ({str(slip.sha256)[:12]}), which mei has shown; see "
        "`amends evidence 5d3a1c88`\n"
    ) in said
    assert (tmp_path / "copy.db").is_file()


def test_where_nothing_was_shown_only_the_journal_is_copied(
    state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stories.write(state_dir, stories.reported())

    code = main(["backup", str(tmp_path / "copy.db")])

    assert (code, [each.name for each in tmp_path.glob("copy*")]) == (0, ["copy.db"])
    assert "AMENDS_EVIDENCE_DIR" not in capsys.readouterr().err


@pytest.mark.usefixtures("slip")
def test_a_folder_that_is_there_already_keeps_the_whole_backup_from_being_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "copy.db.evidence").mkdir()

    code = main(["backup", str(tmp_path / "copy.db")])

    assert (code, (tmp_path / "copy.db").exists()) == (2, False)
    assert "copy.db.evidence' is there already; name another file" in capsys.readouterr().err


def test_files_that_cannot_be_copied_leave_no_half_a_backup(
    slip: Evidence, state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = EvidenceFiles(state_dir / "evidence").path(str(slip.sha256))
    place.unlink()
    place.mkdir()

    code = main(["backup", str(tmp_path / "copy.db")])

    assert (code, list(tmp_path.glob("*copy*"))) == (2, [])
    assert "cannot be copied to" in capsys.readouterr().err
