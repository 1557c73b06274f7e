"""The host: one dynamic workflow that makes happen, durably, what the core decides.

It takes the inbox, steps the core, writes the entries or has them go along with a call, dispatches the commands, keeps
one timer on the next due moment, and waits. It knows nothing of business. When its history grows long it drains
(dispatches nothing new, awaits what is under way) and continues as new.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    import workflows.core as core  # `from workflows import core` would load both anew for each incident
    import workflows.dispatch as dispatch
    from activities.wire import AppendRequest
    from amends.models import Actor, ActorKind, Outcome
    from amends.timeline import MAY_FREE, REPORTS, Entry
    from workflows.contract import NOT_ITS_BUNDLE, NOTHING_REPORTED, IncidentInput, IncidentResult
    from workflows.doors import Doors
    from workflows.events import (
        CancelRequested,
        Command,
        CommandReturned,
        DuplicateFound,
        Event,
        Registered,
        ReportReceived,
        ReportRepeated,
        Role,
        RunStarted,
        Sibling,
        TimeCame,
    )
    from workflows.state import Due, State
    from workflows.visibility import Visibility

_TEMPORAL = Actor(kind=ActorKind.SYSTEM, id="temporal")
"""Who asked, when an incident is cancelled natively: Temporal does not tell the workflow more."""

_ASKS_THE_JOURNAL = REPORTS | MAY_FREE
"""The kinds of entries on which the journal has something to say: they are written by themselves."""

_TOO_LONG = 2
"""How many times its limit a run's history may be before whoever acts has to wait for the next run."""

_UNREPORTED = timedelta(hours=1)
"""How long an incident waits for a report that counts; a door that was not trusted may be by then."""

_SOON = timedelta(milliseconds=1)
"""The shortest sleep: a due moment that has passed already is met at once."""


@workflow.defn(dynamic=True)
class IncidentWorkflow(Doors):
    """One incident: every exception type is a workflow type, and this class runs them all."""

    @workflow.init
    def __init__(self, args: Sequence[RawValue]) -> None:
        start = workflow.payload_converter().from_payload(args[0].payload, IncidentInput)
        self._limit = start.history_limit
        self._state = start.state or _new_state(start)
        self._inbox: deque[Event] = deque()
        self._seen = 0
        self._journaled = 0
        """How many of this run's entries are known to be in the journal."""
        self._unwritten: list[Entry] = []
        """The entries from there on. They may be there by now: those that went along with a call that is under way."""
        self._running: dict[str, asyncio.Task[None]] = {}
        self._timer: asyncio.Task[None] | None = None
        self._timer_due: Due | None = None
        self._draining = False
        self._answered = False
        """Whether an update has been answered since the last turn began."""
        self._visibility = Visibility()
        if start.state is not None:
            here, before = workflow.info().run_id, start.state.run_id
            self._inbox.append(RunStarted(run_id=here, previous_run_id=before))

    @workflow.run
    async def run(self, args: Sequence[RawValue]) -> IncidentResult:
        """Serve the incident to its end. ``args``: one ``IncidentInput``."""
        del args  # taken in __init__, before any handler ran
        self._refuse_foreign_bundle()
        await self._serve_through_cancels()
        self._require_report()
        while self._inbox and not self._state.ended:  # it came in the moment in which this run was about to end
            await self._serve_through_cancels()
        if self._draining and not self._state.ended:
            workflow.continue_as_new(IncidentInput(state=self._state, history_limit=self._limit))
        state = self._state
        return IncidentResult(incident_id=state.incident_id, status=state.status, outcome=state.outcome)

    async def _serve_through_cancels(self) -> None:
        """Serve; a cancellation in Temporal becomes an event like any other."""
        serving = asyncio.create_task(self._serve())
        while not serving.done():
            try:
                await asyncio.shield(serving)
            except asyncio.CancelledError:
                if not (self._inbox or self._state.contacts):
                    serving.cancel()  # nothing has been reported: there is nothing to undo and nobody to tell
                    raise
                reason = workflow.cancellation_reason() or "cancelled in Temporal"
                self._inbox.append(CancelRequested(reason=reason, actor=_TEMPORAL))
            except Exception:
                # What the SDK says of it names the run only.
                workflow.logger.exception("the engine failed", extra={"incident": self._state.incident_id})
                raise
        await serving

    async def _serve(self) -> None:
        """Turn after turn, until the incident has ended or this run has drained, or nobody reports it."""
        if not await self._is_reported():
            return
        while not self._finished() or self._answered:
            if self._finished():  # an answer that leaves together with the run's end is not seen until a poll times out
                self._answered = False
                await workflow.sleep(_SOON, summary="Until the last answers are out")
                continue
            await workflow.wait_condition(lambda: self._has_work() or self._finished())
            self._answered = False
            self._unwritten += self._step()
            carrier = self._carrier()
            if carrier is None:
                await self._write()
            self._reap()
            self._dispatch(carrier)
            self._arm()
            self._visibility.show(self._state)
            self._draining = self._draining or self._is_long()
        self._disarm()

    async def _is_reported(self) -> bool:
        """Whether there is anything to do. Only a first report that was refused leaves nothing; then it may come again,
        mended, for a while."""
        if not (self._inbox or self._state.contacts):
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: bool(self._inbox), timeout=_UNREPORTED, timeout_summary="Until a report must have come"
                )
        return bool(self._inbox or self._state.contacts)

    def _require_report(self) -> None:
        if not (self._state.contacts or self._state.ended):
            raise ApplicationError(
                f"no report has counted within {_UNREPORTED}: the first was refused; it can be given again",
                type=NOTHING_REPORTED,
                non_retryable=True,
            )

    def _has_work(self) -> bool:
        arrived = bool(self._inbox) and not self._state.ended
        return arrived or any(task.done() for task in self._running.values())

    def _finished(self) -> bool:
        quiet = not self._running and self._journaled == self._state.next_n and workflow.all_handlers_finished()
        return quiet and (self._state.ended or (self._draining and not self._inbox))

    def _is_long(self) -> bool:
        """Whether this run should end. Each run takes at least one event of its own, so that it gets somewhere."""
        info = workflow.info()
        long = info.is_continue_as_new_suggested() or info.get_current_history_length() > self._limit
        return long and self._seen > 1 and not self._state.ended

    def _must_cut(self) -> bool:
        """Whether people must be kept out for a moment: a run that drains waits for a lull, and there may be none."""
        info = workflow.info()
        far_too_long = info.get_current_history_length() > _TOO_LONG * self._limit
        return self._draining and (far_too_long or info.is_continue_as_new_suggested())

    def _step(self) -> list[Entry]:
        """Let the core take what is in the inbox, up to the incident's end.

        After reports it takes nothing else: first the journal says whether they are repeats, so that no incident ends
        before it is known which reports are its own.
        """
        entries: list[Entry] = []
        reports = False
        while self._inbox and not self._state.ended:
            is_report = isinstance(self._inbox[0], ReportReceived)
            if reports and not is_report:
                break
            reports = reports or is_report
            _, new = core.step(self._state, self._inbox.popleft(), workflow.now())
            entries += new
            self._seen += 1
        return entries

    def _carrier(self) -> str | None:
        """The call with which the entries go along, so that they need none of their own: the only one that begins now.

        Only where nobody waits to hear that they are written, and the journal has nothing to say to them.
        """
        alone = any(entry.kind in _ASKS_THE_JOURNAL for entry in self._unwritten)
        heard = not workflow.all_handlers_finished()
        if not self._unwritten or alone or heard or self._draining or self._state.ended or not self._state.registered:
            return None
        running = {command_id for command_id, task in self._running.items() if not task.done()}
        begins = [command for command_id, command in self._state.pending.items() if command_id not in running]
        return begins[0].id if len(begins) == 1 and begins[0].role is not Role.COUNT else None

    async def _write(self) -> None:
        """Put the entries into the journal, take what it says about the reports among them, and tell those whose
        questions waited for one that they end."""
        if not self._unwritten:
            return
        claims = [str(entry.data["key"]) for entry in self._unwritten if entry.kind in REPORTS]
        state = self._state
        request = self._record(claims=claims, supersedes=() if state.registered else _superseded(state))
        report = await dispatch.append(request)
        lost = {claim.key: claim.incident_id for claim in report.lost}
        opened_by = None if state.registered else claims.pop(0)
        self._inbox.extendleft(ReportRepeated(key=key, of=lost[key]) for key in claims if key in lost)
        if opened_by in lost:
            self._inbox.appendleft(DuplicateFound(key=opened_by, of=lost[opened_by]))
        elif opened_by is not None:
            self._inbox.appendleft(
                Registered(
                    previous=report.previous,
                    previous_ended_at=report.previous_ended_at,
                    previous_contacts=report.previous_contacts,
                    superseded=tuple(Sibling(**each.model_dump()) for each in report.superseded) or None,
                )
            )
        self._take_as_written(request)
        await dispatch.pass_on(report.waiting, by=state.incident_id)

    def _record(self, *, claims: Sequence[str] = (), supersedes: Sequence[str] = ()) -> AppendRequest:
        """All entries that are not known to be written: what is written again is the same, so nothing is missing."""
        state = self._state
        return AppendRequest(
            incident_id=state.incident_id,
            exception_type=state.bundle.exception_type,
            workflow_id=state.workflow_id,
            run_id=state.run_id,
            entries=tuple(self._unwritten),
            claims=tuple(claims),
            supersedes=tuple(supersedes),
        )

    def _take_as_written(self, record: AppendRequest) -> None:
        self._journaled = max(self._journaled, record.entries[-1].n + 1)
        self._unwritten = [entry for entry in self._unwritten if entry.n >= self._journaled]

    def _reap(self) -> None:
        """Forget calls that have ended; an error in one is an error of the engine, and stops this workflow task."""
        for command_id, task in list(self._running.items()):
            if task.done():
                del self._running[command_id]
                error = None if task.cancelled() else task.exception()
                if error is not None and not is_cancelled_exception(error):
                    raise error

    def _dispatch(self, carrier: str | None) -> None:
        """Start what the core wants and is not under way; while draining, nothing new. ``carrier``: the call with which
        the entries go along."""
        for command_id, task in self._running.items():
            if command_id not in self._state.pending and not task.done():
                task.cancel()
        for command_id, command in self._state.pending.items():
            # a decision that waits for its count holds up the drain, which waits for whoever decided
            if command_id not in self._running and (not self._draining or command.role is Role.COUNT):
                record = self._record() if command_id == carrier else None
                self._running[command_id] = asyncio.create_task(self._carry_out(command, record))

    async def _carry_out(self, command: Command, record: AppendRequest | None) -> None:
        self._inbox.append(await self._returned(command, record))

    async def _returned(self, command: Command, record: AppendRequest | None) -> CommandReturned:
        if record is None:
            return await dispatch.call(self._state, command)
        try:
            returned = await dispatch.call(self._state, command, record=record)
        except dispatch.NotRecorded:
            await dispatch.append(record)
            self._take_as_written(record)
            return await dispatch.call(self._state, command)
        if returned.outcome is not Outcome.UNKNOWN:  # of trouble nobody can say whether it came before or after
            self._take_as_written(record)
        return returned

    def _arm(self) -> None:
        """Keep the one timer on the next due moment."""
        due = core.next_due(self._state)
        if due == self._timer_due and (due is None or self._timer is not None):
            return
        self._disarm()
        if due is not None and not self._draining:
            self._timer_due = due
            self._timer = asyncio.create_task(self._ring(due))

    async def _ring(self, due: Due) -> None:
        await workflow.sleep(max(due.at - workflow.now(), _SOON), summary=f"Until {due.what}")
        self._timer = self._timer_due = None
        self._inbox.append(TimeCame())

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._timer_due = None


def _superseded(state: State) -> tuple[str, ...]:
    """The workflow ids of the incidents on the same subject that this one takes over."""
    subject = state.workflow_id.partition(":")[2]
    return tuple(f"{exception_type}:{subject}" for exception_type in state.bundle.supersedes)


def _new_state(start: IncidentInput) -> State:
    if start.bundle is None:
        raise ApplicationError(
            "the input has neither a bundle nor a state; open incidents with `amends open` or starter.open_incident",
            type=NOT_ITS_BUNDLE,
            non_retryable=True,
        )
    info = workflow.info()
    return State.new(
        incident_id=str(workflow.uuid4()), workflow_id=info.workflow_id, run_id=info.run_id, bundle=start.bundle
    )
