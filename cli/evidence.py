"""Evidence as it is typed: the path of a file, which is kept under its digest, or a reference."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from amends.errors import InputError
from amends.evidence import EvidenceFiles
from amends.models import Evidence
from amends.settings import Settings

_LONGEST: Final = 500
_PATHS: Final = ("/", "./", "../", "~")
"""How a text begins that can only be meant as a path."""


def evidence_of(typed: Iterable[str], *, option: str = "--evidence") -> tuple[Evidence, ...]:
    """What was typed behind ``option``, each once; files are kept from now on. Raises ``InputError`` for nothing at
    all, and for a path where no file can be read, or one that is no evidence."""
    evidence = tuple(dict.fromkeys(_one(each.strip(), option) for each in typed))
    if not evidence:
        raise InputError(f"{option}: give at least one file or reference that shows it")
    return evidence


def files_of(typed: Iterable[str], *, option: str) -> tuple[Evidence, ...]:
    """The files whose paths were typed behind ``option``, each once, and kept from now on. Raises ``InputError`` for
    one that cannot be read, or is no evidence."""
    kept = tuple(dict.fromkeys(_one(each.strip(), option) for each in typed))
    for each in kept:
        if each.sha256 is None:
            raise InputError(f"{option} {each.what!r}: there is no such file; name the path of one")
    return kept


def files() -> EvidenceFiles:
    """Where this process keeps files."""
    settings = Settings()
    return EvidenceFiles(settings.evidence_dir, largest=settings.evidence_largest)


def _one(text: str, option: str) -> Evidence:
    path = Path(text).expanduser() if text.startswith("~") else Path(text)
    if text and _is_file(path):
        try:
            return files().keep(path)
        except InputError as error:
            raise InputError(f"{option} {error}") from error
    if text.startswith(_PATHS):
        raise InputError(f"{option} {text!r}: there is no such file; a reference in words does not begin like a path")
    if not 0 < len(text) <= _LONGEST:
        raise InputError(f"{option} {text[:40]!r}: a reference has 1 to {_LONGEST} characters")
    return Evidence(what=text)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # too long for a name, so it is words
        return False
