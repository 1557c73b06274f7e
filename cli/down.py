"""``amends down``: stops the `amends up` of this folder."""

import os
import signal
import time
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from amends import upfile
from amends.server_process import is_claimed
from amends.settings import Settings
from amends.upfile import UpFile
from cli.output import say

_LOOK_EACH: Final = 0.05
_SAY_EACH: Final = 5.0


def down(
    *,
    now: Annotated[
        bool, Parameter(help="Do not wait for calls that run; they are made again at the next start.")
    ] = False,
) -> None:
    """Stop the `amends up` of this folder, in the background or not, and return when it has ended.

    For example:

      amends down

    What is running finishes first; it says what it waits for. Open incidents
    are kept, and go on at the next `amends up`. With --now nothing is waited
    for: a call that was under way is made again under its old key, so nothing
    is done twice. Where nothing is up there is nothing to do.
    """
    state_dir = Settings().state_dir
    found = upfile.find(state_dir)
    if found is None or not found.alive:
        _until_the_server_has_ended(state_dir)
        print(f"nothing is up in {str(state_dir)!r}")
        return
    began = time.monotonic()
    os.kill(found.written.pid, signal.SIGKILL if now else signal.SIGTERM)
    waited_for = _until_gone(state_dir, found.written.pid)
    _until_the_server_has_ended(state_dir)
    waited = f", having waited for {', '.join(waited_for)}" if waited_for else ""
    print(f"stopped after {time.monotonic() - began:.1f} s{waited}; everything is kept in {state_dir.absolute()}")


def _until_gone(state_dir: Path, pid: int) -> tuple[str, ...]:
    """Waits until the process has ended; what it waited for."""
    waits_for: tuple[str, ...] = ()
    told_at = time.monotonic()
    while (up := _of(state_dir, pid)) is not None:
        if up.waits_for != waits_for:
            waits_for = up.waits_for
            say(f"waiting for {', '.join(waits_for)}")
        if time.monotonic() - told_at > _SAY_EACH:
            told_at = time.monotonic()
            say("still stopping; calls that run get 30 s to end, and `amends down --now` does not wait for them")
        time.sleep(_LOOK_EACH)
    return waits_for


def _of(state_dir: Path, pid: int) -> UpFile | None:
    found = upfile.find(state_dir)
    return found.written if found is not None and found.alive and found.written.pid == pid else None


def _until_the_server_has_ended(state_dir: Path) -> None:
    """It ends when its parent has, and has ten seconds for it. One that does not is left to the next `amends up`."""
    deadline = time.monotonic() + 20
    while is_claimed(state_dir / "temporal.db") and time.monotonic() < deadline:
        time.sleep(_LOOK_EACH)
