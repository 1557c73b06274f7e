"""`amends diff`: what differs between names, files and revisions, under its places."""

import json
import sqlite3
from pathlib import Path

import pytest

from cli.diff import lines
from cli.main import main
from runbooks import library
from runbooks.bundle import Bundle, MessageText
from runbooks.comparing.differences import Change, Difference
from tests.cli.owners import FASTER, MISSPELT, make_journal, own_file

DEARER = ('medium: parcel.value >= money("CNY 200.00")', 'medium: parcel.value >= money("CNY 300.00")')
QUESTION = "Stage analysis, what runs at once, question `lost_parcel.reship_or_refund`"


def shipped() -> Bundle:
    return library.load("lost_parcel")


def test_two_files_are_compared_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = own_file(tmp_path, FASTER, DEARER)

    code = main(["diff", "lost_parcel", str(file)])

    rule = '`parcel.value >= money("CNY {}") || has(parcel.replaces)`'
    before, after = rule.format("200.00"), rule.format("300.00")
    assert code == 0
    assert capsys.readouterr().out.splitlines() == [
        f"the file runbooks/lost_parcel.yaml → the file {file}",
        "",
        f"Severity, medium: {before} → {after}",
        f"{QUESTION}: answer within 48h → 24h",
    ]


def test_equal_versions_have_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["diff", "lost_parcel", str(own_file(tmp_path))])

    assert code == 0
    assert capsys.readouterr().out.splitlines()[2:] == ["no difference"]


def test_one_name_is_what_was_published_last_against_its_file(
    state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_journal(state_dir, shipped(), library.load(own_file(tmp_path, FASTER)))

    code = main(["diff", "lost_parcel"])

    head, _, *told = capsys.readouterr().out.splitlines()
    assert code == 0
    assert head.startswith("lost_parcel revision 2 (published by mei on 2026-11-2")
    assert head.endswith(") → the file runbooks/lost_parcel.yaml")
    assert told == [f"{QUESTION}: answer within 24h → 48h"]


def test_one_file_is_held_against_what_was_published_last_of_its_runbook(
    state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_journal(state_dir, shipped())

    main(["diff", str(own_file(tmp_path, FASTER))])

    assert capsys.readouterr().out.splitlines()[2:] == [f"{QUESTION}: answer within 48h → 24h"]


def test_one_revision_is_held_against_the_file(
    state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_journal(state_dir, library.load(own_file(tmp_path, FASTER)), shipped())

    main(["diff", "lost_parcel@1"])

    assert capsys.readouterr().out.splitlines()[2:] == [f"{QUESTION}: answer within 24h → 48h"]


def test_two_revisions_are_compared(state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_journal(state_dir, shipped(), library.load(own_file(tmp_path, FASTER)))

    main(["diff", "lost_parcel@1", "lost_parcel@newest", "--format", "json"])

    told = json.loads(capsys.readouterr().out)
    assert (told["before"]["revision"], told["after"]["revision"], told["same"]) == (1, 2, False)
    assert (told["before"]["runbook"], told["before"]["digest"]) == ("lost_parcel", shipped().digest)
    assert told["differences"] == [
        {"place": QUESTION, "what": "answer within", "change": "changed", "before": "48h", "after": "24h"}
    ]


@pytest.mark.parametrize("named", [["FILE"], ["lost_parcel", "FILE"], ["FILE", "lost_parcel"]])
def test_a_file_with_mistakes_tells_what_check_tells(
    named: list[str], state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_journal(state_dir, shipped())
    file = str(own_file(tmp_path, MISSPELT))
    main(["check", *(file if each == "FILE" else each for each in named)])
    checked = capsys.readouterr().out

    code = main(["diff", *(file if each == "FILE" else each for each in named)])

    told = capsys.readouterr()
    assert (code, told.out, told.err) == (1, "", checked)


def test_what_is_new_has_only_the_inputs_that_were_written_and_texts_as_they_read(
    state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = {language: MessageText(subject="Found", body="Dear\n\nyou") for language in ("en", "zh")}
    make_journal(
        state_dir, Bundle.model_validate({**dict(shipped()), "messages": {**shipped().messages, "found": text}})
    )
    search = "    - do: shipping.open_trace\n"
    file = own_file(tmp_path, (search, "    - {do: orders.add_replacement, undo: orders.drop_replacement}\n" + search))

    main(["diff", str(file), "lost_parcel@1"])

    told = capsys.readouterr().out
    assert "removed step `orders.add_replacement`: undone by `orders.drop_replacement`\n" in told
    assert "  new found (en):\n    subject “Found”\n    text:\n      Dear\n\n      you\n" in told
    assert [line for line in told.splitlines() if line != line.rstrip()] == []


def test_a_path_with_an_at_in_it_is_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "bo@home"
    folder.mkdir()

    code = main(["diff", "lost_parcel", str(own_file(folder, FASTER))])

    assert code == 0
    assert "answer within 48h → 24h" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("lost_parcel@3", "'lost_parcel' has no revision '3'; there are 1 to 2, and 'newest'"),
        ("lost_parcel@last", "'lost_parcel' has no revision 'last'; there are 1 to 2, and 'newest'"),
        ("lost_parcle@1", "there is no runbook 'lost_parcle'; did you mean 'lost_parcel'?"),
        ("@1", "there is no runbook ''; `amends runbooks` lists them"),
        ("lost_parcle", "there is no runbook 'lost_parcle'; did you mean 'lost_parcel'?"),
        ("./nowhere.yaml", "nowhere.yaml: the file cannot be read"),
    ],
)
def test_a_version_that_there_is_not_is_told_with_those_that_there_are(
    named: str, says: str, state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_journal(state_dir, shipped(), library.load(own_file(tmp_path, FASTER)))

    code = main(["diff", "lost_parcel", named])

    told = capsys.readouterr()
    assert (code, told.out) == (2, "")
    assert says in told.err


def test_a_runbook_that_was_never_published_says_how(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_journal(state_dir)

    code = main(["diff", "lost_parcel"])

    assert code == 2
    assert capsys.readouterr().err == (
        "error: nothing was published of 'lost_parcel' yet; `amends publish lost_parcel --why \"…\"` does it\n"
    )


def test_a_revision_that_this_release_cannot_read_is_told_and_not_a_traceback(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_journal(state_dir)
    database = sqlite3.connect(state_dir / "journal.db")
    with database:
        database.execute(
            "INSERT INTO runbook_revisions VALUES "
            "('lost_parcel', 1, 'sha256:0', '{}', '2026-11-22T08:00:00.000000Z', 'mei', 'By hand')"
        )
    database.close()

    code = main(["diff", "lost_parcel"])

    assert code == 2
    assert "lost_parcel@1: this release cannot read what was published" in capsys.readouterr().err


def test_places_stand_once_with_all_their_differences_under_them() -> None:
    found = [
        Difference(place="Stage action", what="plan `a`", change=Change.MOVED, before="before plan `b`", after="alone"),
        Difference(place="", what="about", change=Change.CHANGED, before="“x”", after="“y”"),
        Difference(place="Stage action", what="plan `c`", change=Change.NEW, after="when `x`\nstep `y`"),
        Difference(place="Stage action", what="plan `d`", change=Change.REMOVED, before=""),
        Difference(
            place="Messages, sorry (en)", what="text", change=Change.CHANGED, before="Dear\nyou", after="Dear\nme"
        ),
    ]

    assert lines(found) == [
        "Stage action",
        "  plan `a` moved: before plan `b` → alone",
        "  new plan `c`:",
        "    when `x`",
        "    step `y`",
        "  removed plan `d`",
        "Runbook: about “x” → “y”",
        "Messages, sorry (en)",
        "  text changed",
        "      Dear",
        "    - you",
        "    + me",
    ]
