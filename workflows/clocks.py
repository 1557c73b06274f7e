"""Clocks: a promise is a budget of time and what has been consumed of it; when it is due follows from the two.

A clock runs in its goal's calendar. It stands still while everybody who is waited for is named by the runbook, and
that time is charged to the party; it goes on from when the party answered, though we heard of it later. Another
severity gives it another budget, and so does what is known of whom is answered sooner; what was consumed stays. A
breach is never removed.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import JsonValue

from amends.models import Data, Party, Severity, Stage
from amends.timeline import EntryKind
from runbooks import working_time
from runbooks.bundle import Bundle
from runbooks.catalogue import TELL
from runbooks.policy import Calendar, Goal, GoalName, SlaPolicy
from runbooks.program import BySeverity
from workflows import asking, beside, facts, night, program, waiting
from workflows.state import ClockRun, Due, State, Suspension
from workflows.turn import Turn

_NEVER_PAUSED = (GoalName.ACKNOWLEDGE, GoalName.FIRST_RESPONSE)
"""What nobody but we can do."""

_CARRIED = (GoalName.ACKNOWLEDGE, GoalName.FIRST_RESPONSE, GoalName.RESOLVE)
"""What is promised for the whole of it: a stage, and the next word, begin anew."""

NEEDS_A_PERSON = (Severity.CRITICAL, Severity.HIGH)
"""The severities of which a person takes notice; the others the system acknowledges by itself."""


def keep(turn: Turn) -> None:
    """Bring the clocks up to now: resume, stop and start, warn, say what was not kept, and pause.

    What is done in the very moment in which it is due is done in time.
    """
    state = turn.state
    if state.bundle.sla is None or not state.registered or state.ended:
        return
    for clock in running(state):
        _follow_budget(turn, clock)
    party = _held_by(state)
    _resume(turn, party)
    for name in state.bundle.sla.goals:
        _start_or_stop(turn, name)
    for clock in running(state):
        _look(turn, clock)
    _pause(turn, party)


def handed_over(state: State, now: datetime) -> dict[str, JsonValue]:
    """What is consumed of the promises that an incident which takes over goes on with, in seconds."""
    return {
        clock.goal.value: _seconds(_consumed(state, clock, now)) for clock in running(state) if clock.goal in _CARRIED
    }


def inherit(turn: Turn, consumed: Mapping[str, JsonValue]) -> None:
    """Go on with promises where another incident has left them: the customer does not wait anew."""
    for clock in running(turn.state):
        seconds = consumed.get(clock.goal) if clock.goal in _CARRIED else None
        if isinstance(seconds, int):
            clock.consumed += timedelta(seconds=seconds)
            told: Data = {"goal": clock.goal, "within": _seconds(clock.within), **_due_data(turn.state, clock)}
            turn.note(EntryKind.CLOCK_RESET, {**told, "inherited": seconds})


def settle(turn: Turn, bundle: Bundle) -> None:
    """Before the promises of another text hold: of what it promises otherwise, what was consumed is consumed, in the
    calendars of now, and what was not kept by now is said; what is promised no more is stopped."""
    for clock in running(turn.state):
        if bundle.sla is None or clock.goal not in bundle.sla.goals:
            _stop(turn, clock)
        elif clock.running_since is not None and not _same(turn.state.bundle, bundle, clock.goal):
            if turn.now >= _at(turn.state, clock, 100) and not clock.breached:
                _breach(turn, clock)
            clock.consumed, clock.running_since = _consumed(turn.state, clock, turn.now), turn.now


def reset(turn: Turn, old: Bundle) -> None:
    """The promises of another text hold: what it promises otherwise than the ``old`` one is due at another time."""
    for clock in running(turn.state):
        if not _same(old, turn.state.bundle, clock.goal):
            _set_budget(turn, clock, _budget(turn.state, clock.goal))


def _same(one: Bundle, other: Bundle, name: GoalName) -> bool:
    """Whether two texts promise the same, to the same people, by the same calendar."""
    assert one.sla is not None
    assert other.sla is not None
    goal = one.sla.goals[name]
    calendar = goal.calendar
    return (
        goal == other.sla.goals[name]
        and _sooner(one.sla, name) == _sooner(other.sla, name)
        and (calendar is None or one.calendars[calendar] == other.calendars[calendar])
    )


def end(turn: Turn) -> None:
    """The incident ends: no promise is left to keep."""
    for clock in running(turn.state):
        _stop(turn, clock)


def dues(state: State) -> Iterator[Due]:
    """When each clock next has something to say."""
    for clock in running(state):
        if clock.running_since is None:
            continue
        for percent in _unwarned(state, clock):
            yield Due(at=_at(state, clock, percent), what=f"{percent}% of {clock.goal}")
        if not clock.breached:
            yield Due(at=_at(state, clock, 100), what=f"goal {clock.goal}")
        tell_at = _tells_at(state, clock)
        if tell_at is not None:
            yield Due(at=tell_at, what=f"word for {clock.goal}")


def due_at(state: State, clock: ClockRun) -> datetime | None:
    """When a clock is due; ``None`` while it stands still."""
    return _at(state, clock, 100) if clock.running_since is not None else None


def running(state: State) -> list[ClockRun]:
    """The clocks that have not been stopped, also those that stand still."""
    return [clock for clock in state.clocks.values() if not clock.stopped]


def breached(state: State) -> list[ClockRun]:
    """The promises that are not kept now."""
    return [clock for clock in running(state) if clock.breached]


def needs_acknowledging(state: State) -> bool:
    """Whether a person has yet to take notice of the incident."""
    over = bool(state.leaving) or state.resolved
    return state.acknowledged_by is None and state.severity in NEEDS_A_PERSON and not over


def _start_or_stop(turn: Turn, name: GoalName) -> None:
    clock = turn.state.clocks.get(name)
    if clock is not None and not clock.stopped and name is GoalName.UPDATE and clock.words != turn.state.words:
        _stop(turn, clock)  # the customer has heard from us: the next word is due that much later
    wanted, open_now = _wanted(turn.state, name), clock is not None and not turn.state.clocks[name].stopped
    if wanted and not open_now:
        _start(turn, name)
    elif not wanted and open_now:
        _stop(turn, turn.state.clocks[name])


def _wanted(state: State, name: GoalName) -> bool:
    """Whether a promise is to be kept now."""
    if state.leaving:
        return False
    match name:
        case GoalName.ACKNOWLEDGE:
            return needs_acknowledging(state)
        case GoalName.FIRST_RESPONSE:
            return state.words == 0 and not state.resolved
        case GoalName.UPDATE:
            return state.words > 0 and not state.resolved
        case GoalName.ANALYSIS:
            return state.stage is Stage.ANALYSIS
        case GoalName.ACTION:
            return state.stage is Stage.ACTION and not state.resolved
        case GoalName.RESOLVE:
            return not state.resolved


def _start(turn: Turn, name: GoalName) -> None:
    state = turn.state
    assert state.bundle.sla is not None
    goal, budget = state.bundle.sla.goals[name], _budget(state, name)
    first = state.clocks.get(name) is None and name in (GoalName.FIRST_RESPONSE, GoalName.RESOLVE)
    since = state.opened_at if first and state.opened_at is not None else turn.now
    clock = ClockRun(
        goal=name,
        started_at=since,
        within=budget.within,
        running_since=since,
        words=state.words,
    )
    state.clocks[name] = clock
    calendar: Data = {"calendar": goal.calendar} if goal.calendar else {}
    turn.note(
        EntryKind.CLOCK_STARTED,
        {"goal": name, **budget.told, **_due_data(state, clock), **calendar},
    )


def _stop(turn: Turn, clock: ClockRun) -> None:
    consumed = _consumed(turn.state, clock, turn.now)
    if consumed > clock.within and not clock.breached:
        _breach(turn, clock)  # nobody looked at it in between: it was answered before we heard of it
    _close_suspension(clock, turn.now)
    clock.consumed, clock.running_since, clock.stopped = consumed, None, True
    turn.note(
        EntryKind.CLOCK_STOPPED,
        {
            "goal": clock.goal,
            "consumed": _seconds(consumed),
            "within": _seconds(clock.within),
            "kept": clock.breached_at is None,
        },
    )


class _Budget(NamedTuple):
    """How long a promise may take. ``sooner``: by which condition that is less than for everybody, if it is."""

    within: timedelta
    sooner: str | None = None

    @property
    def told(self) -> Data:
        return {"within": _seconds(self.within), **({"sooner": self.sooner} if self.sooner is not None else {})}


def _budget(state: State, name: GoalName) -> _Budget:
    """The least time that is promised now: to everybody at this severity, or to whom is answered sooner as far as is
    known."""
    assert state.bundle.sla is not None
    for_all = _Budget(state.bundle.sla.goals[name].within.of(state.severity))
    sooner = (
        _Budget(within.of(state.severity), when)
        for when, within in _sooner(state.bundle.sla, name)
        if facts.surely(state, when)
    )
    return min((for_all, *sooner), key=lambda budget: budget.within)


def _sooner(sla: SlaPolicy, name: GoalName) -> list[tuple[str, BySeverity]]:
    """Less time for a goal, each with its condition."""
    return [(each.when, each.within[name]) for each in sla.sooner if name in each.within]


def _follow_budget(turn: Turn, clock: ClockRun) -> None:
    budget = _budget(turn.state, clock.goal)
    if budget.within != clock.within:
        _set_budget(turn, clock, budget)


def _set_budget(turn: Turn, clock: ClockRun, budget: _Budget) -> None:
    within = clock.within = budget.within
    consumed = _consumed(turn.state, clock, turn.now)
    clock.warned = [percent for percent in clock.warned if consumed >= _part(within, percent)]
    due = _due_data(turn.state, clock)
    turn.note(EntryKind.CLOCK_RESET, {"goal": clock.goal, **budget.told, **due})
    if clock.breached and consumed < within:
        clock.breached = False
        data: Data = {"goal": clock.goal, "due_at": due["due_at"], "severity": turn.state.severity}
        turn.note(EntryKind.BREACH_REASSESSED, data)


def _resume(turn: Turn, party: Party | None) -> None:
    """Clocks that stood still for another than ``party`` go on."""
    ended = [clock for clock in running(turn.state) if clock.charged_to not in (None, party)]
    for paused_at in dict.fromkeys(clock.suspensions[-1].since for clock in ended):
        since = min(max(turn.happened_at or turn.now, paused_at), turn.now)
        if party is not None and _held_at(turn.state, since):
            since = turn.now
        _go_on(turn, [clock for clock in ended if clock.suspensions[-1].since == paused_at], paused_at, since)


def _go_on(turn: Turn, clocks: list[ClockRun], paused_at: datetime, since: datetime) -> None:
    """Run again from when the party answered, or its time was over, which may have been before we looked; from now, if
    another has held the ball beside it."""
    charged_to = clocks[0].charged_to
    goals: Data = {}
    for clock in clocks:
        _close_suspension(clock, since)
        clock.running_since = since
        goals[clock.goal] = _at(turn.state, clock, 100).isoformat()
    suspended = _seconds(since - paused_at)
    turn.note(
        EntryKind.CLOCK_RESUMED,
        {"goals": goals, "charged_to": charged_to, "since": since.isoformat(), "suspended": suspended},
    )


def _pause(turn: Turn, party: Party | None) -> None:
    """Clocks stand still while ``party`` holds the ball, which is charged for it."""
    state = turn.state
    clocks = [each for each in running(state) if each.goal not in _NEVER_PAUSED and each.running_since is not None]
    if party is None or not clocks:
        return
    for clock in clocks:
        clock.consumed, clock.running_since = _consumed(state, clock, turn.now), None
        clock.charged_to = party
        clock.suspensions.append(Suspension(party=party, since=turn.now))
    turn.note(EntryKind.CLOCK_PAUSED, {"goals": [clock.goal for clock in clocks], "charged_to": party})


def _look(turn: Turn, clock: ClockRun) -> None:
    """Warn, and say what was not kept; let the customer hear from us before that."""
    if clock.running_since is None:
        return
    state = turn.state
    due = _at(state, clock, 100)
    tell_at = _tells_at(state, clock)
    if tell_at is not None and turn.now >= tell_at:
        clock.told = True
        state.updates += 1
        program.advance(turn, (beside.updates(state)[-1],))
    passed = [percent for percent in _unwarned(state, clock) if turn.now >= _at(state, clock, percent)]
    if passed:
        clock.warned += passed
        if turn.now < due:
            data: Data = {"goal": clock.goal, "percent": passed[-1], "due_at": due.isoformat()}
            turn.note(EntryKind.CLOCK_WARNED, data)
    if turn.now >= due and not clock.breached:
        _breach(turn, clock)


def _breach(turn: Turn, clock: ClockRun) -> None:
    due = _at(turn.state, clock, 100) if clock.running_since is not None else turn.now
    clock.breached, clock.breached_at = True, clock.breached_at or due
    turn.note(EntryKind.CLOCK_BREACHED, {"goal": clock.goal, "due_at": due.isoformat()})
    turn.raises.append(("breach", clock.goal))


def _tells_at(state: State, clock: ClockRun) -> datetime | None:
    """When the customer hears from us by itself: at the last warning, or when it is due, and by day; ``None`` if not
    now."""
    promised = _goal(state, clock).tell is not None and _wanted(state, clock.goal)
    if not promised or clock.told or _word_under_way(state):
        return None
    at = _at(state, clock, _warn_at(state)[-1] if _warn_at(state) else 100)
    by_day = night.spared(state, at, after=clock.started_at, by=_at(state, clock, 100))
    return None if clock.breached and by_day <= at else by_day  # the night may break a promise; the word still goes out


def _word_under_way(state: State) -> bool:
    held = any(asking.is_held(run) for run in state.steps.values())
    return held or any(command.activity == TELL for command in state.pending.values())


def _held_by(state: State) -> Party | None:
    """The party that holds the ball, if the clocks stand still for everybody who is waited for. A question that is
    still on its way is ours."""
    assert state.bundle.sla is not None
    if state.suspended is not None:
        return state.suspended.party
    pausing = state.bundle.sla.pause_while_waiting_for
    if state.leaving or not state.waiting_for or any(party not in pausing for party in state.waiting_for):
        return None
    asked = (state.steps[step.id].ask for step in asking.open_asks(state))
    return state.waiting_for[0] if all(ask is not None and ask.answer_by for ask in asked) else None


def _held_at(state: State, at: datetime) -> bool:
    """Whether one of those who are waited for now was so at a moment already."""
    asked = [run.ask.not_before for step in asking.open_asks(state) if (run := state.steps[step.id]).ask is not None]
    return any(begun <= at for begun in (*asked, *(run.started_at for _, run in waiting.waits(state))))


def _close_suspension(clock: ClockRun, at: datetime) -> None:
    if clock.suspensions and clock.suspensions[-1].until is None:
        clock.suspensions[-1].until = at
    clock.charged_to = None


def _at(state: State, clock: ClockRun, percent: int) -> datetime:
    """When so much of a running clock's budget is consumed; in the past if it was before it last began to run."""
    assert clock.running_since is not None
    left = _part(clock.within, percent) - clock.consumed
    if left <= timedelta(0):
        return clock.running_since
    return working_time.due(_calendar(state, clock), clock.running_since, left)


def _consumed(state: State, clock: ClockRun, now: datetime) -> timedelta:
    if clock.running_since is None:
        return clock.consumed
    return clock.consumed + working_time.elapsed(_calendar(state, clock), clock.running_since, now)


def _due_data(state: State, clock: ClockRun) -> Data:
    if clock.running_since is None:
        return {"due_at": None}
    due = _at(state, clock, 100)
    beyond: Data = {} if working_time.confirmed(_calendar(state, clock), due) else {"unconfirmed": True}
    return {"due_at": due.isoformat(), **beyond}


def _part(within: timedelta, percent: int) -> timedelta:
    return within * percent // 100


def _unwarned(state: State, clock: ClockRun) -> list[int]:
    return [] if clock.breached else [percent for percent in _warn_at(state) if percent not in clock.warned]


def _warn_at(state: State) -> tuple[int, ...]:
    return state.bundle.sla.warn_at if state.bundle.sla else ()


def _goal(state: State, clock: ClockRun) -> Goal:
    assert state.bundle.sla is not None
    return state.bundle.sla.goals[clock.goal]


def _calendar(state: State, clock: ClockRun) -> Calendar | None:
    goal = _goal(state, clock)
    return state.bundle.calendars[goal.calendar] if goal.calendar is not None else None


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
