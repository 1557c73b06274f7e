"""A copy of the files that were shown: each as it was, and whole or not at all."""

import hashlib
from pathlib import Path

import pytest

from amends.errors import ConfigurationError
from amends.evidence import EvidenceFiles, Kept
from amends.evidence_copy import copy_files

SLIP, MAIL = b"%PDF-1.4 paid", b"From: a@b.example"


@pytest.fixture
def kept(tmp_path: Path) -> EvidenceFiles:
    files = EvidenceFiles(tmp_path / "evidence")
    for name, content in (("slip.pdf", SLIP), ("mail.eml", MAIL)):
        (tmp_path / name).write_bytes(content)
        files.keep(tmp_path / name)
    return files


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_every_file_is_there_under_its_digest(kept: EvidenceFiles, tmp_path: Path) -> None:
    copied = copy_files(kept, tmp_path / "copy")

    copy = EvidenceFiles(tmp_path / "copy")
    assert copied == (frozenset({digest(SLIP), digest(MAIL)}), len(SLIP) + len(MAIL))
    assert [copy.how(each) for each in copy.digests()] == [Kept.KEPT, Kept.KEPT]
    assert [each.name for each in tmp_path.glob(".copy*")] == []


def test_what_is_not_what_its_digest_says_or_is_no_such_file_is_left_out(kept: EvidenceFiles, tmp_path: Path) -> None:
    altered = kept.path(digest(SLIP))
    altered.chmod(0o600)
    altered.write_bytes(b"%PDF-1.4 not paid")
    (altered.parent / ".half-written").write_bytes(b"%PDF")
    (altered.parent / digest(b"elsewhere")).write_bytes(b"elsewhere")

    copied = copy_files(kept, tmp_path / "copy")

    assert copied.digests == {digest(MAIL)}
    assert [each.name for each in (tmp_path / "copy").rglob("*") if each.is_file()] == [digest(MAIL)]


def test_where_nothing_is_kept_no_folder_is_made(tmp_path: Path) -> None:
    copied = copy_files(EvidenceFiles(tmp_path / "evidence"), tmp_path / "copy")

    assert copied == (frozenset(), 0)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_as_it_is(kept: EvidenceFiles, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()

    with pytest.raises(ConfigurationError, match=r"copy' is there already; name another file"):
        copy_files(kept, tmp_path / "copy")

    assert list((tmp_path / "copy").iterdir()) == []


def test_a_file_that_cannot_be_read_is_told_and_nothing_is_left_behind(kept: EvidenceFiles, tmp_path: Path) -> None:
    kept.path(digest(SLIP)).unlink()
    kept.path(digest(SLIP)).mkdir()

    with pytest.raises(ConfigurationError, match="cannot be copied to"):
        copy_files(kept, tmp_path / "copy")

    assert list(tmp_path.glob("*copy*")) == []
