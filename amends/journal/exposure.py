"""What may still be given on an order, and what not: pure rules over what stands.

Goods value of a unit is given once: refunded or on its way again. What is not known yet counts as given. Goods count
for what of the unit's value is not refunded: a refund about the parcel in which they went takes its part of them.
"""

from collections.abc import Iterable, Sequence

from amends.journal.rows import RemedyRecord
from amends.models import Head, Model, Money, Refusal


class UnitWorth(Model):
    """One piece of goods, and what was paid for it, in minor units."""

    unit: str
    value: int


class Reservation(Model):
    """What an effect is about to give.

    ``units``: those of the goods it is about, in the order of the lines; none for money that is about the order as a
    whole, and none for a parcel that has none. ``whole``: they are all that was ordered, so that it is also about what
    was paid beyond them, such as freight. ``amount``: in minor units; ``None`` for the full worth of the units.
    ``captured``: what was paid for the order. ``cap`` and ``per_day``: how much may be given under the head, for the
    order in all and on one day (UTC); no limit if they are not set.
    """

    order_id: str
    head: Head
    currency: str
    amount: int | None = None
    parcel_id: str | None = None
    units: tuple[UnitWorth, ...] = ()
    whole: bool = False
    captured: Money | None = None
    cap: Money | None = None
    per_day: Money | None = None


class Share(Model):
    """What of a reservation falls to one unit; ``unit`` is empty when it is about the order as a whole."""

    unit: str
    amount: int


def shares(wanted: Reservation, standing: Sequence[RemedyRecord]) -> tuple[Share, ...] | Refusal:
    """How a reservation is spread, or why it may not be given (``AlreadyGiven``, ``AboveCaptured``, ``AboveCap``).

    ``standing``: what counts on the order, whoever gave it, but for goods that went in the parcel in question.
    """
    match wanted.head:
        case Head.GOODS:
            spread = _again(wanted, standing)
        case Head.REFUND:
            spread = _back(wanted, standing)
        case Head.COMPENSATION | Head.FREIGHT | Head.GOODWILL:
            spread = (Share(unit="", amount=wanted.amount or 0),)
    if isinstance(spread, Refusal) or wanted.cap is None:
        return spread
    given = sum(row.amount for row in standing if row.head is wanted.head)
    return _above("AboveCap", wanted, spread, wanted.cap, given, f"order {wanted.order_id!r}") or spread


def over_budget(wanted: Reservation, spread: tuple[Share, ...], *, spent: int, day: str) -> Refusal | None:
    """Why the budget of the day does not reach (``BudgetSpent``); ``spent``: what was given on it, on all orders."""
    return None if wanted.per_day is None else _above("BudgetSpent", wanted, spread, wanted.per_day, spent, day)


def _again(wanted: Reservation, standing: Sequence[RemedyRecord]) -> tuple[Share, ...] | Refusal:
    against = _against(wanted, standing)
    if against:
        return _already_given(wanted, against)
    return tuple(Share(unit=each.unit, amount=each.value) for each in wanted.units)


def _back(wanted: Reservation, standing: Sequence[RemedyRecord]) -> tuple[Share, ...] | Refusal:
    if not wanted.units and wanted.parcel_id is None:
        return _above_captured(wanted, standing) or (Share(unit="", amount=wanted.amount or 0),)
    against = _against(wanted, standing)
    left = wanted.amount or 0
    spread = []
    for unit in wanted.units:
        part = max(0, min(left, unit.value - sum(row.amount for row in against if row.unit == unit.unit)))
        if part and not any(row.head is Head.GOODS for row in against if row.unit == unit.unit):
            spread.append(Share(unit=unit.unit, amount=part))
            left -= part
    beyond = min(left, _beyond(wanted, standing))
    if beyond:
        spread.append(Share(unit="", amount=beyond))
        left -= beyond
    if left and against:
        return _already_given(wanted, against)
    if left:
        paid = sum(unit.value for unit in wanted.units)
        goods = f"parcel {wanted.parcel_id!r}" if wanted.parcel_id else f"{len(wanted.units)} units"
        return Refusal(
            reason="AboveCaptured",
            message=f"{wanted.amount} is more than the {paid} (minor units of {wanted.currency}) that were paid for "
            f"{goods} of order {wanted.order_id!r}",
        )
    return _above_captured(wanted, standing) or tuple(spread)


def _beyond(wanted: Reservation, standing: Sequence[RemedyRecord]) -> int:
    """What was paid for the order beyond its goods and has not gone back, if the refund is about that too."""
    if not wanted.whole or wanted.captured is None:
        return 0
    gone = sum(row.amount for row in standing if row.head is Head.REFUND and not row.unit)
    return max(0, wanted.captured.amount - sum(unit.value for unit in wanted.units) - gone)


def _above_captured(wanted: Reservation, standing: Sequence[RemedyRecord]) -> Refusal | None:
    if wanted.captured is None:
        return None
    if wanted.captured.currency != wanted.currency:
        return Refusal(
            reason="AboveCaptured",
            message=f"order {wanted.order_id!r} was paid in {wanted.captured.currency}, nothing in {wanted.currency}",
        )
    refunded = sum(row.amount for row in standing if row.head is Head.REFUND)
    if refunded + (wanted.amount or 0) <= wanted.captured.amount:
        return None
    return Refusal(
        reason="AboveCaptured",
        message=f"{wanted.amount} and the {refunded} refunded before are more than the {wanted.captured.amount} (minor "
        f"units of {wanted.currency}) captured for order {wanted.order_id!r}",
    )


def _above(
    reason: str, wanted: Reservation, spread: tuple[Share, ...], limit: Money, given: int, where: str
) -> Refusal | None:
    if limit.currency != wanted.currency:
        return Refusal(
            reason=reason,
            message=f"{wanted.head} may be given in {limit.currency} up to {limit.amount} (minor units) for {where}; "
            f"this is {wanted.currency}",
        )
    asked = sum(share.amount for share in spread)
    if given + asked <= limit.amount:
        return None
    return Refusal(
        reason=reason,
        message=f"{wanted.head} for {where}: {asked} and the {given} given before are more than {limit.amount} (minor "
        f"units of {limit.currency})",
    )


def _against(wanted: Reservation, standing: Sequence[RemedyRecord]) -> list[RemedyRecord]:
    units = {each.unit for each in wanted.units}
    return [row for row in standing if row.unit in units]


def _already_given(wanted: Reservation, against: Iterable[RemedyRecord]) -> Refusal:
    worth = {each.unit: each.value for each in wanted.units}
    told = "; ".join(
        f"unit {row.unit!r}, paid for with {worth[row.unit]}: {row.head} of {row.amount} by incident "
        f"{row.incident_id!r} ({row.status})"
        for row in against
    )
    return Refusal(
        reason="AlreadyGiven",
        message=f"goods are given once; minor units of {wanted.currency} stand against it: {told}",
    )
