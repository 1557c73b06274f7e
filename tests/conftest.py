"""The fixtures that all tests may ask for."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

pytest_plugins = ["tests.databases", "tests.stages", "tests.temporal"]

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder in memory, as Linux has it
_ENOUGH: Final = 2 * 1024**3
"""Bytes of it that have to be free; a run takes a tenth of them, for what a test has made goes with it."""


def pytest_configure() -> None:
    """Have all files of the tests in memory, where there is enough: they make and drop a thousand databases, and those
    of the journal take more than twice as long where a disk has to keep up. Whoever sets ``TMPDIR`` has them there."""
    if "TMPDIR" not in os.environ and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ENOUGH:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None


@pytest.fixture(autouse=True, scope="module")
def _what_stays_is_looked_through_once() -> Iterator[None]:
    """A run of all tests gathers millions of objects. Looked through again and again, they stop the process for
    seconds, and a workflow that does not yield for two is given up by its worker."""
    yield
    gc.collect()
    gc.freeze()
