"""How an incident's promises and the deadlines of others stand, a line each."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from amends.journal import ClockKind, ClockRow, ClockState
from amends.models import Party
from cli import styles, wording
from cli.times import Times
from workflows.contract import OpenDeadline, RunningClock, View


class Promised(NamedTuple):
    """``name``: what was promised. ``said``: how that stands."""

    name: str
    said: str
    style: str = ""


def promised(clocks: Sequence[ClockRow], view: View | None, *, now: datetime, times: Times) -> list[Promised]:
    """What is to be kept, as the incident says itself or else as the journal has it, and whatever was not kept."""
    kept = [row for row in clocks if row.kind in (ClockKind.GOAL, ClockKind.DEADLINE)]
    open_now = list(_of_view(view, now, times)) if view is not None else list(_of_rows(kept, now, times))
    names = {each.name for each in open_now}
    return [*open_now, *(each for each in _missed(kept, times) if each.name not in names)]


def _of_view(view: View, now: datetime, times: Times) -> Iterator[Promised]:
    for clock in view.clocks:
        yield _goal(clock, now, times)
    for deadline in view.deadlines:
        yield _deadline(deadline, now, times)


def _of_rows(rows: Sequence[ClockRow], now: datetime, times: Times) -> Iterator[Promised]:
    for row in rows:
        if row.state.stands and row.kind is ClockKind.GOAL:
            broken = row.state is ClockState.BREACHED
            yield _said(row.name, row.due_at, row.charged_to, broken=broken, now=now, times=times)
        elif row.state.stands and row.due_at is not None:
            at = times.deadline(row.due_at, now=now)
            yield Promised(wording.goal(row.name), f"by {at}, a deadline of others")


def _goal(clock: RunningClock, now: datetime, times: Times) -> Promised:
    return _said(clock.goal, clock.due_at, clock.charged_to, broken=clock.breached, now=now, times=times)


def _said(
    goal: str, due_at: datetime | None, charged_to: Party | None, *, broken: bool, now: datetime, times: Times
) -> Promised:
    name = wording.goal(goal)
    still = f"the clock stands still for {wording.party(charged_to)}" if charged_to else "the clock stands still"
    if broken:
        was = f", due {times.deadline(due_at, now=now)}" if due_at else f"; {still}"
        return Promised(name, f"breached{was}", styles.ALARM)
    if due_at is None:
        return Promised(name, still, styles.QUIET)
    return Promised(name, f"by {times.deadline(due_at, now=now)}", styles.ALARM if due_at <= now else "")


def _deadline(deadline: OpenDeadline, now: datetime, times: Times) -> Promised:
    at = times.deadline(deadline.due_at, now=now)
    acting = f"; we act by {times.moment(deadline.protect_at)}" if deadline.protect_at != deadline.due_at else ""
    return Promised(wording.goal(deadline.deadline), f"by {at}, a deadline of others{acting}")


def _missed(rows: Sequence[ClockRow], times: Times) -> Iterator[Promised]:
    for row in rows:
        if row.state is ClockState.MISSED and row.breached_at is not None:
            due = times.moment(row.due_at or row.breached_at)
            yield Promised(wording.goal(row.name), f"not kept, was due {due}", styles.ALARM)
