"""The same text is the same bundle on every machine."""

import os
import subprocess
import sys

import pytest

from runbooks import library

_PROGRAM = "from runbooks import library; print(*(library.load(name).digest for name in library.runbook_names()))"


@pytest.mark.parametrize(
    "surroundings",
    [
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Asia/Shanghai"},
        {"PYTHONHASHSEED": "2", "LC_ALL": "C.UTF-8", "TZ": "America/New_York", "PYTHONUTF8": "0"},
    ],
)
def test_hash_seed_locale_and_time_zone_leave_no_trace_in_a_digest(surroundings: dict[str, str]) -> None:
    here = " ".join(library.load(name).digest for name in library.runbook_names())

    there = subprocess.run(  # noqa: S603  # our own Python and a constant program
        [sys.executable, "-c", _PROGRAM], env=os.environ | surroundings, capture_output=True, text=True, check=True
    )

    assert there.stdout.strip() == here
