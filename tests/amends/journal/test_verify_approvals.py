"""Verification finds approvals and words of people that the timeline does not bear out."""

from collections.abc import Mapping

import pytest
from sqlalchemy import text

from amends.journal import Authority, Journal, verify
from amends.journal.engine import writing
from amends.models import Actor, ActorKind, Data, Outcome
from amends.timeline import Entry, EntryKind
from tests.amends.journal.builders import INCIDENT, NOON, entry, opened, told
from tests.amends.journal.givers import begin, cny, finish
from tests.amends.journal.test_approvals import MONDAY

APPROVAL = "action.reship.approve"
KEY = f"{INCIDENT}/ship/1"


def by(person: str, n: int, kind: EntryKind, /, **data: object) -> Entry:
    actor = Actor(kind=ActorKind.HUMAN, id=person)
    return entry(n, kind, **data).model_copy(update={"actor": actor})


@pytest.fixture
def story(journal: Journal) -> Journal:
    """Mei approves, what was to be sent is in doubt, and an finds out that it was."""
    decided: Data = {"approval": APPROVAL, "amount": {"amount": 39800, "currency": "CNY"}, "plan": "reship"}
    told(
        journal,
        opened(),
        by("mei", 1, EntryKind.DECISION_RECEIVED, **decided),
        entry(2, EntryKind.DECISION_COUNTED, approval=APPROVAL, by="mei"),
        entry(3, EntryKind.EFFECT_REQUESTED, key=KEY, inputs={}),
        by("an", 4, EntryKind.TASK_SETTLED, task="unknown:ship"),
        entry(5, EntryKind.EFFECT_APPLIED, key=KEY, by_hand="an"),
    )
    journal.approvals.count(
        incident_id=INCIDENT,
        approval=APPROVAL,
        person="mei",
        role="finance",
        order_id="SO-1001",
        amount=cny(39800),
        authority=Authority(),
        at=NOON,
        began=MONDAY,
    )
    begin(journal, KEY, None)
    journal.effects.finish(
        key=KEY, outcome=Outcome.APPLIED, result={}, refusal=None, at=NOON, settled={"by": "an", "how": "a slip"}
    )
    return journal


def change_by_hand(journal: Journal, statement: str) -> None:
    with writing(journal.engine) as connection:
        values: Mapping[str, str] = {"key": KEY} if ":key" in statement else {}
        connection.execute(text(statement), values)


def test_what_the_entries_bear_out_is_proved(story: Journal) -> None:
    found = verify(story, INCIDENT)

    assert found.problems == ()
    assert "every approval that was counted is a decision that the entries tell" in found.proved


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("DELETE FROM approvals", f"entry 3 counts the approval {APPROVAL!r} by 'mei'; it is not kept"),
        ("UPDATE approvals SET person = 'li'", f"the approval {APPROVAL!r} by 'li' is kept, and no entry has that"),
        ("UPDATE approvals SET amount = 1", "is kept with 1 CNY, and no entry has that amount"),
        ("UPDATE approvals SET order_id = 'SO-2'", "is kept for order 'SO-2', and the incident is about 'SO-1001'"),
        (
            "UPDATE effects SET settled = NULL WHERE key = :key",
            f"entry 6 has the word of 'an' for effect {KEY!r}, the effects None",
        ),
        (
            """UPDATE effects SET settled = '{"by":"li","how":"a slip"}' WHERE key = :key""",
            f"effect {KEY!r} is settled by 'li', who has settled nothing in the entries",
        ),
        (
            """UPDATE effects SET inputs = '{"order_id":"SO-2"}' WHERE key = :key""",
            f"entry 4 requests effect {KEY!r} with other inputs than it has in the effects",
        ),
    ],
    ids=["deleted", "another person", "another amount", "another order", "no word", "another's word", "other inputs"],
)
def test_what_the_entries_do_not_bear_out_is_named(story: Journal, change: str, says: str) -> None:
    change_by_hand(story, change)

    assert any(says in each for each in verify(story, INCIDENT).problems), verify(story, INCIDENT).problems


def test_an_approval_for_a_plan_that_was_undone_may_count_no_more(story: Journal) -> None:
    told(story, entry(6, EntryKind.PLAN_UNDONE, plan="reship"))

    change_by_hand(story, "DELETE FROM approvals")

    assert verify(story, INCIDENT).ok


def test_an_approval_that_is_counted_and_not_yet_told_is_no_problem(journal: Journal) -> None:
    amount = {"amount": 39800, "currency": "CNY"}
    told(journal, opened(), by("mei", 1, EntryKind.DECISION_RECEIVED, approval=APPROVAL, amount=amount))
    journal.approvals.count(
        incident_id=INCIDENT,
        approval=APPROVAL,
        person="mei",
        role="finance",
        order_id="SO-1001",
        amount=cny(39800),
        authority=Authority(),
        at=NOON,
        began=MONDAY,
    )

    assert verify(journal, INCIDENT).ok


def test_an_outcome_that_was_known_before_rests_on_nobodys_word(journal: Journal) -> None:
    told(journal, opened(), entry(1, EntryKind.EFFECT_REQUESTED, key=KEY), entry(2, EntryKind.EFFECT_APPLIED, key=KEY))
    begin(journal, KEY, None)

    finish(journal, KEY)

    assert verify(journal, INCIDENT).ok
