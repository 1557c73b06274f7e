"""What the pages show of a terminal is what the commands print: each session is typed again, line by line."""

import re
import shlex
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.main import main
from tests.cli.owners import make_journal, own_file
from tests.docs.pages import Example, example, examples

DEADLINE = ("          answer_within: 48h\n", "          answer_within: 24h\n")
RESHIP = "    - plan: reship\n"

PLANTED = (
    ("          answer_within: 48h\n", "          answer_witin: 48h\n"),
    ("message: lost_parcel.reshipped", "message: lost_parcel.reshiped"),
    (
        "{do: inventory.reserve, undo: inventory.release, save_as: reservation}",
        "{do: inventory.reserve, save_as: reservation}",
    ),
)
"""Three mistakes as people make them."""


def written_for(session: Example) -> tuple[tuple[str, str], ...]:
    """What was changed in `own/lost_parcel.yaml` before a session."""
    match session.role:
        case "mistakes":
            return PLANTED
        case "changes":
            plan = "".join(f"    {line}\n" for line in example("yaml", "added").text.splitlines())
            return (DEADLINE, (RESHIP, plan + RESHIP))
        case role:
            raise AssertionError(f"{session.place}: nobody knows what stands in the file of a session called {role!r}")


def commands_of(session: Example) -> Iterator[tuple[str, list[str]]]:
    """Every command of a session with the lines that the page shows behind it."""
    for part in session.text.split("$ ")[1:]:
        command, *shown = part.rstrip("\n").split("\n")
        yield command, shown


def without_the_moment(lines: list[str]) -> list[str]:
    """Lines in which every date and digest is the same one."""
    dated = (re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "2026-01-01 00:00", line) for line in lines)
    return [re.sub(r"sha256:[0-9a-f]{12}\b", "sha256:0", line).rstrip() for line in dated]


@pytest.fixture
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times as they are told in UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_utc")
@pytest.mark.parametrize("session", examples("console"), ids=lambda session: session.role)
def test_a_session_prints_what_the_page_shows(
    session: Example,
    state_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_journal(state_dir)
    (tmp_path / "own").mkdir()
    own_file(tmp_path / "own", *written_for(session))
    monkeypatch.chdir(tmp_path)

    for command, shown in commands_of(session):
        tool, *arguments = shlex.split(command)
        main(arguments)
        told = capsys.readouterr()
        assert tool == "amends"
        assert without_the_moment((told.out + told.err).splitlines()) == without_the_moment(shown), command


def test_there_are_sessions_to_type() -> None:
    assert {session.role for session in examples("console")} == {"mistakes", "changes"}
