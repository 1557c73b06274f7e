"""The lines of a file that may be packed, read one at a time."""

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from io import BufferedIOBase
from pathlib import Path

from amends.errors import InputError

LONGEST_LINE = 1 << 20
"""Bytes. An event that is longer is none that an order system sends; a file without lines would fill the memory."""


def lines_of(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Each line that is not blank with its number, from 1; ``None`` for one that is too long. Raises ``InputError`` for
    a file that cannot be read, or not to its end."""
    number = 0
    try:
        with _opened(path) as file:
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
                    _skip_the_rest(file)
                    yield number, None
                elif line.strip():
                    yield number, line
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: it cannot be read behind line {number}: {error}") from error


def digest_of(path: Path) -> str:
    """What tells the file from any other. Raises ``InputError`` for one that cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: it cannot be read: {error.strerror or error}") from error


_GZIP = b"\x1f\x8b"


def _opened(path: Path) -> BufferedIOBase:
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    return gzip.GzipFile(path, "rb") if packed else path.open("rb")


def _skip_the_rest(file: BufferedIOBase) -> None:
    while (part := file.readline(LONGEST_LINE)) and not part.endswith(b"\n"):
        pass
