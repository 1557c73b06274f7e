"""What a shell completes: the script is one that bash takes, and TAB is answered without what makes a command slow."""

import subprocess
import sys
from pathlib import Path

import pytest
from cyclopts import App

from cli import completing
from cli.main import app, main
from runbooks.names import runbook_names
from tests.cli import stories

ASK = """
source "$1"
COMP_WORDS=("${@:2}"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_amends
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def bash_script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script for bash, in a file."""
    script = tmp_path_factory.mktemp("completion") / "amends"
    script.write_text(app().generate_completion(shell="bash"), encoding="utf-8")  # noqa: S604 - no shell runs
    return script


@pytest.fixture
def amends_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripts ask the command itself."""
    command = tmp_path / "bin" / "amends"
    command.parent.mkdir()
    command.write_text(f"#!{sys.executable}\nfrom cli.main import run\nrun()\n")
    command.chmod(0o755)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.setenv("PATH", f"{command.parent}:/usr/bin:/bin")


def offered(script: Path, *words: str) -> list[str]:
    """What bash would complete the last word with."""
    command = ["bash", "-uc", ASK, "bash", str(script), "amends", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    assert done.stderr == ""
    return done.stdout.split()


def commands(known: App, before: str = "") -> dict[str, App]:
    """All commands, those within another one by both names."""
    found: dict[str, App] = {}
    for name in (each for each in known if not each.startswith("-")):
        found |= {f"{before}{name}": known[name]} if known[name].default_command else commands(known[name], f"{name} ")
    return found


def test_bash_completes_commands_options_and_their_values(bash_script: Path) -> None:
    assert {"show", "watch", "completion"} <= set(offered(bash_script, ""))
    assert offered(bash_script, "wa") == ["waive", "watch"]
    assert offered(bash_script, "list", "--se") == ["--severity"]
    assert offered(bash_script, "list", "--severity", "c") == ["critical"]
    assert offered(bash_script, "watch", "5d3a", "--until", "res") == ["resolved"]


@pytest.mark.usefixtures("amends_on_path")
def test_bash_completes_runbooks_and_incidents_that_there_are(bash_script: Path, state_dir: Path) -> None:
    stories.write(state_dir, stories.reported())

    assert offered(bash_script, "open", "lost") == ["lost_parcel"]
    assert offered(bash_script, "open", "") == runbook_names()
    assert offered(bash_script, "list", "--type", "") == runbook_names()
    assert offered(bash_script, "show", "") == ["5d3a1c88"]
    assert offered(bash_script, "answer", "5d") == ["5d3a1c88"]
    assert offered(bash_script, "intake", "replay", "--rules", "") == runbook_names()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_script_for_each_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["completion", shell])

    script = capsys.readouterr().out
    assert code == 0
    assert "amends" in script
    assert completing.COMPLETE in script


def test_another_shell_is_no_shell_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "fihs"]) == 2
    assert 'Did you mean "fish"?' in capsys.readouterr().err


def test_tab_is_answered_by_the_completer_that_the_command_declares() -> None:
    declared: dict[str, object] = {}
    for name, command in commands(app()).items():
        found = {argument.parameter.completer for argument in command.assemble_argument_collection()} - {None}
        assert len(found) <= 1, name
        declared |= dict.fromkeys([name], *found) if found else {}

    assert declared == completing.COMPLETERS


def test_tab_imports_nothing_that_takes_long() -> None:
    script = (
        "import sys\n"
        "from cli.main import main\n"
        f"assert main([{completing.COMPLETE!r}, 'show', '']) == 0\n"
        "heavy = {'temporalio', 'sqlalchemy', 'pydantic', 'ruamel', 'cel_expr_python', 'rich'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)  # noqa: S603 - our own script

    assert done.returncode == 0, done.stderr


def test_an_incident_is_offered_with_what_it_is_about(state_dir: Path) -> None:
    stories.write(state_dir, stories.reported(), stories.searched())

    assert completing.answered(["watch", ""]) == ["\x1fbegin", "5d3a1c88\tlost_parcel SO-1004 waiting"]
    assert completing.answered(["worker", ""]) == completing.answered([]) == ["\x1fbegin"]
