"""The effect protocol: how any call of an outside system is made, so that nothing is done twice and nothing forgotten.

::

    validate the inputs → commit the intent → call → commit the outcome → report
                             └── an outcome is known already, or no more may be given: report it, do not call

What an effect is about to give the customer is reserved together with its intent, and so is the turn to ask them
something. When trouble outlasts the retries, the system is asked by key instead of being called (``reconcile``); when
it cannot say either, a person does (``settle``).

No transaction is open during the call. A refusal is an outcome. Trouble, and any error that nobody expected, is raised:
the outcome stays open, Temporal tries again, and the outside system knows the key. A read needs no intent.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import structlog
from pydantic import ValidationError
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities import clock, counting
from activities.wire import CallReport, CallRequest
from activities.worth import Worth
from amends.connectors.ports import Call, Recalled
from amends.errors import ConfigurationError, DefinitionError, KeyReused, Refused
from amends.journal import Question, Reservation
from amends.journal.effects import EffectLog
from amends.journal.rows import EffectRecord
from amends.models import Data, Head, Model, Outcome, Refusal, plain
from runbooks.catalogue import EFFECT_RETRY, EXPOSURE_REFUSALS, NEVER_ARRIVED, NOT_DONE, ActivitySpec

Work = Callable[[Call, Any], Model | None]
"""Calls an outside system with the validated inputs."""

_NOT_DONE = Refusal(reason=NOT_DONE, message="a person has found out that it was not carried out")

_log = structlog.get_logger("amends.activities")


class Effects:
    """Carries out the calls of the engine, reads as well as effects, under the effect protocol."""

    def __init__(self, log: EffectLog, worth: Worth) -> None:
        self._log = log
        self._worth = worth

    def carry_out(self, spec: ActivitySpec, request: CallRequest, work: Work) -> CallReport:
        """Makes one call, within an activity, and reports what became of it.

        Raises ``ApplicationError``, never to be retried, of type ``definition_error`` for inputs that are not the
        activity's, and ``key_reused`` for a key that came before with other inputs. Trouble and the unexpected are
        raised as they are, to be retried; so is a journal that knows another outcome by now (two attempts overlapped):
        the next attempt answers with the known one. ``configuration_error``, for a system that is not understood, is
        retried as often as an effect is, also for a read.
        """
        inputs = _validated(spec, request)
        at = clock.now()
        with _told(spec, request):
            if not spec.effect:
                return _call(spec, request, inputs, at, work)
            return self._once(spec, request, at, lambda: _call(spec, request, inputs, at, work))

    def reconcile(self, spec: ActivitySpec, request: CallRequest, recall: Callable[[Call], Recalled]) -> CallReport:
        """Asks, within an activity, what became of an effect, and commits the answer as its outcome.

        Nothing is asked when the outcome is known by now. An effect whose intent was never committed gets it here, so
        that an attempt which comes late finds the outcome instead of carrying it out.
        """
        at = clock.now()
        with _told(spec, request):

            def ask() -> CallReport:
                recalled = recall(Call(key=f"{request.key}/recall", at=at))
                _log.info("reconciled", done=recalled.done)
                return _report_of(recalled)

            return self._once(spec, request, at, ask)

    def settle(
        self, spec: ActivitySpec, request: CallRequest, *, outcome: Outcome, result: Data, settled: Data
    ) -> CallReport:
        """Commits, within an activity, what a person found out: ``settled`` says who, and how. An outcome that is known
        by now stays, and is reported as ``known_before``, unless it is known from this very word."""

        def take_their_word() -> CallReport:
            _log.info("settled", outcome=outcome.value)
            refusal = None if outcome is Outcome.APPLIED else _NOT_DONE
            return CallReport(outcome=outcome, result=result, refusal=refusal)

        with _told(spec, request):
            report = self._once(spec, request, clock.now(), take_their_word, settled=settled)
            record = self._log.get(key=request.key)
            taken = record is not None and record.settled == settled
            return report.model_copy(update={"known_before": not taken})

    def _once(
        self,
        spec: ActivitySpec,
        request: CallRequest,
        at: datetime,
        find_out: Callable[[], CallReport],
        *,
        settled: Data | None = None,
    ) -> CallReport:
        """The outcome of an effect: the one that is known, or what is found out now, committed."""
        record = self._log.get(key=request.key)
        if record is None:
            reservation = self._worth.reservation(spec, request, _validated(spec, request), at)
            record = self._begin(spec, request, at, reservation, self._worth.question(request, at))
            if record.outcome is not None:
                _log.info("refused_by_the_journal", reason=record.refusal and record.refusal.reason)
                counting.finished(spec.name, record.outcome)
                return _report(record)
        else:
            record = self._begin(spec, request, at)
        if record.outcome is not None:
            _log.info("outcome_known_already", outcome=record.outcome.value)
            return _report(record)
        return self._finish(spec, request, find_out(), settled)

    def _begin(
        self,
        spec: ActivitySpec,
        request: CallRequest,
        at: datetime,
        reservation: Reservation | None = None,
        question: Question | None = None,
    ) -> EffectRecord:
        return self._log.begin(
            reservation=reservation,
            question=question,
            key=request.key,
            incident_id=request.incident_id,
            step=request.step,
            attempt=request.attempt,
            activity=spec.name,
            inputs=request.inputs,
            undoes=request.undoes,
            at=at,
        )

    def _finish(self, spec: ActivitySpec, request: CallRequest, report: CallReport, settled: Data | None) -> CallReport:
        self._log.finish(
            key=request.key,
            outcome=report.outcome,
            result=report.result,
            refusal=report.refusal,
            at=clock.now(),
            gave_parcel=_gave_parcel(spec, request, report),
            settled=settled,
        )
        counting.finished(spec.name, report.outcome)
        return report


@contextmanager
def _told(spec: ActivitySpec, request: CallRequest) -> Iterator[None]:
    """Names the call in all that is logged within, counts trouble, and makes a reused key an end of all tries."""
    names = {"incident": request.incident_id, "step": request.step, "activity": spec.name, "key": request.key}
    with structlog.contextvars.bound_contextvars(**names):
        try:
            yield
        except KeyReused as error:
            raise ApplicationError(str(error), type=error.code, non_retryable=True) from error
        except ConfigurationError as error:
            # people mend that: a read would go on for ever, and nobody would hear of it
            counting.met_trouble(spec.name)
            last = activity.info().attempt >= EFFECT_RETRY.attempts
            raise ApplicationError(str(error), type=error.code, non_retryable=last) from error
        except Exception:
            counting.met_trouble(spec.name)
            raise


def _report(record: EffectRecord) -> CallReport:
    assert record.outcome is not None
    return CallReport(outcome=record.outcome, result=record.result, refusal=record.refusal)


def _gave_parcel(spec: ActivitySpec, request: CallRequest, report: CallReport) -> str | None:
    """The parcel in which goods are on their way by the call."""
    remedy = spec.remedy
    if remedy is None or remedy.head is not Head.GOODS or report.outcome is not Outcome.APPLIED:
        return None
    given = request.inputs.get(remedy.parcel or "") if remedy.gives is None else report.result.get(remedy.gives)
    return given if isinstance(given, str) else None


def _report_of(recalled: Recalled) -> CallReport:
    if recalled.done:
        return CallReport(outcome=Outcome.APPLIED, result=recalled.result)
    refusal = Refusal(reason=NEVER_ARRIVED, message="the system never carried it out, and will not any more")
    return CallReport(outcome=Outcome.NOT_APPLIED, refusal=refusal)


def _call(spec: ActivitySpec, request: CallRequest, inputs: Model, at: datetime, work: Work) -> CallReport:
    try:
        result = work(Call(key=request.key, at=at), inputs)
    except Refused as refused:
        if refused.reason not in (*spec.refusals, *(EXPOSURE_REFUSALS if spec.gives_value else ())):
            _log.warning("refusal_not_in_catalogue", reason=refused.reason)
        _log.info("refused", reason=refused.reason)
        refusal = Refusal(reason=refused.reason, message=str(refused))
        return CallReport(outcome=Outcome.NOT_APPLIED, refusal=refusal)
    _log.info("done")
    data: Data = {} if result is None else plain(result)
    return CallReport(outcome=Outcome.APPLIED, result=data)


def _validated(spec: ActivitySpec, request: CallRequest) -> Model:
    try:
        return spec.takes.model_validate(request.inputs)
    except ValidationError as error:
        # the values stay out of the text: it goes to Temporal's history
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise ApplicationError(
            f"step {request.step!r}: the inputs of {spec.name} are wrong: {wrong}",
            type=DefinitionError.code,
            non_retryable=True,
        ) from None
