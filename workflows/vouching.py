"""How an incident has claims checked: by its worker, who knows which doors are trusted, and never on a replay."""

from collections.abc import Callable
from typing import Final

from temporalio.worker import Interceptor, WorkflowInboundInterceptor, WorkflowInterceptorClassInput

from amends.doors.claims import Deed
from amends.doors.trusted import Trusted
from amends.models import Actor

CHECK: Final = "amends.check_claim"
"""Under which name a workflow finds its worker's check."""

Check = Callable[[Actor, Deed], str | None]
"""Why a claim proves nothing; ``None`` for one that holds."""


class Vouching(Interceptor):
    """Gives workflows their worker's check."""

    def __init__(self, trusted: Trusted) -> None:
        self._trusted = trusted

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002 - the SDK's name
    ) -> type[WorkflowInboundInterceptor] | None:
        input.unsafe_extern_functions[CHECK] = self._trusted.refusal
        return None
