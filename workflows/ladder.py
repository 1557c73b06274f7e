"""The ladder: people are paged, level after level, until somebody takes on what is owed.

It runs only while a person owes a move. An acknowledgement stops the climb; what is still owed after a while is paged
anew, and so is what comes on top. A breach, a failed undo, exhausted plans and whoever asks for it start it a level
higher. It never ends by itself while something is owed: the top goes on, and that its tries are used up is an alert.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from amends.models import Data, Outcome
from amends.timeline import EntryKind
from runbooks import roster
from runbooks.bundle import Bundle
from runbooks.policy import Level
from runbooks.program import AskStep
from workflows import approving, asking, clocks, effects
from workflows.events import Acknowledgement, Command, CommandReturned, EscalationRequested, Role, SnoozeRequested
from workflows.state import Due, LadderRun, State, Task, Why
from workflows.turn import Turn

LONGEST_SNOOZE = timedelta(hours=24)
"""Nobody may put off for longer what a person owes."""

_A_DAY = timedelta(days=1)
"""When an acknowledged ladder pages again if neither its level nor the company says, and the longest between two pages
of one that is at its end."""

_ESCALATED = "escalated"
_UNACKNOWLEDGED = "unacknowledged"


class Owed(NamedTuple):
    """A move that a person owes. ``role``: whose it is, if it is somebody's in particular, and ``person``, if it was
    given to one; ``cause``: what it has in common with the like in other incidents; ``asked``: what tells it from the
    same move before."""

    id: str
    why: str
    cause: str
    role: str | None = None
    due_at: datetime | None = None
    asked: str = ""
    person: str | None = None

    @property
    def this_time(self) -> str:
        """The move, and which time it is that it is owed."""
        return f"{self.id} {self.asked}".rstrip()


def owed(state: State) -> list[Owed]:
    """The moves that people owe now."""
    found = [_of_task(state, task) for task in state.tasks]
    undecided = {task.step for task in state.tasks if task.why is Why.UNDECIDED}
    for approval in approving.open_approvals(state):
        if approval.about not in undecided:
            cause = f"approval:{state.incident_id}:{approval.id}"
            asked = str(approval.asked)
            found.append(Owed(f"approval:{approval.id}", "approval", cause, approval.role, approval.decide_by, asked))
    found += [_of_question(state, step) for step in asking.open_asks(state) if step.role is not None]
    if clocks.needs_acknowledging(state):
        found.append(Owed(_UNACKNOWLEDGED, _UNACKNOWLEDGED, f"{_UNACKNOWLEDGED}:{state.incident_id}"))
    found += [Owed(f"breach:{clock.goal}", "breach", f"breach:{clock.goal}") for clock in clocks.breached(state)]
    if state.escalated:
        found.append(Owed(_ESCALATED, _ESCALATED, f"{_ESCALATED}:{state.incident_id}"))
    return found


def keep(turn: Turn) -> None:
    """Bring the ladder up to now: start or stop it, climb, page, and page again."""
    state = turn.state
    if not state.bundle.escalation or not state.registered or state.ended:
        return
    moves = owed(state)
    if not moves:
        _stop(turn, "nothing_owed")
        return
    ladder = state.ladder
    if ladder is None:
        ladder = state.ladder = LadderRun()
        _raise(turn, ladder)
    elif turn.raises:
        _raise(turn, ladder)
    elif any(move.this_time not in ladder.owed for move in moves):
        _begin_again(ladder)
    ladder.owed = [move.this_time for move in moves]
    _take_up_again(turn, ladder)
    if (
        state.suspended is not None
        or ladder.acknowledged_by is not None
        or (ladder.snoozed_until and turn.now < ladder.snoozed_until)
    ):
        return
    _page_held(turn, ladder, moves)
    at = _next(state, ladder)
    if not _all_held(ladder) and (at is None or turn.now >= at):
        _page_round(turn, ladder, moves)


def follow(turn: Turn, bundle: Bundle) -> None:
    """Another ladder holds from now on: people are paged anew where it has other levels or roles."""
    old = turn.state.bundle
    if not bundle.escalation:
        _stop(turn, "no_ladder")
    elif turn.state.ladder is not None and (bundle.escalation, bundle.roles) != (old.escalation, old.roles):
        _begin_again(turn.state.ladder)
        turn.state.ladder.level = 0


def end(turn: Turn) -> None:
    """The incident ends, and with it what people owed."""
    _stop(turn, "ended")


def dues(state: State) -> Iterator[Due]:
    """When the ladder next pages somebody, or looks whether it should."""
    ladder = state.ladder
    if ladder is None or state.suspended is not None:
        return
    at = next_page_at(state, ladder)
    if at is not None:
        yield Due(at=at, what=f"page of level {ladder.level + 1}")


def next_page_at(state: State, ladder: LadderRun) -> datetime | None:
    """When somebody is paged next, if nothing happens before; ``None`` for at once."""
    moments = [] if _all_held(ladder) else [_next(state, ladder)]
    if ladder.acknowledged_by is None and ladder.held_at is not None:
        ends = [_quiet_until(state, role, ladder.held_at) or ladder.held_at for role in ladder.held]
        moments += [max(end, ladder.snoozed_until or end) for end in ends]
    return min((moment for moment in moments if moment is not None), default=None)


def returned(turn: Turn, command: Command, event: CommandReturned) -> None:
    """What became of a page. Where a whole round has reached nobody, the next level is paged at once."""
    ladder = turn.state.ladder
    if ladder is None or command.id not in ladder.out:
        return
    ladder.out.remove(command.id)
    ladder.reached = ladder.reached or event.outcome is Outcome.APPLIED
    if not ladder.out and not ladder.reached and ladder.acknowledged_by is None and not _at_top(turn.state, ladder):
        ladder.level, ladder.pages, ladder.paged_at = ladder.level + 1, 0, None


def acknowledge(turn: Turn, act: Acknowledgement) -> None:
    """Somebody takes on what is owed: the climb stops."""
    state, who = turn.state, act.actor.id
    state.acknowledged_by = state.acknowledged_by or who
    state.escalated = False
    ladder = state.ladder
    if ladder is None:
        return
    ladder.acknowledged_by, ladder.acknowledged_at, ladder.snoozed_until = who, turn.now, None
    ladder.exhausted, ladder.held = False, []  # nobody has to be paged any more about what is taken on
    leaving = (
        roster.leaves_at(state.bundle.roles[role], who, turn.now) for role in ladder.paged if role in state.bundle.roles
    )
    ladder.leaves_at = min((moment for moment in leaving if moment is not None), default=None)


def escalate(turn: Turn, act: EscalationRequested) -> None:
    """Somebody wants those a level higher."""
    turn.state.escalated = True
    turn.raises.append(("escalate", act.actor.id))


def snooze(turn: Turn, act: SnoozeRequested) -> None:
    """Nobody is paged for a while."""
    assert turn.state.ladder is not None
    turn.state.ladder.snoozed_until = act.until


def escalate_refusal(state: State, act: EscalationRequested) -> str | None:
    """Why escalating does not count now; ``None`` if it does."""
    if not state.bundle.escalation:
        return f"the runbook of a {state.bundle.exception_type} has no ladder; tell a person yourself"
    if not act.reason.strip():
        return "say why, for those who are paged"
    return None


def snooze_refusal(state: State, act: SnoozeRequested, now: datetime) -> str | None:
    """Why putting off does not count now; ``None`` if it does."""
    if state.ladder is None:
        return "nobody is paged about this incident now; there is nothing to put off"
    if not act.reason.strip():
        return "say why it may wait"
    if act.until <= now:
        return f"{act.until.isoformat()} has passed; name a moment to come"
    if act.until > now + LONGEST_SNOOZE:
        return f"nobody puts it off for more than a day; name a moment up to {(now + LONGEST_SNOOZE).isoformat()}"
    return None


def _of_task(state: State, task: Task) -> Owed:
    done = effects.newest(state, task.step)
    told = done.activity if done is not None else task.step
    person, since = task.assignee or state.assignee, task.opened_at.isoformat()
    return Owed(f"task:{task.id}", task.why, f"{task.why}:{told}", task.owner, task.due_at, since, person)


def _of_question(state: State, step: AskStep) -> Owed:
    ask = state.steps[step.id].ask
    due_at = ask.answer_by if ask is not None else None
    return Owed(f"ask:{step.id}", "question", f"ask:{state.incident_id}:{step.id}", step.role, due_at)


def _stop(turn: Turn, why: str) -> None:
    if turn.state.ladder is not None:
        turn.state.ladder = None
        turn.note(EntryKind.LADDER_STOPPED, {"why": why})


def _raise(turn: Turn, ladder: LadderRun) -> None:
    """Start a level higher, if something happened that calls for it."""
    _begin_again(ladder)
    if turn.raises:
        ladder.level = min(ladder.level + 1, len(turn.state.bundle.escalation) - 1)
        why, what = turn.raises[0]
        turn.note(EntryKind.LADDER_RAISED, {"level": ladder.level + 1, "why": why, "what": what})
        ladder.snoozed_until = None


def _begin_again(ladder: LadderRun) -> None:
    """Page the same level anew, at once."""
    ladder.pages, ladder.paged_at, ladder.held = 0, None, []
    ladder.acknowledged_by = ladder.acknowledged_at = ladder.leaves_at = None


def _take_up_again(turn: Turn, ladder: LadderRun) -> None:
    """What was acknowledged and is still owed after a while, or whose holder goes off duty, is paged anew."""
    again = _again_at(turn.state, ladder)
    if again is not None and turn.now >= again:
        _begin_again(ladder)


def _next(state: State, ladder: LadderRun) -> datetime | None:
    """When the next round is due; ``None`` for at once."""
    if ladder.acknowledged_by is not None:
        return _again_at(state, ladder)
    if ladder.paged_at is None:
        return ladder.snoozed_until
    at = ladder.paged_at + _interval(state, ladder)
    return max(at, ladder.snoozed_until) if ladder.snoozed_until else at


def _interval(state: State, ladder: LadderRun) -> timedelta:
    """How long a round has to be acknowledged. Once the ladder is at its end it goes on at the top, each time after
    twice as long, up to a day: whoever reads pages has been told, and an alert stands."""
    within = _level(state, ladder).ack_within.of(state.severity)
    beyond = max(0, ladder.pages - _level(state, ladder).repeat) if ladder.exhausted else 0
    return min(within * (1 << min(beyond, 12)), max(within, _A_DAY))


def _again_at(state: State, ladder: LadderRun) -> datetime | None:
    """When an acknowledged ladder pages again; ``None`` if it is not acknowledged."""
    if ladder.acknowledged_at is None:
        return None
    within = _level(state, ladder).again_after or (state.bundle.tasks.within if state.bundle.tasks else None)
    again = ladder.acknowledged_at + (within.of(state.severity) if within else _A_DAY)
    if ladder.snoozed_until is not None:
        again = max(again, ladder.snoozed_until)
    return min(again, ladder.leaves_at) if ladder.leaves_at is not None else again


def _page_round(turn: Turn, ladder: LadderRun, moves: list[Owed]) -> None:
    """Page whoever's turn it is: the same level again, or the next one."""
    state = turn.state
    if ladder.pages >= _level(state, ladder).repeat:
        if not _at_top(state, ladder):
            ladder.level, ladder.pages = ladder.level + 1, 0
        elif not ladder.exhausted:
            ladder.exhausted = True
            turn.note(EntryKind.LADDER_EXHAUSTED, {"level": ladder.level + 1, "pages": ladder.pages})
    ladder.pages += 1
    ladder.paged_at, ladder.snoozed_until = turn.now, None
    ladder.out, ladder.reached, ladder.held = [], False, []
    ladder.paged = _roles(state, ladder, moves)
    for role in ladder.paged:
        _page_or_hold(turn, ladder, role, moves)


def _page_held(turn: Turn, ladder: LadderRun, moves: list[Owed]) -> None:
    """Page the roles whose quiet hours are over, or hold this severity back no more. The time to acknowledge of a round
    that was held back as a whole begins then."""
    begins, looked_at = _all_held(ladder), ladder.held_at
    for role in list(ladder.held):
        until = _quiet_until(turn.state, role, turn.now)
        if until is None:
            ladder.held.remove(role)
            _page(turn, ladder, role, moves)
            ladder.paged_at = turn.now if begins else ladder.paged_at
        elif looked_at is not None and until != _quiet_until(turn.state, role, looked_at):
            _hold(turn, ladder, role, until)  # nobody looked between the end of the one time and the next


def _all_held(ladder: LadderRun) -> bool:
    """Whether nobody of the newest round has been paged yet."""
    return bool(ladder.held) and set(ladder.held) == set(ladder.paged)


def _page_or_hold(turn: Turn, ladder: LadderRun, role: str, moves: list[Owed]) -> None:
    until = _quiet_until(turn.state, role, turn.now)
    if until is None:
        _page(turn, ladder, role, moves)
    else:
        ladder.held.append(role)
        _hold(turn, ladder, role, until)


def _hold(turn: Turn, ladder: LadderRun, role: str, until: datetime) -> None:
    ladder.held_at = turn.now
    turn.note(EntryKind.PAGE_HELD, {"role": role, "until": until.isoformat(), "why": "quiet"})


def _quiet_until(state: State, role: str, at: datetime) -> datetime | None:
    return roster.quiet_until(state.bundle.roles[role], state.severity, at)


def _page(turn: Turn, ladder: LadderRun, role: str, moves: list[Owed]) -> None:
    state, level = turn.state, _level(turn.state, ladder)
    mine = [move for move in moves if move.role in (role, None)] or moves
    lead = min(mine, key=lambda move: (move.due_at is None, move.due_at or turn.now))
    people = _people(turn, ladder, role, mine)
    state.pages += 1
    command_id = f"page/{state.pages}"
    ladder.out.append(command_id)
    turn.note(
        EntryKind.PAGE_REQUESTED,
        {
            "page": state.pages,
            "level": ladder.level + 1,
            "levels": len(state.bundle.escalation),
            "role": role,
            "people": list(people),
            "why": lead.why,
            "cause": lead.cause,
            "owed": [move.id for move in moves],
        },
    )
    report = state.facts.get("report")
    inputs: Data = {
        "exception_type": state.bundle.exception_type,
        "title": dict(state.bundle.title),
        "order_id": report.get("order_id") if isinstance(report, dict) else None,
        "severity": state.severity,
        "level": ladder.level + 1,
        "levels": len(state.bundle.escalation),
        "role": role,
        "people": list(people),
        "why": lead.why,
        "cause": lead.cause,
        "due_at": lead.due_at.isoformat() if lead.due_at else None,
        "join_within": level.ack_within.of(state.severity).total_seconds(),
    }
    turn.issue(Command(id=command_id, role=Role.PAGE, step="ladder", activity="people.page", inputs=inputs))


def _roles(state: State, ladder: LadderRun, moves: list[Owed]) -> list[str]:
    """Whom a round pages: at the first level whose move it is, and where it is nobody's in particular, the level's
    role; above, the level's role."""
    own = _level(state, ladder).page
    if ladder.level > 0:
        return [own]
    named = [move.role if move.role in state.bundle.roles else own for move in moves]
    return list(dict.fromkeys(str(role) for role in named))


def _people(turn: Turn, ladder: LadderRun, role: str, mine: list[Owed]) -> tuple[str, ...]:
    """Who of a role is on, or at the first level to whom it was given."""
    given = [move.person for move in mine if move.person is not None] if ladder.level == 0 else []
    on_duty = roster.on_duty(turn.state.bundle.roles[role], turn.now) if len(given) < len(mine) or not given else ()
    return tuple(dict.fromkeys((*given, *on_duty)))


def _level(state: State, ladder: LadderRun) -> Level:
    return state.bundle.escalation[ladder.level]


def _at_top(state: State, ladder: LadderRun) -> bool:
    return ladder.level >= len(state.bundle.escalation) - 1
