"""Switching faults on over HTTP, for systems that are there to be tried out."""

from typing import Protocol, runtime_checkable

from fastapi import APIRouter

from amends.models import Written


@runtime_checkable
class Misbehaving(Protocol):
    """Systems whose faults can be switched on, as the reference shop's."""

    def fault(self, *, call: str, kind: str, times: int = 1, reason: str = "") -> None:
        """Raises ``InputError`` for a fault that there is not."""


class Switched(Written):
    """``kind`` for the next ``times`` calls named ``call``; a refusal needs its ``reason``."""

    call: str
    kind: str
    times: int = 1
    reason: str = ""


def router(systems: Misbehaving) -> APIRouter:
    """``POST /faults``, which is none of the calls that a company's own systems serve."""
    routes = APIRouter(include_in_schema=False)

    @routes.post("/faults", status_code=204)
    def _switch(switched: Switched) -> None:
        systems.fault(call=switched.call, kind=switched.kind, times=switched.times, reason=switched.reason)

    return routes
