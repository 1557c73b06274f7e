"""The wheel carries what is not Python too: without it an installed Amends could not start."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch

import pytest

from tests.project.repository import ROOT, tracked_files


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """A wheel built from what git knows, so that leftovers of this working tree cannot hide a gap."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for file in tracked_files():
        copy = source / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    build = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
    built = subprocess.run(  # noqa: S603 - our own Python and a constant script
        [sys.executable, "-c", build, str(target)], cwd=source, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    (path,) = target.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


def tracked(pattern: str) -> set[str]:
    names = {path.relative_to(ROOT).as_posix() for path in tracked_files()}
    return {name for name in names if fnmatch(name, pattern)}


@pytest.mark.parametrize("pattern", ["runbooks/*.yaml", "migrations/*.mako", "migrations/versions/*.py"])
def test_the_wheel_carries_what_is_read_at_run_time(wheel: zipfile.ZipFile, pattern: str) -> None:
    expected = tracked(pattern)

    assert expected, "nothing of the kind is in the repository: has it moved?"
    assert expected - set(wheel.namelist()) == set()


def test_the_wheel_carries_every_module_of_the_packages(wheel: zipfile.ZipFile) -> None:
    packages = ("amends", "activities", "runbooks", "workflows", "drills", "cli", "migrations")
    modules = {"starter.py", "worker.py"}.union(*(tracked(f"{package}/*.py") for package in packages))

    assert modules - set(wheel.namelist()) == set()


def test_the_wheel_leaves_the_tests_at_home(wheel: zipfile.ZipFile) -> None:
    assert [name for name in wheel.namelist() if name.startswith(("tests/", "benchmarks/", "docs/"))] == []


def test_the_wheel_installs_the_command(wheel: zipfile.ZipFile) -> None:
    (entry_points,) = [name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt")]

    assert "amends = cli.main:run" in wheel.read(entry_points).decode()
