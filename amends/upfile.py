"""The file by which an `amends up` is found: where everything is that it runs, and whether it still lives.

Whoever writes the file holds a lock on it from before it gets its name until the writer ends, however that ends. So
nobody has to trust a process number, which another process may have been given meanwhile.
"""

import contextlib
import fcntl
import os
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import ValidationError

from amends.errors import ConfigurationError
from amends.models import Model, Utc

NAME: Final = "up.json"


class UpState(StrEnum):
    STARTING = "starting"
    UP = "up"
    STOPPING = "stopping"


class UpFile(Model):
    """What an `amends up` says of itself.

    ``temporal`` and ``pages`` are ``host:port``, the databases are URLs without their passwords. ``waits_for``: the
    calls that a stopping one lets finish. ``log``: where it writes, if it runs in the background.
    """

    pid: int
    server_pid: int
    state: UpState
    started_at: Utc
    version: str
    temporal: str
    pages: str | None
    journal: str
    shop: str
    log: str | None = None
    waits_for: tuple[str, ...] = ()


class Found(NamedTuple):
    """What the file says. If it is not ``alive``, its writer was killed before it could take the file away."""

    written: UpFile
    alive: bool


def find(state_dir: Path) -> Found | None:
    """The `amends up` of a state folder, if there is or was one that did not end in order.

    Raises ``ConfigurationError`` for a file that cannot be read.
    """
    file = state_dir / NAME
    try:
        while True:
            with file.open("rb") as opened:
                found = Found(UpFile.model_validate_json(opened.read()), _is_locked(opened.fileno()))
                # one that was just replaced is locked no more, and its writer lives
                if found.alive or _is_still(file, opened.fileno()):
                    return found
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValidationError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not what `amends up` writes"
        raise ConfigurationError(
            f"{str(file)!r} cannot be read ({why}); give the right to read it, or remove it if no `amends up` runs here"
        ) from error


class Announcement:
    """The file of this process, as long as it says something in it. Not for two at once on one folder."""

    def __init__(self, state_dir: Path) -> None:
        self._file = state_dir / NAME
        self._held: int | None = None

    def say(self, written: UpFile) -> None:
        """Writes the file anew, whole or not at all. Raises ``ConfigurationError`` when it cannot be written."""
        fresh = self._file.with_name(f".{NAME}.{os.getpid()}")
        try:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
            try:
                os.write(descriptor, written.model_dump_json(indent=2).encode())
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                fresh.replace(self._file)
            except BaseException:
                os.close(descriptor)
                fresh.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise ConfigurationError(f"{str(self._file)!r} cannot be written: {error.strerror}") from error
        self._let_go()
        self._held = descriptor

    def withdraw(self) -> None:
        """Takes the file away, if this process wrote it."""
        if self._held is not None:
            with contextlib.suppress(OSError):
                self._file.unlink(missing_ok=True)
        self._let_go()

    def _let_go(self) -> None:
        if self._held is not None:
            os.close(self._held)
            self._held = None


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _is_still(file: Path, descriptor: int) -> bool:
    return file.stat().st_ino == os.fstat(descriptor).st_ino
