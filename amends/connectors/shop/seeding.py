"""Putting the sample world into the shop's tables, with its times around one moment."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from amends.connectors.shop.sample import Sample, SampleOrder, SampleParcel
from amends.connectors.shop.tables import (
    CarrierRow,
    CustomerRow,
    LineRow,
    MerchantRow,
    OrderRow,
    ParcelRow,
    PaymentRow,
    StockRow,
)


def plant(db: Session, world: Sample, at: datetime) -> tuple[str, ...]:
    """Adds everything in the sample world; gives the ids of its orders. The shop must be empty."""
    db.add_all(
        CarrierRow(
            carrier_id=carrier_id,
            has_capacity=carrier.capacity,
            claim_window=carrier.claim_window,
            claim_after=carrier.claim.after if carrier.claim else None,
            claim_ends=carrier.claim.ends if carrier.claim else None,
        )
        for carrier_id, carrier in world.carriers.items()
    )
    db.add_all(
        StockRow(
            sku=sku,
            title=stock.title,
            received=stock.on_hand,
            on_hand=stock.on_hand,
            sells_out_at=None if stock.sells_out_after is None else at + stock.sells_out_after,
        )
        for sku, stock in world.stock.items()
    )
    db.add_all(
        CustomerRow(
            customer_id=customer_id,
            name=customer.name,
            email=customer.email,
            phone=customer.phone,
            language=customer.language,
            zone=customer.zone,
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


def _plant_order(db: Session, currency: str, order_id: str, order: SampleOrder, at: datetime) -> None:
    db.add(
        OrderRow(
            order_id=order_id,
            customer_id=order.customer,
            merchant_id=order.merchant,
            status="shipped",
            currency=currency,
            placed_at=at - order.placed_ago,
        )
    )
    db.flush()  # parcels and the payment name it
    db.add(PaymentRow(order_id=order_id, captured=order.total, account_open=order.account_open))
    number = 0
    for n, parcel in enumerate(order.parcels, start=1):
        parcel_id = f"{order_id.replace('SO', 'PC', 1)}-{n}"
        db.add(_parcel(order_id, parcel_id, parcel, at))
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
                )
            )


def _parcel(order_id: str, parcel_id: str, parcel: SampleParcel, at: datetime) -> ParcelRow:
    def ago(duration: timedelta | None) -> datetime | None:
        return None if duration is None else at - duration

    return ParcelRow(
        parcel_id=parcel_id,
        order_id=order_id,
        paid_as=parcel_id,
        carrier_id=parcel.carrier,
        handed_over_at=ago(parcel.handed_over_ago),
        last_scan_at=ago(parcel.last_scan_ago),
        delivered_at=ago(parcel.delivered_ago),
        trace_after=parcel.trace.after if parcel.trace else None,
        trace_ends=parcel.trace.ends if parcel.trace else None,
    )
