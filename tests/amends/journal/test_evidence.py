"""What was shown: kept as the timeline tells it, rebuilt from it, and held against the files themselves."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, Executable, delete, update

from amends.evidence import EvidenceFiles
from amends.journal import EvidenceRow, Journal, connect, schema, upgrade, verify
from amends.journal.engine import writing
from amends.models import Evidence, plain
from amends.timeline import Entry, EntryKind
from tests.amends.journal.builders import INCIDENT, NOON, entry, opened, told
from tests.amends.journal.test_releases import bring_to, copy

PDF = b"%PDF-1.4 paid"
MAIL = Evidence(what="mail 4711")
KEPT_AS_IT_WAS = "every file that was shown is kept as it was"


@pytest.fixture
def files(tmp_path: Path) -> EvidenceFiles:
    return EvidenceFiles(tmp_path / "evidence")


@pytest.fixture
def slip(files: EvidenceFiles, tmp_path: Path) -> Evidence:
    file = tmp_path / "slip.pdf"
    file.write_bytes(PDF)
    return files.keep(file)


@pytest.fixture
def story(journal: Journal, slip: Evidence) -> Journal:
    """A slip and a mail were shown, and the slip once more to settle a task."""
    told(journal, opened(), showing(1, slip, MAIL), settling(2, "no_plan_left", slip))
    return journal


def showing(n: int, *evidence: Evidence) -> Entry:
    return entry(n, EntryKind.EVIDENCE_ADDED, key=f"e-{n}", evidence=[plain(each) for each in evidence], note="")


def settling(n: int, task: str, *evidence: Evidence) -> Entry:
    shown = [plain(each) for each in evidence]
    return entry(n, EntryKind.TASK_SETTLED, key=f"s-{n}", task=task, how="paid by hand", evidence=shown)


def place_of(files: EvidenceFiles, shown: Evidence) -> Path:
    assert shown.sha256 is not None
    return files.path(shown.sha256)


def test_it_is_kept_in_its_order_with_who_showed_it_when_and_what_it_settled(story: Journal, slip: Evidence) -> None:
    kept = story.evidence.of(INCIDENT)

    first, second = (NOON + timedelta(minutes=n) for n in (1, 2))
    where = {"incident_id": INCIDENT, "by": "amends"}
    assert kept == [
        EvidenceRow(**where, **plain(slip), seq=2, place=0, at=first),
        EvidenceRow(**where, what="mail 4711", seq=2, place=1, at=first),
        EvidenceRow(**where, **plain(slip), seq=3, place=0, at=second, about="no_plan_left"),
    ]


def test_files_that_answer_a_question_are_shown_for_it(journal: Journal, files: EvidenceFiles, slip: Evidence) -> None:
    choice = entry(1, EntryKind.ANSWER_RECEIVED, key="a-1", ask="report.ask.reship_or_refund", choice="refund")
    photo = entry(2, EntryKind.ANSWER_RECEIVED, key="a-2", ask="report.ask.photo", files=[plain(slip)])
    told(journal, opened(), choice, photo)

    (row,) = journal.evidence.of(INCIDENT)

    assert (row.sha256, row.seq, row.about) == (slip.sha256, 3, "report.ask.photo")
    assert KEPT_AS_IT_WAS in verify(journal, INCIDENT, files=files).proved


def test_entries_that_are_offered_again_show_it_once(story: Journal, slip: Evidence) -> None:
    told(story, opened(), showing(1, slip, MAIL), settling(2, "no_plan_left", slip))

    assert len(story.evidence.of(INCIDENT)) == 3


def test_a_file_is_named_once_for_all_incidents_as_it_was_shown_first(story: Journal, slip: Evidence) -> None:
    told(story, opened("0193"), entry(1), entry(2), showing(3, slip), incident_id="0193", run_id="run-2")

    (row,) = story.evidence.files().values()

    assert (row.sha256, row.incident_id, row.seq) == (slip.sha256, INCIDENT, 2)


def test_it_is_rebuilt_with_the_projection(story: Journal, engine: Engine) -> None:
    before = story.evidence.of(INCIDENT)
    with writing(engine) as connection:
        connection.execute(delete(schema.evidence).where(schema.evidence.c.place == 1))
        connection.execute(update(schema.evidence).values(what="nothing", seq=schema.evidence.c.seq + 7))

    story.rebuild_projection()

    assert story.evidence.of(INCIDENT) == before


def test_it_is_rebuilt_for_one_incident_alone(story: Journal, engine: Engine) -> None:
    told(story, opened("0193"), showing(1, MAIL), incident_id="0193", run_id="run-2")
    before = story.evidence.of(INCIDENT)
    with writing(engine) as connection:
        connection.execute(update(schema.evidence).values(what="nothing"))

    story.rebuild_projection(INCIDENT)

    assert story.evidence.of(INCIDENT) == before
    assert [row.what for row in story.evidence.of("0193")] == ["nothing"]


def test_it_comes_back_with_an_incident_that_was_dropped(story: Journal, engine: Engine) -> None:
    with writing(engine) as connection:
        for table in (schema.incidents, schema.evidence):
            connection.execute(delete(table))

    told(story, showing(3, MAIL))

    assert [(row.seq, row.what) for row in story.evidence.of(INCIDENT)] == [
        (2, "slip.pdf"),
        (2, "mail 4711"),
        (3, "slip.pdf"),
        (4, "mail 4711"),
    ]
    assert verify(story, INCIDENT).ok


def test_what_was_shown_before_there_was_a_table_is_folded_at_the_upgrade(
    story: Journal, empty_database_url: str
) -> None:
    old = connect(empty_database_url)
    bring_to(old, "0005")
    copy(story.engine, old)

    upgrade(old)

    journal = Journal(old)
    assert journal.evidence.of(INCIDENT) == story.evidence.of(INCIDENT)
    assert verify(journal, INCIDENT).ok
    old.dispose()


def test_no_incident_stands_still_over_what_a_database_takes_in_no_text(journal: Journal) -> None:
    told(journal, opened(), showing(1, Evidence(what="mail\0 4711", size=2**63 - 1)))

    assert [row.what for row in journal.evidence.of(INCIDENT)] == ["mail\N{REPLACEMENT CHARACTER} 4711"]
    assert verify(journal, INCIDENT).ok


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            update(schema.evidence).where(schema.evidence.c.seq == 3).values(by="mei"),
            "what entry 3 shows as number 1: its by is 'mei', its entry says 'amends'",
        ),
        (
            delete(schema.evidence).where(schema.evidence.c.place == 1),
            "what entry 2 shows as number 2 is told by the entries, and is not kept as evidence; rebuild the",
        ),
        (
            update(schema.evidence).where(schema.evidence.c.place == 1).values(place=4),
            "what entry 2 shows as number 5 is kept as evidence, and no entry tells of it",
        ),
        (
            update(schema.evidence).where(schema.evidence.c.seq == 3).values(sha256="short"),
            "what entry 3 shows as number 1 cannot be read",
        ),
    ],
)
def test_what_is_not_as_the_entries_tell_it_is_found(
    story: Journal, engine: Engine, change: Executable, says: str
) -> None:
    with writing(engine) as connection:
        connection.execute(change)

    problems = verify(story, INCIDENT).problems

    assert any(says in problem for problem in problems), problems


def test_files_that_are_kept_as_they_were_are_proved(story: Journal, files: EvidenceFiles) -> None:
    found = verify(story, INCIDENT, files=files)

    assert found.ok
    assert "what was shown is what the entries make of it" in found.proved
    assert (KEPT_AS_IT_WAS in found.proved, found.unproved) == (True, ())


def test_a_file_that_is_gone_is_told_with_the_entry_that_shows_it(
    story: Journal, files: EvidenceFiles, slip: Evidence
) -> None:
    place_of(files, slip).unlink()

    found = verify(story, INCIDENT, files=files)

    assert KEPT_AS_IT_WAS not in found.proved
    assert found.problems == tuple(
        f"the file 'slip.pdf' with the digest {slip.sha256}, which entry {seq} shows, is missing in "
        f"{str(files.folder)!r}"
        for seq in (2, 3)
    )


def test_a_file_that_was_altered_is_told(story: Journal, files: EvidenceFiles, slip: Evidence) -> None:
    place_of(files, slip).chmod(0o600)
    place_of(files, slip).write_bytes(PDF + b" not")

    found = verify(story, INCIDENT, files=files)

    assert KEPT_AS_IT_WAS not in found.proved
    assert f"which entry 2 shows, was altered in {str(files.folder)!r}" in found.problems[0]


def test_a_folder_that_does_not_answer_proves_nothing_and_is_no_problem(story: Journal, tmp_path: Path) -> None:
    found = verify(story, INCIDENT, files=EvidenceFiles(tmp_path / "unmounted"))

    assert (found.ok, KEPT_AS_IT_WAS in found.proved) == (True, False)
    assert all(each.startswith(f"{KEPT_AS_IT_WAS}: the file 'slip.pdf'") for each in found.unproved)
    assert f"which entry 2 shows, cannot be looked at in {str(tmp_path / 'unmounted')!r}" in found.unproved[0]


def test_without_a_folder_it_is_said_that_files_were_not_looked_at(story: Journal) -> None:
    found = verify(story, INCIDENT)

    assert found.unproved == (f"{KEPT_AS_IT_WAS}: no folder of files was named",)
    assert found.ok


def test_where_no_file_was_shown_nothing_is_said_of_files(journal: Journal, files: EvidenceFiles) -> None:
    told(journal, opened(), showing(1, MAIL))

    found = verify(journal, INCIDENT, files=files)

    assert (KEPT_AS_IT_WAS in found.proved, found.unproved) == (False, ())
