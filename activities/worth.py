"""What an effect is about to give or ask, and what its order is worth: asked of the shop before the intent is
committed."""

from datetime import datetime

from activities.wire import CallRequest, QuestionPut
from amends.connectors.ports import Call, Connectors, OrderWorth
from amends.errors import Refused
from amends.journal import Question, Reservation, UnitWorth
from amends.models import Head, Model, Money
from runbooks.catalogue import ActivitySpec, RemedyOf

_NOT_THERE = ("OrderNotFound", "ParcelNotFound", "LineNotFound")


class Worth:
    """Reads from the shop what a reservation needs."""

    def __init__(self, connectors: Connectors) -> None:
        self._connectors = connectors

    def reservation(self, spec: ActivitySpec, request: CallRequest, inputs: Model, at: datetime) -> Reservation | None:
        """What the call must reserve; ``None`` if it gives nothing, or if there is no such order or parcel: then the
        call itself is refused.

        Trouble is raised, and so is any other refusal: without the worth nothing is given.
        """
        if spec.remedy is None:
            return None
        call = Call(key=f"{request.key}/worth", at=at)
        amount: Money | None = getattr(inputs, spec.remedy.amount) if spec.remedy.amount else None
        if amount is not None and amount.amount <= 0:
            return None  # nothing is given by it, and the system says so
        try:
            return self._reservation(spec.remedy, call, request, inputs, amount)
        except Refused as refused:
            if refused.reason in _NOT_THERE:
                return None
            raise

    def question(self, request: CallRequest, at: datetime) -> Question | None:
        """What the call is about to ask, with the pieces of goods that it is about; ``None`` if it asks nothing.

        Trouble is raised. An order or a parcel that there is not is left to the call itself.
        """
        put = request.question
        if put is None:
            return None
        return Question(
            order_id=put.order_id,
            units=self._pieces(Call(key=f"{request.key}/worth", at=at), put),
            question=put.question,
            choices=put.choices,
            values=put.values,
            answer_within=put.answer_within,
            yields=put.yields,
            safety=put.safety,
        )

    def _pieces(self, call: Call, put: QuestionPut) -> tuple[str, ...]:
        if put.parcel_id is None:
            return ()
        try:
            worth = self._connectors.orders.worth(call, order_id=put.order_id)
        except Refused as refused:
            if refused.reason in _NOT_THERE:
                return ()
            raise
        return tuple(each.unit for each in _units(worth, put.parcel_id))

    def _reservation(
        self, remedy: RemedyOf, call: Call, request: CallRequest, inputs: Model, amount: Money | None
    ) -> Reservation:
        parcel_id: str | None = getattr(inputs, remedy.parcel) if remedy.parcel else None
        worth = self._connectors.orders.worth(call, order_id=self._order_id(call, inputs, parcel_id))
        policy = request.remedies
        return Reservation(
            order_id=worth.order_id,
            head=remedy.head,
            currency=amount.currency if amount else worth.currency,
            amount=amount.amount if amount else None,
            parcel_id=parcel_id,
            units=_units(worth, parcel_id, getattr(inputs, remedy.line) if remedy.line else None, whole=remedy.whole),
            whole=remedy.whole,
            captured=worth.captured if remedy.head is Head.REFUND else None,
            cap=policy.caps.get(remedy.head) if policy else None,
            per_day=policy.per_day.get(remedy.head) if policy else None,
        )

    def _order_id(self, call: Call, inputs: Model, parcel_id: str | None) -> str:
        named: str | None = getattr(inputs, "order_id", None)
        if named is not None:
            return named
        assert parcel_id is not None
        return self._connectors.shipping.read_parcel(call, parcel_id=parcel_id).order_id


def _units(
    worth: OrderWorth, parcel_id: str | None, line_id: str | None = None, *, whole: bool = False
) -> tuple[UnitWorth, ...]:
    """The units that a remedy is about; none, if it is about money alone."""
    paid_as = worth.carries.get(parcel_id) if parcel_id is not None else None
    return tuple(
        UnitWorth(unit=each.unit, value=each.value.amount)
        for each in worth.units
        if whole
        or (parcel_id is not None and each.parcel_id == paid_as)
        or (line_id is not None and each.line_id == line_id)
    )
