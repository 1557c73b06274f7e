"""A copy of the files that were shown, for a backup."""

import os
import shutil
from pathlib import Path
from typing import NamedTuple

from amends.errors import ConfigurationError
from amends.evidence import EvidenceFiles, Kept


class Copied(NamedTuple):
    """The digests of the files that were copied, and how many bytes they have."""

    digests: frozenset[str]
    size: int


def copy_files(files: EvidenceFiles, target: Path) -> Copied:
    """Copies all files into a folder, which is there whole or not at all, and not where there are none. A file that is
    not any more what its digest says is left out.

    Raises ``ConfigurationError`` when ``target`` is there already or cannot be written, or a file cannot be read.
    """
    if target.exists():
        raise ConfigurationError(f"{str(target)!r} is there already; name another file, or move it away")
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    copy = EvidenceFiles(unfinished)
    try:
        copied = {digest: size for digest in files.digests() if (size := _copy(files, copy, digest)) is not None}
        if copied:
            unfinished.replace(target)
    except OSError as error:
        raise ConfigurationError(
            f"the files in {str(files.folder)!r} cannot be copied to {str(target)!r}: {error.strerror}"
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return Copied(frozenset(copied), sum(copied.values()))


def _copy(files: EvidenceFiles, copy: EvidenceFiles, digest: str) -> int | None:
    place = copy.path(digest)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(files.path(digest), place)
    if copy.how(digest) is not Kept.KEPT:
        place.unlink()
        return None
    with place.open("rb") as written:
        os.fsync(written.fileno())
    place.chmod(0o440)
    return place.stat().st_size
