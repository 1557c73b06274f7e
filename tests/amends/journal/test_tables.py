"""What the tables themselves refuse, whoever writes."""

import pytest
from sqlalchemy import Connection, Engine, delete, insert, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from amends.journal import Journal, schema
from amends.journal.engine import writing
from tests.amends.journal.builders import INCIDENT, NOON, entry, opened, told
from tests.amends.journal.test_revisions import publish


def test_an_entry_cannot_be_updated(journal: Journal, engine: Engine) -> None:
    told(journal, opened())

    with pytest.raises(DBAPIError, match="timeline is append-only: UPDATE is refused"), writing(engine) as connection:
        connection.execute(update(schema.timeline).values(data={"nothing": "happened"}))

    assert journal.timeline(INCIDENT)[0].data != {"nothing": "happened"}


def test_an_entry_cannot_be_deleted(journal: Journal, engine: Engine) -> None:
    told(journal, opened())

    with pytest.raises(DBAPIError, match="timeline is append-only: DELETE is refused"), writing(engine) as connection:
        connection.execute(delete(schema.timeline))

    assert len(journal.timeline(INCIDENT)) == 1


def test_an_entry_cannot_be_replaced_or_truncated(journal: Journal, engine: Engine) -> None:
    told(journal, opened(), entry(1))
    by_another_way = {
        "sqlite": "INSERT OR REPLACE INTO timeline SELECT * FROM timeline",
        "postgresql": "TRUNCATE timeline",
    }

    with pytest.raises(DBAPIError, match="timeline is append-only"), writing(engine) as connection:
        connection.execute(text(by_another_way[engine.dialect.name]))

    assert len(journal.timeline(INCIDENT)) == 2


def test_a_published_runbook_cannot_be_changed(journal: Journal, engine: Engine) -> None:
    publish(journal, {"a": 1})

    for change in (update(schema.runbook_revisions).values(why="no reason"), delete(schema.runbook_revisions)):
        with pytest.raises(DBAPIError, match="runbook_revisions is append-only"), writing(engine) as connection:
            connection.execute(change)

    assert journal.revisions.newest("lost_parcel") is not None


@pytest.mark.parametrize(
    "wrong",
    [{"seq": 0}, {"n": -2}, {"hash": "short"}, {"run_id": "run-1", "n": 0}, {"seq": 1}],
    ids=["no such place", "no such number", "no hash", "number taken", "place taken"],
)
def test_the_timeline_keeps_its_own_order(journal: Journal, engine: Engine, wrong: dict[str, object]) -> None:
    told(journal, opened())
    row = journal.timeline(INCIDENT)[0].model_dump(mode="json") | {"occurred_at": NOON, "recorded_at": NOON}

    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(insert(schema.timeline).values(**{**row, "seq": 2, "run_id": "run-2", **wrong}))


@pytest.mark.parametrize(
    "wrong",
    [{"status": "lost"}, {"stage": "lunch"}, {"severity": "dire"}, {"status": "closed"}, {"closed_at": NOON}],
    ids=["status", "stage", "severity", "closed without a time", "open with an end"],
)
def test_an_incident_cannot_be_what_does_not_exist(journal: Journal, engine: Engine, wrong: dict[str, object]) -> None:
    told(journal, opened())

    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(update(schema.incidents).values(**wrong))


def test_a_time_without_a_zone_is_refused(journal: Journal, engine: Engine) -> None:
    told(journal, opened())

    def write(connection: Connection) -> None:
        connection.execute(update(schema.incidents).values(updated_at=NOON.replace(tzinfo=None)))

    with pytest.raises(Exception, match="has no zone"), writing(engine) as connection:
        write(connection)
