"""Where an incident stands, as those see it who ask from outside: a pure function of its state."""

from datetime import datetime

from amends.models import Data
from runbooks.program import AskStep
from workflows import answers, approving, asking, authority, clocks, core, deadlines, ladder, people
from workflows.contract import LadderView, OpenApproval, OpenAsk, OpenDeadline, OpenTask, RunningClock, View
from workflows.state import ApprovalRun, ClockRun, State, Task


def view(state: State, *, now: datetime, busy: bool) -> View:
    """All that is open in an incident, and what falls due next."""
    due = core.next_due(state)
    return View(
        incident_id=state.incident_id,
        now=now,
        stage=state.stage,
        status=state.status,
        severity=state.severity,
        severity_chosen=state.severity_chosen,
        waiting_for=tuple(state.waiting_for),
        assignee=state.assignee,
        suspended_for=state.suspended.party if state.suspended else None,
        suspended_until=state.suspended.until if state.suspended else None,
        asks=tuple(_open_ask(state, step) for step in asking.open_asks(state)),
        tasks=tuple(_open_task(state, task) for task in state.tasks),
        approvals=tuple(_open_approval(state, approval) for approval in approving.open_approvals(state)),
        skippable=tuple(step.id for step in people.skippable(state)),
        due_at=due.at if due else None,
        due=due.what if due else None,
        goes_on_at=core.goes_on_at(state),
        clocks=tuple(_running_clock(state, clock) for clock in clocks.running(state)),
        deadlines=tuple(
            OpenDeadline(deadline=name, due_at=run.due_at, protect_at=run.protect_at)
            for name, run in deadlines.open_deadlines(state).items()
        ),
        ladder=_ladder_view(state),
        busy=busy,
    )


def _open_ask(state: State, step: AskStep) -> OpenAsk:
    run = state.steps[step.id].ask
    assert run is not None
    asked: Data = {"ask": step.id, "question": step.question, "to": step.to, "role": step.role}
    awaited = {"texts": run.texts, "answer_by": run.answer_by, "if_silent": run.silence}
    return OpenAsk.model_validate({**asked, **answers.terms(step, run), **awaited})


def _open_task(state: State, task: Task) -> OpenTask:
    return OpenTask(
        task=task.id,
        step=task.step,
        why=task.why,
        opened_at=task.opened_at,
        owner=task.owner,
        due_at=task.due_at,
        assignee=task.assignee or state.assignee,
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
