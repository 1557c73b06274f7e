"""The shop's books: of what it gave, and of what an order comes to."""

from collections.abc import Iterator
from datetime import UTC, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call, GivenLine
from amends.connectors.shop import books, lookup, takings
from amends.connectors.shop.door import Desk
from amends.connectors.shop.reckoning import reckoned
from amends.connectors.shop.tables import (
    CreditRow,
    DeliveryRow,
    EntryRow,
    OrderRow,
    ParcelRow,
    PaymentRow,
    RefundRow,
    ShipmentRow,
)
from amends.errors import Refused
from amends.models import Head, Money, plain


class ShopLedger(Desk):
    """The shop's ``Ledger``."""

    _system = "ledger"

    def given(self, call: Call, *, order_id: str) -> ports.Given:  # noqa: ARG002 - books know no time to come
        def work(db: Session) -> ports.Given:
            currency = lookup.order(db, order_id).currency
            payment = db.get_one(PaymentRow, order_id)
            return ports.Given(
                order_id=order_id,
                captured=Money(amount=payment.captured, currency=currency),
                refunded=Money(amount=payment.refunded, currency=currency),
                lines=(*_money(db, order_id, currency), *_goods(db, order_id)),
            )

        return self._door.read("ledger.given", work)

    def balance(self, call: Call, *, order_id: str) -> ports.Balance:
        def work(db: Session) -> ports.Balance:
            order = lookup.order(db, order_id)
            credit = takings.credit(db, order, call.at)
            return ports.Balance(
                order_id=order_id,
                balanced=credit == 0,
                over=Money(amount=max(0, credit), currency=order.currency),
                owed=Money(amount=max(0, -credit), currency=order.currency),
            )

        return self._door.read("ledger.balance", work)

    def reconcile(self, call: Call, *, order_id: str) -> ports.Reconciliation:
        return self._door.read("ledger.reconcile", lambda db: reckoned(db, lookup.order(db, order_id), call.at))

    def adjust(self, call: Call, *, order_id: str, amount: Money) -> ports.LedgerEntry:
        def work(db: Session) -> ports.LedgerEntry:
            order = _bookable(db, order_id, amount)
            return _booked(db, order, call, amount, kind="adjustment", debit=books.CORRECTIONS)

        args = {"order_id": order_id, "amount": plain(amount)}
        return self._door.give("ledger.adjust", call, args, ports.LedgerEntry, work)

    def write_off(
        self, call: Call, *, order_id: str, amount: Money, daily_cap: Money | None = None
    ) -> ports.LedgerEntry:
        def work(db: Session) -> ports.LedgerEntry:
            order = _bookable(db, order_id, amount)
            if daily_cap is not None:
                _within(db, order, call, amount.amount, daily_cap)
            return _booked(db, order, call, amount, kind="write_off", debit=books.WRITTEN_OFF)

        cap = {} if daily_cap is None else {"daily_cap": plain(daily_cap)}
        args = {"order_id": order_id, "amount": plain(amount), **cap}
        return self._door.give("ledger.write_off", call, args, ports.LedgerEntry, work)

    def reverse(self, call: Call, *, entry_id: str) -> None:
        def work(db: Session) -> None:
            entry = db.get(EntryRow, entry_id)
            if entry is None:
                raise Refused("EntryNotFound", f"no entry {entry_id!r}")
            books.reverse(db, entry, call.at)

        self._door.do("ledger.reverse", call, {"entry_id": entry_id}, work)


def _bookable(db: Session, order_id: str, amount: Money) -> OrderRow:
    order = lookup.order(db, order_id, lock=True)
    if amount.amount == 0 or amount.currency != order.currency:
        raise Refused(
            "NothingToBook", f"{amount.amount} {amount.currency} is nothing to book for {order_id!r} ({order.currency})"
        )
    return order


def _booked(db: Session, order: OrderRow, call: Call, amount: Money, *, kind: str, debit: str) -> ports.LedgerEntry:
    """An entry of ``amount`` to what the customer has."""
    entry = books.book(db, order.order_id, call.at, kind=kind, debit=debit, credit=books.CUSTOMER, amount=amount.amount)
    assert entry is not None, "an amount of nothing was refused"
    return ports.LedgerEntry(entry_id=entry.entry_id, amount=amount)


def _within(db: Session, order: OrderRow, call: Call, amount: int, cap: Money) -> None:
    """Refuses ``DailyCapSpent``. All write-offs of a day wait for each other here, whatever their orders."""
    db.execute(select(OrderRow.order_id).order_by(OrderRow.order_id).limit(1).with_for_update())
    day = call.at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    spent = lookup.total(
        db,
        EntryRow.amount,
        EntryRow.kind == "write_off",
        EntryRow.booked_at >= day,
        EntryRow.booked_at < day + timedelta(days=1),
        books.STANDS,
    )
    if cap.currency != order.currency or spent + amount > cap.amount:
        raise Refused(
            "DailyCapSpent",
            f"{spent} was written off on {day.date()} (UTC); {amount} more would be above {cap.amount} (minor units of "
            f"{cap.currency})",
        )


def _money(db: Session, order_id: str, currency: str) -> Iterator[GivenLine]:
    for refund in db.scalars(select(RefundRow).where(RefundRow.order_id == order_id).order_by(RefundRow.refund_id)):
        yield GivenLine(
            key=refund.key or "",
            head=Head.REFUND,
            amount=Money(amount=refund.amount, currency=currency),
            parcel_id=refund.parcel_id,
            stands=not refund.fails,
        )
    for credit in db.scalars(select(CreditRow).where(CreditRow.order_id == order_id).order_by(CreditRow.credit_id)):
        yield GivenLine(key=credit.key, head=credit.head, amount=Money(amount=credit.amount, currency=currency))


def _goods(db: Session, order_id: str) -> Iterator[GivenLine]:
    parcels = select(ParcelRow.parcel_id).where(ParcelRow.order_id == order_id)
    sent = select(ShipmentRow).where(ShipmentRow.parcel_id.in_(parcels)).order_by(ShipmentRow.tracking_no)
    for shipment in db.scalars(sent):
        yield GivenLine(
            key=shipment.key or "",
            head=Head.GOODS,
            parcel_id=shipment.parcel_id,
            stands=shipment.cancelled_at is None,
        )
    resumed = select(DeliveryRow).where(DeliveryRow.parcel_id.in_(parcels)).order_by(DeliveryRow.key)
    for delivery in db.scalars(resumed):
        yield GivenLine(key=delivery.key, head=Head.GOODS, parcel_id=delivery.parcel_id)
