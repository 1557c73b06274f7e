"""This machine: Python, the Temporal server's program, the state folder, ports, and what an `amends up` left behind."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from amends import disk, upfile
from amends.errors import ConfigurationError
from amends.server_process import find_program, is_claimed, require_free
from amends.settings import Settings
from amends.upfile import Found
from cli.doctoring.finding import Finding, ok, warning, wrong
from cli.output import local
from cli.up import PORT, UI_PORT

_OLDEST: Final = (3, 11)
_NEWEST: Final = (3, 13)


def checks(settings: Settings) -> Iterator[Finding]:
    """Every check of this machine."""
    found, why_not = _found(settings)
    yield _python()
    yield _program(settings)
    yield _folder(settings.state_dir)
    yield _space(settings.state_dir)
    yield _up(settings, found, why_not)
    if found is None or not found.alive:
        yield _port("port", PORT, "--port")
        yield _port("pages port", UI_PORT, "--ui-port")


def _python() -> Finding:
    version = platform.python_version()
    if _OLDEST <= sys.version_info[:2] <= _NEWEST:
        return ok("python", f"Python {version}")
    return wrong("python", f"Python {version} is not one that Amends is tested on", "use Python 3.11, 3.12 or 3.13")


def _program(settings: Settings) -> Finding:
    try:
        program = find_program(settings.temporal_bin)
        asked = [str(program), "--version"]
        answered = subprocess.run(asked, capture_output=True, text=True, timeout=20, check=True)  # noqa: S603 - found above
    except ConfigurationError as error:
        says, _, mend = str(error).partition(": ")
        return warning("temporal program", says, f"{mend}; `amends worker` does without")
    except (OSError, subprocess.SubprocessError) as error:
        return wrong(
            "temporal program", f"{str(program)!r} cannot be run: {error}", "mend or unset AMENDS_TEMPORAL_BIN"
        )
    return ok("temporal program", f"{program}: {answered.stdout.strip()}")


def _folder(folder: Path) -> Finding:
    shown = str(folder.absolute())
    there = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        return wrong(
            "state folder", f"{shown} cannot be written", "give the right to write, or name another in AMENDS_STATE_DIR"
        )
    return ok("state folder", shown if folder.exists() else f"{shown}, which `amends up` will make")


def _space(folder: Path) -> Finding:
    left = disk.free(folder)
    if left < disk.NEEDED:
        return wrong("disk", f"only {disk.megabytes(left)} are left; nothing can be written soon", "make room")
    if left < disk.LOW:
        return warning("disk", f"only {disk.megabytes(left)} are left", "make room")
    return ok("disk", f"{disk.megabytes(left)} are free")


def _found(settings: Settings) -> tuple[Found | None, str | None]:
    try:
        return upfile.find(settings.state_dir), None
    except ConfigurationError as error:
        return None, str(error)


def _up(settings: Settings, found: Found | None, why_not: str | None) -> Finding:
    if why_not is not None:
        return wrong("amends up", why_not, f"remove {settings.state_dir / upfile.NAME} if no `amends up` runs here")
    if found is not None and found.alive:
        told = found.written
        return ok("amends up", f"{told.state} since {local(told.started_at)}, as process {told.pid}")
    if is_claimed(settings.state_dir / "temporal.db"):
        number = found.written.server_pid if found is not None else None
        return warning(
            "amends up",
            "none runs here, and a Temporal server still has the folder",
            "wait a moment" + (f"; if it stays, end it: `kill {number}`" if number else "; if it stays, end it"),
        )
    if found is not None:
        return warning(
            "amends up",
            f"the last one, process {found.written.pid}, was killed; nothing is lost",
            "`amends up` starts it again, and what was under way goes on",
        )
    return ok("amends up", "none runs on this folder")


def _port(name: str, port: int, flag: str) -> Finding:
    try:
        require_free(port, flag)
    except ConfigurationError:
        return warning(name, f"port {port} is taken by something else", f"`amends up {flag} 0` takes a free one")
    return ok(name, f"port {port} is free for `amends up`")
