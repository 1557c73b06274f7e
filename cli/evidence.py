"""Evidence as it is typed: the path of a file, of which name, digest, type and size are kept, or a reference."""

import hashlib
import mimetypes
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from amends.errors import InputError
from amends.models import Evidence

_LONGEST: Final = 500
_PATHS: Final = ("/", "./", "../", "~")
"""How a text begins that can only be meant as a path."""


def evidence_of(typed: Iterable[str], *, option: str = "--evidence") -> tuple[Evidence, ...]:
    """What was typed behind ``option``, each once. Raises ``InputError`` for nothing at all, and for a path where no
    file can be read."""
    evidence = tuple(dict.fromkeys(_one(each.strip(), option) for each in typed))
    if not evidence:
        raise InputError(f"{option}: give at least one file or reference that shows it")
    return evidence


def _one(text: str, option: str) -> Evidence:
    path = Path(text).expanduser() if text.startswith("~") else Path(text)
    if text and _is_file(path):
        return _file(path, option)
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


def _file(path: Path, option: str) -> Evidence:
    """The type goes by the name: nobody looks into the file but for its digest."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
    except OSError as error:
        raise InputError(f"{option} {str(path)!r}: the file cannot be read: {error.strerror}") from error
    return Evidence(what=path.name, sha256=digest, type=mimetypes.guess_type(path.name)[0], size=size)
