"""The month of a lost parcel, reckoned a second time: from minute to minute, with a clock on the wall and a calendar.

What ``lost_for_a_month.yaml`` promises is written out anew, and nothing of the engine, of working time or of rosters is
used. Calls take no time here, so an entry of the real incident comes as much later as its calls took.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOTHING = timedelta(0)

OFFICE = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
QUIET = (22 * 60, 7 * 60)
"""In minutes of the day; for all but the operations manager, whatever the severity is."""

DUTY = {
    "logistics": ("an", "an", "an", "an", "bo", "bo", "bo"),
    "logistics_lead": ("chen", "dai", "chen", "dai", "chen", "dai", "chen"),
    "operations_manager": ("fang",) * 7,
}
"""Who is on, from Monday to Sunday."""

LEVELS = tuple(DUTY)
_TRIES = 2
_WITHIN = {"medium": (8, 10, 16), "high": (5, 7, 14)}
_AGAIN = {"medium": (40, 40, 60), "high": (30, 30, 60)}
_GOALS = {
    "acknowledge": {"medium": 40, "high": 30},
    "first_response": {"medium": 20, "high": 20},
    "update": {"medium": 150, "high": 120},
    "analysis": {"medium": 40, "high": 30},
    "action": {"medium": 30, "high": 20},
    "resolve": {"medium": 120, "high": 100},
}
_IN_OFFICE = ("analysis", "action", "resolve")
_STANDS_STILL = ("update", "analysis", "action", "resolve")
_MARKS = (50, 80, 100)
_SCRIPT = (
    "report", "first acknowledge", "second acknowledge", "snooze", "escalate", "third acknowledge", "answer", "approve",
)  # fmt: skip
_CLAIMED_WITHIN, _SAFE_BEFORE = 30 * DAY, 10 * DAY


class Place(NamedTuple):
    """Where the office is. Its hours, quiet hours and shifts all begin and end ``later`` minutes past the hour."""

    zone: str
    later: int
    holidays: tuple[date, ...]
    workdays: tuple[date, ...]

    def shown(self, at: datetime) -> datetime:
        """What the clocks show, less what all hours here are ``later``."""
        return at.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None) - self.later * MINUTE

    def at_work(self, at: datetime) -> bool:
        shown = self.shown(at)
        day = (shown + self.later * MINUTE).date()
        worked = day in self.workdays or (day.weekday() < 5 and day not in self.holidays)
        return worked and any(begin <= shown.hour * 60 + shown.minute < end for begin, end in OFFICE)

    def on_duty(self, role: str, at: datetime) -> str:
        return DUTY[role][self.shown(at).weekday()]

    def is_quiet(self, role: str, at: datetime) -> bool:
        shown = self.shown(at)
        begin, end = QUIET
        return role != "operations_manager" and not end <= shown.hour * 60 + shown.minute < begin


class Told(NamedTuple):
    """An entry that there must be, at its moment: its kind, and what it says."""

    at: datetime
    what: tuple[str, ...]


class Act(NamedTuple):
    """What somebody does. ``told_of``: when that was done which is told of now; until when a snooze is."""

    at: datetime
    name: str
    who: str
    other: datetime | None = None


@dataclass
class Month:
    """``told`` and ``acts``, in order, once it has been reckoned."""

    told: list[Told] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)


def reckon(place: Place, *, opened_at: datetime, last_seen_at: datetime) -> Month:
    """The month of an incident that was opened at a moment, about a parcel last seen at another."""
    walk = _Walk(place, opened_at, last_seen_at)
    walk.go()
    return walk.month


def minutes_from(at: datetime) -> Iterator[datetime]:
    """A moment, and from then on both each whole minute and each moment whole minutes later."""
    whole = at.replace(second=0, microsecond=0)
    for minute in count():
        if minute == 0 or whole < at:
            yield at + minute * MINUTE
        yield whole + (minute + 1) * MINUTE


@dataclass
class _Clock:
    goal: str
    budget: timedelta
    consumed: timedelta = NOTHING
    next_at: timedelta = NOTHING
    stands_still: bool = False
    warned: set[int] = field(default_factory=set)
    breached: bool = False

    @property
    def passed(self) -> list[int]:
        """The percents of the budget that are used up, of those that say something."""
        return [percent for percent in _MARKS if self.consumed >= self.budget * percent / 100]

    def look_ahead(self) -> None:
        """Nothing is to be said before so much more is used up."""
        ahead = [percent for percent in _MARKS if percent not in self.passed]
        self.next_at = self.budget * ahead[0] / 100 if ahead else timedelta.max


class _Move(NamedTuple):
    id: str
    why: str
    role: str | None = None
    due_at: datetime | None = None


@dataclass
class _Ladder:
    level: int = 0
    tries: int = 0
    paged_at: datetime | None = None
    held: bool = False
    owed: list[_Move] = field(default_factory=list)
    exhausted: bool = False
    acknowledged_at: datetime | None = None
    hands_over_at: datetime | None = None
    snoozed_until: datetime | None = None

    def begin_again(self) -> None:
        self.tries, self.paged_at, self.held = 0, None, False
        self.acknowledged_at = self.hands_over_at = None


class _Walk:
    def __init__(self, place: Place, opened_at: datetime, last_seen_at: datetime) -> None:
        self.month = Month()
        self._place = place
        self._minute, self._at_work = opened_at, False
        """The minute that was looked at last, and whether it was worked in."""
        self._at = self._opened_at = opened_at
        self._protect_at: datetime | None = last_seen_at + _CLAIMED_WITHIN - _SAFE_BEFORE
        self._severity = "medium"
        self._phase, self._until = "parcel", opened_at + 15 * HOUR
        self._words = 0
        self._promised = ("", 0, False)
        """What the promises followed from, when they were looked at last."""
        self._clocks: dict[str, _Clock] = {}
        self._ladder: _Ladder | None = None
        self._raised: tuple[str, str] | None = None
        self._pages: list[tuple[datetime, str]] = []
        self._unacknowledged = False
        self._escalated = False
        self._approval: _Move | None = None
        self._task: _Move | None = None
        self._done: dict[str, datetime] = {}
        self._seen: dict[str, tuple[str, int, int]] = {}
        self._act_at: datetime | None = None
        self._moves: list[_Move] = []

    def go(self) -> None:
        self._tell("deadline_set")
        before = self._at
        for at in minutes_from(self._at):
            self._let_pass(before, at)
            self._at = before = at
            self._act()
            self._turn()
            if self._phase == "closed":
                return

    def _has_changed(self, asker: str) -> bool:
        """Whether anything but the time has changed since it was asked for this."""
        now = (self._phase, len(self.month.told), len(self.month.acts))
        before, self._seen[asker] = self._seen.get(asker), now
        return now != before

    def _tell(self, *what: str) -> None:
        self.month.told.append(Told(self._at, what))

    def _let_pass(self, begin: datetime, end: datetime) -> None:
        running = [clock for clock in self._clocks.values() if not clock.stands_still]
        self._consume(running, begin, end)

    def _consume(self, clocks: list[_Clock], begin: datetime, end: datetime) -> None:
        minute = begin.replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute, self._at_work = minute, self._place.at_work(begin)
        span = end - begin
        for clock in clocks:
            if self._at_work or clock.goal not in _IN_OFFICE:
                clock.consumed += span

    # what people do

    def _act(self) -> None:
        """What comes next of what people do, if its time has come. They do it in this order."""
        if self._has_changed("act"):
            self._act_at = self._next_act_at()
        if self._act_at is None or self._at < self._act_at:
            return
        name = _SCRIPT[len(self.month.acts)]
        match name:
            case "report":
                self._note(name, "mei")
                self._severity, self._unacknowledged = "high", True
                self._change_budgets()
            case "snooze":
                self._snooze()
            case "escalate":
                self._note(name, "bo")
                self._escalated, self._raised = True, ("escalate", "bo")
            case "answer":
                self._answer(self._at - 2 * HOUR)
            case "approve":
                self._note(name, "chen")
                self._approval = self._task = None
                self._say("lost_parcel.refunded")
                self._phase, self._until = "claim", self._at + 6 * DAY
            case _:
                self._acknowledge(name)

    def _next_act_at(self) -> datetime | None:
        match _SCRIPT[len(self.month.acts)] if len(self.month.acts) < len(_SCRIPT) else "":
            case "report":
                return self._opened_at + 3 * DAY + 5 * MINUTE
            case "first acknowledge":
                return self._since("report", 18 * HOUR)
            case "second acknowledge":
                return self._paged_since("breach", 65 * MINUTE)
            case "snooze":
                return self._paged_since("second acknowledge", 130 * MINUTE)
            case "escalate":
                return self._opened_at + 11 * DAY + 20 * MINUTE
            case "third acknowledge":
                return self._paged_since("escalate", 65 * MINUTE)
            case "answer":
                return self._since("asked", 4 * DAY + 50 * MINUTE)
            case "approve":
                return self._since("approval", 8 * DAY + 5 * MINUTE)
            case _:
                return None

    def _since(self, name: str, span: timedelta) -> datetime | None:
        return self._done[name] + span if name in self._done else None

    def _paged_since(self, name: str, span: timedelta) -> datetime | None:
        """So long after the first page behind something."""
        if name not in self._done:
            return None
        return next((at + span for at, _ in self._pages if at >= self._done[name]), None)

    def _note(self, name: str, who: str, other: datetime | None = None) -> None:
        self._done[name] = self._at
        self.month.acts.append(Act(self._at, name.split()[-1], who, other))

    def _acknowledge(self, name: str) -> None:
        """Whoever is on of those who were paged last takes on what is owed."""
        at, role = self._at, self._pages[-1][1]
        who = self._place.on_duty(role, at)
        self._note(name, who)
        self._unacknowledged = self._escalated = False
        ladder = self._ladder
        assert ladder is not None
        ladder.acknowledged_at, ladder.snoozed_until = at, None
        ladder.exhausted, ladder.held = False, False
        week = (each for each in minutes_from(at) if self._place.on_duty(role, each) != who)
        ladder.hands_over_at = next(week) if len(set(DUTY[role])) > 1 else None

    def _snooze(self) -> None:
        assert self._ladder is not None
        until = self._at + 20 * HOUR
        self._note("snooze", "dai", until)
        self._ladder.snoozed_until = until

    def _answer(self, given_at: datetime) -> None:
        self._note("answer", "customer", given_at)
        self._phase, self._until = "parcel_again", self._at + 5 * HOUR
        clocks = [clock for clock in self._clocks.values() if clock.stands_still]
        for clock in clocks:
            clock.stands_still = False
        before = given_at
        for at in minutes_from(given_at):  # it was ours again from when she answered
            self._consume(clocks, before, min(at, self._at))
            before = at
            if at >= self._at:
                break
        self._tell("clock_resumed", *sorted(clock.goal for clock in clocks))

    # what comes of time

    def _turn(self) -> None:
        words = -1
        while words != self._words:
            words = self._words
            self._go_on()
            self._protect()
            self._keep_clocks()
        self._keep_ladder()
        self._raised = None

    def _go_on(self) -> None:
        if self._phase == "parcel" and self._at >= self._until:
            self._say("lost_parcel.looking")
            self._phase, self._until = "trace", self._at + 308 * HOUR
        elif self._phase == "trace" and self._at >= self._until:
            self._say("satisfaction")
            self._phase = "asked"
            self._done["asked"] = self._at
        elif self._phase == "parcel_again" and self._at >= self._until:
            self._phase = "approval"
            self._done["approval"] = self._at
            self._approval = _Move("approval", "approval", "logistics_lead", self._at + 50 * HOUR)
        elif self._phase == "approval":
            self._run_out()
        elif self._phase == "claim" and self._at >= self._until:
            self._phase = "closed"

    def _run_out(self) -> None:
        if self._approval is not None and self._approval.due_at is not None and self._at >= self._approval.due_at:
            self._approval = None
            self._task = _Move("task", "undecided", "logistics_lead", self._at + 30 * HOUR)
            self._tell("approval_expired")
        if self._task is not None and self._task.due_at == self._at:
            self._tell("task_overdue")

    def _say(self, message: str) -> None:
        self._words += 1
        self._tell("word", message)

    def _protect(self) -> None:
        if self._protect_at is not None and self._at >= self._protect_at:
            self._protect_at = None
            self._tell("deadline_protected", "external.carrier_claim")

    def _keep_clocks(self) -> None:
        promised = (self._phase, self._words, self._unacknowledged)
        if promised != self._promised:
            self._start_and_stop()
        self._promised = promised
        for clock in list(self._clocks.values()):
            if clock.consumed >= clock.next_at:
                self._look(clock)
        if self._phase == "asked":
            self._stand_still()

    def _start_and_stop(self) -> None:
        for goal in _GOALS:
            clock = self._clocks.get(goal)
            said = goal == "update" and self._words != self._promised[1]
            if clock is not None and (said or not self._is_promised(goal)):
                self._stop(clock)
            if goal not in self._clocks and self._is_promised(goal):
                self._start(goal)

    def _is_promised(self, goal: str) -> bool:
        resolved = self._phase in ("claim", "closed")
        match goal:
            case "acknowledge":
                return self._unacknowledged
            case "first_response":
                return self._words == 0
            case "update":
                return self._words > 0 and not resolved
            case "analysis":
                return self._phase in ("trace", "asked")
            case "action":
                return self._phase in ("parcel_again", "approval")
            case _:
                return not resolved

    def _start(self, goal: str) -> None:
        budget = _GOALS[goal][self._severity]
        self._clocks[goal] = _Clock(goal, budget * HOUR)
        self._tell("clock_started", goal, f"{budget} h")

    def _stop(self, clock: _Clock) -> None:
        del self._clocks[clock.goal]
        self._tell("clock_stopped", clock.goal, "not kept" if clock.breached else "kept")

    def _change_budgets(self) -> None:
        for clock in self._clocks.values():
            budget = _GOALS[clock.goal][self._severity]
            if budget * HOUR != clock.budget:
                clock.budget = budget * HOUR
                clock.warned &= set(clock.passed)
                clock.next_at = NOTHING
                self._tell("clock_reset", clock.goal, f"{budget} h")

    def _look(self, clock: _Clock) -> None:
        passed = [percent for percent in clock.passed if percent not in clock.warned]
        clock.warned |= set(passed)
        clock.look_ahead()
        if 100 in passed:
            clock.breached = True
            self._tell("clock_breached", clock.goal)
            self._done.setdefault("breach", self._at)
            self._raised = self._raised or ("breach", clock.goal)
        elif passed:
            self._tell("clock_warned", clock.goal, f"{passed[-1]}%")
        if clock.goal == "update" and 80 in passed:
            self._say("lost_parcel.still_looking")

    def _stand_still(self) -> None:
        running = [clock for clock in self._clocks.values() if not clock.stands_still and clock.goal in _STANDS_STILL]
        if running:
            for clock in running:
                clock.stands_still = True
            self._tell("clock_paused", *sorted(clock.goal for clock in running))

    # whom it is told

    def _owed(self) -> list[_Move]:
        moves = [move for move in (self._task, self._approval) if move is not None]
        if self._unacknowledged:
            moves.append(_Move("unacknowledged", "unacknowledged"))
        moves += [_Move(f"breach:{clock.goal}", "breach") for clock in self._clocks.values() if clock.breached]
        if self._escalated:
            moves.append(_Move("escalated", "escalated"))
        return moves

    def _keep_ladder(self) -> None:
        if self._has_changed("owed"):
            self._moves = self._owed()
        moves, ladder = self._moves, self._ladder
        if not moves:
            if ladder is not None:
                self._tell("ladder_stopped")
            self._ladder = None
            return
        if ladder is None:
            ladder = self._ladder = _Ladder(owed=moves)
        if self._raised is not None:
            ladder.begin_again()
            ladder.level = min(ladder.level + 1, len(LEVELS) - 1)
            ladder.snoozed_until = None
            self._tell("ladder_raised", str(ladder.level + 1), *self._raised)
        elif moves is not ladder.owed and any(move not in ladder.owed for move in moves):
            ladder.begin_again()
        ladder.owed = moves
        if ladder.acknowledged_at is not None and self._at >= self._again_at(ladder, ladder.acknowledged_at):
            ladder.begin_again()
        snoozed = ladder.snoozed_until is not None and self._at < ladder.snoozed_until
        if ladder.acknowledged_at is None and not snoozed:
            self._page_if_due(ladder)

    def _again_at(self, ladder: _Ladder, acknowledged_at: datetime) -> datetime:
        again = acknowledged_at + _AGAIN[self._severity][ladder.level] * HOUR
        return min(again, ladder.hands_over_at or again)

    def _page_if_due(self, ladder: _Ladder) -> None:
        role = self._role_of(ladder)
        if ladder.held:
            if not self._place.is_quiet(role, self._at):
                ladder.held, ladder.paged_at = False, self._at
                self._page(ladder)
            return
        if ladder.paged_at is not None and self._at < ladder.paged_at + self._interval(ladder):
            return
        if ladder.tries >= _TRIES and ladder.level < len(LEVELS) - 1:
            ladder.level, ladder.tries = ladder.level + 1, 0
        elif ladder.tries >= _TRIES and not ladder.exhausted:
            ladder.exhausted = True
            self._tell("ladder_exhausted", str(ladder.level + 1))
        ladder.tries += 1
        ladder.paged_at, ladder.snoozed_until = self._at, None
        role = self._role_of(ladder)
        if self._place.is_quiet(role, self._at):
            ladder.held = True
            until = next(at for at in minutes_from(self._at) if not self._place.is_quiet(role, at))
            self._tell("page_held", role, until.astimezone(UTC).isoformat())
        else:
            self._page(ladder)

    def _interval(self, ladder: _Ladder) -> timedelta:
        within = _WITHIN[self._severity][ladder.level] * HOUR
        beyond = max(0, ladder.tries - _TRIES) if ladder.exhausted else 0
        return min(within * (1 << beyond), DAY)

    def _role_of(self, ladder: _Ladder) -> str:
        """Whose move it is, at the first level; never more than one role's in this month."""
        if ladder.level > 0:
            return LEVELS[ladder.level]
        (role,) = {move.role or LEVELS[0] for move in ladder.owed}
        return role

    def _page(self, ladder: _Ladder) -> None:
        role = self._role_of(ladder)
        person = self._place.on_duty(role, self._at)
        mine = [move for move in ladder.owed if move.role in (role, None)] or ladder.owed
        lead = next((move for move in mine if move.due_at is not None), mine[0])
        self._pages.append((self._at, role))
        owed = ", ".join(sorted(move.id for move in ladder.owed))
        self._tell("page_requested", str(len(self._pages)), str(ladder.level + 1), role, person, lead.why, owed)
