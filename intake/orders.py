"""An order as its events tell it, folded by the time at which they happened."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property

from amends.models import Data
from amends.timeline import canonical
from intake.events import OrderEvent
from intake.rules import Rule
from runbooks.expressions import holds, value_of


class Order:
    """The events of one order that count, each once, and what they add up to.

    An event that another one corrects does not count: the correction does, at its own time. Of events that share an
    identity and say different things, one counts, always the same.
    """

    def __init__(self, events: Iterable[OrderEvent]) -> None:
        once: dict[tuple[str, str], OrderEvent] = {}
        for event in events:
            known = once.get((event.source, event.id))
            if known is None or (known != event and _content(event) < _content(known)):
                once[event.source, event.id] = event
        corrected = {(event.source, event.corrects) for event in once.values() if event.corrects is not None}
        counting = [event for identity, event in once.items() if identity not in corrected]
        self.events = tuple(sorted(counting, key=place))

    @property
    def order_id(self) -> str:
        return self.events[0].order_id if self.events else ""

    def at(self, moment: datetime) -> Data:
        """What the order's events have said of it up to and with the moment of one of them: of each field the last."""
        return self._states.get(moment, {})

    def of_type(self, name: str) -> Sequence[OrderEvent]:
        """Its events of a type, in order."""
        return self._types.get(name, [])

    def holds(self, condition: str, event: OrderEvent, rule: Rule) -> bool:
        """Whether a condition holds at an event. Raises as ``runbooks.expressions.holds`` does."""
        return holds(condition, types=rule.kinds, facts=self._facts(event), rates=rule.rates, tables=rule.tables)

    def moment(self, expression: str, event: OrderEvent, rule: Rule) -> datetime:
        """The moment that an expression gives at an event. Raises as ``runbooks.expressions.value_of`` does."""
        value = value_of(expression, types=rule.kinds, facts=self._facts(event), rates=rule.rates, tables=rule.tables)
        return datetime.fromisoformat(str(value))

    @cached_property
    def _types(self) -> Mapping[str, Sequence[OrderEvent]]:
        types: dict[str, list[OrderEvent]] = {}
        for event in self.events:
            types.setdefault(event.type, []).append(event)
        return types

    @cached_property
    def _states(self) -> Mapping[datetime, Data]:
        states: dict[datetime, Data] = {}
        state: Data = {}
        for event in self.events:
            state = {**state, **event.data}
            states[event.at] = state
        return states

    def _facts(self, event: OrderEvent) -> Data:
        time = event.at.isoformat().replace("+00:00", "Z")
        own: Data = {"type": event.type, "time": time, "order_id": event.order_id}
        if event.subject is not None:
            own["subject"] = event.subject
        return {"event": {**event.data, **own}, "order": {**self.at(event.at), "order_id": event.order_id}}


def place(event: OrderEvent) -> tuple[datetime, str, str]:
    """Where an event stands among those of its order."""
    return event.at, event.source, event.id


def _content(event: OrderEvent) -> bytes:
    return canonical(event.model_dump(mode="json"))
