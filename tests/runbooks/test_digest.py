"""The same text is the same bundle on every machine."""

import os
import subprocess
import sys

import pytest

from runbooks import library
from runbooks.program import walk

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


def test_a_copy_works_out_anew_what_was_kept_of_the_first() -> None:
    bundle = library.load("lost_parcel")
    before, steps = bundle.digest, list(bundle.program.all_steps())

    program = bundle.program.model_copy(update={"follow_up": ()})
    copied = bundle.model_copy(update={"program": program})

    assert bundle.model_copy().digest == before
    assert copied.digest != before
    gone = {step.id for step in walk(bundle.program.follow_up)}
    assert [step.id for step in program.all_steps()] == [step.id for step in steps if step.id not in gone]
    assert program.step(bundle.program.follow_up[0].id) is None
