"""The shop's tables. They carry their own invariants: what must never happen is refused by the database."""

from amends.connectors.shop.tables.base import Base
from amends.connectors.shop.tables.calls import CallRow, FaultRow
from amends.connectors.shop.tables.carriers import CarrierRow, ClaimRow, DeliveryRow, ShipmentRow, TraceRow
from amends.connectors.shop.tables.customers import CustomerRow, MerchantRow, MessageRow
from amends.connectors.shop.tables.ledger import EntryRow
from amends.connectors.shop.tables.orders import (
    HoldRow,
    LineRow,
    OrderRow,
    ParcelRow,
    PromiseRow,
    ReplacementRow,
    SubstitutionRow,
)
from amends.connectors.shop.tables.outbox import EventRow
from amends.connectors.shop.tables.partners import ContractRow, ObservationRow
from amends.connectors.shop.tables.payments import CreditRow, PaymentRow, PhaseRow, RefundRow
from amends.connectors.shop.tables.people import PageRow
from amends.connectors.shop.tables.requests import FateRow, RequestRow
from amends.connectors.shop.tables.stock import (
    ArticleRow,
    BranchRow,
    InboundRow,
    ReplenishmentRow,
    ReservationRow,
    StockRow,
    StopRow,
)

__all__ = [
    "ArticleRow",
    "Base",
    "BranchRow",
    "CallRow",
    "CarrierRow",
    "ClaimRow",
    "ContractRow",
    "CreditRow",
    "CustomerRow",
    "DeliveryRow",
    "EntryRow",
    "EventRow",
    "FateRow",
    "FaultRow",
    "HoldRow",
    "InboundRow",
    "LineRow",
    "MerchantRow",
    "MessageRow",
    "ObservationRow",
    "OrderRow",
    "PageRow",
    "ParcelRow",
    "PaymentRow",
    "PhaseRow",
    "PromiseRow",
    "RefundRow",
    "ReplacementRow",
    "ReplenishmentRow",
    "RequestRow",
    "ReservationRow",
    "ShipmentRow",
    "StockRow",
    "StopRow",
    "SubstitutionRow",
    "TraceRow",
]
