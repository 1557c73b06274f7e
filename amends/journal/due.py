"""What is due in an incident, as its timeline leaves it: a pure fold over entries, and nothing but entries."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from pydantic import ValidationError

from amends.journal.projection import unusable
from amends.journal.rows import ClockRow, TimelineRow
from amends.journal.schema.clocks import ClockKind, ClockState
from amends.models import Model, Party, Utc
from amends.timeline import EntryKind

Key = tuple[ClockKind, str]
Clocks = dict[Key, ClockRow]
"""An incident's rows, by kind and name."""


def fold_clocks(entries: Iterable[TimelineRow], *, onto: Mapping[Key, ClockRow] | None = None) -> Clocks:
    """The rows of an incident after all entries, from those before them.

    Raises ``JournalError`` for an entry whose data does not say what its kind promises.
    """
    clocks = dict(onto or {})
    for entry in entries:
        change = _CHANGES.get(entry.kind)
        if change is None:
            continue
        try:
            change(clocks, entry)
        except ValidationError as error:
            raise unusable(entry, error) from error
    return clocks


class _Goal(Model):
    goal: str
    due_at: Utc | None = None


class _Paused(Model):
    goals: tuple[str, ...]
    charged_to: Party | None = None


class _Resumed(Model):
    goals: dict[str, Utc]


class _GoalStopped(Model):
    goal: str
    kept: bool


class _Deadline(Model):
    deadline: str
    due_at: Utc | None = None


class _Task(Model):
    task: str
    owner: str | None = None
    due_at: Utc | None = None
    how: str = ""


class _Approval(Model):
    approval: str
    role: str | None = None
    decide_by: Utc | None = None
    then: str | None = None


class _Page(Model):
    role: str
    until: Utc | None = None


def _goal_started(clocks: Clocks, entry: TimelineRow) -> None:
    started = _Goal.model_validate(entry.data)
    _begin(clocks, entry, ClockKind.GOAL, started.goal, due_at=started.due_at)


def _goals_paused(clocks: Clocks, entry: TimelineRow) -> None:
    paused = _Paused.model_validate(entry.data)
    for goal in paused.goals:
        row = clocks.get((ClockKind.GOAL, goal))
        if row is None or not row.state.stands:
            continue
        if row.state is ClockState.BREACHED:  # that it stands still makes it no better
            clocks[row.kind, row.name] = row.model_copy(update={"charged_to": paused.charged_to})
        else:
            _set(clocks, entry, row, state=ClockState.PAUSED, due_at=None, charged_to=paused.charged_to)


def _goals_resumed(clocks: Clocks, entry: TimelineRow) -> None:
    for goal, due_at in _Resumed.model_validate(entry.data).goals.items():
        row = clocks.get((ClockKind.GOAL, goal))
        if row is None or not row.state.stands:
            continue
        if row.state is ClockState.BREACHED:
            clocks[row.kind, row.name] = row.model_copy(update={"charged_to": None})
        else:
            _set(clocks, entry, row, state=ClockState.RUNNING, due_at=due_at, charged_to=None)


def _goal_reset(clocks: Clocks, entry: TimelineRow) -> None:
    reset = _Goal.model_validate(entry.data)
    row = clocks.get((ClockKind.GOAL, reset.goal))
    if row is None or reset.due_at is None:
        return  # one that stands still is due when it goes on
    if row.state in (ClockState.RUNNING, ClockState.BREACHED):
        clocks[row.kind, row.name] = row.model_copy(update={"due_at": reset.due_at})


def _goal_breached(clocks: Clocks, entry: TimelineRow) -> None:
    breached = _Goal.model_validate(entry.data)
    _breach(clocks, entry, (ClockKind.GOAL, breached.goal), due_at=breached.due_at)


def _breach_reassessed(clocks: Clocks, entry: TimelineRow) -> None:
    """It is in time again, and by when can be said when it runs; that it was broken stays written."""
    reassessed = _Goal.model_validate(entry.data)
    row = clocks.get((ClockKind.GOAL, reassessed.goal))
    if row is None or row.state is not ClockState.BREACHED:
        return
    now = ClockState.RUNNING if reassessed.due_at is not None else ClockState.PAUSED
    _set(clocks, entry, row, state=now, due_at=reassessed.due_at)


def _goal_stopped(clocks: Clocks, entry: TimelineRow) -> None:
    stopped = _GoalStopped.model_validate(entry.data)
    row = clocks.get((ClockKind.GOAL, stopped.goal))
    if row is None:
        return
    if stopped.kept:
        _set(clocks, entry, row, state=ClockState.KEPT, charged_to=None)
    else:
        missed_at = row.breached_at or entry.occurred_at
        _set(clocks, entry, row, state=ClockState.MISSED, charged_to=None, breached_at=missed_at)


def _deadline_set(clocks: Clocks, entry: TimelineRow) -> None:
    deadline = _Deadline.model_validate(entry.data)
    _begin(clocks, entry, ClockKind.DEADLINE, deadline.deadline, due_at=deadline.due_at)


def _deadline_protected(clocks: Clocks, entry: TimelineRow) -> None:
    _done(clocks, entry, (ClockKind.DEADLINE, _Deadline.model_validate(entry.data).deadline))


def _deadline_let_go(clocks: Clocks, entry: TimelineRow) -> None:
    _done(clocks, entry, (ClockKind.DEADLINE, _Deadline.model_validate(entry.data).deadline))


def _deadline_missed(clocks: Clocks, entry: TimelineRow) -> None:
    missed = _Deadline.model_validate(entry.data)
    key = (ClockKind.DEADLINE, missed.deadline)
    _breach(clocks, entry, key, due_at=missed.due_at)
    _done(clocks, entry, key)


def _task_opened(clocks: Clocks, entry: TimelineRow) -> None:
    task = _Task.model_validate(entry.data)
    _begin(clocks, entry, ClockKind.TASK, task.task, due_at=task.due_at, owner=task.owner)


def _task_overdue(clocks: Clocks, entry: TimelineRow) -> None:
    _breach(clocks, entry, (ClockKind.TASK, _Task.model_validate(entry.data).task))


def _task_closed(clocks: Clocks, entry: TimelineRow) -> None:
    task = _Task.model_validate(entry.data)
    unwanted = task.how in ("cancelled", "withdrawn")
    _done(clocks, entry, (ClockKind.TASK, task.task), ClockState.OVER if unwanted else ClockState.KEPT)


def _approval_asked(clocks: Clocks, entry: TimelineRow) -> None:
    approval = _Approval.model_validate(entry.data)
    _begin(clocks, entry, ClockKind.APPROVAL, approval.approval, due_at=approval.decide_by, owner=approval.role)


def _approval_decided(clocks: Clocks, entry: TimelineRow) -> None:
    _done(clocks, entry, (ClockKind.APPROVAL, _Approval.model_validate(entry.data).approval))


def _approval_expired(clocks: Clocks, entry: TimelineRow) -> None:
    """Silence that rejects has decided; where it has escalated, who could decide still can."""
    expired = _Approval.model_validate(entry.data)
    key = (ClockKind.APPROVAL, expired.approval)
    _breach(clocks, entry, key)
    if expired.then == "reject":
        _done(clocks, entry, key)


def _approval_withdrawn(clocks: Clocks, entry: TimelineRow) -> None:
    _done(clocks, entry, (ClockKind.APPROVAL, _Approval.model_validate(entry.data).approval), ClockState.OVER)


def _paged(clocks: Clocks, entry: TimelineRow) -> None:
    page = _Page.model_validate(entry.data)
    _begin(clocks, entry, ClockKind.PAGE, page.role, due_at=page.until, owner=page.role)


def _acknowledged(clocks: Clocks, entry: TimelineRow) -> None:
    for key in [key for key in clocks if key[0] is ClockKind.PAGE]:
        _done(clocks, entry, key)


def _ladder_stopped(clocks: Clocks, entry: TimelineRow) -> None:
    for key in [key for key in clocks if key[0] is ClockKind.PAGE]:
        _done(clocks, entry, key, ClockState.OVER)


def _ended(clocks: Clocks, entry: TimelineRow) -> None:
    for key in list(clocks):
        _done(clocks, entry, key, ClockState.OVER)


def _begin(
    clocks: Clocks, entry: TimelineRow, kind: ClockKind, name: str, *, due_at: Utc | None, owner: str | None = None
) -> None:
    before = clocks.get((kind, name))
    clocks[kind, name] = ClockRow(
        incident_id=entry.incident_id,
        kind=kind,
        name=name,
        state=ClockState.RUNNING,
        since=entry.occurred_at,
        due_at=due_at,
        owner=owner,
        breached_at=before.breached_at if before else None,
    )


def _breach(clocks: Clocks, entry: TimelineRow, key: Key, *, due_at: Utc | None = None) -> None:
    """Its time has passed."""
    row = clocks.get(key)
    if row is not None and row.state.stands:
        at = {"due_at": due_at or row.due_at, "breached_at": entry.occurred_at}
        _set(clocks, entry, row, state=ClockState.BREACHED, **at)


def _done(clocks: Clocks, entry: TimelineRow, key: Key, state: ClockState = ClockState.KEPT) -> None:
    """It ends as ``state``, if it was not too late by then."""
    row = clocks.get(key)
    if row is not None and row.state.stands:
        ends = ClockState.MISSED if row.state is ClockState.BREACHED else state
        _set(clocks, entry, row, state=ends, charged_to=None)


def _set(clocks: Clocks, entry: TimelineRow, row: ClockRow, **changed: object) -> None:
    since = row.since if changed.get("state") is row.state else entry.occurred_at
    clocks[row.kind, row.name] = row.model_copy(update={**changed, "since": since})


_CHANGES: Final[dict[EntryKind, Callable[[Clocks, TimelineRow], None]]] = {
    EntryKind.CLOCK_STARTED: _goal_started,
    EntryKind.CLOCK_PAUSED: _goals_paused,
    EntryKind.CLOCK_RESUMED: _goals_resumed,
    EntryKind.CLOCK_RESET: _goal_reset,
    EntryKind.CLOCK_BREACHED: _goal_breached,
    EntryKind.BREACH_REASSESSED: _breach_reassessed,
    EntryKind.CLOCK_STOPPED: _goal_stopped,
    EntryKind.DEADLINE_SET: _deadline_set,
    EntryKind.DEADLINE_PROTECTED: _deadline_protected,
    EntryKind.DEADLINE_MISSED: _deadline_missed,
    EntryKind.DEADLINE_LET_GO: _deadline_let_go,
    EntryKind.TASK_OPENED: _task_opened,
    EntryKind.TASK_OVERDUE: _task_overdue,
    EntryKind.TASK_CLOSED: _task_closed,
    EntryKind.RETRY_REQUESTED: _task_closed,  # who has it tried again has done what the task asked for
    EntryKind.APPROVAL_ASKED: _approval_asked,
    EntryKind.APPROVAL_GIVEN: _approval_decided,
    EntryKind.APPROVAL_REJECTED: _approval_decided,
    EntryKind.APPROVAL_EXPIRED: _approval_expired,
    EntryKind.APPROVAL_WITHDRAWN: _approval_withdrawn,
    EntryKind.PAGE_REQUESTED: _paged,
    EntryKind.PAGE_HELD: _paged,
    EntryKind.ACKNOWLEDGED: _acknowledged,
    EntryKind.LADDER_STOPPED: _ladder_stopped,
    EntryKind.INCIDENT_CLOSED: _ended,
    EntryKind.DUPLICATE_FOUND: _ended,
}

FEEDS: Final = frozenset(_CHANGES)
"""The kinds of entries that change what is due."""
