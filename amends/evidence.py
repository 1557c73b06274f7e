"""Where files are kept that show something: each under its digest, once, unchanged, outside of any incident's state.

The timeline has a file's name, digest, type and size. Whoever has the digest can tell whether the file is the one that
was shown.
"""

import hashlib
import mimetypes
import os
import re
import tempfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Final

import puremagic

from amends.errors import ConfigurationError, InputError
from amends.models import Evidence

_TEXT: Final = ("text/plain", "text/csv", "text/markdown", "message/rfc822", "application/json")

TYPES: Final = (
    *("image/jpeg", "image/png", "image/gif", "image/webp", "image/heif", "image/heic", "image/tiff"),
    *("video/mp4", "video/quicktime", "application/pdf"),
    *_TEXT,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
"""What evidence may be, by its content: pictures, films, pages, letters and tables; nothing that runs."""


MEBIBYTE: Final = 1024 * 1024

_DIGEST: Final = re.compile("[0-9a-f]{64}")


class Kept(StrEnum):
    """How a file that was shown is kept now. ``unreachable``: nobody can tell from here."""

    KEPT = "kept"
    MISSING = "missing"
    ALTERED = "altered"
    UNREACHABLE = "unreachable"


class EvidenceFiles:
    """A folder of files under their digests. ``largest``: how many MiB one may have.

    Several machines may share the folder. A file is there whole or not at all, and is never written over.
    """

    def __init__(self, folder: Path, *, largest: int = 25) -> None:
        self.folder, self._largest = folder, largest

    def keep(self, file: Path) -> Evidence:
        """Take a file in, and say what it is. Raises ``InputError`` for one that cannot be read, is empty or too large,
        or is of a type that is no evidence; ``ConfigurationError`` when it cannot be kept."""
        try:
            with file.open("rb") as opened:
                content = opened.read(self._largest * MEBIBYTE + 1)
        except OSError as error:
            raise InputError(f"{str(file)!r} cannot be read: {error.strerror}") from error
        if not content:
            raise InputError(f"{str(file)!r} is empty, and shows nothing")
        if len(content) > self._largest * MEBIBYTE:
            most = f"{self._largest} MiB (AMENDS_EVIDENCE_LARGEST)"
            raise InputError(f"{str(file)!r} has more than {most}; make it smaller, or show a reference to it")
        kind = _type_of(file, content)
        digest = hashlib.sha256(content).hexdigest()
        self._write(digest, content)
        return Evidence(what=file.name[:500], sha256=digest, type=kind, size=len(content))

    def digests(self) -> Iterator[str]:
        """The digests under which files are kept, sorted; none where there is no folder yet."""
        for place in sorted(self.folder.glob("??/*")):
            if _DIGEST.fullmatch(place.name) and place.name.startswith(place.parent.name):
                yield place.name

    def how(self, digest: str) -> Kept:
        """How the file with this digest is kept."""
        try:
            with self.path(digest).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return Kept.MISSING if self.folder.is_dir() else Kept.UNREACHABLE
        except OSError:
            return Kept.UNREACHABLE
        return Kept.KEPT if found == digest else Kept.ALTERED

    def bring(self, digest: str, to: Path) -> None:
        """Copy a file out, once it has proven to be the one that was shown. Raises ``InputError`` when it is not there
        or has been altered, and when ``to`` exists or cannot be written: nothing is written over."""
        content = self._read(digest)
        if content is None:
            raise InputError(
                f"no file with the digest {digest} is kept in {str(self.folder)!r}; AMENDS_EVIDENCE_DIR says where "
                "files are kept, and the timeline who has shown it"
            )
        if hashlib.sha256(content).hexdigest() != digest:
            raise InputError(f"{str(self.path(digest))!r} was altered, and is not the file any more that was shown")
        try:
            with to.open("xb") as file:
                file.write(content)
        except FileExistsError as error:
            raise InputError(f"{str(to)!r} is there already, and is not written over; name another file") from error
        except OSError as error:
            raise InputError(f"{str(to)!r} cannot be written: {error.strerror}") from error

    def _read(self, digest: str) -> bytes | None:
        try:
            return self.path(digest).read_bytes()
        except OSError:
            return None

    def path(self, digest: str) -> Path:
        """Where the file with this digest is kept, or would be."""
        return self.folder / digest[:2] / digest

    def _write(self, digest: str, content: bytes) -> None:
        place = self.path(digest)
        if self.how(digest) is Kept.KEPT:
            return
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".", delete=False) as fresh:
                try:
                    fresh.write(content)
                    fresh.flush()
                    os.fsync(fresh.fileno())
                    Path(fresh.name).chmod(0o440)
                    Path(fresh.name).replace(place)
                except OSError:
                    Path(fresh.name).unlink(missing_ok=True)
                    raise
        except OSError as error:
            raise ConfigurationError(
                f"the file cannot be kept in {str(self.folder)!r}: {error.strerror}; make room and rights there, or "
                "name another folder (AMENDS_EVIDENCE_DIR)"
            ) from error


def _type_of(file: Path, content: bytes) -> str:
    """The media type that a file's content has; its name decides only between those that the content may be."""
    named = mimetypes.guess_type(file.name)[0]
    try:
        found = [match.mime_type for match in puremagic.magic_string(content) if match.mime_type]
    except puremagic.PureError:
        found = []
    if named in found and named in TYPES:
        return named
    kind = found[0] if found else None
    if kind in TYPES:
        return str(kind)
    if kind is None and _is_text(content):
        return named if named in _TEXT else "text/plain"
    what = f"is {kind}" if kind else "is of no type that is known"
    raise InputError(
        f"{str(file)!r} {what}, and no evidence: pictures, films (MP4), PDF, text, mails, JSON, Word and Excel are; "
        "show a picture or a PDF of it, or a reference to where it is kept"
    )


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False
