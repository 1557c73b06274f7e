"""The shop as a whole."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Engine, Select, select
from sqlalchemy.orm import Session

from amends.connectors.feed import Change
from amends.connectors.shop import looking, lookup, noticing, outbox, soundness
from amends.connectors.shop.customers import ShopCustomers
from amends.connectors.shop.door import Door
from amends.connectors.shop.engine import connect, create_tables
from amends.connectors.shop.faults import FaultKind
from amends.connectors.shop.inventory import ShopInventory
from amends.connectors.shop.ledger import ShopLedger
from amends.connectors.shop.merchants import ShopMerchants
from amends.connectors.shop.orders import ShopOrders
from amends.connectors.shop.payments import ShopPayments
from amends.connectors.shop.people import ShopPeople
from amends.connectors.shop.quality import ShopQuality
from amends.connectors.shop.reserving import collect
from amends.connectors.shop.sample import sample
from amends.connectors.shop.seeding import plant
from amends.connectors.shop.shipping import ShopShipping
from amends.connectors.shop.tables import (
    ClaimRow,
    CreditRow,
    HoldRow,
    MessageRow,
    OrderRow,
    PageRow,
    ParcelRow,
    PaymentRow,
    RefundRow,
    ReplacementRow,
    ReservationRow,
    ShipmentRow,
    StockRow,
    TraceRow,
)
from amends.errors import InputError
from amends.models import Model, Money, Utc

V = TypeVar("V", bound=Model)


class Shop:
    """A small, honest shop in a database of its own: all connectors, and a world that can be looked at.

    It lives in the time of each call (``call.at``), never in the wall clock's. Opening one makes the tables and columns
    that are missing and raises ``ConfigurationError`` for a database that cannot be opened. Safe to use from several
    threads and processes.
    """

    def __init__(self, url_or_engine: str | Engine, *, clock: Callable[[], Utc] | None = None) -> None:
        """An engine that is given stays its owner's: ``dispose`` leaves it alone. ``clock``: by which time passes in it
        even when nobody calls; without one its time is only told."""
        self._clock = clock
        self._owned = connect(url_or_engine) if isinstance(url_or_engine, str) else None
        engine = self._owned if isinstance(url_or_engine, str) else url_or_engine
        assert engine is not None
        try:
            create_tables(engine)
        except BaseException:
            self.dispose()
            raise
        self._door = Door(engine)
        self.orders = ShopOrders(self._door)
        self.inventory = ShopInventory(self._door)
        self.shipping = ShopShipping(self._door)
        self.payments = ShopPayments(self._door)
        self.customers = ShopCustomers(self._door)
        self.merchants = ShopMerchants(self._door)
        self.ledger = ShopLedger(self._door)
        self.quality = ShopQuality(self._door)
        self.people = ShopPeople(self._door)

    def dispose(self) -> None:
        """Closes the connections."""
        if self._owned is not None:
            self._owned.dispose()

    def seed(self, *, at: Utc, around: str | None = None) -> tuple[str, ...]:
        """Puts the sample orders in, as of ``at``; gives their ids. A shop that has orders is left as it is: ``()``.
        ``around``: only this order, and what can matter to it."""
        world = sample() if around is None else sample().around(around)
        with self._door.writing() as db:
            return () if db.scalar(select(OrderRow).limit(1)) else plant(db, world, at)

    def fault(self, *, call: str, kind: FaultKind | str, times: int = 1, reason: str = "") -> None:
        """Switches a fault on for the next ``times`` calls of this name, behind those that are on for it already.

        Raises ``InputError`` for an unknown call or kind, ``times`` below 1, or a ``refuse`` without a ``reason``.
        """
        self._door.faults.plan(call=call, kind=kind, times=times, reason=reason)

    def faults_to_come(self) -> list[int]:
        """How often each fault that was ever switched on is still to come, in the order in which they were."""
        return self._door.faults.to_come()

    def pass_time(self, *, at: Utc) -> None:
        """Tells of all that has come to pass by itself by a time: hand-overs, scans, deliveries, payments, refunds and
        returns."""
        with self._door.reading() as db:
            found = noticing.untold(db, at)
        for order_id, changes in found.items():
            with self._door.writing() as db:
                lookup.order(db, order_id, lock=True)
                for each in changes:
                    outbox.tell(db, each.type, order_id, each.at, about=each.about, **each.data)

    def events(self, *, after: int = 0) -> Sequence[Change]:
        """The changes behind the one numbered ``after``, the first thousand of them. A shop with a clock has let time
        pass first."""
        if self._clock is not None:
            self.pass_time(at=self._clock())
        with self._door.writing() as db:
            return outbox.changes(db, after=after)

    def unsound(self, order_id: str, *, at: Utc, finished: bool = False, settled: bool = False) -> list[str]:
        """What does not hold in the books of an order and of the stock, in plain words. ``finished``: nobody is at work
        on it any more, so that nothing may be left over; ``settled``: nor may anybody owe anything. Refuses
        ``OrderNotFound``."""
        with self._door.writing() as db:
            order = lookup.order(db, order_id, lock=True)
            collect(db, order_id, at)
            return [
                *soundness.unsound(db, order, at),
                *(soundness.left_over(db, order) if finished else ()),
                *(soundness.owed(db, order, at) if settled else ()),
            ]

    def order_ids(self) -> list[str]:
        with self._door.reading() as db:
            return list(db.scalars(select(OrderRow.order_id).order_by(OrderRow.order_id)))

    def parcel_ids(self, order_id: str) -> list[str]:
        """The parcels of an order, with those that replace others."""
        wanted = select(ParcelRow.parcel_id).where(ParcelRow.order_id == order_id).order_by(ParcelRow.parcel_id)
        with self._door.reading() as db:
            return list(db.scalars(wanted))

    def stock(self, sku: str) -> looking.Stock:
        """Raises ``InputError`` for a SKU that the shop does not know."""
        found = self._look(looking.Stock, select(StockRow).where(StockRow.sku == sku))
        if not found:
            raise InputError(f"the shop has no SKU {sku!r}")
        return found[0]

    def money(self, order_id: str) -> looking.Books:
        """Refuses ``OrderNotFound``."""
        with self._door.reading() as db:
            currency = lookup.order(db, order_id).currency
            payment = db.get_one(PaymentRow, order_id)
            return looking.Books(
                captured=Money(amount=payment.captured, currency=currency),
                refunded=Money(amount=payment.refunded, currency=currency),
                refunds=lookup.count(db, RefundRow.order_id, order_id),
            )

    def refunds(self, order_id: str) -> list[looking.SentRefund]:
        return self._look(looking.SentRefund, _of_order(RefundRow, order_id).order_by(RefundRow.refund_id))

    def credits(self, order_id: str) -> list[looking.SentCredit]:
        """What was paid out on top, the oldest first."""
        return self._look(looking.SentCredit, _of_order(CreditRow, order_id).order_by(CreditRow.paid_at))

    def messages(self, order_id: str) -> list[looking.Letter]:
        """The oldest first."""
        return self._look(looking.Letter, _of_order(MessageRow, order_id).order_by(MessageRow.sent_at))

    def pages(self, person: str | None = None) -> list[looking.SentPage]:
        """What people were paged about, the oldest first; only one person's, if it is named."""
        wanted = select(PageRow).order_by(PageRow.sent_at, PageRow.page_id)
        return self._look(looking.SentPage, wanted if person is None else wanted.where(PageRow.person == person))

    def replacements(self, order_id: str) -> list[looking.Replacement]:
        return self._look(looking.Replacement, _of_order(ReplacementRow, order_id))

    def holds(self, order_id: str) -> list[looking.PlacedHold]:
        """All holds of an order, also those that were lifted."""
        return self._look(looking.PlacedHold, _of_order(HoldRow, order_id).order_by(HoldRow.hold_id))

    def shipments(self, order_id: str) -> list[looking.SentShipment]:
        """What was sent again, also when it was cancelled."""
        return self._look(looking.SentShipment, _of_parcels(ShipmentRow, order_id))

    def reservations(self, order_id: str) -> list[looking.HeldUnits]:
        return self._look(looking.HeldUnits, _of_parcels(ReservationRow, order_id))

    def traces(self, order_id: str) -> list[looking.Search]:
        return self._look(looking.Search, _of_parcels(TraceRow, order_id))

    def claims(self, order_id: str) -> list[looking.FiledClaim]:
        return self._look(looking.FiledClaim, _of_parcels(ClaimRow, order_id))

    def _look(self, view: type[V], wanted: Select[Any]) -> list[V]:
        """The rows as the shop's books show them, with amounts in their order's currency."""
        with self._door.reading() as db:
            found = []
            for row in db.scalars(wanted):
                shown: dict[str, Any] = {name: getattr(row, name) for name in view.model_fields}
                if "amount" in shown:
                    shown["amount"] = Money(amount=row.amount, currency=_currency(db, row))
                found.append(view.model_validate(shown))
            return found


def _currency(db: Session, row: Any) -> str:
    order_id = row.order_id if hasattr(row, "order_id") else db.get_one(ParcelRow, row.parcel_id).order_id
    return lookup.order(db, order_id).currency


def _of_order(table: type[Any], order_id: str) -> Select[Any]:
    return select(table).where(table.order_id == order_id)


def _of_parcels(table: type[Any], order_id: str) -> Select[Any]:
    parcels = select(ParcelRow.parcel_id).where(ParcelRow.order_id == order_id)
    return select(table).where(table.parcel_id.in_(parcels)).order_by(table.parcel_id)
