"""The shop's tables. They carry their own invariants: what must never happen is refused by the database."""

from amends.connectors.shop.tables.base import Base
from amends.connectors.shop.tables.calls import CallRow, FaultRow
from amends.connectors.shop.tables.carriers import CarrierRow, ClaimRow, DeliveryRow, ShipmentRow, TraceRow
from amends.connectors.shop.tables.customers import CustomerRow, MerchantRow, MessageRow
from amends.connectors.shop.tables.orders import HoldRow, LineRow, OrderRow, ParcelRow, ReplacementRow
from amends.connectors.shop.tables.payments import CreditRow, PaymentRow, RefundRow
from amends.connectors.shop.tables.people import PageRow
from amends.connectors.shop.tables.stock import ReservationRow, StockRow

__all__ = [
    "Base",
    "CallRow",
    "CarrierRow",
    "ClaimRow",
    "CreditRow",
    "CustomerRow",
    "DeliveryRow",
    "FaultRow",
    "HoldRow",
    "LineRow",
    "MerchantRow",
    "MessageRow",
    "OrderRow",
    "PageRow",
    "ParcelRow",
    "PaymentRow",
    "RefundRow",
    "ReplacementRow",
    "ReservationRow",
    "ShipmentRow",
    "StockRow",
    "TraceRow",
]
