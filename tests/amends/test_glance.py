"""A glance into the journal: what shell completion offers, on both databases, and nothing where nothing is."""

from datetime import timedelta
from pathlib import Path

import pytest

from amends import glance
from amends.journal import Journal
from amends.timeline import EntryKind
from tests.amends.journal.builders import NOON, entry, opened, told


def write_two(journal: Journal) -> None:
    """An incident that is closed, and a newer one that is open."""
    told(
        journal,
        opened("aa-1", parcel="P-1"),
        entry(1, EntryKind.INCIDENT_CLOSED, status="closed", outcome="refunded"),
        incident_id="aa-1",
        parcel="P-1",
        run_id="r-1",
    )
    newer = opened("bb-2", parcel="P-2", order="SO-2").model_copy(update={"occurred_at": NOON + timedelta(days=1)})
    told(journal, newer, incident_id="bb-2", parcel="P-2", run_id="r-2")


def test_the_newest_incidents_are_seen_first_and_open_ones_alone_if_wanted(
    journal: Journal, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_two(journal)
    monkeypatch.setenv("AMENDS_DATABASE_URL", database_url)

    everything, still_open = glance.incidents(open_only=False), glance.incidents(open_only=True)

    assert [each.incident_id for each in everything] == ["bb-2", "aa-1"]
    assert still_open == [("bb-2", "lost_parcel", "SO-2", "open")]


def test_the_state_folder_s_journal_is_looked_at_if_no_other_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_template: Path
) -> None:
    monkeypatch.delenv("AMENDS_DATABASE_URL", raising=False)
    monkeypatch.setenv("AMENDS_STATE_DIR", str(tmp_path))
    (tmp_path / "journal.db").write_bytes(sqlite_template.read_bytes())

    assert glance.incidents(open_only=False) == []


@pytest.mark.parametrize("url", ["postgresql+psycopg://nobody@127.0.0.1:1/amends", "mysql://x", "sqlite:///{}/none.db"])
def test_where_no_journal_answers_nothing_is_seen_and_nothing_is_made(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AMENDS_DATABASE_URL", url.format(tmp_path))

    assert glance.incidents(open_only=False) == []
    assert list(tmp_path.iterdir()) == []
