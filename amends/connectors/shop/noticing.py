"""What has come to pass as time went by: hand-overs, scans, deliveries, payments, refunds, returns, shortages.

Nobody calls the shop for them, so nobody's transaction tells of them. They are noticed when somebody asks for changes.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from amends.connectors.shop import lookup, outbox, requests, takings
from amends.connectors.shop.allocation import free_now, is_allocated, waiting_before
from amends.connectors.shop.reckoning import reckoned
from amends.connectors.shop.refunds import refund_status, settled
from amends.connectors.shop.returning import arrived
from amends.connectors.shop.tables import (
    EventRow,
    LineRow,
    OrderRow,
    ParcelRow,
    PhaseRow,
    RefundRow,
    RequestRow,
)

RECONCILED_AFTER: Final = timedelta(days=1)
"""From the arrival of an order's last refund to the reckoning of the next day."""


class Noticed(NamedTuple):
    """A change, as ``outbox.tell`` takes it."""

    type: str
    order_id: str
    at: datetime
    about: str
    data: dict[str, Any]


class _Passed(NamedTuple):
    """What has come to pass. ``known``: what is to be told of it, which is looked up only where it was not told yet."""

    type: str
    order_id: str
    at: datetime
    about: str
    known: Callable[[], dict[str, Any]]


def untold(db: Session, at: datetime) -> dict[str, list[Noticed]]:
    """What has come to pass by a time and was not told yet, by order, the oldest first."""
    told = set(db.scalars(select(EventRow.event_id)))
    new = [each for each in _all(db, at) if outbox.named(each.type, each.about) not in told]
    found: dict[str, list[Noticed]] = {}
    for each in sorted(new, key=lambda each: (each.at, each.type, each.about)):
        noticed = Noticed(each.type, each.order_id, each.at, each.about, each.known())
        found.setdefault(each.order_id, []).append(noticed)
    return found


def _all(db: Session, at: datetime) -> Iterator[_Passed]:
    orders = {each.order_id: each for each in db.scalars(select(OrderRow).where(OrderRow.placed_at <= at))}
    for order in orders.values():
        yield from _order(db, order)
    for parcel in db.scalars(select(ParcelRow)):
        if parcel.order_id in orders and parcel.paid_as == parcel.parcel_id:
            yield _planned(orders[parcel.order_id], parcel)
        yield from _parcel(parcel, at)
    for phase in db.scalars(select(PhaseRow).where(PhaseRow.at <= at)):
        yield from _phase(db, phase)
    refunds: dict[str, list[RefundRow]] = {}
    for refund in db.scalars(select(RefundRow)):
        yield from _refund(db, refund, at)
        refunds.setdefault(refund.order_id, []).append(refund)
    for each in refunds.values():
        yield from _reconciled(db, each, at)
    for request in db.scalars(select(RequestRow).where(RequestRow.ends_at <= at)):
        yield from _request(request, at)
    waiting = select(LineRow).join(OrderRow, OrderRow.order_id == LineRow.order_id)
    for line in db.scalars(waiting.where(OrderRow.status == "paid", LineRow.dropped_at.is_(None))):
        yield from _line(db, line, at)


def _order(db: Session, order: OrderRow) -> Iterator[_Passed]:
    def known() -> dict[str, Any]:
        paid = {"currency": order.currency, "payment_method": order.payment_method or "card"}
        return {**paid, "total": lookup.order_total(db, order), "market": order.market or "cn", **_dates(order)}

    yield _Passed("order.created", order.order_id, order.placed_at, order.order_id, known)


def _planned(order: OrderRow, parcel: ParcelRow) -> _Passed:
    """The parcels that an order is to leave in are told with it, each with the days that were promised."""

    def known() -> dict[str, Any]:
        return {"parcel_id": parcel.parcel_id, "carrier": parcel.carrier_id, **_dates(order)}

    return _Passed("shipment.planned", order.order_id, order.placed_at, parcel.parcel_id, known)


def _dates(order: OrderRow) -> dict[str, str]:
    return {name: moment.isoformat() for name in ("ship_by", "promised_by") if (moment := getattr(order, name))}


def _parcel(parcel: ParcelRow, at: datetime) -> Iterator[_Passed]:
    known = {
        "parcel_id": parcel.parcel_id,
        "carrier": parcel.carrier_id,
        "cross_border": bool(parcel.cross_border),
    }
    to = parcel.delivered_to or "door"
    handed = {"to": to, "delivered_to": "customer" if to == "door" else to}
    where = {"parcel": {"status": "delivered", "delivered_to": to}}
    moments: tuple[tuple[str, datetime | None, str, dict[str, Any]], ...] = (
        ("shipment.handed_over", parcel.handed_over_at, parcel.parcel_id, {}),
        ("shipment.damaged", parcel.damaged_at, parcel.parcel_id, {}),
        ("shipment.delivered", parcel.delivered_at, parcel.parcel_id, {**handed, **where}),
        ("shipment.scanned", parcel.last_scan_at, _scan(parcel), {}),
    )
    for type_, moment, about, more in moments:
        if moment is not None and moment <= at:
            yield _Passed(type_, parcel.order_id, moment, about, partial(dict, known | more))


def _phase(db: Session, phase: PhaseRow) -> Iterator[_Passed]:
    """Also of a payment that was closed since: what comes in late is told like any other."""
    about = f"{phase.order_id}/{phase.attempt}"
    known: Callable[[], dict[str, Any]] = partial(dict, amount=phase.amount)
    if phase.status in ("authorised", "failed"):
        yield _Passed(f"payment.{phase.status}", phase.order_id, phase.at, about, known)
    elif phase.status in takings.BROUGHT_IN and takings.comes_in(db, phase):
        yield _Passed(takings.told_as(phase), phase.order_id, phase.at, about, known)


def _refund(db: Session, refund: RefundRow, at: datetime) -> Iterator[_Passed]:
    def known() -> dict[str, Any]:
        return {"refund_id": refund.refund_id, "amount": settled(db, refund, at), "requested": refund.amount}

    status = refund_status(db, refund, at)
    if status != "requested":
        yield _Passed(f"refund.{status}", refund.order_id, refund.settles_at or at, refund.refund_id, known)


def _reconciled(db: Session, refunds: list[RefundRow], at: datetime) -> Iterator[_Passed]:
    """What the reckoning of the next day says of an order's refunds that have arrived."""
    arrived_at = [each.settles_at for each in refunds if refund_status(db, each, at) == "settled" and each.settles_at]
    if not arrived_at or max(arrived_at) + RECONCILED_AFTER > at:
        return
    order_id, day = refunds[0].order_id, max(arrived_at) + RECONCILED_AFTER

    def known() -> dict[str, Any]:
        found = reckoned(db, db.get_one(OrderRow, order_id), day)
        return {"due": found.due.amount, "settled": found.settled.amount}

    yield _Passed("ledger.reconciled", order_id, day, f"{order_id}/{day.isoformat()}", known)


def _request(request: RequestRow, at: datetime) -> Iterator[_Passed]:
    if request.order_id is None or request.ends_at is None:
        return
    if request.kind == requests.RETURN.name and arrived(request, at):
        known: Callable[[], dict[str, Any]] = partial(dict, return_id=request.request_id, parcel_id=request.subject)
        yield _Passed("return.arrived", request.order_id, request.ends_at, request.request_id, known)
    if request.kind == requests.LINK.name and requests.status(request, at) == "paid":
        paid: Callable[[], dict[str, Any]] = partial(dict, amount=request.amount)
        yield _Passed("payment.captured", request.order_id, request.ends_at, request.request_id, paid)


def _line(db: Session, line: LineRow, at: datetime) -> Iterator[_Passed]:
    parcel, order = db.get_one(ParcelRow, line.parcel_id), db.get_one(OrderRow, line.order_id)
    if lookup.dispatched(parcel, at) or is_allocated(db, line):
        return
    short = line.quantity - max(0, free_now(db, line.sku, at) - waiting_before(db, line, at))
    if short > 0:
        line_id = lookup.line_id(line)
        known: Callable[[], dict[str, Any]] = partial(dict, line_id=line_id, sku=line.sku, short=short)
        yield _Passed("stock.short", line.order_id, order.paid_at or order.placed_at, line_id, known)


def _scan(parcel: ParcelRow) -> str:
    return f"{parcel.parcel_id}/{parcel.last_scan_at.isoformat()}" if parcel.last_scan_at else parcel.parcel_id
