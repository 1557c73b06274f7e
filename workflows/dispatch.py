"""From a command to an activity: its queue, its limits, and the words that Temporal's own pages show."""

import contextlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple, assert_never

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, FailureError, TimeoutType
from temporalio.exceptions import TimeoutError as TimedOut

with workflow.unsafe.imports_passed_through():
    from activities.wire import (
        APPEND,
        BALANCE,
        CONVERSATION_FREED,
        COUNT,
        INHERIT,
        NOT_RECORDED,
        PAGE,
        RECONCILE,
        SETTLE,
        AppendReport,
        AppendRequest,
        BalanceRequest,
        CallReport,
        CallRequest,
        CountRequest,
        Errand,
        FreedNotice,
        HandOverRequest,
        InheritRequest,
        PageRequest,
        QuestionPut,
        ReconcileRequest,
        SettleRequest,
    )
    from amends.models import Outcome, Party
    from amends.temporal import effects_queue, journal_queue
    from runbooks.catalogue import (
        BALANCE_RETRY,
        CATALOGUE,
        INHERIT_RETRY,
        PAGE_RETRY,
        READ_RETRY,
        RECONCILE_RETRY,
        TELL,
        Retry,
    )
    from runbooks.program import AskStep, walk
    from workflows import program
    from workflows.events import Command, CommandReturned, Role
    from workflows.state import State

_APPEND_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=10))
"""The journal is our own: it is tried until it takes the entries, and soon after it is back."""

_APPEND_WITHIN = timedelta(seconds=20)

_TAKEN_UP_WITHIN = timedelta(seconds=10)
"""How long entries wait with a call for a worker that carries it out; after that the journal's own writes them."""

_PAGE_WITHIN = timedelta(minutes=1)
"""A page may try several channels of several people, each with a time limit of its own; it must end before another
incident's page about the same stops waiting for it (``amends.journal.pages.UNDER_WAY``)."""


async def append(request: AppendRequest) -> AppendReport:
    """Write entries to the journal; returns when they are committed, however long that takes."""
    first, last = request.entries[0], request.entries[-1]
    kinds = ", ".join(dict.fromkeys(entry.kind for entry in request.entries))
    report: AppendReport = await workflow.execute_activity(
        APPEND,
        request,
        result_type=AppendReport,
        task_queue=journal_queue(workflow.info().task_queue),
        start_to_close_timeout=_APPEND_WITHIN,
        retry_policy=_APPEND_RETRY,
        summary=_short(f"Record {first.n}-{last.n}: {kinds}"),
    )
    return report


async def pass_on(workflow_ids: Sequence[str], *, by: str) -> None:
    """Tell other incidents that ``by`` awaits no answer any more. One that has ended meanwhile need not know."""
    for workflow_id in workflow_ids:
        with contextlib.suppress(FailureError):
            await workflow.get_external_workflow_handle(workflow_id).signal(CONVERSATION_FREED, FreedNotice(by=by))


class NotRecorded(Exception):
    """The entries that went along with a call may not be in the journal, and what became of the call is not known."""


async def call(state: State, command: Command, *, record: AppendRequest | None = None) -> CommandReturned:
    """Carry a command out; its activity's id is the command's. Trouble past its limits is an unknown outcome.

    ``record``: entries that go along, and are committed before anything is done. When they could not be, or no worker
    takes the call up, this raises ``NotRecorded``: the call is to be made again, alone, once they are written.
    """
    work = _work_of(state, command)
    try:
        report = await workflow.execute_activity(
            work.activity,
            work.errand if record is None else work.errand.model_copy(update={"record": record}),
            result_type=CallReport,
            task_queue=work.queue(workflow.info().task_queue),
            activity_id=command.id,
            schedule_to_start_timeout=None if record is None else _TAKEN_UP_WITHIN,
            start_to_close_timeout=work.within,
            retry_policy=RetryPolicy(
                initial_interval=work.retry.first,
                maximum_interval=work.retry.longest,
                maximum_attempts=work.retry.attempts,
            ),
            summary=_short(work.summary),
        )
    except ActivityError as error:
        if isinstance(error.cause, CancelledError):
            raise
        if record is not None and _may_not_be_recorded(error):
            raise NotRecorded from error
        return CommandReturned(command_id=command.id, outcome=Outcome.UNKNOWN, trouble=_trouble(error))
    return CommandReturned(
        command_id=command.id,
        outcome=report.outcome,
        result=report.result,
        refusal=report.refusal,
        known_before=report.known_before or None,
    )


def question_of(state: State, command: Command) -> QuestionPut | None:
    """The question to the customer that a command sends, if it sends one."""
    if command.role is not Role.EFFECT or command.activity != TELL or command.reconciles is not None:
        return None
    step = program.step_of(state, command.step)
    run = state.steps.get(command.step)
    if not isinstance(step, AskStep) or step.to is not Party.CUSTOMER or run is None or run.ask is None:
        return None
    report, values = state.facts["report"], command.inputs["values"]
    assert isinstance(report, dict)
    assert isinstance(values, dict)
    parcel_id = report.get("parcel_id")
    return QuestionPut(
        order_id=str(command.inputs["order_id"]),
        parcel_id=parcel_id if isinstance(parcel_id, str) else None,
        question=step.question,
        choices=tuple(run.ask.offered),
        values={name: str(value) for name, value in values.items()},
        answer_within=step.answer_within.of(state.severity),
        yields=any(each.id == step.id for each in walk(state.bundle.program.follow_up)),
        safety=step.safety,
    )


class _Work(NamedTuple):
    """How a command is carried out."""

    activity: str
    errand: Errand
    summary: str
    retry: Retry
    queue: Callable[[str], str] = effects_queue
    within: timedelta = _APPEND_WITHIN


def _work_of(state: State, command: Command) -> _Work:
    match command.role:
        case Role.COUNT:
            count = CountRequest.model_validate(command.inputs)
            said = f"Count what {count.role} has approved ({command.step})"
            return _Work(COUNT, count, said, READ_RETRY, queue=journal_queue)
        case Role.BALANCE:
            balance = BalanceRequest.model_validate(command.inputs)
            return _Work(BALANCE, balance, "Compare what was given with the shop's books", BALANCE_RETRY)
        case Role.PAGE:
            known = {"key": state.key(command.id), "incident_id": state.incident_id}
            page = PageRequest.model_validate({**known, **command.inputs})
            said = f"Page {', '.join(page.people)} ({page.role}, level {page.level} of {page.levels})"
            return _Work(PAGE, page, said, PAGE_RETRY, within=_PAGE_WITHIN)
        case Role.INHERIT:
            hand_over = HandOverRequest(
                incident_id=str(command.inputs["incident_id"]),
                to=state.incident_id,
                exception_type=state.bundle.exception_type,
            )
            inherit = InheritRequest(workflow_id=str(command.inputs["workflow_id"]), hand_over=hand_over)
            return _Work(INHERIT, inherit, f"Take over from {inherit.workflow_id}", INHERIT_RETRY, within=_PAGE_WITHIN)
        case Role.READ | Role.EFFECT | Role.UNDO:
            return _call_of(state, command)
        case _:
            assert_never(command.role)


def _call_of(state: State, command: Command) -> _Work:
    spec = CATALOGUE[command.activity]
    said = f"{spec.says['en']} ({'undoes ' if command.role is Role.UNDO else ''}{command.step})"
    request = CallRequest(
        key=state.key(command.reconciles or command.id),
        incident_id=state.incident_id,
        step=command.step,
        attempt=command.attempt,
        inputs=command.inputs,
        undoes=command.undoes,
        remedies=state.bundle.remedies if spec.gives_value else None,
        question=question_of(state, command),
    )
    if command.settles is not None:
        settling = SettleRequest(activity=spec.name, call=request, **command.settles.model_dump())
        return _Work(SETTLE, settling, f"Write down what became of it: {said}", READ_RETRY)
    if command.reconciles:
        asking = ReconcileRequest(activity=spec.name, call=request)
        return _Work(RECONCILE, asking, f"Ask whether it happened: {said}", RECONCILE_RETRY, within=spec.within)
    return _Work(spec.name, request, said, spec.retry, within=spec.within)


def _may_not_be_recorded(error: ActivityError) -> bool:
    match error.cause:
        case ApplicationError() as cause:
            return cause.type == NOT_RECORDED
        case TimedOut() as cause:
            return cause.type is TimeoutType.SCHEDULE_TO_START
        case _:
            return False


def _trouble(error: ActivityError) -> str:
    match error.cause:
        case ApplicationError() as cause:
            return f"{cause.type}: {cause.message}"
        case TimedOut() as cause:
            return f"timed out: {cause.message}"
        case cause:
            return str(cause)


def _short(text: str) -> str:
    """Temporal keeps 200 bytes of a summary."""
    return text if len(text.encode()) <= 200 else text.encode()[:197].decode(errors="ignore") + "…"
