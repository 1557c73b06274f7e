"""Double entry: what each thing that happens to an order's money means for the accounts.

``customer`` is what the shop owes the customer of an order: paid in, and not used up by goods. ``cash`` is with the
provider, ``sales`` is earned; ``remedies``, ``claims``, ``written_off``, ``netted`` and ``corrections`` are what they
say.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from amends.connectors.shop import lookup
from amends.connectors.shop.tables import EntryRow

CUSTOMER: Final = "customer"
CASH: Final = "cash"
SALES: Final = "sales"
REMEDIES: Final = "remedies"
CLAIMS: Final = "claims"
WRITTEN_OFF: Final = "written_off"
NETTED: Final = "netted"
CORRECTIONS: Final = "corrections"


STANDS: Final = EntryRow.entry_id.not_in(select(EntryRow.reverses).where(EntryRow.reverses.is_not(None)))
"""Of an entry: no other has reversed it."""


def book(
    db: Session,
    order_id: str,
    at: datetime,
    /,
    *,
    kind: str,
    debit: str,
    credit: str,
    amount: int,
    reverses: str | None = None,
) -> EntryRow | None:
    """Books an amount; one below nothing is booked the other way round, and nothing is not booked."""
    if amount == 0:
        return None
    if amount < 0:
        debit, credit, amount = credit, debit, -amount
    n = int(db.scalar(select(func.count()).select_from(EntryRow).where(EntryRow.order_id == order_id)) or 0) + 1
    entry = EntryRow(
        entry_id=f"{order_id.replace('SO', 'EN', 1)}-{n}",
        order_id=order_id,
        kind=kind,
        debit=debit,
        credit=credit,
        amount=amount,
        booked_at=at,
        reverses=reverses,
    )
    db.add(entry)
    db.flush()  # the next one is numbered behind it
    return entry


def credit_of(db: Session, order_id: str, account: str) -> int:
    """What an account is in credit with for an order, in minor units."""
    booked, mine = EntryRow.amount, EntryRow.order_id == order_id
    credit = lookup.total(db, booked, mine, EntryRow.credit == account)
    return credit - lookup.total(db, booked, mine, EntryRow.debit == account)


def source_of_refund(db: Session, order_id: str, amount: int) -> str:
    """Which account a refund is taken from: what belongs to no goods goes back first, then what goods were sold for."""
    return CUSTOMER if credit_of(db, order_id, CUSTOMER) >= amount else SALES


def sold(db: Session, order_id: str) -> int:
    """What the goods of an order stand in the books for, in minor units."""
    return credit_of(db, order_id, SALES)


def unsell(db: Session, order_id: str, at: datetime) -> None:
    """Books that an order is cancelled: what its goods stand for belongs to the customer."""
    book(db, order_id, at, kind="cancellation", debit=SALES, credit=CUSTOMER, amount=sold(db, order_id))


def reverse(db: Session, entry: EntryRow, at: datetime) -> None:
    """Books the opposite of an entry; harmless when it is booked already."""
    lookup.order(db, entry.order_id, lock=True)
    if db.scalar(select(EntryRow.entry_id).where(EntryRow.reverses == entry.entry_id)) is None:
        book(
            db,
            entry.order_id,
            at,
            kind=f"{entry.kind} reversed",
            debit=entry.credit,
            credit=entry.debit,
            amount=entry.amount,
            reverses=entry.entry_id,
        )
