"""The doors of an incident: the updates by which people act on it, the signal that brings news, and its view.

Each hands what has come to the inbox; the host's loop takes it from there. An update is refused before it is in the
history if it does not count now, and answered when what it brought is in the journal.

Who brings it is what a door has signed. A claim is checked by the validator, on the worker that takes the update in; a
replay finds the update in the history, and so knows that its claim was good.
"""

from abc import abstractmethod
from collections import deque
from typing import cast

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.wire import CONVERSATION_FREED, HAND_OVER, FreedNotice, HandOverRequest
    from amends.doors.claims import Deed
    from amends.doors.trusted import Trusted
    from amends.models import Actor, Model
    from workflows import acts, admission, lineage, views
    from workflows.contract import (
        ACKNOWLEDGE,
        ANSWER,
        ASSIGN,
        BETWEEN_RUNS,
        CANCEL,
        CHOOSE,
        DECIDE,
        ESCALATE,
        EVIDENCE,
        INCIDENT_CLOSED,
        MERGE,
        NEWS,
        NOT_ITS_BUNDLE,
        NOTE,
        REFUSED,
        REPIN,
        REPORT,
        RESUME,
        RETRY,
        SETTLE,
        SEVERITY,
        SKIP,
        SNOOZE,
        SPLIT,
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
        MergeRequest,
        News,
        NoteRequest,
        RepinRequest,
        ReportRequest,
        ResumeRequest,
        RetryRequest,
        SettleRequest,
        SeverityRequest,
        SkipRequest,
        SnoozeRequest,
        SplitRequest,
        SuspendRequest,
        TakeOverRequest,
        View,
        WaiveRequest,
    )
    from workflows.events import (
        Acknowledgement,
        Act,
        AnswerGiven,
        Assigned,
        CancelRequested,
        ConversationFreed,
        DecisionGiven,
        EscalationRequested,
        Event,
        EvidenceAdded,
        MergeRequested,
        NewsReceived,
        NoteAdded,
        PlanChosen,
        RepinRequested,
        ReportReceived,
        ReportRepeated,
        ResumptionRequested,
        RetryRequested,
        SeverityChosen,
        SkipRequested,
        SnoozeRequested,
        SplitRequested,
        Superseded,
        SuspensionRequested,
        TakeOverRequested,
        TaskSettled,
        WaiverRequested,
    )
    from workflows.state import Receipt, State
    from workflows.vouching import CHECK, Check


class Doors:
    """What the host of an incident takes in. It comes with the fields that the loop works on."""

    _state: State
    _inbox: deque[Event]
    _journaled: int
    _answered: bool

    @abstractmethod
    def _must_cut(self) -> bool:
        """Whether this run has to end now, though more comes."""

    @workflow.update(name=REPORT, description="Report the exception: opens the incident, or is added to it.")
    async def report(self, request: ReportRequest) -> Receipt:
        """Answers when the report is in the journal and known to be no repeat; under one key always the same."""
        event = ReportReceived(key=request.key, report=request.report, actor=_as_vouched(request.actor))
        return await self._take(event, f"report:{request.key}")

    @report.validator
    def _validate_report(self, request: ReportRequest) -> None:
        self._refuse_foreign_bundle()
        self._refuse_between_runs()
        self._refuse_when_ended()
        self._refuse_unproven(request, request.actor, incident_id=None)
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

    @workflow.update(name=REPIN, description="Have the incident follow another text of its runbook.")
    async def repin(self, request: RepinRequest) -> Receipt:
        """Answers when the wish is in the journal; a second person has to approve it."""
        return await self._act(RepinRequested, request)

    @repin.validator
    def _validate_repin(self, request: RepinRequest) -> None:
        self._validate(RepinRequested, request)

    @workflow.update(name=CANCEL, description="Call the incident off: what was done is undone, then it closes.")
    async def cancel(self, request: CancelRequest) -> Receipt:
        """Answers when the act is in the journal; the undoing goes on."""
        return await self._act(CancelRequested, request)

    @cancel.validator
    def _validate_cancel(self, request: CancelRequest) -> None:
        self._validate(CancelRequested, request)

    @workflow.update(name=MERGE, description="Make the incident one with another about the same order.")
    async def merge(self, request: MergeRequest) -> Receipt:
        """Answers when the act is in the journal; what is on is lifted after that."""
        return await self._act(MergeRequested, request)

    @merge.validator
    def _validate_merge(self, request: MergeRequest) -> None:
        self._validate(MergeRequested, request)

    @workflow.update(name=SPLIT, description="Take a report out of the incident, to be one of its own.")
    async def split(self, request: SplitRequest) -> Receipt:
        """Answers when the act is in the journal; whoever asks opens the other incident."""
        return await self._act(SplitRequested, request)

    @split.validator
    def _validate_split(self, request: SplitRequest) -> None:
        self._validate(SplitRequested, request)

    @workflow.update(name=HAND_OVER, description="Hand over to an incident of another type on the same subject.")
    async def hand_over(self, request: HandOverRequest) -> Receipt:
        """Answers when what is handed over is in the journal; the undoing goes on."""
        event = Superseded(to=request.to, exception_type=request.exception_type)
        return await self._take(event, f"supersede:{request.to}")

    @hand_over.validator
    def _validate_hand_over(self, request: HandOverRequest) -> None:
        self._refuse_between_runs()
        self._refuse_when_ended()
        if request.incident_id != self._state.incident_id:
            raise _closed(self._state, incident_id=request.incident_id)
        _refuse(
            lineage.supersede_refusal(self._state, Superseded(to=request.to, exception_type=request.exception_type))
        )

    @workflow.signal(name=NEWS, description="Something happened to the order.")
    def news(self, news: News) -> None:
        """Wakes what waits. The same event twice counts once."""
        self._inbox.append(
            NewsReceived(
                event_id=news.event_id,
                event_type=news.event_type,
                data=news.data,
                actor=_unvouched(news.actor),
                at=news.at,
            )
        )

    @workflow.signal(name=CONVERSATION_FREED, description="Another incident awaits no answer of the customer any more.")
    def conversation_freed(self, notice: FreedNotice) -> None:
        """Has a question tried again that waited for it; harmless when none does."""
        self._inbox.append(ConversationFreed(by=notice.by))

    @workflow.query(name=VIEW, description="Where the incident stands.")
    def view(self) -> View:
        """Where the incident stands now."""
        busy = bool(self._inbox or self._state.pending or self._journaled < self._state.next_n)
        return views.view(self._state, now=workflow.now(), busy=busy)

    async def _act(self, act: type[Act], request: Model) -> Receipt:
        event = _event(act, request)
        return await self._take(event, acts.handled_as(event))

    def _validate(self, act: type[Act], request: Model) -> None:
        self._refuse_between_runs()
        event = _event(act, request)
        self._refuse_unproven(request, event.actor, incident_id=self._state.incident_id)
        if acts.handled_as(event) not in self._state.handled:
            _refuse(acts.refusal(self._state, event, workflow.now()))

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

    def _refuse_between_runs(self) -> None:
        if self._must_cut() and not self._state.ended:
            raise ApplicationError(
                f"incident {self._state.incident_id} is going on in a new run; say the same again in a moment",
                type=BETWEEN_RUNS,
            )

    def _refuse_unproven(self, request: Model, actor: Actor, *, incident_id: str | None) -> None:
        """Refuse a claim that does not hold. What comes without one is unsigned, and is taken as that."""
        if actor.claim is None:
            return
        update = workflow.current_update_info()
        assert update is not None
        deed = Deed.of(request, act=update.name, workflow=self._state.workflow_id, incident=incident_id)
        check = cast("Check", workflow.extern_functions().get(CHECK, Trusted().refusal))
        # what checks a signature imports as it goes, and the process ends if the sandbox gives it another module
        with workflow.unsafe.imports_passed_through(), workflow.unsafe.sandbox_unrestricted():
            _refuse(check(actor, deed))

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


def _event(act: type[Act], request: Model) -> Act:
    """The event that an update brings: its request has the event's fields."""
    event = act.model_validate(request.model_dump())
    return event.model_copy(update={"actor": _as_vouched(event.actor)})


def _as_vouched(actor: Actor) -> Actor:
    """An actor who counts as verified for the claim that the validator has let pass, and for nothing else."""
    return actor.model_copy(update={"verified": actor.claim is not None})


def _unvouched(actor: Actor) -> Actor:
    """The actor of a signal, which nothing can refuse: whatever is said of him proves nothing."""
    return Actor(kind=actor.kind, id=actor.id)


def _refuse(why: str | None) -> None:
    if why is not None:
        raise ApplicationError(why, type=REFUSED, non_retryable=True)


def _closed(state: State, *, incident_id: str | None = None) -> ApplicationError:
    """``incident_id``: that of an earlier incident on the subject, if it is meant."""
    if incident_id is not None:
        return ApplicationError(f"incident {incident_id} has ended", type=INCIDENT_CLOSED)
    return ApplicationError(
        f"incident {state.incident_id} is {state.status} and takes nothing more", type=INCIDENT_CLOSED
    )
