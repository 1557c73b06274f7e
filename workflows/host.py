"""The host: one dynamic workflow that makes happen, durably, what the core decides.

It takes the inbox, steps the core, writes the entries, dispatches the commands, keeps one timer on the next due
moment, and waits. It knows nothing of business. When its history grows long it drains (dispatches nothing new, awaits
what is under way) and continues as new.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.wire import AppendRequest
    from amends.models import Actor, ActorKind, Model
    from amends.timeline import Entry, EntryKind
    from runbooks.program import AskStep
    from workflows import admission, approving, asking, authority, clocks, core, deadlines, dispatch, ladder
    from workflows.contract import (
        ACKNOWLEDGE,
        ANSWER,
        ASSIGN,
        CANCEL,
        CHOOSE,
        DECIDE,
        ESCALATE,
        EVIDENCE,
        INCIDENT_CLOSED,
        NEWS,
        NOT_ITS_BUNDLE,
        NOTE,
        REFUSED,
        REPORT,
        RESUME,
        RETRY,
        SETTLE,
        SEVERITY,
        SKIP,
        SNOOZE,
        SUSPEND,
        TAKE_OVER,
        VIEW,
        WAIVE,
        AcknowledgeRequest,
        AnswerRequest,
        AssignRequest,
        CancelRequest,
        ChooseRequest,
        DecideRequest,
        EscalateRequest,
        EvidenceRequest,
        IncidentInput,
        IncidentResult,
        LadderView,
        News,
        NoteRequest,
        OpenApproval,
        OpenAsk,
        OpenDeadline,
        OpenTask,
        ReportRequest,
        ResumeRequest,
        RetryRequest,
        RunningClock,
        SettleRequest,
        SeverityRequest,
        SkipRequest,
        SnoozeRequest,
        SuspendRequest,
        TakeOverRequest,
        View,
        WaiveRequest,
    )
    from workflows.events import (
        Acknowledgement,
        AnswerGiven,
        Assigned,
        CancelRequested,
        Command,
        DecisionGiven,
        DuplicateFound,
        EscalationRequested,
        Event,
        EvidenceAdded,
        NewsReceived,
        NoteAdded,
        PlanChosen,
        Registered,
        ReportReceived,
        ReportRepeated,
        ResumptionRequested,
        RetryRequested,
        Role,
        RunStarted,
        SeverityChosen,
        SkipRequested,
        SnoozeRequested,
        SuspensionRequested,
        TakeOverRequested,
        TaskSettled,
        TimeCame,
        WaiverRequested,
    )
    from workflows.state import ApprovalRun, ClockRun, Due, Receipt, State
    from workflows.visibility import Visibility

_TEMPORAL = Actor(kind=ActorKind.SYSTEM, id="temporal")
"""Who asked, when an incident is cancelled natively: Temporal does not tell the workflow more."""

_REPORTS = (EntryKind.INCIDENT_OPENED, EntryKind.REPORT_ADDED)

_SOON = timedelta(milliseconds=1)
"""The shortest sleep: a due moment that has passed already is met at once."""


@workflow.defn(dynamic=True)
class IncidentWorkflow:
    """One incident: every exception type is a workflow type, and this class runs them all."""

    @workflow.init
    def __init__(self, args: Sequence[RawValue]) -> None:
        start = workflow.payload_converter().from_payload(args[0].payload, IncidentInput)
        self._limit = start.history_limit
        self._state = start.state or _new_state(start)
        self._inbox: deque[Event] = deque()
        self._seen = 0
        self._journaled = 0
        """How many of this run's entries are in the journal."""
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

    @workflow.update(name=REPORT, description="Report the exception: opens the incident, or is added to it.")
    async def report(self, request: ReportRequest) -> Receipt:
        """Answers when the report is in the journal and known to be no repeat; under one key always the same."""
        event = ReportReceived(key=request.key, report=request.report, actor=request.actor)
        return await self._take(event, f"report:{request.key}")

    @report.validator
    def _validate_report(self, request: ReportRequest) -> None:
        self._refuse_foreign_bundle()
        self._refuse_when_ended()
        _refuse(admission.report_refusal(self._state.bundle, self._state.workflow_id, request.report))

    @workflow.update(name=ANSWER, description="Answer a question of the incident.")
    async def answer(self, request: AnswerRequest) -> Receipt:
        """Answers when the answer is in the journal. Retried under one key, it counts once; so does every act."""
        return await self._act(AnswerGiven, request)

    @answer.validator
    def _validate_answer(self, request: AnswerRequest) -> None:
        self._validate(AnswerGiven, request)

    @workflow.update(name=DECIDE, description="Approve or reject what is asked of a role.")
    async def decide(self, request: DecideRequest) -> Receipt:
        """Answers when it is known whether the decision counts, and that is in the journal."""
        return await self._act(DecisionGiven, request)

    @decide.validator
    def _validate_decide(self, request: DecideRequest) -> None:
        self._validate(DecisionGiven, request)

    @workflow.update(name=RETRY, description="Try again what was left to a person.")
    async def retry(self, request: RetryRequest) -> Receipt:
        """Answers when the act is in the journal."""
        return await self._act(RetryRequested, request)

    @retry.validator
    def _validate_retry(self, request: RetryRequest) -> None:
        self._validate(RetryRequested, request)

    @workflow.update(name=CHOOSE, description="Have a plan tried when none was left.")
    async def choose(self, request: ChooseRequest) -> Receipt:
        """Answers when the act is in the journal."""
        return await self._act(PlanChosen, request)

    @choose.validator
    def _validate_choose(self, request: ChooseRequest) -> None:
        self._validate(PlanChosen, request)

    @workflow.update(name=SETTLE, description="Say what was settled or found out by hand, with evidence.")
    async def settle(self, request: SettleRequest) -> Receipt:
        """Answers when the act is in the journal."""
        return await self._act(TaskSettled, request)

    @settle.validator
    def _validate_settle(self, request: SettleRequest) -> None:
        self._validate(TaskSettled, request)

    @workflow.update(name=WAIVE, description="Ask that a failed undo be let be; a second person approves.")
    async def waive(self, request: WaiveRequest) -> Receipt:
        """Answers when the act is in the journal."""
        return await self._act(WaiverRequested, request)

    @waive.validator
    def _validate_waive(self, request: WaiveRequest) -> None:
        self._validate(WaiverRequested, request)

    @workflow.update(name=ACKNOWLEDGE, description="Take on what is owed: nobody else is paged for a while.")
    async def acknowledge(self, request: AcknowledgeRequest) -> Receipt:
        """Answers when the act is in the journal."""
        return await self._act(Acknowledgement, request)

    @acknowledge.validator
    def _validate_acknowledge(self, request: AcknowledgeRequest) -> None:
        self._validate(Acknowledgement, request)

    @workflow.update(name=ESCALATE, description="Have those a level higher paged.")
    async def escalate(self, request: EscalateRequest) -> Receipt:
        """Answers when the act is in the journal."""
        return await self._act(EscalationRequested, request)

    @escalate.validator
    def _validate_escalate(self, request: EscalateRequest) -> None:
        self._validate(EscalationRequested, request)

    @workflow.update(name=SNOOZE, description="Have nobody paged for a while.")
    async def snooze(self, request: SnoozeRequest) -> Receipt:
        """Answers when the act is in the journal."""
        return await self._act(SnoozeRequested, request)

    @snooze.validator
    def _validate_snooze(self, request: SnoozeRequest) -> None:
        self._validate(SnoozeRequested, request)

    @workflow.update(name=NOTE, description="Say something for those who read the timeline later.")
    async def note(self, request: NoteRequest) -> Receipt:
        """Answers when the act is in the journal."""
        return await self._act(NoteAdded, request)

    @note.validator
    def _validate_note(self, request: NoteRequest) -> None:
        self._validate(NoteAdded, request)

    @workflow.update(name=EVIDENCE, description="Show something: a reference, or a file by its digest.")
    async def evidence(self, request: EvidenceRequest) -> Receipt:
        """Answers when the act is in the journal."""
        return await self._act(EvidenceAdded, request)

    @evidence.validator
    def _validate_evidence(self, request: EvidenceRequest) -> None:
        self._validate(EvidenceAdded, request)

    @workflow.update(name=ASSIGN, description="Give a task, or all that is owed, to a person.")
    async def assign(self, request: AssignRequest) -> Receipt:
        """Answers when the act is in the journal."""
        return await self._act(Assigned, request)

    @assign.validator
    def _validate_assign(self, request: AssignRequest) -> None:
        self._validate(Assigned, request)

    @workflow.update(name=SUSPEND, description="Stop the clocks while somebody else holds the ball.")
    async def suspend(self, request: SuspendRequest) -> Receipt:
        """Answers when the act is in the journal."""
        return await self._act(SuspensionRequested, request)

    @suspend.validator
    def _validate_suspend(self, request: SuspendRequest) -> None:
        self._validate(SuspensionRequested, request)

    @workflow.update(name=RESUME, description="Start the clocks again.")
    async def resume(self, request: ResumeRequest) -> Receipt:
        """Answers when the act is in the journal."""
        return await self._act(ResumptionRequested, request)

    @resume.validator
    def _validate_resume(self, request: ResumeRequest) -> None:
        self._validate(ResumptionRequested, request)

    @workflow.update(name=SEVERITY, description="Say how severe it is, over the rules.")
    async def severity(self, request: SeverityRequest) -> Receipt:
        """Answers when the act is in the journal."""
        return await self._act(SeverityChosen, request)

    @severity.validator
    def _validate_severity(self, request: SeverityRequest) -> None:
        self._validate(SeverityChosen, request)

    @workflow.update(name=SKIP, description="Skip a step that waits, asks, or is left to a person.")
    async def skip(self, request: SkipRequest) -> Receipt:
        """Answers when the act is in the journal."""
        return await self._act(SkipRequested, request)

    @skip.validator
    def _validate_skip(self, request: SkipRequest) -> None:
        self._validate(SkipRequested, request)

    @workflow.update(name=TAKE_OVER, description="Take the incident into your own hands.")
    async def take_over(self, request: TakeOverRequest) -> Receipt:
        """Answers when the act is in the journal."""
        return await self._act(TakeOverRequested, request)

    @take_over.validator
    def _validate_take_over(self, request: TakeOverRequest) -> None:
        self._validate(TakeOverRequested, request)

    @workflow.update(name=CANCEL, description="Call the incident off: what was done is undone, then it closes.")
    async def cancel(self, request: CancelRequest) -> Receipt:
        """Answers when the act is in the journal; the undoing goes on."""
        return await self._act(CancelRequested, request)

    @cancel.validator
    def _validate_cancel(self, request: CancelRequest) -> None:
        self._validate(CancelRequested, request)

    @workflow.signal(name=NEWS, description="Something happened to the order.")
    def news(self, news: News) -> None:
        """Wakes what waits. The same event twice counts once."""
        self._inbox.append(
            NewsReceived(
                event_id=news.event_id, event_type=news.event_type, data=news.data, actor=news.actor, at=news.at
            )
        )

    @workflow.query(name=VIEW, description="Where the incident stands.")
    def view(self) -> View:
        """Where the incident stands now."""
        state, due = self._state, core.next_due(self._state)
        return View(
            incident_id=state.incident_id,
            now=workflow.now(),
            stage=state.stage,
            status=state.status,
            severity=state.severity,
            waiting_for=tuple(state.waiting_for),
            asks=tuple(_open_ask(state, step) for step in asking.open_asks(state)),
            tasks=tuple(
                OpenTask(
                    task=task.id,
                    step=task.step,
                    why=task.why,
                    opened_at=task.opened_at,
                    owner=task.owner,
                    due_at=task.due_at,
                )
                for task in state.tasks
            ),
            approvals=tuple(_open_approval(state, approval) for approval in approving.open_approvals(state)),
            due_at=due.at if due else None,
            due=due.what if due else None,
            goes_on_at=core.goes_on_at(state),
            clocks=tuple(_running_clock(state, clock) for clock in clocks.running(state)),
            deadlines=tuple(
                OpenDeadline(deadline=name, due_at=run.due_at, protect_at=run.protect_at)
                for name, run in deadlines.open_deadlines(state).items()
            ),
            ladder=_ladder_view(state),
            busy=bool(self._inbox or state.pending or self._journaled < state.next_n),
        )

    async def _serve(self) -> None:
        """Turn after turn, until the incident has ended or this run has drained."""
        while not self._finished() or self._answered:
            if self._finished():  # an answer that leaves together with the run's end is not seen until a poll times out
                self._answered = False
                await workflow.sleep(_SOON, summary="Until the last answers are out")
                continue
            await workflow.wait_condition(lambda: self._has_work() or self._finished())
            self._answered = False
            entries = self._step()
            await self._write(entries)
            self._reap()
            self._dispatch()
            self._arm()
            self._visibility.show(self._state)
            self._draining = self._draining or self._is_long()
        self._disarm()

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

    async def _write(self, entries: list[Entry]) -> None:
        """Put the entries into the journal, and take what it says about the reports among them."""
        if entries:
            claims = [str(entry.data["key"]) for entry in entries if entry.kind in _REPORTS]
            state = self._state
            report = await dispatch.append(
                AppendRequest(
                    incident_id=state.incident_id,
                    exception_type=state.bundle.exception_type,
                    workflow_id=state.workflow_id,
                    run_id=state.run_id,
                    entries=tuple(entries),
                    claims=tuple(claims),
                )
            )
            lost = {claim.key: claim.incident_id for claim in report.lost}
            opened_by = None if state.registered else claims.pop(0)
            self._inbox.extendleft(ReportRepeated(key=key, of=lost[key]) for key in claims if key in lost)
            if opened_by in lost:
                self._inbox.appendleft(DuplicateFound(key=opened_by, of=lost[opened_by]))
            elif opened_by is not None:
                self._inbox.appendleft(Registered(previous=report.previous))
        self._journaled = self._state.next_n

    def _reap(self) -> None:
        """Forget calls that have ended; an error in one is an error of the engine, and stops this workflow task."""
        for command_id, task in list(self._running.items()):
            if task.done():
                del self._running[command_id]
                error = None if task.cancelled() else task.exception()
                if error is not None and not is_cancelled_exception(error):
                    raise error

    def _dispatch(self) -> None:
        """Start what the core wants and is not under way; while draining, nothing new."""
        for command_id, task in self._running.items():
            if command_id not in self._state.pending and not task.done():
                task.cancel()
        for command_id, command in self._state.pending.items():
            # a decision that waits for its count holds up the drain, which waits for whoever decided
            if command_id not in self._running and (not self._draining or command.role is Role.COUNT):
                self._running[command_id] = asyncio.create_task(self._carry_out(command))

    async def _carry_out(self, command: Command) -> None:
        self._inbox.append(await dispatch.call(self._state, command))

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

    async def _act(self, act: type[admission.Act], request: Model) -> Receipt:
        event = _event(act, request)
        return await self._take(event, admission.handled_as(event))

    def _validate(self, act: type[admission.Act], request: Model) -> None:
        event = _event(act, request)
        if admission.handled_as(event) not in self._state.handled:
            _refuse(admission.refusal(self._state, event, workflow.now()))

    async def _take(self, event: Event, handled: str) -> Receipt:
        """Hand an event to the core; returns when its entry is in the journal, raises when it does not count."""
        if handled not in self._state.handled:
            self._inbox.append(event)
        await workflow.wait_condition(lambda: self._settled(handled))
        self._answered = True
        receipt = self._state.handled.get(handled)
        if receipt is None:
            raise _closed(self._state)
        _refuse(receipt.refused)
        return receipt

    def _settled(self, handled: str) -> bool:
        receipt = self._state.handled.get(handled)
        if receipt is None:
            return self._state.ended and self._journaled == self._state.next_n
        in_journal = receipt.run_id != self._state.run_id or receipt.n < self._journaled
        contested = any(isinstance(event, ReportRepeated) and f"report:{event.key}" == handled for event in self._inbox)
        return in_journal and self._state.registered and (self._state.ended or not contested)

    def _refuse_when_ended(self) -> None:
        if self._state.ended:
            raise _closed(self._state)

    def _refuse_foreign_bundle(self) -> None:
        own, needed = workflow.info().workflow_type, self._state.bundle.workflow_type
        if own != needed:
            raise ApplicationError(
                f"this workflow is a {own!r}, but its bundle is for a {needed!r}; open incidents with `amends open` "
                "or starter.open_incident, which start the right type",
                type=NOT_ITS_BUNDLE,
                non_retryable=True,
            )


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


def _event(act: type[admission.Act], request: Model) -> admission.Act:
    """The event that an update brings: its request has the event's fields."""
    return act.model_validate(request.model_dump())


def _open_ask(state: State, step: AskStep) -> OpenAsk:
    run = state.steps[step.id].ask
    assert run is not None
    return OpenAsk(
        ask=step.id,
        question=step.question,
        to=step.to,
        choices=tuple(run.offered),
        answer_by=run.answer_by,
        if_silent=step.if_silent,
    )


def _open_approval(state: State, approval: ApprovalRun) -> OpenApproval:
    return OpenApproval(
        approval=approval.id,
        role=approval.role,
        amount=approval.amount,
        plan=approval.plan,
        reason=approval.reason,
        approvers=approval.approvers,
        approved_by=tuple(approval.approved_by),
        cannot=tuple(authority.cannot(state, approval)),
        decide_by=approval.decide_by,
        if_silent=approval.if_silent if approval.decide_by else None,
    )


def _running_clock(state: State, clock: ClockRun) -> RunningClock:
    return RunningClock(
        goal=clock.goal,
        due_at=clocks.due_at(state, clock),
        charged_to=clock.charged_to,
        breached=clock.breached,
    )


def _ladder_view(state: State) -> LadderView | None:
    run = state.ladder
    if run is None:
        return None
    return LadderView(
        level=run.level + 1,
        levels=len(state.bundle.escalation),
        role=", ".join(run.paged),
        owed=tuple(run.owed),
        next_page_at=ladder.next_page_at(state, run),
        acknowledged_by=run.acknowledged_by,
        snoozed_until=run.snoozed_until,
        exhausted=run.exhausted,
    )


def _refuse(why: str | None) -> None:
    if why is not None:
        raise ApplicationError(why, type=REFUSED, non_retryable=True)


def _closed(state: State) -> ApplicationError:
    return ApplicationError(
        f"incident {state.incident_id} is {state.status} and takes nothing more", type=INCIDENT_CLOSED
    )
