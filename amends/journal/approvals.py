"""What people have approved, counted across all incidents: an approval that is split does not slip under a limit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, Engine, delete, select

from amends.journal import schema
from amends.journal.engine import writing
from amends.journal.locks import hold_person
from amends.journal.statements import upsert
from amends.models import Model, Money, Refusal

BEYOND_AUTHORITY: Final = "BeyondAuthority"
"""Why an approval does not count: it is more than the person may approve."""

_approvals = schema.approvals


class Authority(Model):
    """How much a person may approve: for one order in all, and on one day in all; ``None`` is no limit."""

    for_order: Money | None = None
    per_day: Money | None = None


class ApprovalLog:
    """The approvals of all incidents. Safe to use from several threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def count(
        self,
        *,
        incident_id: str,
        approval: str,
        person: str,
        role: str,
        order_id: str,
        amount: Money,
        authority: Authority,
        at: datetime,
        began: datetime,
        undone: Sequence[str] = (),
    ) -> Refusal | None:
        """Counts an approval, or says why the person's authority does not reach for it; then it is not counted.

        The same approval by the same person counts once, with its newest amount. ``began``: when the day began in the
        role's zone; what the person has approved since then counts for the day, in whatever role. ``undone``: approvals
        of the incident that count no more, whoever gave them, because what they were given for has been undone.
        """
        row = {
            "incident_id": incident_id,
            "approval": approval,
            "person": person,
            "role": role,
            "order_id": order_id,
            "amount": amount.amount,
            "currency": amount.currency,
            "at": at,
            "day": began.date(),
        }
        this = (_approvals.c.incident_id == incident_id) & (_approvals.c.approval == approval)
        others = (_approvals.c.person == person) & ~this
        with writing(self._engine) as connection:
            hold_person(connection, person)
            gone = (_approvals.c.incident_id == incident_id) & _approvals.c.approval.in_(undone)
            connection.execute(delete(_approvals).where(gone))
            for limit, which, place in (
                (authority.for_order, others & (_approvals.c.order_id == order_id), f"order {order_id!r}"),
                (authority.per_day, others & (_approvals.c.at >= began), began.date().isoformat()),
            ):
                refusal = _beyond(connection, limit, which, place=place, person=person, amount=amount)
                if refusal is not None:
                    return refusal
            upsert(connection, _approvals, row)
        return None


def _beyond(
    connection: Connection,
    limit: Money | None,
    which: ColumnElement[bool],
    *,
    place: str,
    person: str,
    amount: Money,
) -> Refusal | None:
    if limit is None:
        return None
    before = [(row.amount, row.currency) for row in connection.execute(select(_approvals).where(which))]
    foreign = sorted({amount.currency, *(currency for _, currency in before)} - {limit.currency})
    if foreign:
        return Refusal(
            reason=BEYOND_AUTHORITY,
            message=f"{person!r} may approve amounts in {limit.currency} for {place}; this would add "
            f"{', '.join(foreign)} to them",
        )
    total = sum(approved for approved, _ in before) + amount.amount
    if total <= limit.amount:
        return None
    return Refusal(
        reason=BEYOND_AUTHORITY,
        message=f"with this {person!r} would have approved {total} (minor units of {limit.currency}) for {place}, and "
        f"may approve {limit.amount}",
    )
