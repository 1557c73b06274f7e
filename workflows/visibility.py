"""What Temporal's own pages show of an incident: search attributes, written only when they change, and details."""

from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeUpdate

with workflow.unsafe.imports_passed_through():
    from amends import temporal
    from workflows import approving, asking, authority, clocks, core
    from workflows.state import ApprovalRun, State, Task


class Visibility:
    """Keeps Temporal's search attributes and current details in step with the state."""

    def __init__(self) -> None:
        self._shown: dict[str, object] = {}

    def show(self, state: State) -> None:
        """Write what has changed since the last time."""
        updates = [update for update in _attributes(state) if self._shown.get(update.key.name, ()) != update.value]
        if updates:
            workflow.upsert_search_attributes(updates)
            self._shown.update({update.key.name: update.value for update in updates})
        workflow.set_current_details(_details(state))


def _attributes(state: State) -> list[SearchAttributeUpdate[Any]]:
    due = core.next_due(state)
    report = state.facts.get("report")
    order_id = report.get("order_id") if isinstance(report, dict) else None
    return [
        temporal.EXCEPTION_TYPE.value_set(state.bundle.exception_type),
        temporal.STATUS.value_set(state.status),
        temporal.SEVERITY.value_set(state.severity),
        temporal.WAITING_FOR.value_set([str(party) for party in state.waiting_for]),
        temporal.STAGE.value_set(state.stage) if state.stage else temporal.STAGE.value_unset(),
        temporal.ORDER_ID.value_set(str(order_id)) if order_id else temporal.ORDER_ID.value_unset(),
        temporal.DUE_AT.value_set(due.at) if due else temporal.DUE_AT.value_unset(),
        *([temporal.BREACHED.value_set(bool(clocks.breached(state)))] if state.bundle.sla else []),
    ]


def _details(state: State) -> str:
    due = core.next_due(state)
    lines = [
        f"**{state.bundle.title.get('en', state.bundle.exception_type)}** `{state.incident_id}`",
        f"- stage **{state.stage or 'not begun'}**, status **{state.status}**, severity **{state.severity}**",
    ]
    if state.waiting_for:
        lines.append(f"- waiting for {', '.join(state.waiting_for)}")
    if due:
        lines.append(f"- next: `{due.what}` at {due.at.isoformat()}")
    lines += [f"- asks {step.to}: `{step.id}`" for step in asking.open_asks(state)]
    lines += [_approval(approval) for approval in approving.open_approvals(state)]
    lines += [_task(task) for task in state.tasks]
    lines += [f"- not kept: `{clock.goal}`" for clock in clocks.breached(state)]
    if state.ladder is not None and state.ladder.paged:
        taken = f", taken on by {state.ladder.acknowledged_by}" if state.ladder.acknowledged_by else ""
        lines.append(f"- paged: {', '.join(state.ladder.paged)} (level {state.ladder.level + 1}){taken}")
    return "\n".join(lines)


def _approval(approval: ApprovalRun) -> str:
    until = f", by {approval.decide_by.isoformat()}" if approval.decide_by else ""
    whose = approval.role or "a second person"
    return f"- approval: `{approval.id}` of {whose} for {authority.asked_for(approval)}{until}"


def _task(task: Task) -> str:
    owner = f" for {task.owner}" if task.owner else ""
    until = f", by {task.due_at.isoformat()}" if task.due_at else ""
    return f"- task{owner}: `{task.id}` since {task.opened_at.isoformat()}{until}"
