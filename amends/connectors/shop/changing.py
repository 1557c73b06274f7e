"""What may change about an order before it leaves: its promise, its lines, and which parcels they leave in."""

from datetime import datetime
from math import ceil
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call, Cause, Liable
from amends.connectors.shop import books, lookup, outbox
from amends.connectors.shop.allocation import allocated, is_allocated, replan
from amends.connectors.shop.door import Desk
from amends.connectors.shop.payments import refundable_line
from amends.connectors.shop.tables import (
    ArticleRow,
    LineRow,
    OrderRow,
    ParcelRow,
    PromiseRow,
    SubstitutionRow,
)
from amends.errors import Refused
from amends.models import Money, Utc

_Change = TypeVar("_Change", PromiseRow, SubstitutionRow)

LIABLE: Final[dict[Cause, Liable]] = {
    "none": "nobody",
    "warehouse_backlog": "warehouse",
    "supplier_late": "supplier",
    "merchant_late": "merchant",
    "carrier_delay": "carrier",
    "weather": "nobody",
    "address_problem": "customer",
    "payment_hold": "payment_provider",
}
"""Whose doing each cause of a delay is."""


class ChangeDesk(Desk):
    """The part of the shop's ``Orders`` that changes them."""

    _system = "orders"

    def read_line(self, call: Call, *, line_id: str) -> ports.Line:
        def work(db: Session) -> ports.Line:
            line = lookup.line(db, line_id)
            currency = lookup.order(db, line.order_id).currency
            left = lookup.dispatched(db.get_one(ParcelRow, line.parcel_id), call.at)
            others = [each for each in lookup.lines(db, line.order_id) if each.dropped_at is None and each.n != line.n]
            return ports.Line(
                line_id=line_id,
                order_id=line.order_id,
                parcel_id=line.parcel_id,
                sku=line.sku,
                quantity=line.quantity,
                price=Money(amount=lookup.paid_for(line), currency=currency),
                refundable=Money(amount=refundable_line(db, line), currency=currency),
                status="dropped" if line.dropped_at is not None else "dispatched" if left else "open",
                allocated=is_allocated(db, line),
                fresh=lookup.article(db, line.sku).fresh,
                alone=all(each.parcel_id != line.parcel_id for each in others),
                last=not others,
            )

        return self._door.read("orders.read_line", work)

    def explain_delay(self, call: Call, *, order_id: str) -> ports.Delay:
        def work(db: Session) -> ports.Delay:
            order = lookup.order(db, order_id)
            own = [each for each in lookup.parcels(db, order_id) if each.paid_as == each.parcel_id]
            last = max(own, key=lambda each: _expected(each, call.at))
            left = lookup.dispatched(last, call.at)
            cause = order.delay_cause or _guess(db, order, last, call.at)
            late = 0 if order.promised_by is None else (_expected(last, call.at) - order.promised_by).total_seconds()
            return ports.Delay(
                order_id=order_id,
                parcel_id=last.parcel_id,
                dispatched=left,
                cause=cause,
                liable=LIABLE[cause],
                days_late=max(0, ceil(late / 86400)),
                expected_at=last.delivered_at,
            )

        return self._door.read("orders.explain_delay", work)

    def promise(self, call: Call, *, order_id: str, by: Utc) -> ports.Promise:
        def work(db: Session) -> ports.Promise:
            order = lookup.order(db, order_id, lock=True)
            if order.status == "cancelled":
                raise Refused("OrderCancelled", f"order {order_id!r} was cancelled at {order.cancelled_at}")
            n = lookup.count(db, PromiseRow.order_id, order_id) + 1
            row = PromiseRow(
                promise_id=f"{order_id.replace('SO', 'PM', 1)}-{n}",
                order_id=order_id,
                by=by,
                before=order.promised_by,
                made_at=call.at,
            )
            db.add(row)
            order.promised_by = by
            db.flush()
            slips = select(func.count()).where(PromiseRow.order_id == order_id, PromiseRow.withdrawn_at.is_(None))
            outbox.tell(db, "order.promised", order_id, call.at, about=row.promise_id, promised_by=by.isoformat())
            return ports.Promise(promise_id=row.promise_id, promised_by=by, slips=db.scalar(slips) or 0)

        return self._door.give(
            "orders.promise", call, {"order_id": order_id, "by": by.isoformat()}, ports.Promise, work
        )

    def withdraw_promise(self, call: Call, *, promise_id: str) -> None:
        def work(db: Session) -> None:
            row = db.get(PromiseRow, promise_id)
            if row is None:
                raise Refused("PromiseNotFound", f"no promise {promise_id!r}")
            order = lookup.order(db, row.order_id, lock=True)
            db.refresh(row)
            if row.withdrawn_at is not None:
                return
            row.withdrawn_at = call.at
            later = _next_standing(db, row)
            if later is not None:
                later.before = row.before
            elif order.promised_by == row.by:
                order.promised_by = row.before

        self._door.do("orders.withdraw_promise", call, {"promise_id": promise_id}, work)

    def substitute(self, call: Call, *, line_id: str, sku: str) -> ports.Substitution:
        def work(db: Session) -> ports.Substitution:
            line = _open_line(db, line_id, call.at)
            other = db.get(ArticleRow, sku)
            if other is None or sku == line.sku:
                raise Refused("NoSubstitute", f"{sku!r} is nothing to put in the place of {line.sku!r}")
            currency = lookup.order(db, line.order_id).currency
            before = lookup.paid_for(line)
            n = lookup.count(db, SubstitutionRow.order_id, line.order_id) + 1
            row = SubstitutionRow(
                substitution_id=f"{line.order_id.replace('SO', 'SB', 1)}-{n}",
                order_id=line.order_id,
                n=line.n,
                sku_before=line.sku,
                price_before=line.unit_price,
                discount_before=line.discount,
                made_at=call.at,
            )
            db.add(row)
            line.sku, line.unit_price = sku, other.price
            line.discount = min(line.discount or 0, line.quantity * line.unit_price) or None
            _changed(db, line, call, row.substitution_id, before - lookup.paid_for(line), sku=sku)
            dearer = lookup.paid_for(line) - before
            return ports.Substitution(
                substitution_id=row.substitution_id,
                line_id=line_id,
                sku=sku,
                refund_due=Money(amount=max(0, -dearer), currency=currency),
                to_pay=Money(amount=max(0, dearer), currency=currency),
            )

        args = {"line_id": line_id, "sku": sku}
        return self._door.give("orders.substitute", call, args, ports.Substitution, work)

    def withdraw_substitute(self, call: Call, *, substitution_id: str) -> None:
        def work(db: Session) -> None:
            row = db.get(SubstitutionRow, substitution_id)
            if row is None:
                raise Refused("SubstitutionNotFound", f"no substitution {substitution_id!r}")
            lookup.order(db, row.order_id, lock=True)
            db.refresh(row)
            if row.withdrawn_at is not None:
                return
            line = _open_line(db, f"{row.order_id}/{row.n}", call.at)
            row.withdrawn_at = call.at
            was = row.sku_before, row.price_before, row.discount_before
            later = _next_standing(db, row, SubstitutionRow.n == row.n)
            if later is not None:
                later.sku_before, later.price_before, later.discount_before = was
                return
            before = lookup.paid_for(line)
            line.sku, line.unit_price, line.discount = was
            _changed(db, line, call, f"{substitution_id}/back", before - lookup.paid_for(line), sku=line.sku)

        self._door.do("orders.withdraw_substitute", call, {"substitution_id": substitution_id}, work)

    def drop_line(self, call: Call, *, line_id: str) -> None:
        def work(db: Session) -> None:
            line = _open_line(db, line_id, call.at)
            if line.dropped_at is None:
                line.dropped_at = call.at
                _changed(db, line, call, f"{line_id}/{call.key}", lookup.paid_for(line), dropped=True)

        self._door.do("orders.drop_line", call, {"line_id": line_id}, work)

    def restore_line(self, call: Call, *, line_id: str) -> None:
        def work(db: Session) -> None:
            line = lookup.line(db, line_id, lock=True)
            if line.dropped_at is None:
                return
            _open_line(db, line_id, call.at)
            line.dropped_at = None
            _changed(db, line, call, f"{line_id}/{call.key}", -lookup.paid_for(line), dropped=False)

        self._door.do("orders.restore_line", call, {"line_id": line_id}, work)

    def split(self, call: Call, *, line_id: str) -> ports.Split:
        def work(db: Session) -> ports.Split:
            line = _open_line(db, line_id, call.at)
            parcel = db.get_one(ParcelRow, line.parcel_id)
            others = [each for each in lookup.lines(db, line.order_id) if each.parcel_id == parcel.parcel_id]
            if len([each for each in others if each.dropped_at is None]) < 2:
                raise Refused("NothingToSplit", f"line {line_id!r} is by itself in parcel {parcel.parcel_id!r}")
            n = lookup.count(db, ParcelRow.order_id, line.order_id) + 1
            new = ParcelRow(
                parcel_id=f"{line.order_id.replace('SO', 'PC', 1)}-{n}",
                order_id=line.order_id,
                paid_as=f"{line.order_id.replace('SO', 'PC', 1)}-{n}",
                carrier_id=parcel.carrier_id,
                warehouse=parcel.warehouse,
            )
            db.add(new)
            db.flush()  # the line names it
            _move(db, line, new, call.at, split_from=parcel.parcel_id)
            return ports.Split(parcel_id=new.parcel_id, line_id=line_id)

        return self._door.give("orders.split", call, {"line_id": line_id}, ports.Split, work)

    def join(self, call: Call, *, parcel_id: str, line_id: str) -> None:
        def work(db: Session) -> None:
            line = lookup.line(db, line_id, lock=True)
            if line.split_from is None or line.parcel_id != parcel_id:
                return
            _open_line(db, line_id, call.at)
            before = db.get_one(ParcelRow, line.split_from)
            if not lookup.dispatched(before, call.at):  # else it stays by itself: nothing is left to put it back with
                _move(db, line, before, call.at, split_from=None)

        self._door.do("orders.join", call, {"parcel_id": parcel_id, "line_id": line_id}, work)


def _next_standing(db: Session, row: _Change, *alike: ColumnElement[bool]) -> _Change | None:
    """What was made of the same order next after a change, of those ``alike``, and stands."""
    kind = type(row)
    wanted = select(kind).where(kind.order_id == row.order_id, kind.withdrawn_at.is_(None), *alike)
    later = [each for each in db.scalars(wanted) if _number(each) > _number(row)]
    return min(later, key=_number, default=None)


def _number(row: PromiseRow | SubstitutionRow) -> int:
    """As how many of its order it was made: what its id ends with."""
    row_id = row.promise_id if isinstance(row, PromiseRow) else row.substitution_id
    return int(row_id.rpartition("-")[2])


def _open_line(db: Session, line_id: str, at: datetime) -> LineRow:
    """A line, held until the end of the transaction. Refuses ``LineNotFound``, ``AlreadyDispatched``."""
    line = lookup.line(db, line_id, lock=True)
    if lookup.dispatched(db.get_one(ParcelRow, line.parcel_id), at):
        raise Refused("AlreadyDispatched", f"line {line_id!r} has left")
    return line


def _changed(db: Session, line: LineRow, call: Call, about: str, cheaper: int, **told: Any) -> None:
    """What a line costs less than before belongs to the customer; its parcel leaves when its goods are there."""
    db.flush()
    order = db.get_one(OrderRow, line.order_id)
    if order.status not in ("placed", "cancelled"):  # nothing is sold before, and nothing any more after
        books.book(
            db,
            order.order_id,
            call.at,
            kind="change",
            debit=books.SALES,
            credit=books.CUSTOMER,
            amount=cheaper,
        )
    if order.status == "paid":
        replan(db, db.get_one(ParcelRow, line.parcel_id), call.at)
    outbox.tell(db, "order.changed", order.order_id, call.at, about=about, line_id=lookup.line_id(line), **told)


def _move(db: Session, line: LineRow, to: ParcelRow, at: datetime, *, split_from: str | None) -> None:
    left = db.get_one(ParcelRow, line.parcel_id)
    line.parcel_id, line.split_from = to.parcel_id, split_from
    db.flush()
    if db.get_one(OrderRow, line.order_id).status == "paid":
        replan(db, left, at)
        replan(db, to, at)


def _expected(parcel: ParcelRow, at: datetime) -> datetime:
    """When a parcel is with the customer: as is planned, else not before now."""
    return at if parcel.delivered_at is None else parcel.delivered_at


def _guess(db: Session, order: OrderRow, parcel: ParcelRow, at: datetime) -> Cause:
    """Why a parcel is late where nobody has said why."""
    if order.promised_by is None or _expected(parcel, at) <= order.promised_by:
        return "none"
    if lookup.dispatched(parcel, at):
        return "carrier_delay"
    return "warehouse_backlog" if allocated(db, parcel) else "supplier_late"
