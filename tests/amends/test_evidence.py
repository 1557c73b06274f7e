"""Files that show something: kept under their digest, whole or not at all, and known again."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from amends.errors import ConfigurationError, InputError
from amends.evidence import MEBIBYTE, EvidenceFiles, Kept
from amends.models import Evidence

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"a broken lamp" * 9
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"x" * 40
PROGRAM = b"MZ\x90\x00" + b"\0" * 60


@pytest.fixture
def kept(tmp_path: Path) -> EvidenceFiles:
    return EvidenceFiles(tmp_path / "evidence", largest=1)


def written(folder: Path, name: str, content: bytes) -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("lamp.jpg", JPEG, "image/jpeg"),
        ("lamp.txt", JPEG, "image/jpeg"),
        ("lamp.png", PNG, "image/png"),
        ("slip.pdf", b"%PDF-1.4\n%", "application/pdf"),
        ("call.txt", "她九点来电".encode(), "text/plain"),
        ("mail.eml", b"From: a@b.example\nSubject: lost\n\nhello", "message/rfc822"),
        ("list.csv", b"a,b\n1,2\n", "text/csv"),
        ("noname", b"called at nine", "text/plain"),
    ],
)
def test_a_file_is_kept_under_its_digest_with_the_type_of_its_content(
    kept: EvidenceFiles, tmp_path: Path, name: str, content: bytes, kind: str
) -> None:
    shown = kept.keep(written(tmp_path, name, content))

    assert shown == Evidence(what=name, sha256=digest(content), type=kind, size=len(content))
    assert kept.how(digest(content)) is Kept.KEPT


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("lamp.jpg", PROGRAM, "is application/vnd.microsoft.portable-executable, and no evidence"),
        ("page.html", b"<html><script>alert(1)</script>", "is text/html, and no evidence"),
        ("noise.txt", b"\x81\x00\xfe\x9d" * 9, "no evidence"),
        ("empty.txt", b"", "is empty, and shows nothing"),
        ("large.txt", b"x" * (MEBIBYTE + 1), "has more than 1 MiB (AMENDS_EVIDENCE_LARGEST)"),
    ],
)
def test_what_is_no_evidence_is_refused_and_nothing_is_kept(
    kept: EvidenceFiles, tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    with pytest.raises(InputError) as caught:
        kept.keep(written(tmp_path, name, content))

    assert why in str(caught.value)
    assert not (tmp_path / "evidence").exists()


def test_the_same_file_twice_and_at_once_is_kept_once(kept: EvidenceFiles, tmp_path: Path) -> None:
    files = [written(tmp_path, f"{number}.png", PNG) for number in range(8)]

    with ThreadPoolExecutor(8) as pool:
        shown = list(pool.map(kept.keep, files))

    assert {each.sha256 for each in shown} == {digest(PNG)}
    assert [each.name for each in (tmp_path / "evidence").rglob("*") if each.is_file()] == [digest(PNG)]


def test_a_name_leads_nowhere(kept: EvidenceFiles, tmp_path: Path) -> None:
    shown = kept.keep(written(tmp_path, "..lamp .png", PNG))

    assert shown.what == "..lamp .png"
    assert [each.parent.name for each in (tmp_path / "evidence").rglob(digest(PNG))] == [digest(PNG)[:2]]


def test_a_file_comes_back_as_it_was_shown_and_writes_over_nothing(kept: EvidenceFiles, tmp_path: Path) -> None:
    kept.keep(written(tmp_path, "lamp.png", PNG))
    there = written(tmp_path, "there.png", b"mine")

    kept.bring(digest(PNG), tmp_path / "seen.png")
    with pytest.raises(InputError) as caught:
        kept.bring(digest(PNG), there)

    assert (tmp_path / "seen.png").read_bytes() == PNG
    assert "is there already, and is not written over" in str(caught.value)
    assert there.read_bytes() == b"mine"


def test_a_file_that_was_altered_or_is_gone_is_told_and_never_brought(kept: EvidenceFiles, tmp_path: Path) -> None:
    kept.keep(written(tmp_path, "lamp.png", PNG))
    (place,) = (tmp_path / "evidence").rglob(digest(PNG))
    place.chmod(0o600)
    place.write_bytes(PNG + b"!")

    assert (kept.how(digest(PNG)), kept.how("0" * 64)) == (Kept.ALTERED, Kept.MISSING)
    with pytest.raises(InputError, match="was altered"):
        kept.bring(digest(PNG), tmp_path / "seen.png")
    with pytest.raises(InputError, match="no file with the digest 0000"):
        kept.bring("0" * 64, tmp_path / "seen.png")
    assert not (tmp_path / "seen.png").exists()


def test_what_was_altered_is_put_right_by_showing_the_file_again(kept: EvidenceFiles, tmp_path: Path) -> None:
    file = written(tmp_path, "lamp.png", PNG)
    kept.keep(file)
    (place,) = (tmp_path / "evidence").rglob(digest(PNG))
    place.chmod(0o600)
    place.write_bytes(b"")

    kept.keep(file)

    assert kept.how(digest(PNG)) is Kept.KEPT


def test_a_folder_that_cannot_be_written_is_told_with_its_setting(tmp_path: Path) -> None:
    in_the_way = written(tmp_path, "evidence", b"a file")

    with pytest.raises(ConfigurationError) as caught:
        EvidenceFiles(in_the_way).keep(written(tmp_path, "lamp.png", PNG))

    assert "cannot be kept in" in str(caught.value)
    assert "AMENDS_EVIDENCE_DIR" in str(caught.value)


def test_a_file_that_cannot_be_read_is_told(kept: EvidenceFiles, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        kept.keep(tmp_path / "nothing.png")


def test_what_is_kept_is_for_reading_only(kept: EvidenceFiles, tmp_path: Path) -> None:
    kept.keep(written(tmp_path, "lamp.png", PNG))
    (place,) = (tmp_path / "evidence").rglob(digest(PNG))

    assert os.stat(place).st_mode & 0o777 == 0o440  # noqa: PTH116
