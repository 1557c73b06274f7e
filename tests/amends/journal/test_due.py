"""What is due follows from the entries alone: goals, deadlines of others, tasks, approvals, pages."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest

from amends.errors import JournalError
from amends.journal import ClockKind, ClockRow, ClockState, TimelineRow
from amends.journal.chain import link
from amends.journal.due import fold_clocks
from amends.models import Party
from amends.timeline import Entry, EntryKind
from tests.amends.journal.builders import INCIDENT, NOON, RUN, entry, opened

Told = tuple[EntryKind, Mapping[str, object]]

TEN, LATER = NOON + timedelta(hours=10), NOON + timedelta(hours=14)

STARTED = {"goal": "resolve", "within": 36000, "due_at": TEN.isoformat()}
PAUSED = {"goals": ["resolve"], "charged_to": "customer"}
RESUMED = {
    "goals": {"resolve": LATER.isoformat()},
    "charged_to": "customer",
    "since": NOON.isoformat(),
    "suspended": 14400,
}
TASK = {"task": "refused:x/1", "step": "x", "why": "refused", "owner": "support", "due_at": TEN.isoformat()}
APPROVAL = {"approval": "plan.approve.finance", "role": "finance", "decide_by": TEN.isoformat()}
PAGE = {"page": 1, "level": 1, "levels": 3, "role": "logistics", "people": ["an"], "why": "task", "cause": "task:x"}


def rows(*entries: Entry) -> list[TimelineRow]:
    linked: list[TimelineRow] = []
    for each in entries:
        last = linked[-1] if linked else None
        linked.append(link(last, each, incident_id=INCIDENT, run_id=RUN, at=NOON))
    return linked


def left(*told: Told) -> list[ClockRow]:
    """What is due after entries that follow the opening, a minute apart."""
    entries = [entry(n, kind, **data) for n, (kind, data) in enumerate(told, start=1)]
    return list(fold_clocks(rows(opened(), *entries)).values())


def minute(n: int) -> datetime:
    return NOON + timedelta(minutes=n)


def test_a_goal_is_due_from_its_start() -> None:
    (goal,) = left((EntryKind.CLOCK_STARTED, STARTED))

    assert goal == ClockRow(
        incident_id=INCIDENT,
        kind=ClockKind.GOAL,
        name="resolve",
        state=ClockState.RUNNING,
        since=minute(1),
        due_at=TEN,
    )


def test_a_goal_that_stands_still_is_due_at_no_moment_and_charged_to_who_is_waited_for() -> None:
    (goal,) = left((EntryKind.CLOCK_STARTED, STARTED), (EntryKind.CLOCK_PAUSED, PAUSED))

    assert (goal.state, goal.due_at, goal.charged_to) == (ClockState.PAUSED, None, Party.CUSTOMER)
    assert goal.since == minute(2)


def test_a_goal_that_goes_on_is_due_so_much_later() -> None:
    paused = (EntryKind.CLOCK_STARTED, STARTED), (EntryKind.CLOCK_PAUSED, PAUSED)

    (goal,) = left(*paused, (EntryKind.CLOCK_RESUMED, RESUMED))

    assert (goal.state, goal.due_at, goal.charged_to) == (ClockState.RUNNING, LATER, None)


def test_another_severity_moves_the_moment_at_which_what_is_not_kept_was_due() -> None:
    breached = EntryKind.CLOCK_BREACHED, {"goal": "resolve", "due_at": LATER.isoformat()}
    reset = EntryKind.CLOCK_RESET, {"goal": "resolve", "within": 36000, "due_at": TEN.isoformat()}
    still = EntryKind.CLOCK_RESET, {"goal": "resolve", "within": 36000, "due_at": None}

    (runs,) = left((EntryKind.CLOCK_STARTED, STARTED), breached, reset)
    (stands,) = left((EntryKind.CLOCK_STARTED, STARTED), breached, still)

    assert (runs.state, runs.due_at, runs.breached_at) == (ClockState.BREACHED, TEN, minute(2))
    assert (stands.state, stands.due_at) == (ClockState.BREACHED, LATER)


def test_another_severity_moves_what_runs_and_leaves_what_stands_still() -> None:
    reset = EntryKind.CLOCK_RESET, {"goal": "resolve", "within": 50400, "due_at": LATER.isoformat()}
    still = EntryKind.CLOCK_RESET, {"goal": "resolve", "within": 50400, "due_at": None}
    started = EntryKind.CLOCK_STARTED, STARTED

    (runs,) = left(started, reset)
    (stands,) = left(started, (EntryKind.CLOCK_PAUSED, PAUSED), still)

    assert (runs.state, runs.due_at, runs.since) == (ClockState.RUNNING, LATER, minute(1))
    assert (stands.state, stands.due_at) == (ClockState.PAUSED, None)


def test_a_broken_promise_stays_broken_until_it_is_found_to_be_in_time() -> None:
    broken = (
        (EntryKind.CLOCK_STARTED, STARTED),
        (EntryKind.CLOCK_BREACHED, {"goal": "resolve", "due_at": TEN.isoformat()}),
    )
    in_time = EntryKind.BREACH_REASSESSED, {"goal": "resolve", "due_at": LATER.isoformat(), "severity": "low"}

    (after_a_pause,) = left(*broken, (EntryKind.CLOCK_PAUSED, PAUSED))
    (going_on,) = left(*broken, (EntryKind.CLOCK_PAUSED, PAUSED), (EntryKind.CLOCK_RESUMED, RESUMED))
    (reassessed,) = left(*broken, in_time)

    assert (after_a_pause.state, after_a_pause.due_at) == (ClockState.BREACHED, TEN)
    assert (after_a_pause.charged_to, after_a_pause.breached_at) == (Party.CUSTOMER, minute(2))
    assert (going_on.state, going_on.charged_to) == (ClockState.BREACHED, None)
    assert (reassessed.state, reassessed.due_at) == (ClockState.RUNNING, LATER)
    assert reassessed.breached_at == minute(2)


def test_what_is_in_time_again_while_it_stands_still_is_due_when_it_goes_on() -> None:
    broken = (EntryKind.CLOCK_STARTED, STARTED), (EntryKind.CLOCK_BREACHED, {"goal": "resolve"})
    in_time = EntryKind.BREACH_REASSESSED, {"goal": "resolve", "due_at": None, "severity": "low"}

    (goal,) = left(*broken, (EntryKind.CLOCK_PAUSED, PAUSED), in_time)

    assert (goal.state, goal.due_at, goal.charged_to) == (ClockState.PAUSED, None, Party.CUSTOMER)


@pytest.mark.parametrize(("kept", "state"), [(True, ClockState.KEPT), (False, ClockState.MISSED)])
def test_a_goal_ends_as_its_clock_says(kept: bool, state: ClockState) -> None:
    stopped = {"goal": "resolve", "consumed": 600, "within": 36000, "kept": kept}

    (goal,) = left((EntryKind.CLOCK_STARTED, STARTED), (EntryKind.CLOCK_STOPPED, stopped))

    assert goal.state is state
    assert (goal.breached_at is None) == kept


def test_what_starts_anew_remembers_that_it_was_broken() -> None:
    told: list[Told] = [
        (EntryKind.CLOCK_STARTED, STARTED),
        (EntryKind.CLOCK_BREACHED, {"goal": "resolve", "due_at": TEN.isoformat()}),
        (EntryKind.CLOCK_STOPPED, {"goal": "resolve", "consumed": 1, "within": 1, "kept": False}),
        (EntryKind.CLOCK_STARTED, STARTED),
    ]

    (goal,) = left(*told)

    assert (goal.state, goal.breached_at) == (ClockState.RUNNING, minute(2))


def test_a_deadline_of_others_is_protected_or_missed() -> None:
    table = {"table": "platform_windows", "source": "the platform's terms", "protect_at": NOON.isoformat()}
    set_ = EntryKind.DEADLINE_SET, {"deadline": "claim_window", "due_at": TEN.isoformat(), **table}

    (runs,) = left(set_)
    (kept,) = left(set_, (EntryKind.DEADLINE_PROTECTED, {"deadline": "claim_window", "by": "x"}))
    (missed,) = left(set_, (EntryKind.DEADLINE_MISSED, {"deadline": "claim_window", "due_at": TEN.isoformat()}))

    assert (runs.kind, runs.name, runs.due_at) == (ClockKind.DEADLINE, "claim_window", TEN)
    assert [runs.state, kept.state, missed.state] == [ClockState.RUNNING, ClockState.KEPT, ClockState.MISSED]


@pytest.mark.parametrize(
    ("then", "state"),
    [
        ([], ClockState.RUNNING),
        ([(EntryKind.TASK_OVERDUE, TASK)], ClockState.BREACHED),
        ([(EntryKind.TASK_CLOSED, {"task": TASK["task"], "how": "settled"})], ClockState.KEPT),
        ([(EntryKind.TASK_CLOSED, {"task": TASK["task"], "how": "cancelled"})], ClockState.OVER),
        ([(EntryKind.RETRY_REQUESTED, {"task": TASK["task"], "key": "k"})], ClockState.KEPT),
        ([(EntryKind.TASK_OVERDUE, TASK), (EntryKind.TASK_CLOSED, TASK | {"how": "settled"})], ClockState.MISSED),
    ],
)
def test_a_task_is_its_owners(then: Sequence[Told], state: ClockState) -> None:
    (task,) = left((EntryKind.TASK_OPENED, TASK), *then)

    assert (task.name, task.owner, task.due_at, task.state) == (TASK["task"], "support", TEN, state)


@pytest.mark.parametrize(
    ("then", "state"),
    [
        ([], ClockState.RUNNING),
        ([(EntryKind.APPROVAL_GIVEN, {"by": ["fang"]})], ClockState.KEPT),
        ([(EntryKind.APPROVAL_REJECTED, {"by": "fang"})], ClockState.KEPT),
        ([(EntryKind.APPROVAL_EXPIRED, {"then": "escalate"})], ClockState.BREACHED),
        ([(EntryKind.APPROVAL_EXPIRED, {"then": "reject"})], ClockState.MISSED),
        ([(EntryKind.APPROVAL_WITHDRAWN, {"why": "the amount has changed"})], ClockState.OVER),
    ],
)
def test_an_approval_is_its_roles(then: Sequence[Told], state: ClockState) -> None:
    told = [(kind, {**data, "approval": APPROVAL["approval"]}) for kind, data in then]

    (approval,) = left((EntryKind.APPROVAL_ASKED, APPROVAL), *told)

    assert (approval.kind, approval.owner, approval.due_at) == (ClockKind.APPROVAL, "finance", TEN)
    assert approval.state is state


def test_of_a_role_s_pages_the_newest_waits_to_be_acknowledged() -> None:
    again = PAGE | {"page": 2}
    higher = PAGE | {"page": 3, "level": 2, "role": "operations"}

    lower, upper = left(*((EntryKind.PAGE_REQUESTED, page) for page in (PAGE, again, higher)))

    assert (lower.kind, lower.name, lower.owner) == (ClockKind.PAGE, "logistics", "logistics")
    assert (lower.state, lower.since, lower.due_at) == (ClockState.RUNNING, minute(2), None)
    assert (upper.name, upper.since) == ("operations", minute(3))


@pytest.mark.parametrize(
    ("kind", "data", "state"),
    [
        (EntryKind.ACKNOWLEDGED, {"key": "k", "note": ""}, ClockState.KEPT),
        (EntryKind.LADDER_STOPPED, {"why": "nothing_owed"}, ClockState.OVER),
    ],
)
def test_a_page_waits_no_more(kind: EntryKind, data: dict[str, object], state: ClockState) -> None:
    (page,) = left((EntryKind.PAGE_REQUESTED, PAGE), (kind, data))

    assert page.state is state


def test_a_page_that_is_held_back_is_due_when_it_goes_out() -> None:
    (page,) = left((EntryKind.PAGE_HELD, {"until": TEN.isoformat(), "why": "quiet", "role": "logistics"}))

    assert (page.state, page.due_at, page.owner) == (ClockState.RUNNING, TEN, "logistics")


def test_nothing_is_due_in_an_incident_that_has_ended() -> None:
    told: list[Told] = [
        (EntryKind.CLOCK_STARTED, STARTED),
        (EntryKind.TASK_OPENED, TASK),
        (EntryKind.TASK_OVERDUE, TASK),
        (EntryKind.PAGE_REQUESTED, PAGE),
        (EntryKind.INCIDENT_CLOSED, {"status": "cancelled", "outcome": None}),
    ]

    ended = {row.kind: row.state for row in left(*told)}

    assert ended == {
        ClockKind.GOAL: ClockState.OVER,
        ClockKind.TASK: ClockState.MISSED,
        ClockKind.PAGE: ClockState.OVER,
    }


@pytest.mark.parametrize(
    ("kind", "data", "state"),
    [
        (EntryKind.RETRY_REQUESTED, {}, ClockState.KEPT),
        (EntryKind.TASK_CLOSED, {"how": "settled"}, ClockState.KEPT),
        (EntryKind.TASK_CLOSED, {"how": "skipped"}, ClockState.KEPT),
        (EntryKind.TASK_CLOSED, {"how": "cancelled"}, ClockState.OVER),
    ],
)
def test_what_somebody_took_over_is_a_task_like_any(
    kind: EntryKind, data: dict[str, object], state: ClockState
) -> None:
    opened_task = {"task": "taken_over", "step": "incident", "why": "taken_over", "owner": None, "due_at": None}

    taken = (EntryKind.TAKEN_OVER, {"key": "k", "reason": "the press has called"})
    (task,) = left(taken, (EntryKind.TASK_OPENED, opened_task), (kind, {"task": "taken_over", **data}))

    assert (task.kind, task.name, task.state) == (ClockKind.TASK, "taken_over", state)


def test_what_was_never_started_is_not_made_up() -> None:
    assert left((EntryKind.CLOCK_BREACHED, {"goal": "resolve"}), (EntryKind.TASK_CLOSED, {"task": "x"})) == []


def test_an_entry_that_does_not_say_what_is_due_is_refused() -> None:
    with pytest.raises(JournalError, match=r"entry 1 of run 'run-1' \(task_opened\) cannot be used: data.task"):
        left((EntryKind.TASK_OPENED, {"why": "refused"}))


def test_folding_entry_by_entry_gives_the_same() -> None:
    told = rows(
        opened(),
        entry(1, EntryKind.CLOCK_STARTED, **STARTED),
        entry(2, EntryKind.CLOCK_PAUSED, **PAUSED),
        entry(3, EntryKind.TASK_OPENED, **TASK),
        entry(4, EntryKind.CLOCK_RESUMED, **RESUMED),
    )
    one_by_one = fold_clocks([])

    for each in told:
        one_by_one = fold_clocks([each], onto=one_by_one)

    assert one_by_one == fold_clocks(told)
