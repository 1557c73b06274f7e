"""Putting the sample world into the shop's tables, with its times around one moment."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from amends.connectors.ports import Call
from amends.connectors.shop import books, outbox, takings
from amends.connectors.shop.provider import CHANNEL_HEALTH
from amends.connectors.shop.reckoning import reckoned
from amends.connectors.shop.reserving import reserved
from amends.connectors.shop.sample import Fate, Sample, SampleContract, SampleOrder, SampleParcel, SampleStock
from amends.connectors.shop.tables import (
    ArticleRow,
    BranchRow,
    CarrierRow,
    ContractRow,
    CustomerRow,
    FateRow,
    InboundRow,
    LineRow,
    MerchantRow,
    OrderRow,
    ParcelRow,
    PaymentRow,
    PhaseRow,
    PromiseRow,
    RefundRow,
    StockRow,
)


def plant(db: Session, world: Sample, at: datetime) -> tuple[str, ...]:
    """Adds everything in the sample world; gives the ids of its orders. The shop must be empty."""
    for carrier_id, carrier in world.carriers.items():
        db.add(
            CarrierRow(
                carrier_id=carrier_id,
                has_capacity=carrier.capacity,
                claim_window=carrier.claim_window,
                claim_after=carrier.claim.after if carrier.claim else None,
                claim_ends=carrier.claim.ends if carrier.claim else None,
            )
        )
        if carrier.contract is not None:
            db.add(_contract(carrier_id, carrier.contract))
    db.add_all(_contract(supplier, contract) for supplier, contract in world.suppliers.items())
    db.add_all(_fate(method, CHANNEL_HEALTH, health) for method, health in world.channels.items())
    for sku, stock in world.stock.items():
        _plant_stock(db, sku, stock, at)
    db.add_all(
        CustomerRow(
            customer_id=customer_id,
            name=customer.name,
            email=customer.email,
            phone=customer.phone,
            language=customer.language,
            zone=customer.zone,
            tier=customer.tier,
            trusted=customer.trusted,
            nets=customer.nets,
        )
        for customer_id, customer in world.customers.items()
    )
    db.add_all(
        MerchantRow(
            merchant_id=merchant_id,
            name=merchant.name,
            email=merchant.email,
            phone=merchant.phone,
            language=merchant.language,
        )
        for merchant_id, merchant in world.merchants.items()
    )
    db.flush()
    for order_id, order in world.orders.items():
        _plant_order(db, world.currency, order_id, order, at)
    return tuple(world.orders)


def _plant_stock(db: Session, sku: str, stock: SampleStock, at: datetime) -> None:
    db.add(
        StockRow(
            sku=sku,
            title=stock.title,
            received=stock.on_hand,
            on_hand=stock.on_hand,
            sells_out_at=None if stock.sells_out_after is None else at + stock.sells_out_after,
        )
    )
    db.flush()  # what follows names it
    db.add_all(
        BranchRow(sku=sku, warehouse=warehouse, received=units, on_hand=units)
        for warehouse, units in stock.branches.items()
    )
    db.add_all(
        InboundRow(inbound_id=f"IN-{sku}-{n}", sku=sku, quantity=each.quantity, arrives_at=at + each.arrives_in)
        for n, each in enumerate(stock.inbound, start=1)
    )
    if stock.article is not None:
        said = stock.article.model_dump(exclude={"found", "counted_after"})
        db.add(ArticleRow(sku=sku, doubtful=stock.article.found is not None, **said))
        if stock.article.found is not None:
            db.add(
                FateRow(
                    subject=sku,
                    kind="count",
                    after=stock.article.counted_after,
                    ends="corrected",
                    amount=stock.article.found,
                )
            )


def _plant_order(db: Session, currency: str, order_id: str, order: SampleOrder, at: datetime) -> None:
    placed_at = at - order.placed_ago
    left = any(parcel.handed_over_ago is not None for parcel in order.parcels)
    row = OrderRow(
        order_id=order_id,
        customer_id=order.customer,
        merchant_id=order.merchant,
        status="placed" if order.payments and not left else "shipped" if left else "paid",
        currency=currency,
        placed_at=placed_at,
        paid_at=None if order.payments and not left else placed_at,
        ship_by=_ago(at, order.ship_by_ago),
        promised_by=_ago(at, order.promised_ago) or _in(at, order.promised_in),
        gift_date=_in(at, order.gift_in),
        payment_method=order.method,
        market=order.market,
        delay_cause=order.delay,
        price_changed=order.price_changed,
        ordered_again=order.ordered_again,
        freight=order.freight,
        duty=order.duty,
        instalment_fee=order.instalment_fee,
        in_coupons=order.in_coupons,
    )
    db.add(row)
    db.flush()  # parcels and the payment name it
    _plant_payment(db, order_id, order, row)
    _plant_promises(db, row, order.slips)
    number = 0
    for n, parcel in enumerate(order.parcels, start=1):
        parcel_id = f"{order_id.replace('SO', 'PC', 1)}-{n}"
        planted = _parcel(order_id, parcel_id, parcel, at)
        db.add(planted)
        db.add_all(_fate(parcel_id, kind, fate) for kind, fate in parcel.fates.items())
        db.flush()  # the lines name it
        for line in parcel.lines:
            number += 1
            db.add(
                LineRow(
                    order_id=order_id,
                    n=number,
                    parcel_id=parcel_id,
                    sku=line.sku,
                    quantity=line.quantity,
                    unit_price=line.unit_price,
                    discount=line.discount or None,
                    returned_at=_ago(at, line.returned_ago),
                )
            )
            if parcel.allocated or line.allocated:
                _set_aside(db, planted, number, line.sku, line.quantity, at)
    _plant_refunds(db, order_id, order, at)
    if order.cancelled_ago is not None:
        row.status, row.cancelled_at = "cancelled", at - order.cancelled_ago
        books.unsell(db, order_id, row.cancelled_at)


def _plant_promises(db: Session, row: OrderRow, slips: int) -> None:
    """What was promised before is the day that is promised now."""
    for n in range(1, slips + 1):
        assert row.promised_by is not None, "a promise is of a day"
        promise_id = f"{row.order_id.replace('SO', 'PM', 1)}-{n}"
        db.add(
            PromiseRow(
                promise_id=promise_id,
                order_id=row.order_id,
                by=row.promised_by,
                before=row.promised_by,
                made_at=row.placed_at,
            )
        )


def _plant_payment(db: Session, order_id: str, order: SampleOrder, row: OrderRow) -> None:
    payment = PaymentRow(order_id=order_id, captured=0, refunded=0, account_open=order.account_open)
    db.add(payment)
    db.flush()
    if not order.payments:
        takings.receive(db, payment, order.total, row.placed_at, about=order_id)
    for attempt, phases in enumerate(order.payments, start=1):
        db.add_all(
            PhaseRow(
                order_id=order_id,
                attempt=attempt,
                n=n,
                at=row.placed_at + phase.after,
                status=phase.status,
                amount=order.total if phase.amount is None else phase.amount,
                late=phase.late,
            )
            for n, phase in enumerate(phases, start=1)
        )
    if row.status != "placed":
        sale = {"kind": "sale", "debit": books.CUSTOMER, "credit": books.SALES}
        books.book(db, order_id, row.placed_at, **sale, amount=order.total)
    if order.busy_for is not None:
        db.add(FateRow(subject=order_id, kind="close", after=order.busy_for))
    if order.link is not None:
        db.add(_fate(order_id, "link", order.link))


def _plant_refunds(db: Session, order_id: str, order: SampleOrder, at: datetime) -> None:
    """What went back before, in the table and in the books, with what belongs to the customer since."""
    if not order.refunds:
        return
    db.flush()  # the reckoning reads them
    due = reckoned(db, db.get_one(OrderRow, order_id), at).due.amount
    earned = {"debit": books.SALES, "credit": books.CUSTOMER}
    books.book(db, order_id, at, kind="return", **earned, amount=due + order.books_off_by)
    payment = db.get_one(PaymentRow, order_id)
    for n, each in enumerate(order.refunds, start=1):
        refund_id = f"{order_id.replace('SO', 'RF', 1)}-{n}"
        paid_at = at - each.ago
        db.add(
            RefundRow(
                refund_id=refund_id,
                order_id=order_id,
                amount=each.amount,
                paid_at=paid_at,
                settles_at=None if each.settles_after is None else paid_at + each.settles_after,
                withheld=each.withheld,
                withheld_for=each.withheld_for,
                fails=each.fails,
            )
        )
        if not each.fails:
            payment.refunded += each.amount
            went = {"kind": "refund", "debit": books.CUSTOMER, "credit": books.CASH}
            books.book(db, order_id, paid_at, **went, amount=each.amount)
        outbox.tell(db, "refund.requested", order_id, paid_at, about=refund_id, amount=each.amount)
        if each.case is not None:
            db.add(_fate(refund_id, "case", each.case))


def _set_aside(db: Session, parcel: ParcelRow, line: int, sku: str, quantity: int, at: datetime) -> None:
    db.flush()
    stock = db.get_one(BranchRow, (sku, parcel.warehouse)) if parcel.warehouse else db.get_one(StockRow, sku)
    stock.reserved += quantity
    call = Call(key="seeded", at=at)
    reserved(db, parcel, call, line=line, sku=sku, quantity=quantity, warehouse=parcel.warehouse)


def _parcel(order_id: str, parcel_id: str, parcel: SampleParcel, at: datetime) -> ParcelRow:
    return ParcelRow(
        parcel_id=parcel_id,
        order_id=order_id,
        paid_as=parcel_id if parcel.replaces is None else f"{order_id.replace('SO', 'PC', 1)}-{parcel.replaces}",
        carrier_id=parcel.carrier,
        handed_over_at=_ago(at, parcel.handed_over_ago) or _in(at, parcel.leaves_in),
        last_scan_at=_ago(at, parcel.last_scan_ago),
        delivered_at=_ago(at, parcel.delivered_ago) or _in(at, parcel.delivered_in),
        trace_after=parcel.trace.after if parcel.trace else None,
        trace_ends=parcel.trace.ends if parcel.trace else None,
        warehouse=parcel.warehouse,
        delivered_to=parcel.delivered_to,
        cross_border=parcel.cross_border,
        damaged_at=_ago(at, parcel.damaged_ago),
        damage_cause=parcel.damage,
        damage_proven=parcel.damage_proven,
    )


def _contract(partner: str, contract: SampleContract) -> ContractRow:
    return ContractRow(
        partner=partner,
        pays_for_loss=contract.loss,
        pays_for_damage=contract.damage,
        pays_for_delay=contract.delay,
        limit=contract.limit,
    )


def _fate(subject: str, kind: str, fate: Fate) -> FateRow:
    return FateRow(subject=subject, kind=kind, after=fate.after, ends=fate.ends, amount=fate.amount)


def _ago(at: datetime, duration: timedelta | None) -> datetime | None:
    return None if duration is None else at - duration


def _in(at: datetime, duration: timedelta | None) -> datetime | None:
    return None if duration is None else at + duration
