"""Verification finds each way of tampering, and names it."""

from typing import Any

import pytest
from sqlalchemy import Engine, text

from amends.errors import UnknownIncident
from amends.journal import Journal, verify
from amends.journal.engine import writing
from amends.models import Outcome, Refusal
from amends.timeline import EntryKind
from tests.amends.journal.builders import INCIDENT, NOON, entry, opened, told
from tests.amends.journal.test_effects import begin, finish

RESERVE = f"{INCIDENT}/reserve/1"
SHIP = f"{INCIDENT}/ship/1"
RELEASE = f"{INCIDENT}/reserve/1/undo"


@pytest.fixture
def story(journal: Journal) -> Journal:
    """Goods are reserved, shipping is refused, the reservation is released."""
    refusal = Refusal(reason="NoCapacity", message="full until Monday")
    begin(journal, key=RESERVE)
    finish(journal, key=RESERVE)
    begin(journal, key=SHIP, activity="shipping.create_shipment")
    finish(journal, Outcome.NOT_APPLIED, key=SHIP, result={}, refusal=refusal)
    begin(journal, key=RELEASE, activity="inventory.release", undoes=RESERVE)
    finish(journal, key=RELEASE, result={})
    told(
        journal,
        opened(),
        entry(1, EntryKind.EFFECT_REQUESTED, key=RESERVE),
        entry(2, EntryKind.EFFECT_APPLIED, key=RESERVE),
        entry(3, EntryKind.EFFECT_REQUESTED, key=SHIP),
        entry(4, EntryKind.EFFECT_REFUSED, key=SHIP),
        entry(5, EntryKind.UNDO_REQUESTED, key=RELEASE),
        entry(6, EntryKind.UNDO_APPLIED, key=RELEASE),
    )
    return journal


def tamper(journal: Journal, statement: str, **values: Any) -> None:
    """Changes a row as somebody with all rights would: without the triggers."""
    with writing(journal.engine) as connection:
        for change in ("update", "delete"):
            on_table = " ON timeline" if journal.engine.dialect.name == "postgresql" else ""
            connection.execute(text(f"DROP TRIGGER timeline_refuses_{change}{on_table}"))
        connection.execute(text(statement), values)


def test_an_untouched_story_is_proved(story: Journal) -> None:
    verification = verify(story, INCIDENT)

    assert verification.ok
    assert verification.problems == ()
    assert verification.proved == (
        "7 entries are numbered without gaps and each hash holds",
        "every run numbered its entries without gaps",
        "the incident is what its entries make of it",
        "what is due is what the entries make of it",
        "what was shown is what the entries make of it",
        "every effect is told by the entries, and every outcome is an effect's",
        "every approval that was counted is a decision that the entries tell",
        "what was given agrees with the outcomes of the effects that gave it",
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ('UPDATE timeline SET data = \'{"key":"other"}\' WHERE seq = 3', "entry 3 was altered"),
        ('UPDATE timeline SET actor = \'{"id":"mei","kind":"human"}\' WHERE seq = 3', "entry 3 was altered"),
        ("UPDATE timeline SET kind = 'plan_undone' WHERE seq = 3", "entry 3 was altered"),
        ("UPDATE timeline SET kind = 'never_heard_of' WHERE seq = 3", "entry 3 is no entry"),
        ("UPDATE timeline SET run_id = 'run-9' WHERE seq = 3", "entry 3 was altered"),
        ("UPDATE timeline SET recorded_at = '2020-01-01 00:00:00.000000' WHERE seq = 3", "entry 3 was altered"),
        ("UPDATE timeline SET occurred_at = '2020-01-01 00:00:00.000000' WHERE seq = 3", "entry 3 was altered"),
        ("UPDATE timeline SET data = '{' WHERE seq = 3", "entry 3 cannot be read"),
        ("DELETE FROM timeline WHERE seq = 3", "entry 3 missing before entry 4"),
        ("DELETE FROM timeline WHERE seq IN (3, 4)", "entries 3 to 4 missing before entry 5"),
        ("DELETE FROM timeline WHERE seq = 1", "entry 1 missing before entry 2"),
        ("DELETE FROM timeline WHERE seq = 7", "the incident's entries is 7, its entries say 6"),
        ("DELETE FROM timeline", f"incident {INCIDENT!r} has no entries"),
        ("UPDATE timeline SET n = 20 WHERE seq = 3", "run 'run-1' goes from number 1 to 20 at entry 3"),
    ],
)
def test_a_changed_timeline_is_found(story: Journal, change: str, says: str) -> None:
    tamper(story, change)

    verification = verify(story, INCIDENT)

    assert not verification.ok
    assert any(says in problem for problem in verification.problems), verification.problems


def test_an_entry_that_was_hashed_again_breaks_the_link_behind_it(story: Journal) -> None:
    forged = "f" * 64
    tamper(story, "UPDATE timeline SET hash = :hash WHERE seq = 3", hash=forged)

    problems = verify(story, INCIDENT).problems

    assert any(problem.startswith("entry 3 was altered") for problem in problems)
    assert any(problem.startswith("entry 4 is not linked to entry 3") for problem in problems)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE incidents SET order_id = 'SO-0'", "the incident's order_id is 'SO-0', its entries say 'SO-1001'"),
        ("UPDATE incidents SET head_hash = 'x'", "the incident's head_hash is 'x'"),
        ("UPDATE incidents SET subject = '{'", "the incident's row cannot be read"),
        ("DELETE FROM incidents", "the incident's row is missing; rebuild the projection"),
    ],
)
def test_a_changed_incident_is_found(story: Journal, change: str, says: str) -> None:
    tamper(story, change)

    problems = verify(story, INCIDENT).problems

    assert len(problems) == 1
    assert says in problems[0]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("DELETE FROM effects WHERE key = :ship", f"entry 5 (effect_refused) tells of effect {SHIP!r}, which is not"),
        ("DELETE FROM effects WHERE key = :reserve", f"undoes {RESERVE!r}, which is no effect of this incident"),
        (
            "UPDATE effects SET outcome = 'applied' WHERE key = :ship",
            f"entry 5 says that effect {SHIP!r} is not_applied, in the effects it is applied",
        ),
        (
            "UPDATE effects SET outcome = NULL, outcome_at = NULL WHERE key = :release",
            f"entry 7 says that effect {RELEASE!r} is applied, in the effects it is not known",
        ),
        ("UPDATE effects SET inputs = '{}' WHERE key = :ship", f"effect {SHIP!r}: its inputs were altered"),
        ("UPDATE effects SET result = '{' WHERE key = :ship", f"effect {SHIP!r} cannot be read"),
    ],
)
def test_a_changed_effect_is_found(story: Journal, change: str, says: str) -> None:
    keys = {"ship": SHIP, "reserve": RESERVE, "release": RELEASE}
    tamper(story, change, **{name: key for name, key in keys.items() if f":{name}" in change})

    problems = verify(story, INCIDENT).problems

    assert any(says in problem for problem in problems), problems


def test_an_effect_that_nobody_requested_is_found(story: Journal) -> None:
    begin(story, key="slipped-in", activity="payments.refund")

    assert verify(story, INCIDENT).problems == (
        "effect 'slipped-in' (payments.refund) was never requested by an entry",
    )


def test_an_outcome_may_be_ahead_of_the_timeline_until_the_incident_ends(story: Journal) -> None:
    begin(story, key="on-its-way")
    finish(story, key="on-its-way")
    told(story, entry(7, EntryKind.EFFECT_REQUESTED, key="on-its-way"))
    while_open = verify(story, INCIDENT)

    told(story, entry(8, EntryKind.INCIDENT_CLOSED, status="closed", outcome="refunded"))

    assert while_open.ok
    assert verify(story, INCIDENT).problems == (
        "effect 'on-its-way' is applied, but the ended incident's entries never say so",
    )


def test_an_unknown_incident_cannot_be_verified(journal: Journal, engine: Engine) -> None:
    told(journal, opened(), at=NOON)

    with pytest.raises(UnknownIncident):
        verify(journal, "nobody")

    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # the engine's pool is a QueuePool
