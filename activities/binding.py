"""How a short method becomes the activity of a catalogue entry."""

from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar, get_type_hints

from temporalio import activity

from activities.effects import Effects
from activities.wire import CallReport, CallRequest
from amends.connectors.ports import Call
from amends.models import Model
from runbooks.catalogue import CATALOGUE

P = TypeVar("P")

Activity = Callable[[CallRequest], CallReport]
"""An activity as a worker registers it."""


class SystemActivities(Generic[P]):
    """The activities of one outside system: ``port`` is the system."""

    def __init__(self, port: P, effects: Effects) -> None:
        self._port = port
        self._effects = effects


class Implementation(NamedTuple):
    """What a method says of itself: the catalogue entry it carries out, and the models of its input and result."""

    name: str
    takes: type[Model]
    gives: type[Model] | None


def carries_out(name: str) -> Callable[[Callable[..., Model | None]], Callable[[Any, CallRequest], CallReport]]:
    """Makes ``(self, call: Call, inputs: <takes>) -> <gives> | None`` of a ``SystemActivities`` the activity ``name``.

    The method calls its port and nothing else; the effect protocol is around it.
    """

    def bind(method: Callable[..., Model | None]) -> Callable[[Any, CallRequest], CallReport]:
        def run(self: SystemActivities[Any], request: CallRequest) -> CallReport:
            def work(call: Call, inputs: Model) -> Model | None:
                return method(self, call, inputs)

            return self._effects.carry_out(CATALOGUE[name], request, work)

        # Temporal reads the signature, so the method's own must not shine through
        run.__name__, run.__qualname__, run.__doc__ = method.__name__, method.__qualname__, method.__doc__
        hints = get_type_hints(method)
        gives = hints["return"]
        # and takes an annotated `self` for an argument of the activity
        del run.__annotations__["self"]
        vars(run)["implements"] = Implementation(name, hints["inputs"], None if gives is type(None) else gives)
        return activity.defn(name=name)(run)

    return bind


def implementation(candidate: Activity) -> Implementation:
    """What an activity made by ``carries_out`` implements."""
    found: Implementation = getattr(candidate, "implements")  # noqa: B009 - a function's type knows no such attribute
    return found


def activities_in(system: SystemActivities[Any]) -> list[Activity]:
    """The activities of a system, in the order of their definition."""
    return [getattr(system, name) for name, member in vars(type(system)).items() if hasattr(member, "implements")]
