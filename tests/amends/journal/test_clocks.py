"""What is due across incidents, as it is asked for: whose, of which type, in which order."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, Executable, delete, update

from amends.journal import AlertKind, AlertLog, ClockKind, ClockState, Journal, connect, schema, upgrade, verify
from amends.journal.engine import writing
from amends.timeline import Entry, EntryKind
from tests.amends.journal.builders import INCIDENT, NOON, entry, opened, told
from tests.amends.journal.test_releases import bring_to, copy

HOUR = timedelta(hours=1)
EXHAUSTED = entry(3, EntryKind.LADDER_EXHAUSTED, level=3, pages=5)


def at(hour: int) -> str:
    return (NOON + hour * HOUR).isoformat()


def goal(n: int, name: str, due: int) -> Entry:
    return entry(n, EntryKind.CLOCK_STARTED, goal=name, within=due * 3600, due_at=at(due))


def task(n: int, name: str, due: int, owner: str) -> Entry:
    return entry(n, EntryKind.TASK_OPENED, task=name, step="x", why="refused", owner=owner, due_at=at(due))


def waiting(n: int, *parties: str) -> Entry:
    return entry(n, EntryKind.STATUS_CHANGED, status="waiting", waiting_for=list(parties))


def names(journal: Journal, **wanted: Any) -> list[str]:
    return [due.clock.name for due in journal.clocks.due(limit=10, **wanted)]


@pytest.fixture
def story(journal: Journal) -> Journal:
    """Two incidents: one waits for the customer with a paused goal, one has an overdue task of support's."""
    told(
        journal,
        opened(),
        goal(1, "resolve", 30),
        goal(2, "analysis", 20),
        waiting(3, "customer"),
        entry(4, EntryKind.CLOCK_PAUSED, goals=["resolve"], charged_to="customer"),
    )
    told(
        journal,
        opened("0193"),
        task(1, "refused:x/1", 10, "support"),
        entry(2, EntryKind.TASK_OVERDUE, task="refused:x/1", owner="support"),
        goal(3, "resolve", 40),
        waiting(4, "us"),
        incident_id="0193",
        run_id="run-2",
    )
    return journal


def test_the_first_due_comes_first_and_what_stands_still_last(story: Journal) -> None:
    due = story.clocks.due(limit=10)

    assert [(each.clock.name, each.incident.incident_id) for each in due] == [
        ("refused:x/1", "0193"),
        ("analysis", INCIDENT),
        ("resolve", "0193"),
        ("resolve", INCIDENT),
    ]
    assert [each.clock.name for each in story.clocks.due(limit=1)] == ["refused:x/1"]
    assert story.clocks.count() == 4


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("support", ["refused:x/1"]),
        ("customer", ["analysis", "resolve"]),
        ("us", ["resolve"]),
        ("carrier", []),
        ("nobody", []),
    ],
)
def test_it_is_found_by_whose_move_it_is(story: Journal, by: str, expected: list[str]) -> None:
    assert names(story, by=by) == expected
    assert story.clocks.count(by=by) == len(expected)


def test_what_is_late_is_found(story: Journal) -> None:
    assert names(story, breached=True) == ["refused:x/1"]


def test_it_is_found_by_the_type_of_its_incident(story: Journal) -> None:
    assert names(story, exception_type=["wrong_item"]) == []
    assert len(names(story, exception_type=["lost_parcel", "wrong_item"])) == 4


def test_nothing_of_an_ended_incident_is_due(story: Journal) -> None:
    told(story, entry(5, EntryKind.INCIDENT_CLOSED, status="closed", outcome="refund"))

    assert {due.incident.incident_id for due in story.clocks.due(limit=10)} == {"0193"}
    assert [row.state for row in story.clocks.of(INCIDENT)] == [ClockState.OVER, ClockState.OVER]


def test_the_owners_are_known(story: Journal) -> None:
    assert story.clocks.owners() == ["support"]


def test_who_was_paged_and_has_not_acknowledged_is_known_of_several_incidents_at_once(journal: Journal) -> None:
    page = {"page": 1, "level": 1, "people": ["an"]}
    told(
        journal,
        opened(),
        entry(1),
        entry(2, EntryKind.PAGE_REQUESTED, role="support", **page),
        entry(3, EntryKind.PAGE_REQUESTED, role="logistics", **page),
    )

    before = journal.clocks.paged([INCIDENT, "0193"])
    told(journal, entry(4, EntryKind.ACKNOWLEDGED, key="k", note=""))

    assert before == {INCIDENT: ("logistics", "support")}
    assert journal.clocks.paged([INCIDENT, "0193"]) == {}


def test_incidents_that_broke_a_promise_are_found_also_when_they_have_ended(story: Journal) -> None:
    told(
        story,
        entry(5, EntryKind.CLOCK_BREACHED, goal="analysis", due_at=at(20)),
        entry(6, EntryKind.INCIDENT_CLOSED, status="closed", outcome="refund"),
    )

    assert [row.incident_id for row in story.incidents(breached=True)] == [INCIDENT]
    assert story.count(breached=True) == 1


def test_it_is_rebuilt_with_the_projection(story: Journal, engine: Engine) -> None:
    before = {each: story.clocks.of(each) for each in (INCIDENT, "0193")}
    with writing(engine) as connection:
        connection.execute(delete(schema.clocks).where(schema.clocks.c.incident_id == INCIDENT))
        connection.execute(update(schema.clocks).values(owner="nobody"))

    story.rebuild_projection()

    assert {each: story.clocks.of(each) for each in (INCIDENT, "0193")} == before


def test_it_comes_back_with_an_incident_that_was_dropped(story: Journal, engine: Engine) -> None:
    with writing(engine) as connection:
        for table in (schema.incidents, schema.clocks):
            connection.execute(delete(table).where(table.c.incident_id == INCIDENT))

    told(story, task(5, "late", 50, "support"))

    assert [row.name for row in story.clocks.of(INCIDENT)] == ["analysis", "resolve", "late"]
    assert verify(story, INCIDENT).ok


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            update(schema.clocks).where(schema.clocks.c.name == "analysis").values(due_at=NOON),
            "the goal 'analysis': its due_at is",
        ),
        (delete(schema.clocks).where(schema.clocks.c.name == "analysis"), "is not kept as due; rebuild the projection"),
        (update(schema.clocks).where(schema.clocks.c.name == "analysis").values(name="x"), "no entry tells of it"),
    ],
)
def test_what_is_not_as_the_entries_make_it_is_found(
    story: Journal, engine: Engine, change: Executable, says: str
) -> None:
    with writing(engine) as connection:
        connection.execute(change)

    verification = verify(story, INCIDENT)

    assert any(says in problem for problem in verification.problems)


def test_what_was_told_before_there_were_clocks_is_folded_at_the_upgrade(
    story: Journal, empty_database_url: str
) -> None:
    old = connect(empty_database_url)
    bring_to(old, "0003")
    copy(story.engine, old)

    upgrade(old)

    journal = Journal(old)
    assert journal.clocks.due(limit=10) == story.clocks.due(limit=10)
    assert verify(journal, INCIDENT).ok
    old.dispose()


def test_a_ladder_that_nobody_answers_is_an_alert_until_somebody_does(journal: Journal) -> None:
    alerts = AlertLog(journal.engine)
    page = {"page": 1, "level": 3, "role": "operations", "people": ["an"]}
    told(journal, opened(), entry(1), entry(2, EntryKind.PAGE_REQUESTED, **page), EXHAUSTED)
    told(journal, EXHAUSTED)  # offered again by a worker that died
    (standing,) = alerts.standing()

    told(journal, entry(4, EntryKind.ACKNOWLEDGED, key="k", note=""))

    assert (standing.kind, standing.details) == (AlertKind.LADDER_EXHAUSTED, {"level": 3, "pages": 5})
    assert alerts.standing() == []
    assert [row.kind for row in journal.clocks.of(INCIDENT)] == [ClockKind.PAGE]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (EntryKind.LADDER_STOPPED, {"why": "nothing_owed"}),
        (EntryKind.INCIDENT_CLOSED, {"status": "cancelled", "outcome": None}),
    ],
)
def test_the_alert_ends_with_what_it_is_about(journal: Journal, kind: EntryKind, data: dict[str, object]) -> None:
    alerts = AlertLog(journal.engine)
    told(journal, opened(), entry(1), entry(2), EXHAUSTED)
    alerts.raise_once(kind=AlertKind.WORKFLOW_MISSING, incident_id=INCIDENT, details={}, at=NOON)

    told(journal, entry(4, kind, **data))

    assert [alert.kind for alert in alerts.standing()] == [AlertKind.WORKFLOW_MISSING]


def test_an_alert_that_came_and_went_in_one_append_does_not_stand(journal: Journal) -> None:
    told(journal, opened(), entry(1), entry(2), EXHAUSTED, entry(4, EntryKind.ACKNOWLEDGED, key="k"))

    assert AlertLog(journal.engine).standing() == []
