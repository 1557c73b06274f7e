"""Verification finds what was given and is not borne out by the effects."""

import pytest
from sqlalchemy import text

from amends.journal import Journal, verify
from amends.journal.engine import writing
from amends.models import Head, Outcome
from tests.amends.journal.builders import INCIDENT, opened, told
from tests.amends.journal.givers import begin, finish, give, undo, wanted

SHIP, AGAIN, REFUND, PENDING = (f"{INCIDENT}/{name}/1" for name in ("ship", "again", "refund", "goodwill"))


KEYS = {"ship": SHIP, "again": AGAIN, "refund": REFUND, "pending": PENDING, "freight": f"{INCIDENT}/freight/1"}


@pytest.fixture
def story(journal: Journal) -> Journal:
    """Sent, lost and sent again, which was undone, and once more; then refunded. Something for the trouble is open."""
    told(journal, opened())
    give(journal, SHIP, Head.GOODS, gave_parcel="PC-1001-2")
    give(journal, AGAIN, Head.GOODS, parcel_id="PC-1001-2", gave_parcel="PC-1001-3")
    undo(journal, f"{AGAIN}/undo", undoes=AGAIN)
    give(journal, f"{INCIDENT}/again/2", Head.GOODS, parcel_id="PC-1001-2", gave_parcel="PC-1001-4")
    give(journal, REFUND, Head.REFUND, 39800, parcel_id="PC-1001-4")
    begin(journal, PENDING, wanted(Head.GOODWILL, 500))
    begin(journal, f"{INCIDENT}/freight/1", wanted(Head.FREIGHT, 500))
    finish(journal, f"{INCIDENT}/freight/1", Outcome.NOT_APPLIED)
    return journal


def problems(journal: Journal) -> list[str]:
    """But for those about entries, which this story has none of."""
    return [each for each in verify(journal, INCIDENT).problems if "requested by an entry" not in each]


def change_by_hand(journal: Journal, *statements: str) -> None:
    """Changes rows as somebody with all rights would."""
    with writing(journal.engine) as connection:
        for statement in statements:
            values = {name: key for name, key in KEYS.items() if f":{name}" in statement}
            connection.execute(text(statement), values)


def test_what_the_effects_bear_out_is_proved(story: Journal) -> None:
    assert problems(story) == []
    assert "what was given agrees with the outcomes of the effects that gave it" in verify(story, INCIDENT).proved


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            "UPDATE remedies SET status = 'released', why = 'not_applied', released_by = key WHERE key = :refund",
            f"refund of effect {REFUND!r} is released as not_applied, and the effects do not bear that out",
        ),
        (
            "UPDATE remedies SET status = 'applied', settled_at = reserved_at WHERE key = :pending",
            f"goodwill of effect {PENDING!r} is applied, and the effect is not known",
        ),
        (
            "UPDATE effects SET outcome = 'not_applied' WHERE key = :refund",
            f"refund of effect {REFUND!r} is applied, and the effect is not_applied",
        ),
        (
            "UPDATE remedies SET released_by = :refund WHERE key = :again",
            f"goods of effect {AGAIN!r} is released as undone, and the effects do not bear that out",
        ),
        (
            "UPDATE remedies SET released_by = :freight WHERE key = :ship",
            f"goods of effect {SHIP!r} is released as asked_again, and the effects do not bear that out",
        ),
        (
            "UPDATE remedies SET amount = 1 WHERE key = :pending",
            f"goodwill of effect {PENDING!r} adds up to 1 CNY, and it was to give",
        ),
        (
            "UPDATE remedies SET released_by = :pending WHERE key = :ship",
            f"goods of effect {SHIP!r} is released as asked_again, and the effects do not bear that out",
        ),
        ("DELETE FROM remedies WHERE key = :pending", f"goodwill of effect {PENDING!r} for '' is missing"),
        (
            "DELETE FROM remedies WHERE key = :refund AND unit = 'SO-1001/1#2'",
            f"refund of effect {REFUND!r} for 'SO-1001/1#2' is missing from the remedies",
        ),
        (
            "UPDATE remedies SET order_id = 'SO-1' WHERE key = :refund",
            f"refund of effect {REFUND!r} for 'SO-1001/1#1' has order_id 'SO-1', not 'SO-1001'",
        ),
        (
            "UPDATE remedies SET parcel_id = 'PC-1' WHERE key = :refund",
            f"refund of effect {REFUND!r} for 'SO-1001/1#1' has parcel_id 'PC-1', not 'PC-1001-4'",
        ),
        (
            "UPDATE remedies SET incident_id = 'another' WHERE key = :refund",
            f"refund of effect {REFUND!r} for 'SO-1001/1#1' has incident_id 'another', not {INCIDENT!r}",
        ),
        (
            "UPDATE remedies SET amount = 1 WHERE key = :ship",
            f"goods of effect {SHIP!r} for 'SO-1001/1#1' has amount 1, not 19900",
        ),
        (
            "UPDATE remedies SET unit = 'gift' WHERE key = :pending",
            f"goodwill of effect {PENDING!r} for 'gift' has amount 500, not None",
        ),
        (
            "UPDATE effects SET gives = NULL WHERE key = :refund",
            f"refund was given by {REFUND!r}, which has reserved nothing",
        ),
        (
            """UPDATE effects SET inputs = '{"order_id":"SO-2"}' WHERE key = :refund""",
            f"effect {REFUND!r} has reserved for order_id 'SO-1001', and was to give for 'SO-2'",
        ),
        ("DELETE FROM effects WHERE key = :pending", f"goodwill was given by {PENDING!r}, which is no effect"),
        ("UPDATE remedies SET currency = '¥', key = 'another' WHERE key = :pending", "which is no effect"),
    ],
    ids=[
        "released",
        "applied",
        "outcome",
        "undone by",
        "asked again by",
        "amount",
        "asked again by money",
        "deleted",
        "one unit deleted",
        "another order",
        "another parcel",
        "another incident",
        "another amount of goods",
        "another unit",
        "nothing reserved",
        "other inputs",
        "no effect",
        "another key",
    ],
)
def test_what_was_given_and_is_not_borne_out_is_named(story: Journal, change: str, says: str) -> None:
    change_by_hand(story, change)

    assert any(says in each for each in problems(story)), problems(story)


def test_a_remedy_that_cannot_be_read_is_named(story: Journal) -> None:
    unreadable = {
        "sqlite": ["UPDATE remedies SET amount = 'much' WHERE key = :pending"],
        "postgresql": [
            "ALTER TABLE remedies DROP CONSTRAINT ck_remedies_head",
            "UPDATE remedies SET head = 'gift' WHERE key = :pending",
        ],
    }

    change_by_hand(story, *unreadable[story.engine.dialect.name])

    assert problems(story)[0].startswith(f"what effect {PENDING!r} gave for '' cannot be read")


def test_an_effect_that_cannot_be_read_hides_nothing_else(story: Journal) -> None:
    change_by_hand(
        story, "UPDATE effects SET result = '{' WHERE key = :refund", "DELETE FROM remedies WHERE key = :pending"
    )

    found = problems(story)

    assert any(f"what effect {REFUND!r} gave cannot be held against it" in each for each in found)
    assert any(f"goodwill of effect {PENDING!r} for '' is missing" in each for each in found)
