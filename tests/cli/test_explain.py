"""`amends explain`: the page on stdout, mistakes beside it."""

import re
from pathlib import Path

import pytest

from cli.main import main
from runbooks import library
from tests.cli.owners import FASTER, make_journal, own_file
from tests.runbooks.explaining.golden import HERE as APPROVED

BROKEN = Path(__file__).parents[1] / "runbooks" / "broken" / "endless_ask.yaml"


def test_a_runbook_is_read_back_as_text_in_english(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["explain", "lost_parcel"])

    page = capsys.readouterr().out
    assert code == 0
    assert page.startswith("Lost parcel\n===========\n")
    assert re.search(r"^Analysis +3 days +3 days +4 days +4 days$", page, re.MULTILINE)


@pytest.mark.parametrize(("language", "format_", "ending"), [("en", "markdown", "md"), ("zh", "mermaid", "mmd")])
def test_languages_and_formats_are_chosen(
    language: str, format_: str, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["explain", "lost_parcel", "--language", language, "--format", format_])

    approved = (APPROVED / f"lost_parcel.{language}.{ending}").read_text(encoding="utf-8")
    assert code == 0
    assert capsys.readouterr().out == approved


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
