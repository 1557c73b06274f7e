"""``amends up --detach``: the same, in a session of its own, with a log file for a terminal."""

import os
import sys
import time
from pathlib import Path
from typing import Final

from amends import upfile
from amends.errors import ConfigurationError
from amends.settings import Settings
from amends.upfile import UpFile, UpState
from cli.codes import ExitCode
from cli.output import columns, say
from cli.stack.places import places

LOG: Final = "up.log"

_READY_WITHIN: Final = 60.0
"""Seconds until it is told that it takes too long; it takes three on a quiet machine."""

_LOG_LIMIT: Final = 10 * 2**20
"""Bytes from which on a log is put aside when a new one begins: ``up.log.1``, in the place of the one before."""

_TOLD_LINES: Final = 20


def log_of(settings: Settings) -> Path:
    """The log file, made if it is not there. Raises ``ConfigurationError`` when it cannot be written."""
    log = settings.state_dir.absolute() / LOG
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > _LOG_LIMIT:
            log.replace(log.with_name(f"{LOG}.1"))
        log.open("ab").close()
    except OSError as error:
        raise ConfigurationError(
            f"{str(log)!r} cannot be written: {error.strerror}; give the right to write there, or name another place "
            "in AMENDS_STATE_DIR"
        ) from error
    return log


def detach(settings: Settings, log: Path) -> int | None:
    """Goes on as another process in the background, to which it returns ``None``. This one waits until that is ready,
    says so or says why it is not, and gets the exit code.

    Only for a process that has no threads yet.
    """
    begins_at = log.stat().st_size
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _into_background(log)
        return None
    return _watch_start(settings, pid, log, begins_at)


def _into_background(log: Path) -> None:
    os.setsid()
    # not the files of the terminal: whoever closes it is not to stop us, nor to wait for us
    nothing, output = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_APPEND)
    for opened, number in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(opened, number)
    os.close(nothing)
    os.close(output)


def _watch_start(settings: Settings, pid: int, log: Path, begins_at: int) -> int:
    deadline = time.monotonic() + _READY_WITHIN
    while time.monotonic() < deadline:
        ready = _ready(settings, pid)
        if ready is not None:
            print(f"Amends is up in the background, as process {pid}; `amends down` stops it.")
            print("\n".join(["", *columns(places(ready), indent="  ")]))
            say("next: amends status")
            return ExitCode.DONE
        ended, how = os.waitpid(pid, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(how)
            _tell_last_lines(log, begins_at, f"`amends up` ended with code {code} before it was ready")
            return code if code > 0 else ExitCode.NOT_AS_WANTED
        time.sleep(0.05)
    _tell_last_lines(
        log,
        begins_at,
        f"`amends up` (process {pid}) is not ready after {_READY_WITHIN:.0f} s and goes on; `amends status` tells when "
        "it is, `amends down` stops it",
    )
    return ExitCode.NOT_AS_WANTED


def _ready(settings: Settings, pid: int) -> UpFile | None:
    found = upfile.find(settings.state_dir)
    ready = found is not None and found.alive and found.written.pid == pid and found.written.state is UpState.UP
    return found.written if found is not None and ready else None


def _tell_last_lines(log: Path, begins_at: int, what: str) -> None:
    with log.open("rb") as opened:
        opened.seek(begins_at)
        lines = opened.read().decode(errors="replace").splitlines()[-_TOLD_LINES:]
    say(f"{what}; the last lines of {str(log)!r}:")
    say("\n".join(f"  {line}" for line in lines))
