"""What is asked of others, who answer in their own time: warehouses, carriers, suppliers, customers, providers."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from amends.connectors.ports import Call
from amends.connectors.shop.tables import FateRow, OrderRow, RequestRow, TraceRow
from amends.errors import Refused


class Kind(NamedTuple):
    """``name``: as fates have it. ``prefix``: what its ids begin with. ``missing``: how one that is not there is
    refused. ``after``, ``ends``: how it ends where nothing else is said; never, if they are not set."""

    name: str
    prefix: str
    missing: str
    after: timedelta | None = None
    ends: str | None = None


PICK = Kind("pick", "PK", "PickNotFound", timedelta(hours=1), "applied")
PRIORITY = Kind("priority", "PR", "PriorityNotFound")
INTERCEPT = Kind("intercept", "IC", "InterceptNotFound", timedelta(days=2), "returned")
PROOF = Kind("proof", "PF", "ProofNotFound")
RETURN = Kind("return", "RT", "ReturnNotFound")
COUNT = Kind("count", "CT", "CountNotFound", timedelta(hours=4), "confirmed")
LINK = Kind("link", "LK", "LinkNotFound", timedelta(hours=24), "expired")
CASE = Kind("case", "CS", "CaseNotFound")
TICKET = Kind("ticket", "TK", "TicketNotFound", timedelta(days=5), "accepted")


def fate(db: Session, kind: str, subject: str) -> FateRow | None:
    """What is said of how a request will end."""
    return db.get(FateRow, (subject, kind))


def ask(db: Session, call: Call, kind: Kind, subject: str, *, order_id: str | None, **more: Any) -> RequestRow:
    """Asks, and has it end as it will. ``more``: other columns of the row."""
    fated = fate(db, kind.name, subject)
    after, ends = (fated.after, fated.ends) if fated else (kind.after, kind.ends)
    n = db.scalar(
        select(func.count()).select_from(RequestRow).where(RequestRow.kind == kind.name, RequestRow.subject == subject)
    )
    about = subject.partition("-")[2] if subject[2:3] == "-" else subject
    row = RequestRow(
        request_id=f"{kind.prefix}-{about.replace('/', '.')}-{int(n or 0) + 1}",
        kind=kind.name,
        subject=subject,
        order_id=order_id,
        asked_at=call.at,
        ends_at=None if after is None else call.at + after,
        ends_as=None if after is None else ends,
        **more,
    )
    db.add(row)
    return row


def find(db: Session, kind: Kind, request_id: str, *, lock: bool = False) -> RequestRow:
    """A request of a kind. Refuses as the kind says."""
    row = db.get(RequestRow, request_id, with_for_update=lock)
    if row is None or row.kind != kind.name:
        raise Refused(kind.missing, f"no {kind.name} {request_id!r}")
    return row


def of(db: Session, kind: Kind, subject: str) -> list[RequestRow]:
    """All requests of a kind about a subject, the oldest first."""
    wanted = select(RequestRow).where(RequestRow.kind == kind.name, RequestRow.subject == subject)
    return list(db.scalars(wanted.order_by(RequestRow.asked_at, RequestRow.request_id)))


def running(db: Session, kind: Kind, subject: str, at: datetime) -> RequestRow | None:
    """The request of a kind about a subject that nobody has answered yet, or that has been answered as it was wanted
    and stands."""
    standing = [row for row in of(db, kind, subject) if row.withdrawn_at is None]
    return standing[-1] if standing and status(standing[-1], at) in ("open", "applied", "returned") else None


def join(db: Session, kind: Kind, subject: str, at: datetime) -> RequestRow | None:
    """The request that is ``running``, wanted by one more from now on: who asked first takes it back for themselves
    alone."""
    row = running(db, kind, subject, at)
    if row is not None:
        db.refresh(row, with_for_update=True)
    if row is None or row.withdrawn_at is not None:
        return None
    want_too(row)
    return row


def join_or_ask(db: Session, call: Call, kind: Kind, subject: str, *, order_id: str | None) -> RequestRow:
    """Joins what is running, or asks."""
    return join(db, kind, subject, call.at) or ask(db, call, kind, subject, order_id=order_id)


def want_too(row: OrderRow | RequestRow | TraceRow) -> None:
    """One more wants what was asked for before."""
    row.joined = (row.joined or 0) + 1


def leave(row: OrderRow | RequestRow | TraceRow) -> bool:
    """One wants no more what was asked for; says whether nobody does."""
    if row.joined:
        row.joined -= 1
        return False
    return True


def status(row: RequestRow, at: datetime) -> str:
    """What has come of a request. One that was withdrawn before its end stays ``closed``."""
    if row.withdrawn_at is not None and row.withdrawn_at <= at:
        return "closed"
    if row.ends_at is not None and row.ends_at <= at:
        return row.ends_as or "closed"
    return "open"


def withdraw(row: RequestRow, at: datetime, *, answered: tuple[str, ...] = ()) -> bool:
    """Takes a request back; says whether that changes anything: it does not while somebody else wants it, nor once
    there is an answer other than those that are taken back as well (``answered``)."""
    if status(row, at) not in ("open", *answered):
        return False
    if not leave(row):
        return False
    row.withdrawn_at = at
    return True
