"""What the rules of ``opens`` may name: the event, the fields that events carry, and the order that they add up to."""

from collections.abc import Mapping

from runbooks.catalogue import CATALOGUE
from runbooks.language.context import Context
from runbooks.language.facts import fields_of
from runbooks.language.surface import Runbook
from runbooks.program import FactType

EVENT = {"event.type": FactType.STRING, "event.subject": FactType.STRING, "event.time": FactType.TIMESTAMP}
"""What every event has."""


def kinds_of(declared: Mapping[str, FactType]) -> dict[str, FactType]:
    """The type of everything that a rule may name. ``declared``: the fields that events carry beside those of an order.

    ``order.<field>`` is the last that the order's events have said of a field, ``event.<field>`` what this event says.
    """
    fields = {**_order(), **declared}
    return {**EVENT, **{f"{root}.{name}": kind for root in ("event", "order") for name, kind in fields.items()}}


def events_of(runbook: Runbook, context: Context) -> dict[str, FactType]:
    """The fields that the runbook says events carry; none has two meanings."""
    order = _order()
    for name, kind in runbook.events.items():
        if f"event.{name}" in EVENT:
            context.wrong(("events", name), f"every event has {name!r} already; choose another name, or leave it out")
        elif order.get(name, kind) is not kind:
            context.wrong(("events", name), f"{name!r} of an order is {order[name].value}; say that, or leave it out")
    return dict(runbook.events)


def _order() -> dict[str, FactType]:
    order = CATALOGUE["orders.read"].gives
    assert order is not None, "an order has fields"
    return fields_of(order)
