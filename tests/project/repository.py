"""The repository as its own tests see it."""

import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file under version control that is there, in git's order. Skips the test outside of a git clone."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"],  # noqa: S607 - whichever git the person uses
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs a git clone: which files belong to the project is what git says")
    return tuple(path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file())
