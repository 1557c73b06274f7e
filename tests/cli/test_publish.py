"""`amends publish`: only what is right is published, once, with who and why; and it says what runs."""

import json
import sqlite3
from pathlib import Path

import pytest

from amends.journal import Journal, RunbookRevision, connect
from cli.main import main
from runbooks import library
from runbooks.bundle import Bundle
from tests.cli.owners import FASTER, MISSPELT, make_journal, own_file

WHY = ["--why", "Customers answer within a day", "--actor", "bo"]


def history(state_dir: Path) -> list[RunbookRevision]:
    engine = connect(f"sqlite:///{state_dir / 'journal.db'}")
    try:
        return Journal(engine).revisions.history("lost_parcel")
    finally:
        engine.dispose()


def test_a_runbook_is_kept_whole_with_who_when_and_why(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_journal(state_dir)

    code = main(["publish", "lost_parcel", *WHY])

    told = capsys.readouterr()
    (revision,) = history(state_dir)
    assert code == 0
    assert told.out == "published lost_parcel revision 1: Customers answer within a day\n"
    assert (revision.number, revision.by, revision.why) == (1, "bo", "Customers answer within a day")
    assert Bundle.model_validate_json(revision.bundle) == library.load("lost_parcel")
    assert revision.digest == library.load("lost_parcel").digest


def test_it_is_said_plainly_what_new_incidents_follow(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_journal(state_dir)

    main(["publish", "lost_parcel", *WHY])

    assert capsys.readouterr().err == (
        "`amends open lost_parcel …` follows the file as it is when the incident opens; "
        "`amends open lost_parcel@1 …` follows this revision\n"
    )


def test_a_new_revision_says_what_differs_from_the_one_before(
    state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_journal(state_dir, library.load("lost_parcel"))

    code = main(["publish", str(own_file(tmp_path, FASTER)), *WHY])

    assert code == 0
    assert capsys.readouterr().out.splitlines() == [
        "published lost_parcel revision 2: Customers answer within a day",
        "",
        "What differs from revision 1:",
        "  Stage analysis, what runs at once, question `lost_parcel.reship_or_refund`: answer within 48h → 24h",
    ]
    assert [revision.number for revision in history(state_dir)] == [2, 1]


@pytest.mark.parametrize(
    ("published", "first", "behind"),
    [
        (True, "this would be lost_parcel revision 2", ["", "What differs from revision 1:"]),
        (False, "this would be lost_parcel revision 1", []),
    ],
)
def test_a_preview_says_what_would_differ_and_publishes_nothing(
    published: bool,
    first: str,
    behind: list[str],
    state_dir: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_journal(state_dir, *([library.load("lost_parcel")] if published else []))
    file = own_file(tmp_path, FASTER)
    before = history(state_dir)

    code = main(["publish", str(file), "--preview"])

    told = capsys.readouterr()
    assert code == 0
    assert told.out.splitlines()[:3] == [first, *behind]
    assert ("answer within 48h → 24h" in told.out) == published
    assert told.err.splitlines() == [
        f"this text is from {file}; the runbook's own file is runbooks/lost_parcel.yaml",
        "nothing was published",
    ]
    assert history(state_dir) == before


def test_a_preview_of_what_was_published_last_says_so(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_journal(state_dir, library.load("lost_parcel"))

    code = main(["publish", "lost_parcel", "--preview"])

    told = capsys.readouterr()
    assert (code, told.err) == (0, "nothing was published\n")
    assert told.out.startswith("nothing changed since revision 1 (published by mei on ")


def test_what_was_published_last_is_not_published_again(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_journal(state_dir, library.load("lost_parcel"))

    code = main(["publish", "lost_parcel", *WHY])

    assert code == 0
    assert capsys.readouterr().out.startswith("nothing changed since revision 1 (published by mei on 2026-11-22 ")
    assert [revision.by for revision in history(state_dir)] == ["mei"]


def test_going_back_to_an_earlier_text_is_a_revision_of_its_own(state_dir: Path, tmp_path: Path) -> None:
    make_journal(state_dir, library.load("lost_parcel"), library.load(own_file(tmp_path, FASTER)))

    code = main(["publish", "lost_parcel", *WHY])

    assert code == 0
    assert [revision.number for revision in history(state_dir)] == [3, 2, 1]


def test_a_runbook_that_cannot_be_followed_is_not_published(
    state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_journal(state_dir)
    file = own_file(tmp_path, MISSPELT)

    code = main(["publish", str(file), *WHY])

    told = capsys.readouterr()
    assert code == 1
    assert "error: unknown key 'answer_witin'\n    did you mean 'answer_within'?" in told.out
    assert told.err == "not published: mend the errors first\n"
    assert history(state_dir) == []


def test_wrong_scenarios_stand_against_publishing(
    state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_journal(state_dir)
    file = own_file(tmp_path)
    (tmp_path / "scenarios" / "lost_parcel.yaml").write_text("scenarios: {}\n", encoding="utf-8")

    code = main(["publish", str(file), *WHY])

    assert code == 1
    assert f"{tmp_path / 'scenarios' / 'lost_parcel.yaml'}:1:12: error: " in capsys.readouterr().out
    assert history(state_dir) == []


def test_nothing_is_published_without_a_reason(state_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_journal(state_dir)

    assert main(["publish", "lost_parcel", "--why", " \n"]) == 2
    assert capsys.readouterr().err.startswith("error: --why: say why, for those who read the revisions later; or look ")
    assert main(["publish", "lost_parcel"]) == 2
    assert "--why" in capsys.readouterr().err
    assert history(state_dir) == []


def test_without_a_journal_nothing_is_made_and_it_is_said_where_to_go(
    state_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["publish", "lost_parcel", *WHY])

    assert code == 2
    told = capsys.readouterr().err
    assert "there is no journal at" in told
    assert "`amends db upgrade`" in told
    assert list(state_dir.iterdir()) == []


def test_the_result_as_json_is_one_document_whatever_came_of_it(
    state_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_journal(state_dir, library.load("lost_parcel"))
    given = [str(own_file(tmp_path, FASTER)), *WHY, "--format", "json"]
    (tmp_path / "wrong").mkdir()
    wrong = [str(own_file(tmp_path / "wrong", MISSPELT)), *given[1:]]
    codes, documents = [], []

    for runbook in (given, given, wrong):
        codes.append(main(["publish", *runbook]))
        documents.append(json.loads(capsys.readouterr().out))

    assert codes == [0, 0, 1]
    assert [document["published"] for document in documents] == [True, False, False]
    assert [document["errors"] for document in documents] == [0, 0, 1]
    new, same, refused = documents
    assert (new["revision"]["number"], new["revision"]["by"], "bundle" in new["revision"]) == (2, "bo", False)
    assert [difference["what"] for difference in new["differences"]] == ["answer within"]
    assert (same["revision"], same["differences"]) == (new["revision"], [])
    assert refused["revision"] is None


def test_a_revision_can_be_neither_changed_nor_removed(state_dir: Path) -> None:
    make_journal(state_dir, library.load("lost_parcel"))
    database = sqlite3.connect(state_dir / "journal.db")

    try:
        for statement in ("UPDATE runbook_revisions SET why = 'another'", "DELETE FROM runbook_revisions"):
            with pytest.raises(sqlite3.DatabaseError, match="runbook_revisions"):
                database.execute(statement)
    finally:
        database.close()
