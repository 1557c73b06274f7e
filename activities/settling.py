"""The activity that writes down what a person found out about a call of which nobody knew what became."""

from typing import Any

from pydantic import TypeAdapter, ValidationError
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.effects import Effects
from activities.wire import SETTLE, CallReport, SettleRequest
from amends.errors import InputError
from amends.models import Data, Outcome
from runbooks.catalogue import CATALOGUE, ActivitySpec


class Settling:
    """Takes a person's word for an outcome, once."""

    def __init__(self, effects: Effects) -> None:
        self._effects = effects

    @activity.defn(name=SETTLE)
    def settle(self, request: SettleRequest) -> CallReport:
        """Commits the outcome with who found it out and how, and reports it. One that is known by now, whatever it is,
        stays and is reported as ``known_before``.

        An outcome that is none, or a result with fields that the activity does not give, is never retried
        (``input_error``).
        """
        spec = CATALOGUE[request.activity]
        _check(spec, request)
        settled: Data = {"by": request.by, "how": request.how}
        return self._effects.settle(spec, request.call, outcome=request.outcome, result=request.result, settled=settled)


def _check(spec: ActivitySpec, request: SettleRequest) -> None:
    if request.outcome is Outcome.UNKNOWN:
        raise _wrong(request, "say whether it was applied or not_applied; unknown is what it is already")
    if request.outcome is Outcome.NOT_APPLIED and request.result:
        raise _wrong(request, "what was not applied has no result")
    fields = spec.gives.model_fields if spec.gives else {}
    for name, value in request.result.items():
        if name not in fields:
            known = ", ".join(fields) or "nothing"
            raise _wrong(request, f"{spec.name} gives no {name!r}; it gives {known}")
        try:
            TypeAdapter[Any](fields[name].rebuild_annotation()).validate_python(value)
        except ValidationError as error:
            # the value stays out of the text: it goes to Temporal's history
            raise _wrong(request, f"{name!r} is wrong: {error.errors()[0]['msg']}") from None


def _wrong(request: SettleRequest, what: str) -> ApplicationError:
    return ApplicationError(
        f"step {request.call.step!r} cannot be settled so: {what}", type=InputError.code, non_retryable=True
    )
