"""Comparing the approvals that were counted with the timeline: each is a decision that it tells."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from amends.journal import schema
from amends.journal.rows import TimelineRow
from amends.timeline import EntryKind

_approvals = schema.approvals


def approval_problems(connection: Connection, *, incident_id: str, entries: list[TimelineRow]) -> list[str]:
    """What the counted approvals of an incident and its entries disagree about, in plain words.

    A decision is in the timeline before it is counted, so every row has one; and every decision that was counted has
    its row, unless the plan it was for has been undone.
    """
    rows = connection.execute(select(_approvals).where(_approvals.c.incident_id == incident_id)).mappings().all()
    decided = [entry for entry in entries if entry.kind is EntryKind.DECISION_RECEIVED]
    problems = [problem for row in rows for problem in _row_problems(dict(row), decided, entries[:1])]
    counted = {(row["approval"], row["person"]) for row in rows}
    undone = {entry.data.get("plan") for entry in entries if entry.kind is EntryKind.PLAN_UNDONE}
    for entry in entries:
        given = (entry.data.get("approval"), entry.data.get("by"))
        if entry.kind is EntryKind.DECISION_COUNTED and given not in counted:
            plans = {each.data.get("plan") for each in decided if each.data.get("approval") == given[0]} - {None}
            if not plans & undone:
                problems.append(f"entry {entry.seq} counts the approval {given[0]!r} by {given[1]!r}; it is not kept")
    return problems


def _row_problems(row: dict[str, Any], decided: list[TimelineRow], first: list[TimelineRow]) -> Iterator[str]:
    what = f"the approval {row['approval']!r} by {row['person']!r}"
    amounts = [
        entry.data.get("amount")
        for entry in decided
        if (entry.data.get("approval"), entry.actor.id) == (row["approval"], row["person"])
    ]
    if not amounts:
        yield f"{what} is kept, and no entry has that decision"
    elif {"amount": row["amount"], "currency": row["currency"]} not in amounts:
        yield f"{what} is kept with {row['amount']} {row['currency']}, and no entry has that amount"
    for entry in first:
        report = entry.data.get("report")
        order_id = report.get("order_id") if isinstance(report, dict) else None
        if order_id is not None and order_id != row["order_id"]:
            yield f"{what} is kept for order {row['order_id']!r}, and the incident is about {order_id!r}"
