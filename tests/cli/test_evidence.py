"""Evidence as it is typed: a file is kept by its name and digest, anything else is a reference."""

import hashlib
from pathlib import Path

import pytest

from amends.errors import InputError
from amends.models import Evidence
from cli.evidence import evidence_of


def test_a_file_is_kept_by_its_name_digest_type_and_size_and_words_as_they_are(tmp_path: Path) -> None:
    slip = tmp_path / "slip.pdf"
    slip.write_bytes(b"%PDF")

    kept = evidence_of([str(slip), " mail 4711 ", "mail 4711", "https://bank.example/t/1"])

    assert kept == (
        Evidence(what="slip.pdf", sha256=hashlib.sha256(b"%PDF").hexdigest(), type="application/pdf", size=4),
        Evidence(what="mail 4711"),
        Evidence(what="https://bank.example/t/1"),
    )


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ([], "--evidence: give at least one file or reference"),
        (["  "], "--evidence '': a reference has 1 to 500 characters"),
        (["x" * 501], "a reference has 1 to 500 characters"),
        (["./slip.pdf"], "--evidence './slip.pdf': there is no such file"),
        (["/nowhere/slip.pdf"], "--evidence '/nowhere/slip.pdf': there is no such file"),
    ],
)
def test_what_shows_nothing_is_told(typed: list[str], told: str) -> None:
    with pytest.raises(InputError) as caught:
        evidence_of(typed)

    assert told in str(caught.value)
