"""Room on the disk: what Amends needs to start, and from when on it warns."""

import os
import sys
from pathlib import Path
from typing import Final

from amends.errors import ConfigurationError

NEEDED: Final = 32 * 2**20
"""Bytes without which nothing is started: a fresh stack writes some 5 MB before its first incident."""

LOW: Final = 256 * 2**20
"""Bytes below which a person should make room."""


def free(folder: Path) -> int:
    """Bytes that may still be written in ``folder``, or where it would be made."""
    there = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())
    stat = os.statvfs(there)
    return stat.f_bavail * stat.f_frsize if stat.f_blocks else sys.maxsize  # some file systems do not tell


def require_room(folder: Path) -> None:
    """Raises ``ConfigurationError`` when there is too little room to start."""
    if free(folder) < NEEDED:
        raise ConfigurationError(f"{told(folder)}; nothing was started, {megabytes(NEEDED)} are needed")


def told(folder: Path) -> str:
    """How little is left, and what to do."""
    return (
        f"the disk is nearly full: {megabytes(free(folder))} are left for {str(folder)!r}; make room, "
        "or move the folder and name it in AMENDS_STATE_DIR"
    )


def megabytes(amount: int) -> str:
    return f"{amount / 2**20:.0f} MB"
