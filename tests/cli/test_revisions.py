"""`amends runbooks`: which runbooks there are, how their files stand to what was published, and every revision."""

import json
from pathlib import Path

import pytest

from cli.main import main
from runbooks import library
from runbooks.bundle import Bundle
from tests.cli.owners import FASTER, make_journal, own_file


def faster(folder: Path) -> Bundle:
    return library.load(own_file(folder, FASTER))


def row_of(runbook: str, table: str) -> list[str]:
    (row,) = [line for line in table.splitlines() if line.startswith(f"{runbook} ")]
    return [cell.strip() for cell in row.split("  ") if cell.strip()]


def test_a_runbook_that_is_as_it_was_published_says_so(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_journal(state_dir, library.load("lost_parcel"))

    code = main(["runbooks"])

    name, title, number, by, when, digest, file, problems = row_of("lost_parcel", capsys.readouterr().out)
    assert code == 0
    assert (name, title, number, by) == ("lost_parcel", "Lost parcel", "1", "mei")
    assert when.startswith("2026-11-2")
    assert library.load("lost_parcel").digest.startswith(digest)
    assert (file, problems) == ("as published", "-")


def test_a_file_that_is_not_what_was_published_last_differs(
    state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_journal(state_dir, library.load("lost_parcel"), faster(tmp_path))

    main(["runbooks"])

    row = row_of("lost_parcel", capsys.readouterr().out)
    assert (row[2], row[6]) == ("2", "differs")


def test_a_runbook_that_was_never_published_says_so(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_journal(state_dir)

    main(["runbooks"])

    assert row_of("lost_parcel", capsys.readouterr().out)[2:] == ["-", "-", "-", "-", "never published", "-"]


def test_a_published_runbook_whose_file_is_elsewhere_is_listed_too(
    state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = faster(tmp_path).model_copy(update={"exception_type": "own_parcel", "title": {"en": "Own parcel"}})
    make_journal(state_dir, other)

    main(["runbooks"])

    row = row_of("own_parcel", capsys.readouterr().out)
    assert (row[1], row[2], row[6]) == ("Own parcel", "1", "not here")


def test_without_a_journal_the_runbooks_are_listed_all_the_same(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["runbooks"])

    told = capsys.readouterr()
    assert code == 0
    assert row_of("lost_parcel", told.out)[1] == "Lost parcel"
    assert told.err.startswith(f"what was published is not known: there is no journal at '{state_dir}")


def test_the_list_as_json_has_every_runbook_with_its_newest_revision(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_journal(state_dir, library.load("lost_parcel"))

    main(["runbooks", "--format", "json"])

    listed = json.loads(capsys.readouterr().out)
    (row,) = [each for each in listed["runbooks"] if each["runbook"] == "lost_parcel"]
    assert listed["revisions_missing"] is None
    assert (row["file"], row["errors"], row["title"]["zh"]) == ("as published", 0, "物流丢失")
    assert (row["newest"]["number"], row["newest"]["why"]) == (1, "As agreed with the carriers")
    assert "bundle" not in row["newest"]


def test_the_revisions_of_a_runbook_are_listed_newest_first(
    state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_journal(state_dir, library.load("lost_parcel"), faster(tmp_path))

    code = main(["runbooks", "lost_parcel"])

    head, first, second = capsys.readouterr().out.splitlines()
    assert code == 0
    assert head.split() == ["REVISION", "WHEN", "BY", "DIGEST", "WHY"]
    assert (first[0], second[0]) == ("2", "1")
    assert first.endswith("As agreed with the carriers")
    main(["runbooks", "lost_parcel", "--format", "json"])
    assert [each["number"] for each in json.loads(capsys.readouterr().out)] == [2, 1]


def test_a_runbook_without_revisions_says_how_to_publish_it(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_journal(state_dir)

    code = main(["runbooks", "lost_parcel"])

    told = capsys.readouterr()
    assert (code, told.out) == (0, "")
    assert "`amends publish lost_parcel --why" in told.err


def test_a_runbook_that_nobody_knows_is_told_with_the_one_that_may_be_meant(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_journal(state_dir)

    code = main(["runbooks", "lost_parsel"])

    assert code == 2
    assert capsys.readouterr().err == "error: there is no runbook 'lost_parsel'; did you mean 'lost_parcel'?\n"
