"""Effects that give something on the order SO-1001: two lamps in its first parcel, each paid for with CNY 199."""

from datetime import datetime, timedelta
from typing import Any

from amends.journal import EffectRecord, Journal, Reservation, UnitWorth
from amends.models import Head, Money, Outcome, Refusal
from tests.amends.journal.builders import NOON

LAMPS = (UnitWorth(unit="SO-1001/1#1", value=19900), UnitWorth(unit="SO-1001/1#2", value=19900))
PAID = 39800


def cny(fen: int) -> Money:
    return Money(amount=fen, currency="CNY")


def wanted(head: Head, amount: int | None = None, **other: Any) -> Reservation:
    """What is to be given; goods and refunds for the first parcel of SO-1001 if nothing else is said."""
    if head in (Head.GOODS, Head.REFUND):
        other = {"parcel_id": "PC-1001-1", "units": LAMPS, **other}
    if head is Head.REFUND:
        other = {"captured": cny(PAID), **other}
    return Reservation.model_validate(
        {"order_id": "SO-1001", "head": head, "currency": "CNY", "amount": amount, **other}
    )


def begin(
    journal: Journal,
    key: str,
    reservation: Reservation | None,
    *,
    at: datetime = NOON,
    undoes: str | None = None,
) -> EffectRecord:
    """Begins an effect of the incident that the key begins with."""
    amount = {} if reservation is None or reservation.amount is None else {"amount": cny(reservation.amount)}
    return journal.effects.begin(
        key=key,
        incident_id=key.partition("/")[0],
        step="action.give",
        attempt=1,
        activity="some.effect",
        inputs={name: value.model_dump(mode="json") for name, value in amount.items()},
        undoes=undoes,
        at=at,
        reservation=reservation,
    )


def finish(
    journal: Journal,
    key: str,
    outcome: Outcome = Outcome.APPLIED,
    *,
    gave_parcel: str | None = None,
    at: datetime = NOON + timedelta(minutes=1),
) -> EffectRecord:
    return journal.effects.finish(key=key, outcome=outcome, result={}, refusal=None, at=at, gave_parcel=gave_parcel)


def give(journal: Journal, key: str, head: Head, amount: int | None = None, **other: Any) -> Refusal | None:
    """An effect from its intent to its outcome; the refusal, if the journal does not let it be given."""
    at: datetime = other.pop("at", NOON)
    gave_parcel: str | None = other.pop("gave_parcel", None)
    record = begin(journal, key, wanted(head, amount, **other), at=at)
    if record.outcome is None:
        finish(journal, key, gave_parcel=gave_parcel, at=at + timedelta(minutes=1))
    return record.refusal


def undo(journal: Journal, key: str, *, undoes: str, outcome: Outcome = Outcome.APPLIED) -> None:
    begin(journal, key, None, undoes=undoes)
    finish(journal, key, outcome)


def counts(journal: Journal, *incidents: str) -> dict[str, int]:
    """What counts by the key of the effect that gave it, in minor units; goods for what of them is not refunded."""
    rows = [row for each in incidents for row in journal.effects.remedies_of(incident_id=each)]
    standing = [row for row in rows if row.status != "released"]
    found: dict[str, int] = {}
    for row in standing:
        unit = (Head.REFUND, row.order_id, row.unit)
        back = [each.amount for each in standing if (each.head, each.order_id, each.unit) == unit]
        amount = max(0, row.amount - sum(back)) if row.head is Head.GOODS else row.amount
        found[row.key] = found.get(row.key, 0) + amount
    return {key: amount for key, amount in found.items() if amount}
