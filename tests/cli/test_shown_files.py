"""What was shown is listed from the journal, with how each file is kept; no server has to answer."""

import json
from pathlib import Path

import pytest

from cli.main import main
from tests.cli import stories


def test_a_folder_that_does_not_answer_is_told_apart_from_a_file_that_is_gone(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stories.write(state_dir, stories.reported(), stories.showed())

    unreachable, said = main(["evidence", "5d3a"]), capsys.readouterr()
    (state_dir / "evidence").mkdir()
    missing, listed = main(["evidence", "5d3a"]), capsys.readouterr()

    assert (unreachable, missing) == (1, 1)
    assert "mei  slip.pdf   abababababab  application/pdf  1300 bytes  unreachable\n" in said.out
    assert said.err == (
        f"files cannot be looked at in {str(state_dir / 'evidence')!r}; AMENDS_EVIDENCE_DIR says where they are kept\n"
    )
    assert "1300 bytes  missing\n" in listed.out
    assert listed.err == ""


def test_programs_read_what_was_shown_for_what(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    task = ("no_plan_left", "action", "no_plan_left")
    stories.write(state_dir, stories.reported(), stories.handed_over(*task), stories.settled("no_plan_left"))

    code = main(["evidence", "5d3a", "--format", "json"])

    (shown,) = json.loads(capsys.readouterr().out)
    assert code == 0
    assert (shown["what"], shown["by"], shown["about"], shown["sha256"], shown["kept"]) == (
        "receipt 12",
        "mei",
        "no_plan_left",
        None,
        None,
    )
