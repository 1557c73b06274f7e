"""What there is, what is to come, and what is asked of those who see to it."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from amends.connectors import ports
from amends.connectors.ports import Call
from amends.connectors.shop import lookup, requests
from amends.connectors.shop.allocation import (
    MAIN,
    demand,
    free,
    free_now,
    is_allocated,
    waiting_before,
)
from amends.connectors.shop.door import Desk
from amends.connectors.shop.reserving import inbound
from amends.connectors.shop.tables import (
    BranchRow,
    LineRow,
    ParcelRow,
    ReplenishmentRow,
    RequestRow,
    StockRow,
    StopRow,
)
from amends.errors import Refused


class SupplyDesk(Desk):
    """The part of the shop's ``Inventory`` that sees to supply."""

    _system = "inventory"

    def read_goods(self, call: Call, *, parcel_id: str) -> ports.Goods:
        def work(db: Session) -> ports.Goods:
            parcel = lookup.parcel(db, parcel_id)
            articles = [lookup.article(db, sku) for sku in lookup.units(db, parcel)]
            first = articles[0] if articles else lookup.article(db, "")
            withdrawal_days = min((each.withdrawal_days for each in articles), default=0)
            quality_days = max((each.quality_days for each in articles), default=0)
            return ports.Goods(
                parcel_id=parcel_id,
                category=first.category,
                supplier=first.supplier,
                fresh=any(each.fresh for each in articles),
                medicine=any(each.medicine for each in articles),
                hazardous=any(each.hazardous for each in articles),
                part_of_set=any(each.part_of_set for each in articles),
                withdrawal_days=withdrawal_days,
                withdrawal_open=_within_days(withdrawal_days, parcel, call),
                quality_open=_within_days(quality_days, parcel, call),
            )

        return self._door.read("inventory.read_goods", work)

    def find_elsewhere(self, call: Call, *, parcel_id: str) -> ports.Elsewhere:
        def work(db: Session) -> ports.Elsewhere:
            parcel = lookup.parcel(db, parcel_id)
            wanted = lookup.units(db, parcel)
            here = parcel.warehouse or MAIN
            for warehouse in (MAIN, *sorted(set(db.scalars(select(BranchRow.warehouse))))):
                if warehouse != here and all(_free_at(db, sku, warehouse, call) >= n for sku, n in wanted.items()):
                    return ports.Elsewhere(found=True, warehouse=warehouse)
            return ports.Elsewhere(found=False)

        return self._door.read("inventory.find_elsewhere", work)

    def read_supply(self, call: Call, *, line_id: str) -> ports.Supply:
        def work(db: Session) -> ports.Supply:
            return _supply(db, call, lookup.line(db, line_id))

        return self._door.read("inventory.read_supply", work)

    def stop_selling(self, call: Call, *, sku: str) -> ports.SaleStop:
        def work(db: Session) -> ports.SaleStop:
            _article(db, sku)
            n = lookup.count(db, StopRow.sku, sku) + 1
            row = StopRow(stop_id=f"ST-{sku}-{n}", sku=sku, made_at=call.at)
            db.add(row)
            return ports.SaleStop(stop_id=row.stop_id)

        return self._door.give("inventory.stop_selling", call, {"sku": sku}, ports.SaleStop, work)

    def sell_again(self, call: Call, *, stop_id: str) -> None:
        def work(db: Session) -> None:
            row = db.get(StopRow, stop_id, with_for_update=True)
            if row is None:
                raise Refused("StopNotFound", f"no stop {stop_id!r}")
            row.lifted_at = row.lifted_at or call.at

        self._door.do("inventory.sell_again", call, {"stop_id": stop_id}, work)

    def count(self, call: Call, *, sku: str) -> ports.Count:
        def work(db: Session) -> ports.Count:
            _article(db, sku)
            row = requests.join_or_ask(db, call, requests.COUNT, sku, order_id=None)
            return _count(db, row, call)

        return self._door.give("inventory.count", call, {"sku": sku}, ports.Count, work)

    def read_count(self, call: Call, *, task_id: str) -> ports.Count:
        def work(db: Session) -> ports.Count:
            return _count(db, requests.find(db, requests.COUNT, task_id), call)

        return self._door.read("inventory.read_count", work)

    def cancel_count(self, call: Call, *, task_id: str) -> None:
        def work(db: Session) -> None:
            requests.withdraw(requests.find(db, requests.COUNT, task_id, lock=True), call.at)

        self._door.do("inventory.cancel_count", call, {"task_id": task_id}, work)

    def replenish(self, call: Call, *, sku: str, quantity: int, safety_stock: int = 0) -> ports.Replenishment:
        def work(db: Session) -> ports.Replenishment:
            _article(db, sku)
            if quantity < 1:
                raise Refused("NothingWanted", f"{quantity} is no number of units to buy")
            n = lookup.count(db, ReplenishmentRow.sku, sku) + 1
            row = ReplenishmentRow(
                request_id=f"RQ-{sku}-{n}", sku=sku, quantity=quantity, safety_stock=safety_stock, made_at=call.at
            )
            db.add(row)
            return ports.Replenishment(request_id=row.request_id)

        args = {"sku": sku, "quantity": quantity, "safety_stock": safety_stock}
        return self._door.give("inventory.replenish", call, args, ports.Replenishment, work)

    def cancel_replenishment(self, call: Call, *, request_id: str) -> None:
        def work(db: Session) -> None:
            row = db.get(ReplenishmentRow, request_id, with_for_update=True)
            if row is None:
                raise Refused("ReplenishmentNotFound", f"no request {request_id!r}")
            row.cancelled_at = row.cancelled_at or call.at

        self._door.do("inventory.cancel_replenishment", call, {"request_id": request_id}, work)


def _supply(db: Session, call: Call, line: LineRow) -> ports.Supply:
    sku, at = line.sku, call.at
    article = lookup.article(db, sku)
    left = free_now(db, sku, at)
    waits = not is_allocated(db, line) and not lookup.dispatched(db.get_one(ParcelRow, line.parcel_id), at)
    before = waiting_before(db, line, at)
    elsewhere = next((each for each in _branches(db, sku) if free(each, at) >= line.quantity), None)
    coming = next((each for each in inbound(db, sku, at) if each.quantity - each.promised >= line.quantity), None)
    stopped = db.scalar(select(func.count()).where(StopRow.sku == sku, StopRow.lifted_at.is_(None)))
    other, bundle = (
        each if each and free_now(db, each, at) >= line.quantity else None
        for each in (article.substitute, article.bundle)
    )
    return ports.Supply(
        line_id=lookup.line_id(line),
        sku=sku,
        quantity=line.quantity,
        free=left,
        short=max(0, line.quantity - max(0, left - before)) if waits else 0,
        demand=demand(db, sku, at),
        first=before == 0,
        elsewhere=elsewhere is not None,
        warehouse=elsewhere.warehouse if elsewhere else None,
        inbound=coming is not None,
        inbound_free=coming.quantity - coming.promised if coming else 0,
        inbound_at=coming.arrives_at if coming else None,
        substitute=other,
        bundle=bundle,
        doubtful=article.doubtful,
        below_warning=left < article.warning_level,
        selling=not stopped,
        as_of=at,
        title=_title(db, sku),
        substitute_title=_title(db, other),
        bundle_title=_title(db, bundle),
        inbound_on=coming.arrives_at.date().isoformat() if coming else "",
    )


def _title(db: Session, sku: str | None) -> str:
    return "" if sku is None else db.get_one(StockRow, sku).title


def _branches(db: Session, sku: str) -> list[BranchRow]:
    return list(db.scalars(select(BranchRow).where(BranchRow.sku == sku).order_by(BranchRow.warehouse)))


def _within_days(days: int, parcel: ParcelRow, call: Call) -> bool:
    """Whether so many days from a parcel's delivery are not over: they have not begun while it is under way."""
    if parcel.delivered_at is None or parcel.delivered_at > call.at:
        return days > 0
    return call.at < parcel.delivered_at + timedelta(days=days)


def _free_at(db: Session, sku: str, warehouse: str, call: Call) -> int:
    if warehouse == MAIN:
        return free_now(db, sku, call.at)
    branch = db.get(BranchRow, (sku, warehouse))
    return 0 if branch is None else free(branch, call.at)


def _article(db: Session, sku: str) -> StockRow:
    row = db.get(StockRow, sku, with_for_update=True)
    if row is None:
        raise Refused("SkuNotFound", f"no article {sku!r}")
    return row


def _count(db: Session, row: RequestRow, call: Call) -> ports.Count:
    status = requests.status(row, call.at)
    fate = requests.fate(db, requests.COUNT.name, row.subject)
    found = fate.amount if fate and status == "corrected" else None
    if status == "confirmed":
        found = db.get_one(StockRow, row.subject).on_hand
    return ports.Count.model_validate({"task_id": row.request_id, "status": status, "found": found})
