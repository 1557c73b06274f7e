"""What each release has written is read by this one: from every revision to now, on both databases."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, Table, insert, inspect, select

from amends.journal import AlertKind, AlertLog, Authority, Journal, connect, current, nothing, schema, upgrade
from amends.journal.engine import reading, writing
from amends.journal.schema.intake import ExpectationState, Mode
from amends.journal.turns import Question
from amends.models import Head, Outcome, Severity
from amends.timeline import EntryKind
from tests.amends.journal.builders import INCIDENT, NOON, entry, opened, told
from tests.amends.journal.givers import cny, give
from tests.amends.journal.test_concurrency import at_once
from tests.amends.journal.test_revisions import publish
from tests.project.repository import ROOT

REVISIONS = [each.revision for each in nothing().missing]


@pytest.fixture
def old(empty_database_url: str) -> Iterator[Engine]:
    engine = connect(empty_database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Journal]:
    """A journal of this release with a row in each table that a release before it had."""
    engine = connect(f"sqlite:///{tmp_path / 'written.db'}")
    upgrade(engine)
    journal = Journal(engine)
    started = entry(1, EntryKind.CLOCK_STARTED, goal="resolve", within=3600, due_at=NOON.isoformat())
    shown = entry(2, EntryKind.EVIDENCE_ADDED, evidence=[{"what": "mail 4711"}])
    told(journal, opened(), started, shown, claims=["report-1"])
    journal.effects.begin(
        key=f"{INCIDENT}/refund/1",
        incident_id=INCIDENT,
        step="action.refund.payments.refund",
        attempt=1,
        activity="payments.refund",
        inputs={"order_id": "SO-1001"},
        undoes=None,
        at=NOON,
    )
    journal.effects.finish(
        key=f"{INCIDENT}/refund/1", outcome=Outcome.APPLIED, result={"refund_id": "RF-1"}, refusal=None, at=NOON
    )
    journal.effects.begin(
        key=f"{INCIDENT}/ask/1",
        incident_id=INCIDENT,
        step="analysis.ask",
        attempt=1,
        activity="customers.tell",
        inputs={"order_id": "SO-1001"},
        undoes=None,
        at=NOON,
        question=Question(order_id="SO-1001", question="choose", choices=("yes",), answer_within=timedelta(days=1)),
    )
    give(journal, "0193/credit/1", Head.GOODWILL, 500)
    journal.approvals.count(
        incident_id=INCIDENT,
        approval="action.refund.approve.finance",
        person="fang",
        role="finance",
        order_id="SO-1001",
        amount=cny(500),
        authority=Authority(),
        at=NOON,
        began=NOON,
    )
    publish(journal, {"a": 1})
    AlertLog(engine).raise_once(kind=AlertKind.WORKFLOW_MISSING, incident_id=INCIDENT, details={}, at=NOON)
    journal.pages.begin(
        key=f"{INCIDENT}/page/1",
        person="an",
        incident_id=INCIDENT,
        cause="refused:shipping.open_trace",
        severity=Severity.HIGH,
        level=1,
        channels=["mail"],
        join_within=timedelta(minutes=20),
        at=NOON,
    )
    take_in(engine)
    yield journal
    engine.dispose()


def take_in(engine: Engine) -> None:
    """What intake keeps: an event of an order and what follows from it, what was kept apart, and how it is set up."""
    at: dict[str, object] = {"changed_at": NOON, "changed_by": "an"}
    rows: dict[Table, dict[str, object]] = {
        schema.order_events: {
            **dict.fromkeys(("source", "id", "type"), "x"),
            "order_id": "SO-1001",
            "at": NOON,
            "data": {},
            "received_at": NOON,
        },
        schema.intake_orders: {"order_id": "SO-1001", "rules": "x"},
        schema.expectations: {
            **dict.fromkeys(("key", "exception_type", "rule", "why"), "x"),
            "subject": {},
            "report": {},
            "lacking": [],
            "caused_by": [],
            "order_id": "SO-1001",
            "due_at": NOON,
            "opens_at": NOON,
            "state": ExpectationState.WAITING.value,
        },
        schema.quarantine: {"digest": "x", "via": "a feed", "event": "x", "why": "it is none", "received_at": NOON},
        schema.intake_modes: {"exception_type": "lost_parcel", "mode": Mode.ON.value, **at},
        schema.intake_feeds: {"url": "https://shop.example", "cursor": "7"},
        schema.intake_sweeps: {"number": 1, "at": NOON},
    }
    with writing(engine) as connection:
        for table, row in rows.items():
            connection.execute(insert(table).values(**row))


@pytest.mark.parametrize("revision", REVISIONS)
def test_what_a_release_wrote_is_there_after_the_upgrade(old: Engine, written: Journal, revision: str) -> None:
    bring_to(old, revision)
    copied = copy(written.engine, old)
    tables = set(inspect(old).get_table_names()) - {"alembic_version"}

    before = upgrade(old)

    journal = Journal(old)
    assert (before.found, current(old)) == (revision, REVISIONS[-1])
    assert revision == REVISIONS[-1] or tables == copied, "give `written` a row of each older table"
    assert journal.incidents() == written.incidents()
    assert journal.timeline(INCIDENT) == written.timeline(INCIDENT)
    assert journal.effects_of(INCIDENT) == written.effects_of(INCIDENT)
    assert journal.revisions.newest("lost_parcel") == written.revisions.newest("lost_parcel")
    told(journal, entry(3))
    assert [row.n for row in journal.timeline(INCIDENT)] == [0, 1, 2, 3]
    assert journal.timeline(INCIDENT)[3].prev_hash == written.timeline(INCIDENT)[2].hash


def test_eight_that_bring_an_empty_database_up_at_once_do_it_once(empty_database_url: str) -> None:
    def bring_up(_: int) -> str | None:
        engine = connect(empty_database_url, threads=1)
        try:
            return upgrade(engine).found
        finally:
            engine.dispose()

    found = at_once(bring_up)

    assert sorted(found, key=str) == [REVISIONS[-1]] * 7 + [None]


def bring_to(engine: Engine, revision: str) -> None:
    """The tables as the release of this revision made them."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def copy(source: Engine, target: Engine) -> set[str]:
    """Copies what the target has tables and columns for; returns the names of the tables that got rows."""
    there = inspect(target)
    columns = {name: {column["name"] for column in there.get_columns(name)} for name in there.get_table_names()}
    kept = [table for table in schema.metadata.sorted_tables if table.name in columns]
    with reading(source) as reader, writing(target) as writer:
        return {table.name for table in kept if _copy_rows(reader, writer, table, columns[table.name])}


def _copy_rows(reader: Connection, writer: Connection, table: Table, columns: set[str]) -> bool:
    kept = [column for column in table.columns if column.name in columns]
    rows = [dict(row._mapping) for row in reader.execute(select(*kept))]
    if rows:
        writer.execute(insert(table), rows)
    return bool(rows)
