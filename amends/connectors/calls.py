"""The ports as calls that can travel: every method of every protocol, with its arguments and its result as types.

All of it is read off ``ports``: a method that is added there is a call here, with nothing else to be written.
"""

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import FunctionType, MappingProxyType
from typing import Any, Final, get_type_hints

from pydantic import TypeAdapter, create_model

from amends.connectors.ports import Connectors
from amends.models import Model, Written


@dataclass(frozen=True)
class PortCall:
    """One method of a port. ``takes``: its arguments but for the ``Call``, by name. ``returns``: what it gives, as a
    type; ``NoneType`` if nothing. ``about``: what the port promises of it."""

    port: str
    method: str
    takes: type[Written]
    returns: Any
    about: str

    @property
    def name(self) -> str:
        """As faults and errors have it: ``payments.refund``."""
        return f"{self.port}.{self.method}"

    @property
    def path(self) -> str:
        """Below the address of the systems: ``payments/refund``."""
        return f"{self.port}/{self.method}"

    @cached_property
    def gives(self) -> TypeAdapter[Any]:
        """Reads a result."""
        return TypeAdapter(self.returns)


def _calls() -> Iterator[PortCall]:
    for port, member in vars(Connectors).items():
        if isinstance(member, property):
            protocol = get_type_hints(member.fget)["return"]
            for method, function in _methods(protocol).items():
                yield _call(port, method, function)


def _methods(protocol: type) -> dict[str, FunctionType]:
    """A protocol's own methods first, then those of the protocols that it extends."""
    found: dict[str, FunctionType] = {}
    for each in protocol.__mro__:
        for name, member in vars(each).items():
            if isinstance(member, FunctionType) and not name.startswith("_"):
                found.setdefault(name, member)
    return found


def _call(port: str, method: str, function: FunctionType) -> PortCall:
    hints = get_type_hints(function, include_extras=True)
    _, _, *arguments = inspect.signature(function).parameters.values()
    fields: dict[str, Any] = {
        each.name: (hints[each.name], ... if each.default is inspect.Parameter.empty else each.default)
        for each in arguments
    }
    name = "".join(word.capitalize() for word in (port, *method.split("_")))
    return PortCall(
        port=port,
        method=method,
        takes=create_model(name, __base__=Written, **fields),
        returns=hints["return"],
        about=inspect.cleandoc(function.__doc__ or ""),
    )


PORT_CALLS: Final[Mapping[str, PortCall]] = MappingProxyType({call.name: call for call in _calls()})
"""All calls, by name, in the order of the ports."""


class Hello(Model):
    """What systems say when they are greeted: the names of the calls that they serve."""

    calls: tuple[str, ...]
