"""`amends explain`: the page on stdout, mistakes beside it."""

import re
from pathlib import Path

import pytest

from cli.main import main
from runbooks import library
from tests.cli.owners import FASTER, make_journal, own_file

HANDBOOK = Path(__file__).parents[2] / "docs" / "runbooks"
BROKEN = Path(__file__).parents[1] / "runbooks" / "broken" / "endless_ask.yaml"


def test_a_runbook_is_read_back_as_text_in_english(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["explain", "lost_parcel"])

    page = capsys.readouterr().out
    assert code == 0
    assert page.startswith("Lost parcel\n===========\n")
    assert re.search(r"^Analysis +6 days +7 days +8 days +8 days$", page, re.MULTILINE)


@pytest.mark.parametrize(
    ("language", "format_", "page", "begins"),
    [
        ("en", "markdown", "lost_parcel.md", "# Lost parcel\n"),
        ("zh", "markdown", "lost_parcel.zh.md", "# 物流丢失\n"),
        ("zh", "mermaid", "lost_parcel.zh.md", "flowchart TD\n"),
    ],
)
def test_languages_and_formats_are_chosen(
    language: str, format_: str, page: str, begins: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["explain", "lost_parcel", "--language", language, "--format", format_])

    said = capsys.readouterr().out
    assert code == 0
    assert said.startswith(begins)
    assert said in (HANDBOOK / page).read_text(encoding="utf-8")


def test_the_pages_of_a_runbook_or_of_all_are_written_into_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, every = tmp_path / "one", tmp_path / "every"

    assert main(["explain", "lost_parcel", "--into", str(one)]) == 0
    assert main(["explain", "--into", str(every)]) == 0

    assert sorted(path.name for path in one.iterdir()) == ["lost_parcel.md", "lost_parcel.zh.md"]
    assert {path.name for path in every.iterdir()} >= {f"{name}.md" for name in library.runbook_names()}
    assert str(one / "lost_parcel.zh.md") in capsys.readouterr().out


def test_nothing_is_written_of_a_runbook_with_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(BROKEN), "--into", str(tmp_path / "pages")]) == 1

    assert "endless_ask.yaml:19:11: error" in capsys.readouterr().err
    assert not (tmp_path / "pages").exists()


def test_a_folder_that_cannot_be_written_and_no_runbook_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("")

    codes = main(["explain", "lost_parcel", "--into", str(tmp_path / "taken")]), main(["explain"])

    told = capsys.readouterr().err
    assert all(code not in (0, None) for code in codes)
    assert f"{tmp_path / 'taken'}: the pages cannot be written: File exists" in told
    assert "no runbook is named; name one, or write the pages of all with `--into` and a folder" in told


def test_a_revision_is_read_back_as_it_was_published(
    state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_journal(state_dir, library.load(own_file(tmp_path, FASTER)), library.load("lost_parcel"))
    pages = {}

    for named in ("lost_parcel", "lost_parcel@1", "lost_parcel@newest"):
        assert main(["explain", named]) == 0
        pages[named] = capsys.readouterr()

    assert pages["lost_parcel@1"].err.startswith("this is lost_parcel revision 1 (published by mei on ")
    assert "for 24 hours from its delivery" in " ".join(pages["lost_parcel@1"].out.split())
    assert pages["lost_parcel@newest"].out == pages["lost_parcel"].out != pages["lost_parcel@1"].out


def test_a_runbook_with_errors_tells_what_check_tells(capsys: pytest.CaptureFixture[str]) -> None:
    checked = main(["check", str(BROKEN)]), capsys.readouterr().out

    code = main(["explain", str(BROKEN)])

    told = capsys.readouterr()
    assert (code, told.err) == checked
    assert code == 1
    assert "endless_ask.yaml:19:11: error: `answer_within` is missing" in told.err
    assert told.out == ""


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["lost_parcle"], "there is no runbook 'lost_parcle'; did you mean 'lost_parcel'?"),
        (["nowhere.yaml"], "nowhere.yaml: the file cannot be read: No such file or directory"),
        (["lost_parcel", "--language", "fr"], 'Invalid value "fr" for --language'),
        (["lost_parcel", "--format", "pdf"], 'Invalid value "pdf" for --format'),
    ],
)
def test_what_cannot_be_explained_is_told_in_one_line(
    typed: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["explain", *typed])

    output = capsys.readouterr()
    assert code == 2
    assert told in output.err
    assert output.err.count("\n") == 1
    assert output.out == ""
