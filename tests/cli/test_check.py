"""`amends check`: every mistake with its place and its mend, and no traceback whatever is given."""

import json
from pathlib import Path

import pytest

from cli.main import main
from runbooks import library
from tests.cli.owners import MISSPELT, line_of, own_file


def test_all_that_comes_with_amends_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["check"])

    count = len(library.runbook_names())
    assert code == 0
    assert capsys.readouterr().out == f"{count} runbook{'s' if count > 1 else ''}, no errors\n"


def test_mistakes_are_told_with_place_complaint_and_mend_on_a_line_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = own_file(tmp_path, MISSPELT)

    code = main(["check", str(file)])

    assert code == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{file}:{line_of(file, MISSPELT[1])}:11: error: unknown key 'answer_witin'",
        "    did you mean 'answer_within'?",
        "1 runbook, 1 error",
    ]


def test_warnings_and_notes_are_told_and_do_not_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nobody_reads = (
        "    - {do: inventory.check, save_as: stock}\n",
        "    - {do: inventory.check, save_as: stock}\n" * 2,
    )
    unread = (nobody_reads[0], nobody_reads[0] + "    - {do: inventory.check, save_as: again}\n")
    file = own_file(tmp_path, unread, scenarios=False)

    code = main(["check", str(file)])

    told = capsys.readouterr().out
    assert code == 0
    assert "warning: nothing reads 'again'\n    leave it out, or keep it for the record\n" in told
    assert "note: it has no scenarios, so nobody can rehearse it\n    write some in " in told
    assert told.endswith("1 runbook, no errors, 1 warning, 1 note\n")


def test_what_is_wrong_with_the_scenarios_is_told_with_the_runbook(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = own_file(tmp_path)
    scenarios = tmp_path / "scenarios" / "lost_parcel.yaml"
    text = scenarios.read_text(encoding="utf-8")
    scenarios.write_text(text.replace("choice: reship", "choice: reshp", 1), encoding="utf-8")

    code = main(["check", str(file)])

    told = capsys.readouterr().out
    assert code == 1
    assert told.startswith(f"{scenarios}:")
    assert "has no choice 'reshp'\n    did you mean 'reship'?" in told


def test_scenarios_that_are_no_text_are_told_with_their_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = own_file(tmp_path)
    scenarios = tmp_path / "scenarios" / "lost_parcel.yaml"
    scenarios.write_bytes(b"\xff\xfe\x00")

    code = main(["check", str(file)])

    assert code == 1
    assert f"{scenarios}:1:1: error: the scenarios cannot be read as UTF-8 text" in capsys.readouterr().out


def test_a_runbook_that_nobody_can_rehearse_is_noted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = own_file(tmp_path, scenarios=False)

    code = main(["check", str(file)])

    told = capsys.readouterr().out
    assert code == 0
    assert f"{file}:1:1: note: it has no scenarios" in told
    assert f"    write some in {tmp_path / 'scenarios' / 'lost_parcel.yaml'}" in told


def test_whatever_is_no_runbook_is_told_without_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = {
        "binary.yaml": b"\x7fELF\x02\x01\x01\xff",
        "empty.yaml": b"",
        "list.yaml": b"- 1\n- 2\n",
        "nul.yaml": b"a: \x00b",
        "tab.yaml": b"runbook: x\n\tabout: y\n",
        "open.yaml": b"runbook: x\ntitle: {en: X\nsubject: [a]\n",
    }
    for name, content in written.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder.yaml").mkdir()
    given = [str(tmp_path / name) for name in (*written, "folder.yaml", "nowhere.yaml")]

    code = main(
        ["check", *given, str(tmp_path), "lost_parsel", str(library.path_of("lost_parcel").parent / "people.yaml")]
    )

    told = capsys.readouterr().out
    assert code == 1
    for name, complaint in (
        ("binary.yaml:1:1", "the file is not UTF-8 text"),
        ("empty.yaml:1:1", "the file must hold keys and values, such as `runbook: lost_parcel`"),
        ("list.yaml:1:1", "the file must hold keys and values, such as `runbook: lost_parcel`"),
        ("nul.yaml:1:1", "this is not YAML: unacceptable character #x0000: special characters are not allowed"),
        ("tab.yaml:2:1", "this is not YAML: found character '\\t' that cannot start any token"),
        ("open.yaml:3:8", "this is not YAML: expected ',' or '}', but got ':'"),
        ("folder.yaml:1:1", "the file cannot be read: Is a directory"),
        ("nowhere.yaml:1:1", "the file cannot be read: No such file or directory"),
    ):
        assert f"{tmp_path / name}: error: {complaint}\n" in told
    assert f"{tmp_path}:1:1: error: this is a folder\n    name a runbook in it" in told
    assert "error: there is no runbook 'lost_parsel'\n    did you mean 'lost_parcel'?" in told
    assert "people.yaml:1:1: error: this is no runbook\n    `amends check` looks at it" in told
    assert "    begin lines with spaces, not with tabs\n" in told


def test_the_result_as_json_is_one_object_with_problems_and_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = own_file(tmp_path, MISSPELT)

    code = main(["check", str(file), "lost_parcel", str(file), "--format", "json"])

    report = json.loads(capsys.readouterr().out)
    assert code == 1
    assert (report["runbooks"], report["errors"], report["warnings"], report["notes"]) == (
        [str(file), "lost_parcel"],
        1,
        0,
        0,
    )
    assert report["problems"][0] == {
        "file": str(file),
        "line": line_of(file, MISSPELT[1]),
        "column": 11,
        "severity": "error",
        "message": "unknown key 'answer_witin'",
        "mend": "did you mean 'answer_within'?",
    }
